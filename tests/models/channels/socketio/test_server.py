"""The server's socket: what it answers, and for whom it keeps nothing."""

import pytest
from stage import ONE_WAY_S, Stage

from models import DESIGNS
from sim.history import LIST

DEFAULT = DESIGNS["socketio"]


def test_the_server_keeps_nothing_for_the_absent():
    stage = Stage(DEFAULT, [(10.0, 1)])
    stage.at(5.0, stage.system.leave, 0)
    stage.at(12.0, stage.system.join, 0)
    stage.run(30.0)
    assert stage.shown(0) == []
    assert stage.drops() == [(0, 0, "not connected")]


def test_a_list_is_answered():
    stage = Stage(DEFAULT, [(5.0, 0)], kinds=[LIST]).run(10.0)
    [(message, at_s)] = stage.arrivals(0)
    assert message == 0
    assert at_s == pytest.approx(5.0 + 2 * ONE_WAY_S, abs=5e-3)
