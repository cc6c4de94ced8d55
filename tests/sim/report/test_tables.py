"""Tables as values, and the table of the terminal."""

import copy
import io
from typing import Any

import pytest
from fake_results import KINDS, summary_of
from rich.console import Console

from sim.report import stored, tables

SUMMARY = summary_of(KINDS)


@pytest.fixture
def results() -> stored.Results:
    return stored.from_summary(SUMMARY)


def printed(summary: dict[str, Any], width: int = 80) -> str:
    console = Console(width=width, file=io.StringIO(), highlight=False)
    console.print(tables.console_table(summary))
    text = console.file
    assert isinstance(text, io.StringIO)
    return text.getvalue()


def test_the_headline_has_every_design_with_value_interval_and_verdict(
    results: stored.Results,
) -> None:
    made = tables.table(results, tables.HEADLINE)
    assert [row.design for row in made.rows] == list(KINDS)
    cell = made.rows[2].cells[made.metrics.index("latency_p50")]
    assert (cell.value, cell.verdict, cell.mark) == ("81.0", "worse", "worse")
    assert " – " in cell.interval
    assert made.columns[0].unit == "ms"


def test_parts_of_the_gap_share_a_unit(results: stored.Results) -> None:
    (recovery,) = [spec for spec in tables.DETAILS if spec.key == "recovery"]
    made = tables.table(results, recovery)
    times = ("detect_mean", "reconnect_mean", "catch_up_mean", "gap_mean")
    assert {made.columns[made.metrics.index(name)].unit for name in times} == {"s"}


def test_a_metric_nobody_has_is_no_column() -> None:
    summary = copy.deepcopy(SUMMARY)
    for metrics in summary["designs"].values():
        del metrics["back_t95"]
    made = tables.table(stored.from_summary(summary), tables.HEADLINE)
    assert "back_t95" not in made.metrics


def test_a_missing_value_is_a_dash_with_a_reason_and_no_verdict(results: stored.Results) -> None:
    (latency,) = [spec for spec in tables.DETAILS if spec.key == "latency"]
    made = tables.table(results, latency)
    cell = made.rows[0].cells[made.metrics.index("told_p50")]
    assert (cell.value, cell.interval, cell.verdict) == ("—", "does not apply", "")


def test_actions_have_channels_and_lines(results: stored.Results) -> None:
    design, index, cells = tables.action_rows(results)[3]
    assert (design, index) == ("long-poll", 3)
    assert [cell.channel for cell in cells] == ["http", "http", "long-poll", "http", "http"]
    assert cells[2].lines[0][:2] == ("median", "112 ms")
    unseen = tables.action_rows(results)[5][2][4]
    assert (unseen.channel, unseen.lines) == ("", ())


@pytest.mark.parametrize("width", [80, 100])
def test_the_terminal_table_fits(width: int) -> None:
    text = printed(SUMMARY, width)
    assert max(len(line.rstrip()) for line in text.splitlines()) <= width
    assert "…" not in text
    for name in ("full-websocket", "websocket-acks", "hybrid", "long-poll", "mqtt-qos1"):
        assert name in text
    assert "≤0.002 ✓" in text
    assert "✗" in text
    assert "not distinguishable from ◆ full-websocket" in text


def test_the_terminal_table_of_one_replication() -> None:
    summary = copy.deepcopy(SUMMARY)
    for metrics in summary["designs"].values():
        for entry in metrics.values():
            entry["low"] = entry["high"] = None
    text = printed(summary | {"verdicts": {}, "comparisons": []}, 100)
    assert "±1" not in text
    assert "0of180,000" in text.replace(" ", "")


def test_a_hostile_name_is_text_not_markup() -> None:
    text = printed(summary_of({"[bold]x[/]": KINDS["hybrid"], "b": KINDS["long-poll"]}), 100)
    assert "[bold]x[/]" in text
