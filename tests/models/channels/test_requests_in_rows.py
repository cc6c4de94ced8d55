"""Requests go into rows when calm, and come back with all that is under way of them."""

from math import isnan

import pytest
from stage import ONE_WAY_S, Stage

from models import DESIGNS
from models.calm.posting import requests
from models.calm.posting.requests import WIDTH

HYBRID, CURSOR = DESIGNS["hybrid"], DESIGNS["hybrid-cursor"]


class Played(Stage):
    """The loop has people act, as in a run."""

    def __init__(self, *args, **changes):
        super().__init__(*args, **changes)
        self.system.play()

    def at(self, time_s, call, *args):
        if call != self.system.act:
            super().at(time_s, call, *args)


def state(stage, one=0):
    return stage.channel("http").rows._row[one * WIDTH + requests.STATE]


def lone(stage, person=0):
    return stage.system.service.calm.requests.views.lone[person]


def test_a_lone_connection_rests_once_it_has_brought_an_answer():
    stage = Played(HYBRID, [(2.0, 0), (5.0, 0)]).run(1.0)
    assert lone(stage) == -1
    stage.run(4.0)
    assert lone(stage) >= 0
    assert state(stage) == requests.RESTING
    stage.run(5.0 + 0.5 * ONE_WAY_S)
    assert state(stage) == requests.ASKING
    assert stage.channel("http").client(0).unfinished == {}
    assert 1 in dict(stage.system.pending())
    stage.run(8.0)
    assert state(stage) == requests.RESTING
    assert not isnan(stage.told_s(1))
    assert len([at for at in stage.attempts(0) if at[1] == 2]) == 1


@pytest.mark.parametrize("design", [HYBRID, CURSOR])
@pytest.mark.parametrize("after_s", [0.01, 0.5, 0.99, 1.0, 1.001, 1.1, 1.5, 2.5, 9.0], ids=str)
def test_it_goes_on_wherever_it_was_when_it_came_back(design, after_s):
    """Times in one-way delays behind the request."""
    given = [(2.0, 0), (5.0, 0), (9.0, 0)]
    calm = Played(design, given).run(20.0)
    stage = Played(design, given)
    stage.at(5.0 + after_s * ONE_WAY_S, stage.channel("http").rows.back, 0)
    stage.run(5.0 + after_s * ONE_WAY_S + 1e-9)
    assert lone(stage) == -1
    stage.run(20.0)
    assert [stage.told_s(one) for one in range(3)] == [calm.told_s(one) for one in range(3)]
    assert [stage.arrivals(one) for one in range(3)] == [calm.arrivals(one) for one in range(3)]
    assert state(stage) == requests.RESTING  # taken again


def test_a_second_message_meanwhile_brings_the_first_back_and_opens_a_connection():
    stage = Played(HYBRID, [(2.0, 0), (5.0, 0), (5.001, 0)]).run(5.002)
    assert lone(stage) == -1
    assert state(stage) == requests.LEFT
    assert set(stage.channel("http").client(0).unfinished) == {1, 2}
    stage.run(9.0)
    assert len([at for at in stage.attempts(0) if at[1] == 2]) == 2
    assert stage.shown(1) == [0, 1, 2]


def test_a_drained_node_closes_what_rests_and_answers_what_is_under_way():
    stage = Played(HYBRID, [(2.0, 0), (5.0, 0)])
    node = stage.world.apis[0]
    stage.at(5.0 + 0.5 * ONE_WAY_S, node.drain, 0.0)
    stage.run(12.0)
    assert len(node.connections) == 0
    assert stage.shown(1) == [0, 1]


def test_the_servers_own_timer_closes_what_has_rested_for_too_long():
    stage = Played(HYBRID, [(2.0, 0), (4.0, 0)], servers={"http_keep_alive_s": 3.0}).run(6.5)
    assert state(stage) == requests.RESTING
    stage.run(7.5)
    assert state(stage) == requests.LEFT
    assert len(stage.world.apis[0].connections) == 0


def test_a_client_that_works_on_each_request_keeps_its_side():
    works = HYBRID.variant("works", {"http": {"pool": {"send_cost_s": 0.001}}})
    stage = Played(works, [(2.0, 0), (5.0, 0)]).run(4.0)
    assert lone(stage) == -1
    stage.run(5.001 + 0.5 * ONE_WAY_S)
    assert state(stage) == requests.ASKING
    stage.run(8.0)
    assert stage.shown(1) == [0, 1]
