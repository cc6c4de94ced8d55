"""Apps that are closed: what is left of sessions, and what is not done meanwhile."""

import numpy as np

from models import DESIGNS as _KNOWN
from sim.hunt.schedule import read
from sim.hunt.stage import stage
from sim.streams import Streams
from sim.workload.build import build
from sim.workload.closing import closed, idle


def _built(text: str):
    return build(read(text).scenario(stage("hybrid", _KNOWN)), Streams(0, 0), 100.0)


def test_nobody_closes_anything():
    workload = _built("send=5:0")
    assert closed(workload, {}) is workload


def test_sessions_fall_into_pieces_and_what_lies_between_is_not_done():
    workload = _built("people=3 send=5:0 send=6:1 send=7:0 send=8:0")
    fewer = closed(workload, {0: [(0.0, 2.0), (6.0, 8.0)], 2: [(90.0, 200.0)]})
    assert fewer.sessions == (((2.0, 6.0), (8.0, 100.0)), ((0.0, 100.0),), ((0.0, 90.0),))
    np.testing.assert_array_equal(fewer.time_s, [5.0, 6.0, 8.0])
    np.testing.assert_array_equal(fewer.actor, [0, 1, 0])
    columns = (fewer.time_s, fewer.actor, fewer.conversation, fewer.action, fewer.size_bytes)
    assert {len(column) for column in columns} == {3}


def test_who_is_away_anyway_stays_away():
    workload = closed(_built("send=5:0"), {0: [(10.0, 20.0)]})
    again = closed(workload, {0: [(5.0, 15.0), (18.0, 19.0)]})
    assert again.sessions[0] == ((0.0, 5.0), (20.0, 100.0))


def test_what_is_out_of_sight_stays_open_and_nothing_is_done_there():
    workload = _built("people=3 send=5:0 send=6:1 send=7:0 send=8:0")
    fewer = idle(workload, {0: [(0.0, 2.0), (6.0, 8.0)]})
    assert fewer.sessions == workload.sessions
    np.testing.assert_array_equal(fewer.time_s, [5.0, 6.0, 8.0])
    assert idle(workload, {2: [(0.0, 100.0)]}) is workload
