"""Polls go into rows when calm, and come back with all that is under way of them."""

import pytest
from stage import ONE_WAY_S, Stage

from models import DESIGNS
from models.calm.polling import polls

POLL, BARE = DESIGNS["long-poll"], DESIGNS["long-poll-unbuffered"]


def state(stage, person=0):
    return stage.channel("long-poll").rows.number(person, polls.STATE, polls.LEFT)


@pytest.mark.parametrize("design", [POLL, BARE])
def test_a_held_question_is_carried(design):
    stage = Stage(design, [(5.0, 1)]).run(4.0)
    assert state(stage) == polls.HELD
    assert stage.channel("long-poll").home(0) in stage.gateways


@pytest.mark.parametrize("design", [POLL, BARE])
@pytest.mark.parametrize("after_s", [0.0, 0.5, 1.5, 2.0, 4.0], ids=str)
def test_the_messages_arrive_wherever_the_question_was_when_it_came_back(design, after_s):
    """Times in one-way delays behind the acceptance of the first message."""
    given = [(5.0, 1), (12.0, 1)]
    calm = Stage(design, given).run(20.0)
    stage = Stage(design, given).run(5.0)
    moment_s = calm.accepted_s(0) + after_s * ONE_WAY_S + 1e-5
    stage.at(moment_s, stage.channel("long-poll").rows.back, 0)
    stage.run(20.0)
    assert stage.arrivals(0) == calm.arrivals(0)
    assert state(stage) == polls.HELD  # taken again


def test_one_who_leaves_takes_the_question_along():
    stage = Stage(POLL, [(9.0, 1)])
    stage.at(5.0, stage.system.leave, 0)
    stage.run(6.0)
    assert not stage.channel("long-poll").rows.carries(0)
    assert stage.channel("long-poll").home(0) is None


def test_more_unread_messages_than_fit_are_the_objects():
    stage = Stage(POLL, [(60.0, 1)]).run(4.0)
    rows, log = stage.channel("long-poll").rows, stage.channel("long-poll").mailboxes[0].log
    for _ in range(polls.RING):
        log.append(0)
        rows.logged(0, 0)
    assert rows.carries(0)
    log.append(0)
    rows.logged(0, 0)
    assert not rows.carries(0)


def test_a_timer_for_idleness_that_objects_have_set_leaves_the_question_in_rows(monkeypatch):
    stage = Stage(POLL, [(5.0, 1)], servers={"gateways": 2, "http_keep_alive_s": 3.0})
    rows, given_back = stage.channel("long-poll").rows, []
    stage.at(4.5, rows.back, 0)  # objects answer the message, and set the timer
    stage.run(7.0)
    assert state(stage) == polls.HELD
    back = rows.back
    monkeypatch.setattr(rows, "back", lambda person: given_back.append(person) or back(person))
    end = stage.channel("long-poll").mailboxes[0].end
    assert end.timed
    stage.run(9.0)
    assert given_back == []
    assert state(stage) == polls.HELD
