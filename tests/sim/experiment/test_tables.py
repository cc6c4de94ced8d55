"""The summary as CSV."""

import csv

from sim.experiment.tables import tables

SUMMARY = {
    "designs": {
        "a": {"x": {"value": 1.5, "low": 1, "high": 2, "unit": "s", "n": 3, "better": "lower"}},
        "b": {"x": {"value": 0, "low": None, "high": None, "unit": "s", "n": 1, "kind": "mean"}},
    },
    "series": {"a": {"time_s": [0, 1], "sends": [5, None]}},
}


def rows(name):
    return list(csv.reader(tables(SUMMARY)[name].splitlines()))


def test_one_row_per_design_and_metric():
    head, *found = rows("summary.csv")
    assert head[:5] == ["design", "metric", "value", "low", "high"]
    assert found[0][:6] == ["a", "x", "1.5", "1", "2", "s"]
    assert found[1][:5] == ["b", "x", "0", "", ""]


def test_one_row_per_second_of_a_series():
    assert rows("series.csv")[1:] == [["a", "sends", "0", "5"], ["a", "sends", "1", ""]]


def test_an_empty_summary_has_only_heads():
    assert all(len(text.splitlines()) == 1 for text in tables({}).values())
