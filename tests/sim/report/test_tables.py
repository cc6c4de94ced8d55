"""Tables as values, and the table of the terminal."""

import copy

import pytest
from fake_results import KINDS, summary_of

from sim.metrics import METRICS
from sim.report import stored, tables
from sim.report.stored import Results

SUMMARY = summary_of(KINDS)


@pytest.fixture
def results() -> Results:
    return stored.from_summary(SUMMARY)


def test_the_headline_has_every_design_with_value_interval_and_verdict(
    results: Results,
) -> None:
    made = tables.table(results, tables.OVERVIEW)
    assert [row.design for row in made.rows] == list(KINDS)
    cell = made.rows[2].cells[made.metrics.index("latency_p50")]
    assert (cell.value, cell.verdict, cell.mark) == ("81.0", "worse", "worse")
    assert " – " in cell.interval
    assert made.columns[0].unit == "ms"


def test_parts_of_the_gap_share_a_unit(results: Results) -> None:
    (recovery,) = [spec for spec in tables.DETAILS if spec.key == "recovery"]
    made = tables.table(results, recovery)
    times = ("detect_mean", "reconnect_mean", "catch_up_mean")
    assert {made.columns[made.metrics.index(name)].unit for name in times} == {"s"}


def test_a_metric_nobody_has_is_no_column() -> None:
    summary = copy.deepcopy(SUMMARY)
    for metrics in summary["designs"].values():
        del metrics["back_t95"]
    made = tables.table(stored.from_summary(summary), tables.OVERVIEW)
    assert "back_t95" not in made.metrics


def test_a_missing_value_is_a_dash_with_a_reason_and_no_verdict(results: Results) -> None:
    (latency,) = [spec for spec in tables.DETAILS if spec.key == "latency"]
    made = tables.table(results, latency)
    cell = made.rows[0].cells[made.metrics.index("told_p50")]
    assert (cell.value, cell.interval, cell.verdict) == ("—", "does not apply", "")


def test_actions_have_channels_and_lines(results: Results) -> None:
    design, index, cells = tables.action_rows(results)[3]
    assert (design, index) == ("long-poll", 3)
    assert [cell.channel for cell in cells] == ["http", "http", "long-poll", "http", "http"]
    assert cells[2].lines[0][:2] == ("median", "112 ms")
    unseen = tables.action_rows(results)[5][2][4]
    assert (unseen.channel, unseen.lines) == ("", ())


def test_every_metric_has_words_a_unit_a_direction_and_a_place() -> None:
    shown = {name for spec in (tables.OVERVIEW, *tables.DETAILS) for name in spec.metrics}
    shown |= {name for lines in tables.ACTION_METRICS.values() for _, name in lines}
    for metric in METRICS:
        assert metric.unit, metric.name
        assert metric.better in ("lower", "higher", "none"), metric.name
        assert metric.name in shown, metric.name


def test_lost_is_shown_with_what_is_still_held_where_something_is(results: Results) -> None:
    made = tables.table(results, tables.OVERVIEW)
    at = made.metrics.index("loss_pressed")
    assert [row.cells[at].besides for row in made.rows][:2] == ["0.83", "0.020"]
    summary = copy.deepcopy(SUMMARY)
    for metrics in summary["designs"].values():
        metrics["not_delivered"] = metrics["loss_pressed"]
    made = tables.table(stored.from_summary(summary), tables.OVERVIEW)
    assert {row.cells[at].besides for row in made.rows} == {""}


def test_what_never_came_is_never_and_what_cannot_be_held_says_what_it_would_take() -> None:
    summary = copy.deepcopy(SUMMARY)
    metrics = summary["designs"]["hybrid"]
    metrics["latency_p99"] |= {"value": None, "never": True, "high": None, "high_never": True}
    metrics["latency_p999"] |= {"value": None, "low": None, "high": None, "refused": "needs 9,000"}
    (latency,) = [spec for spec in tables.DETAILS if spec.key == "latency"]
    made = tables.table(stored.from_summary(summary), latency)
    cells = dict(zip(made.metrics, made.rows[2].cells, strict=True))
    assert cells["latency_p99"].value == "never"
    assert cells["latency_p99"].interval.endswith(" – never")
    refused = cells["latency_p999"]
    assert (refused.value, refused.interval, refused.refused) == ("—", "needs 9,000", True)


def test_a_column_that_is_refused_for_all_is_still_a_column() -> None:
    summary = copy.deepcopy(SUMMARY)
    for metrics in summary["designs"].values():
        metrics["latency_p999"] |= {"value": None, "refused": "needs 9,000"}
    (latency,) = [spec for spec in tables.DETAILS if spec.key == "latency"]
    assert "latency_p999" in tables.table(stored.from_summary(summary), latency).metrics


def test_a_mark_is_borne_out_by_a_comparison() -> None:
    """Whatever `verdicts` says: where no comparison was judged there is no mark."""
    summary = copy.deepcopy(SUMMARY)
    for row in summary["comparisons"]:
        row["verdict"] = "" if row["metric"] == "late_1s" else row["verdict"]
    made = tables.table(stored.from_summary(summary), tables.OVERVIEW)
    at = made.metrics.index("late_1s")
    assert {row.cells[at].verdict for row in made.rows} == {""}
    assert made.rows[2].cells[0].verdict == "worse"


def test_every_verdict_has_a_word_a_sign_and_a_shape_of_its_own() -> None:
    signs, shapes = zip(*tables.VERDICTS.values(), strict=True)
    assert len(set(signs)) == len(set(shapes)) == len(tables.VERDICTS) == 7
    assert set(tables.VERDICT_WORDS) == set(tables.VERDICTS) - {"reference"}
