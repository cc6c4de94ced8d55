"""The moments between the steps of one message on a calm day."""

import pytest

from models import DESIGNS
from sim.hunt.rehearsal import moments_s
from sim.hunt.stage import stage


@pytest.mark.parametrize("name", ["full-websocket-acked", "hybrid", "mqtt-qos2", "long-poll"])
def test_there_is_a_moment_between_every_two_steps(name: str) -> None:
    found = moments_s(DESIGNS[name], stage(name, DESIGNS))
    assert list(found) == sorted(set(found))
    assert len(found) >= 5
    assert 0.0 < found[0] < 0.05
    assert found[-1] < 0.5


def test_one_falls_between_taking_a_message_and_having_stored_it() -> None:
    name = "full-websocket-acked"
    taken_s, stored_s = 0.025319, 0.030319  # 25 ms of network, work, then 5 ms of the store
    found = moments_s(DESIGNS[name], stage(name, DESIGNS))
    assert any(taken_s < one < stored_s for one in found)
