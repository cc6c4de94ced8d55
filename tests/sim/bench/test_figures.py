"""Medians, ratios, and gaps where nothing was measured."""

import json

import pytest

from sim.bench.cells import CALM, COMPILED, IDIOMATIC_SIMPY, PLAIN, Cell, Sample
from sim.bench.figures import events, figures
from sim.bench.rounds import Measured, Request

REQUEST = Request(("hybrid", "sse"), ("calm", "loss"), 84, 3)


def measured(**more):
    def cell(variant, people=84):
        return Cell(variant, "hybrid", CALM, people)

    def samples(*each_us):
        return [Sample(2e-6, us * 1e-6) for us in each_us]

    return Measured(
        REQUEST,
        {
            cell(COMPILED): samples(3.0, 1.0, 100.0),
            cell(PLAIN): samples(30.0),
            cell(IDIOMATIC_SIMPY): samples(60.0, 90.0),
            cell(COMPILED, 840): samples(6.0),
        },
        **more,
    )


def test_medians_of_ratios():
    found = figures(measured(idle_bytes={"hybrid": 400.0}, commands_s={"tiny": 1.0}))
    hybrid, sse = found["designs"]
    assert hybrid[COMPILED] == {"calm": pytest.approx(1.5), "loss": None}
    assert hybrid[PLAIN]["calm"] == pytest.approx(15.0)
    assert hybrid[IDIOMATIC_SIMPY] == pytest.approx(37.5)
    assert hybrid["times"] == pytest.approx(25.0)
    assert (hybrid["idle_bytes"], sse["idle_bytes"]) == (400.0, None)
    assert (sse[COMPILED]["calm"], sse["times"]) == (None, None)
    assert found["growth"] == {"design": "hybrid", "people": 840, "times": pytest.approx(2.0)}
    assert found["bare_event_us"] == pytest.approx(2.0)
    assert json.loads(json.dumps(found)) == found


def test_nothing_measured_is_nothing_said():
    nothing = Measured(REQUEST)
    found = figures(nothing)
    assert (found["growth"], found["bare_event_us"], found["samples"]) == (None, None, [])
    assert events(nothing, Cell(COMPILED, "hybrid", CALM, 84)) is None
