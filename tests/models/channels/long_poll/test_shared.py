"""What pollers and mailboxes share: costs, what is worth telling, and what is lost."""

import pytest
from stage import Stage

from models import DESIGNS
from models.channels.long_poll.shared import TYPING_S
from models.costs import AIOHTTP
from models.servers.backplane.broadcast import Broadcast
from sim.history import SEEN, TYPING

POLL, BARE = DESIGNS["long-poll"], DESIGNS["long-poll-unbuffered"]


def down(start_s, end_s, person=0, **more):
    outage = {"kind": "link-outage", "person": person, "start_s": start_s, "end_s": end_s}
    return {"faults": [outage | more]}


@pytest.mark.parametrize("design", [POLL, BARE])
def test_a_poll_is_paid_once_however_it_ends(design):
    """Answered by a message or because the hold ends: one request's work in all."""
    stage = Stage(design, [(60.0, 1)], people=2)
    stage.at(1.0, stage.system.leave, 1)
    [home] = {node for node in [stage.run(30.0).channel("long-poll").home(0)] if node}
    for gateway in stage.gateways:
        gateway.wake_share = 0.0  # work alone is counted
    before_s = spent_s(home)
    stage.run(70.0)  # one hold ends at about 50 s, one is answered at 60 s, two more are asked
    asked, answered = 2, 2
    costs = stage.channel("long-poll").costs
    backplane_s = Broadcast.COST_S
    due_s = asked * costs.request_s + answered * costs.message_out_s + backplane_s
    assert spent_s(home) - before_s == pytest.approx(due_s)
    assert costs.request_s + costs.message_out_s == pytest.approx(AIOHTTP.request_s)


@pytest.mark.parametrize(("back_s", "shown"), [(19.0, [0, 1]), (21.0, [1])])
def test_nobody_is_told_that_somebody_typed_long_ago(back_s, shown):
    stage = Stage(POLL, [(10.0, 1), (10.1, 1)], kinds=[TYPING, SEEN])
    stage.at(5.0, stage.system.leave, 0)
    stage.at(back_s, stage.system.join, 0)
    stage.run(back_s + 1.0)
    assert stage.shown(0) == shown
    assert stage.held() == set()  # the cursor has gone past what was left out


def test_an_answer_lost_without_a_buffer_is_lost():
    stage = Stage(BARE, [(12.0, 1)], **down(10.0, 13.0, changes_address=True)).run(60.0)
    assert stage.shown(0) == []
    assert stage.drops() == [(0, 0, "half-open")]


def spent_s(node):
    return sum(node.busy_s.values())


def test_typing_is_worth_telling_for_a_while():
    assert TYPING_S == 10.0  # Discord API, Trigger Typing Indicator
