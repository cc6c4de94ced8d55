"""The moments between the steps of one message on a calm day."""

import pytest
from played import played

from models import DESIGNS
from sim.hunt.rehearsal import moments_s, steps_s
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


def test_the_recovery_from_a_fault_has_moments_of_its_own() -> None:
    cut = played("full-websocket-acked", "people=2 send=5:0 reset=0@5.03")
    found = steps_s(cut.schedule, cut.tape)
    assert found == tuple(sorted(found))
    assert found[0] > 5.03
    later = [mark for mark in cut.tape if mark.time_s > 5.03]
    dialled_s = min(mark.time_s for mark in later if mark.what.role == "handshake")
    opened_s = min(mark.time_s for mark in later if mark.kind == "opened")
    assert sum(dialled_s < one < opened_s for one in found) >= 3
    calm = played("full-websocket-acked", "people=2 send=5:0")
    assert not any(dialled_s < one < opened_s for one in steps_s(calm.schedule, calm.tape))
