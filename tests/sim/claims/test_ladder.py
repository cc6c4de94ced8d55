"""Rungs and the steps between them, from made figures."""

import made_measures
import pytest

from sim.claims.ladder import climbed
from sim.claims.spec import LadderSpec

SPEC = LadderSpec.model_validate({
    "metrics": ("stale_per_hour", "told_p50"),
    "rungs": tuple({"design": name, "adds": f"+ {name}"} for name in "abc"),
})  # fmt: skip


def test_each_step_is_the_difference_to_the_rung_below():
    figures = {"a": made_measures.wobble(9.0), "b": made_measures.wobble(5.0, seed=2)}
    figures["c"] = made_measures.wobble(5.0, seed=3)
    rows = climbed(SPEC, {
        name: made_measures.design(stale_per_hour=values) for name, values in figures.items()
    })  # fmt: skip
    assert [row["adds"] for row in rows] == ["+ a", "+ b", "+ c"]
    assert rows[0]["steps"] == {}
    step = rows[1]["steps"]["stale_per_hour"]
    assert step["difference"] == pytest.approx(-4.0, abs=0.02)
    assert step["low"] < step["difference"] < step["high"]
    assert step["verdict"] == "better"
    assert rows[2]["steps"]["stale_per_hour"]["verdict"] == "equal"


def test_what_a_rung_has_no_occasion_for_is_left_out():
    told = made_measures.wobble(0.1)
    rows = climbed(SPEC, {
        "a": made_measures.design(stale_per_hour=told),
        "b": made_measures.design(stale_per_hour=told, told_p50=told),
        "c": made_measures.design(stale_per_hour=told, told_p50=told),
    })  # fmt: skip
    assert list(rows[0]["figures"]) == ["stale_per_hour"]
    assert list(rows[1]["figures"]) == ["stale_per_hour", "told_p50"]
    assert list(rows[1]["steps"]) == ["stale_per_hour"]
    assert list(rows[2]["steps"]) == ["stale_per_hour", "told_p50"]
