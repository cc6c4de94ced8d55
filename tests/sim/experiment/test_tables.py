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


def test_never_is_a_word_and_a_refused_figure_has_its_reason():
    never = {"value": None, "low": 2.5, "high": None, "never": True, "high_never": True}
    refused = {"value": None, "low": None, "high": None, "refused": "p99 needs 1,000 receptions"}
    text = tables({"designs": {"a": {"x": never, "y": refused}}})["summary.csv"]
    found = list(csv.DictReader(text.splitlines()))
    head = list(found[0])
    assert head[-1] == "refused"
    assert [found[0][key] for key in ("value", "low", "high")] == ["never", "2.5", "never"]
    assert (found[1]["value"], found[1]["refused"]) == ("", "p99 needs 1,000 receptions")


def test_one_row_per_second_of_a_series():
    assert rows("series.csv")[1:] == [["a", "sends", "0", "5"], ["a", "sends", "1", ""]]


def test_an_empty_summary_has_only_heads():
    assert all(len(text.splitlines()) == 1 for text in tables({}).values())


def test_no_cell_is_a_formula():
    odd = {"=1+1": {"latency_p50": {"value": -0.5, "unit": "@s"}}}
    text = tables({"designs": odd})["summary.csv"]
    (row,) = list(csv.reader(text.splitlines()))[1:]
    assert row[0] == "'=1+1"
    assert "'@s" in row
    assert "-0.5" in row
