"""A million deliveries are judged in seconds, in order or badly out of it."""

import time

import pytest

from sim.guarantees import judge
from tests.sim.guarantees.test_guarantees import quick
from tests.sim.metrics.test_judged import crowd

pytestmark = pytest.mark.benchmark(group="guarantees", timer=time.process_time)

MESSAGES = 112_000  # nine receptions each, one in a hundred lost
MOST_S = 10.0  # on a slow CI machine; it takes about one


@pytest.mark.parametrize("made", [quick, crowd], ids=["in order", "out of order"])
def test_every_guarantee_on_a_million_deliveries(benchmark, made):
    of = made(MESSAGES)
    assert len(of.tables["deliveries"]["message"]) > 990_000
    verdicts = benchmark.pedantic(judge, args=(of,), rounds=2)
    assert verdicts["isolation"].checked > 110_000  # messages
    assert benchmark.stats.stats.min < MOST_S
