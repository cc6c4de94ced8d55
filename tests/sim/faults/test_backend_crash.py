"""A process behind the nodes that dies and comes back."""

import pytest
from stage import Stage as Played

from sim.remote import AGAIN_S
from tests.sim.faults.made_faults import Stage

DOWN = {"kind": "backend-crash", "backend": "authenticator", "at_s": 10, "restart_s": 5}


def test_who_has_to_know_asks_until_it_is_back():
    stage = Stage(DOWN, authenticator={"check_s": 0.1, "delay_s": 0.2})
    world, done_s = stage.world, []
    for at_s in (9.95, 12.0):
        world.engine.at(at_s, world.authenticate.start, lambda: done_s.append(world.engine.now_s))
    world.engine.run(40.0)
    assert AGAIN_S == 0.5
    assert done_s == pytest.approx([15.3, 15.4])  # who asked at 12.0, and from 10.05 on


def test_what_is_published_while_the_backplane_is_down_is_gone():
    sends = [(5.0, 0), (12.0, 0), (20.0, 0)]
    one = Played("full-websocket", sends, faults=[DOWN | {"backend": "backplane"}]).run(60.0)
    here, there = [], []
    for person in (1, 2):
        (here if one.shown(person) == [0, 1, 2] else there).append(person)
    assert there
    for person in there:
        assert one.shown(person) == [0, 2]
    assert one.drops() == [(1, person, "backplane down") for person in there]
    assert one.held() == set()
