"""What a person takes in memory who is connected and does nothing."""

import pytest

import sim
from sim.bench.cells import idle_person_bytes

MOST_BYTES = {"full-websocket": 7_800, "mqtt-qos1": 10_700}
"""A tenth more than was measured; how far arrays had just grown is in it, too."""


@pytest.mark.benchmark
@pytest.mark.parametrize("design", MOST_BYTES)
def test_whoever_is_idle_takes_so_many_bytes(design):
    assert idle_person_bytes(design, 400, sim.designs()) < MOST_BYTES[design]
