"""The summary of statistics as a whole."""

import json

import pytest
from made_measures import design, wobble

from sim.experiment.statistics import summarise


def test_a_summary_is_plain_json_with_what_readers_need():
    rates, times = [[3, 1000], [5, 1000], [4, 1000]], [1.0, "never", 2.0]
    of = design(loss_pressed=rates, back_t95=times)
    summary = summarise({"a": of, "b": of})
    assert json.loads(json.dumps(summary, allow_nan=False)) == summary
    assert list(summary) == ["designs", "comparisons", "verdicts", "selected", "unbeaten"]
    assert list(summary["designs"]["a"]) == ["loss_pressed", "back_t95"]
    assert set(summary["comparisons"][0]) == {
        "metric", "a", "b", "family", "difference", "low", "high", "p", "p_corrected", "n",
        "margin", "detectable", "needs", "verdict", "reason",
    }  # fmt: skip


def test_verdicts_are_against_the_first_design():
    luck = wobble(1.0)
    designs = {"old": luck, "new": [x - 0.5 for x in luck], "newer": [x + 0.5 for x in luck]}
    noise = wobble(0.0, seed=5)
    of = {
        name: design(cpu_mean=[x + at * y for x, y in zip(values, noise, strict=True)])
        for at, (name, values) in enumerate(designs.items())
    }
    assert summarise(of)["verdicts"] == {
        "old": {"cpu_mean": "reference"},
        "new": {"cpu_mean": "better"},
        "newer": {"cpu_mean": "worse"},
    }


def test_margins_of_the_scenario_reach_the_rows():
    of = design(cpu_mean=wobble(1.0))
    [row] = summarise({"a": of, "b": of}, margins={"cpu_mean": 0.3})["comparisons"]
    assert (row["margin"], row["verdict"]) == (0.3, "equal")


def test_nothing_measured_is_refused():
    with pytest.raises(ValueError, match="no design"):
        summarise({})
