"""What a delivery costs in whole runs, in bare SimPy events and beside idiomatic SimPy.

`rtcsim bench` in small: fewer people than in the README's table, since ratios are held here. That
both programs deliver the same is for `tests/sim/bench/idiomatic`.
"""

import pytest

import sim
from sim.bench.cells import CALM, COMPILED
from sim.bench.figures import figures
from sim.bench.rounds import Measured, Request, measure
from sim.bench.table import table

pytestmark = pytest.mark.benchmark

PEOPLE = 2_100
ROUNDS = 3
# Design -> most bare events a delivery, and how many times as long idiomatic SimPy has to take.
BOUNDS = {
    "full-websocket": (4.0, 9.0),
    "hybrid": (13.0, 3.3),
    "mqtt-qos1": (85.0, 0.9),
    "long-poll": (30.0, 4.3),
}


@pytest.fixture(scope="module")
def found():
    """One measurement for all bounds: the machine is as busy for one design as for the others."""
    request = Request(tuple(BOUNDS), (CALM,), PEOPLE, ROUNDS, ("deliveries",))
    measured = Measured(request)
    measure(measured, sim.designs(), print)
    return figures(measured)


def test_a_delivery_is_cheap(found, capsys):
    with capsys.disabled():
        print(f"\n{table(found)}")
    rows = {row["design"]: row for row in found["designs"]}
    assert {
        design: (rows[design][COMPILED][CALM], rows[design]["times"])
        for design, (most_events, least_times) in BOUNDS.items()
        if rows[design][COMPILED][CALM] > most_events or rows[design]["times"] < least_times
    } == {}
