"""What one client sends without end: how much, when, and only while the app is open."""

import numpy as np
import pytest

from sim.streams import Streams
from sim.workload.actions import Action
from sim.workload.build import build
from sim.workload.flood import Flood
from sim.workload.sessions import Presence
from sim.workload.spec import WorkloadSpec

FLOOD = Flood(3, 10.0, 20.0, 5.0)


def workload(*floods, **sections):
    spec = WorkloadSpec.model_validate({"people": {"count": 20}} | sections)
    return build(spec, Streams(5, 0), 60.0, floods=floods)


@pytest.mark.parametrize(("per_s", "count"), [(5.0, 50), (0.3, 3), (0.05, 1)])
def test_it_sends_at_an_even_pace_from_the_begin_and_not_at_the_end(per_s, count):
    presence = Presence(5, np.array([3]), np.zeros(1), np.array([60.0]))
    times_s, _ = FLOOD._replace(per_s=per_s).sends(presence)
    assert len(times_s) == count
    assert times_s[0] == 10.0
    assert np.diff(times_s) == pytest.approx(1.0 / per_s)
    assert times_s[-1] < 20.0


def test_it_is_silent_while_the_app_is_closed():
    person = np.array([2, 3, 3])
    presence = Presence(5, person, np.array([0.0, 11.0, 15.0]), np.array([60.0, 12.0, 16.0]))
    times_s, session = FLOOD.sends(presence)
    assert times_s.tolist() == pytest.approx(
        [11 + n / 5 for n in range(5)] + [15 + n / 5 for n in range(5)]
    )
    assert session.tolist() == [1] * 5 + [2] * 5


def test_everybody_else_does_what_they_did_before():
    plain, flooded = workload(), workload(FLOOD)
    more = len(flooded.time_s) - len(plain.time_s)
    assert more == 50
    for name in ("time_s", "conversation", "action", "size_bytes"):
        before, after = (getattr(one, name)[one.actor != 3] for one in (plain, flooded))
        assert np.array_equal(before, after)
    own = (flooded.actor == 3) & (flooded.time_s >= 10.0) & (flooded.time_s < 20.0)
    assert (np.diff(flooded.time_s) >= 0.0).all()
    rooms, counts = np.unique(flooded.conversation[own], return_counts=True)
    assert rooms[counts.argmax()] == flooded.conversations[3][0]


def test_a_script_has_it_too():
    script = {"rooms": [[0, 3], [3, 4]], "sends": [{"at_s": 12.1, "sender": 4, "room": 1}]}
    found = workload(FLOOD, script=script)
    assert len(found.time_s) == 51
    assert (np.diff(found.time_s) >= 0.0).all()
    assert set(found.conversation[found.actor == 3].tolist()) == {0}
    assert workload(FLOOD._replace(person=7), script=script).time_s.tolist() == [12.1]


def test_of_nobody_there_is_none():
    assert len(workload(FLOOD._replace(person=20)).time_s) == len(workload().time_s)


def test_who_only_reads_sends_nothing():
    pairs = {"conversations": {"sizes": {"kind": "one-way-pairs"}}}
    found = workload(FLOOD._replace(person=15), **pairs)
    assert 15 not in found.actor[found.action == Action.SEND]
