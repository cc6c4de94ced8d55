"""A mailbox holds one question, and lets it go once."""

import pytest
from stage import ONE_WAY_S, Stage

from models import DESIGNS

POLL = DESIGNS["long-poll"]


def test_it_is_the_home_of_its_person_while_it_holds():
    stage = Stage(POLL, [(60.0, 1)]).run(4.0)
    mailbox = stage.channel("long-poll").mailboxes[0]
    mailbox.back()
    assert mailbox.held.holding
    assert mailbox.end.node is stage.channel("long-poll").home(0)


@pytest.mark.parametrize("late_s", [0.5 * ONE_WAY_S, 1.5 * ONE_WAY_S])
def test_a_node_that_drains_just_after_an_empty_answer_lets_nothing_go(late_s):
    """The question that was held is answered, and its successor has not come."""
    stage = Stage(POLL, [(60.0, 1)]).run(4.0)
    mailbox = stage.channel("long-poll").mailboxes[0]
    mailbox.back()
    end_s = mailbox.held.deadline_s
    stage.run(end_s + late_s)
    node = stage.channel("long-poll").home(0)
    assert not mailbox.held.holding
    node.drain(0.0)  # the machine would refuse a time-out now
    assert not mailbox.held.holding


def test_answers_come_in_batches_of_a_hundred():
    sends = [(10.0 + 0.01 * place, 1) for place in range(250)]
    stage = Stage(POLL, sends)
    stage.at(5.0, stage.system.leave, 0)
    stage.at(20.0, stage.system.join, 0)
    stage.run(25.0)
    times_s = [at_s for _, at_s in stage.arrivals(0)]
    assert stage.shown(0) == list(range(250))
    assert [times_s.count(at_s) for at_s in sorted(set(times_s))] == [100, 100, 50]


def test_an_answer_holds_no_more_messages_than_the_design_says():
    small = POLL.variant("small", {"long_poll": {"batch_max": 2}})
    stage = Stage(small, [(2.0 + 1e-3 * place, 0) for place in range(6)], joins=False)
    stage.at(0.0, stage.system.join, 0)
    stage.at(10.0, stage.system.join, 1)
    times = [at_s for _, at_s in stage.run(20.0).arrivals(1)]
    assert len(times) == 6
    assert max(times.count(at_s) for at_s in times) == 2


def away(window, until_s=60.0):
    """Person 0 is away while 50 messages come, one a second."""
    design = POLL.variant("mine", {"recovery": {"kind": "cursor", "window": window}})
    stage = Stage(design, [(5.0 + place, 1) for place in range(50)])
    stage.at(4.0, stage.system.leave, 0)
    stage.at(56.0, stage.system.join, 0)
    return stage.run(until_s)


@pytest.mark.parametrize(
    ("window", "kept"), [("whole", 50), ({"messages": 20}, 20), ({"age_s": 10.5}, 9)]
)
def test_who_comes_back_gets_what_the_window_has_kept(window, kept):
    stage = away(window)
    assert stage.shown(0) == list(range(50 - kept, 50))
    assert stage.drops() == [(message, 0, "left the window") for message in range(50 - kept)]
    assert stage.held() == set()


def test_who_is_still_away_at_the_end_has_lost_the_rest():
    stage = away({"messages": 20}, 55.0)
    stage.system.finish()
    assert stage.drops() == [(message, 0, "left the window") for message in range(30)]
    assert stage.held() == {(message, 0) for message in range(30, 50)}
