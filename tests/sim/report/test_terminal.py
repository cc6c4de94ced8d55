"""The table of the terminal."""

import copy
import io
from typing import Any

import pytest
from fake_results import KINDS, summary_of
from rich.console import Console

from sim.report import tables, terminal

SUMMARY = summary_of(KINDS)


def printed(summary: dict[str, Any], width: int = 80) -> str:
    console = Console(width=width, file=io.StringIO(), highlight=False)
    console.print(terminal.headline(summary))
    text = console.file
    assert isinstance(text, io.StringIO)
    return text.getvalue()


def test_every_headline_metric_has_a_head_of_its_own() -> None:
    assert set(terminal.HEADS) == set(tables.OVERVIEW.metrics)
    assert set(terminal.NOTES) <= set(terminal.HEADS)
    assert len(set(terminal.HEADS.values())) == len(terminal.HEADS)


@pytest.mark.parametrize("width", [80, 100])
def test_it_fits(width: int) -> None:
    text = printed(SUMMARY, width)
    assert max(len(line.rstrip()) for line in text.splitlines()) <= 80
    assert "…" not in text
    for name in ("full-websocket", "full-websocket-acks", "hybrid", "long-poll", "mqtt-qos1"):
        assert name in text
    assert "none ✓" in text
    assert "✗" in text


def test_the_legend_says_the_signs_that_occur() -> None:
    words = " ".join(printed(SUMMARY).split())
    assert "= equal within the margin, ○ too few runs to tell, ≈ not distinguishable" in words
    assert "against ◆ full-websocket" in words
    assert "? unknown" not in words


def test_under_each_name_one_line_says_what_the_design_is() -> None:
    lines = [line.strip() for line in printed(SUMMARY).splitlines()]
    said = "All actions share one connection; what was missed is fetched by cursor."
    assert lines.count(said) == len(KINDS)
    summary = copy.deepcopy(SUMMARY)
    summary["descriptions"]["hybrid"]["summary"] = "many words " * 20
    (cut,) = [line for line in printed(summary).splitlines() if line.startswith("many words")]
    assert len(cut) <= 80
    assert cut.rstrip().endswith(" …")


def test_columns_stay_under_their_heads() -> None:
    """A value and its interval end where the head of their column ends."""
    summary = copy.deepcopy(SUMMARY)
    summary["designs"]["hybrid"]["back_t95"] |= {"value": None, "never": True}
    head, _, _, *rows = printed(summary).splitlines()
    ends = [head.index(word) + len(word) for word in terminal.HEADS.values()]
    values = next(row for row in rows if row.startswith("hybrid"))
    assert [values[end - 1] != " " and values[end] == " " for end in ends] == [True] * len(ends)
    assert values[ends[5] - 5 : ends[5]] == "never"


def test_lost_and_still_held_stand_below_lost() -> None:
    text = printed(SUMMARY)
    assert "0.83*" in text
    assert "*: lost or still held at the end" in " ".join(text.split())
    summary = copy.deepcopy(SUMMARY)
    for metrics in summary["designs"].values():
        del metrics["not_delivered"]
    assert "*" not in printed(summary)


def test_one_replication_has_neither_intervals_nor_signs() -> None:
    summary = copy.deepcopy(SUMMARY)
    for metrics in summary["designs"].values():
        for entry in metrics.values():
            entry["low"] = entry["high"] = None
    text = printed(summary | {"verdicts": {}, "comparisons": []}, 100)
    assert "±1" not in text
    assert "✓" not in text
    assert "0of180,000" in text.replace(" ", "")


def test_a_hostile_name_is_text_not_markup() -> None:
    text = printed(summary_of({"[bold]x[/]": KINDS["hybrid"], "b": KINDS["long-poll"]}), 100)
    assert "[bold]x[/]" in text


def test_a_long_name_has_a_line_of_its_own() -> None:
    name = "design-with-a-name-of-as-many-letters-as-there-may-be-in-one"
    lines = printed(summary_of({name: KINDS["hybrid"], "b": KINDS["long-poll"]})).splitlines()
    assert name in [line.rstrip() for line in lines]
    assert max(len(line.rstrip()) for line in lines) <= 80


def test_without_a_figure_there_are_names_and_no_caption() -> None:
    text = printed({"designs": {"a": {}, "b": {}}})
    assert {"a", "b"} <= set(text.split())
    assert "±" not in text
