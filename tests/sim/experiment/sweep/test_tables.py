"""Tables of texts for a terminal and a page, and the same as CSV."""

import csv
import io

import fake_sweep
import pytest
import swept

from sim.experiment.sweep.run import finish
from sim.experiment.sweep.summary import summarise
from sim.experiment.sweep.tables import as_csv, picked, tables


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    fake_sweep.install(monkeypatch)


def summary_of(plan):
    return summarise(plan, finish(plan))


def test_a_curve_is_a_row_per_design_and_a_column_per_value(tmp_path):
    found = summary_of(swept.plan(tmp_path, ["people=100,300", "networks.0.loss.ratio=0.0"]))
    [table] = tables(found)
    assert table.title.endswith("s per person-hour; networks.0.loss.ratio = 0")
    assert (table.corner, table.heads) == ("people.count", ("100", "300"))
    (name, cells), (other, others) = table.rows
    assert (name, other) == ("full-websocket", "hybrid")
    assert [one.is_best for one in cells] == [True, False]
    assert [one.is_best for one in others] == [False, True]
    assert cells[0].interval.startswith("±")


def test_at_most_so_many_values_are_shown(tmp_path):
    found = summary_of(swept.plan(tmp_path, ["people=100..1000:10"]))
    [table] = tables(found, 4)
    assert table.heads == ("100", "400", "700", "1,000")
    assert picked(3, 5) == [0, 1, 2]
    assert picked(100, 3) == [0, 50, 99]


def test_spread_points_are_told_by_least_middle_most(tmp_path):
    found = summary_of(swept.plan(tmp_path, ["people=100..400"], sample="latin", points=5))
    [table] = tables(found)
    assert table.heads == ("least", "middle", "most", "best at")
    ends = [cells[-1].value for _, cells in table.rows]
    assert all(one.endswith("of 5") for one in ends)


def test_what_never_comes_is_the_most_of_spread_points(tmp_path):
    found = summary_of(swept.plan(tmp_path, ["people=100..400"], sample="latin", points=5))
    entry = found["points"][3]["figures"]["hybrid"]["stale_per_hour"]
    entry.update(value=None, never=True)
    [table] = tables(found)
    assert [cells[2].value for _, cells in table.rows][1] == "never"


def test_what_moves_a_figure_is_a_row_per_key(tmp_path):
    pytest.importorskip("SALib")
    over = ["networks.0.loss.ratio=0.0..0.1", "people=100..300"]
    for sample, words in (("morris", "mean change"), ("saltelli", "share of the variance")):
        found = summary_of(swept.plan(tmp_path, over, sample=sample, points=4))
        [table] = tables(found)
        assert words in table.title
        assert [name for name, _ in table.rows] == ["people.count", "networks.0.loss.ratio"]
        assert table.heads == ("full-websocket", "hybrid")


def test_the_csv_has_a_row_per_point_design_and_metric(tmp_path):
    metrics = ("stale_per_hour", "loss_pressed")
    found = summary_of(swept.plan(tmp_path, ["people=100,300"], metrics=metrics))
    rows = [*csv.DictReader(io.StringIO(as_csv(found)))]
    assert len(rows) == 2 * 2 * 2
    first = rows[0]
    assert (first["people.count"], first["design"], first["metric"], first["best"]) == (
        "100", "full-websocket", "stale_per_hour", "True",
    )  # fmt: skip
    assert float(first["low"]) < float(first["value"]) < float(first["high"])


def test_a_figure_that_is_missing_is_a_dash(tmp_path):
    found = summary_of(swept.plan(tmp_path, metrics=("reconnect_mean",)))
    [table] = tables(found)
    assert [one.value for one in table.rows[0][1]] == ["—"] * 3
