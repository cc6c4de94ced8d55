"""Isolation: what is said in a room stays in it."""

import pytest

from sim import members as members_of
from sim.guarantees.isolation import GUARANTEE
from sim.history import LIST, SEEN, SEND, TYPING
from tests.sim.metrics.histories import arrival, history, message


def test_holds_among_members():
    rows = [arrival(0, 1, 12.1), arrival(0, 2, 12.2), arrival(0, 0, 12.3)]
    verdict = GUARANTEE.check(history(messages=[message(12.0)], deliveries=rows))
    assert verdict.state == "holds"
    assert verdict.checked == 1


def test_what_cannot_leave_its_room_is_no_evidence():
    everyone = [(0, person) for person in range(4)] + [(1, 2), (1, 3)]
    messages = [message(12.0), message(13.0, actor=2, conversation=1)]
    rows = [arrival(0, 1, 12.1), arrival(1, 3, 13.1)]
    verdict = GUARANTEE.check(history(messages=messages, deliveries=rows, members=everyone))
    assert (verdict.state, verdict.checked) == ("holds", 1)


def test_violated_by_what_an_answer_contains():
    asked = message(20.0, actor=3, conversation=1, action=LIST)
    rows = {"messages": [message(12.0), asked], "listed": [(1, 0)]}
    verdict = GUARANTEE.check(history(deliveries=[arrival(1, 3, 20.5)], **rows))
    assert verdict.state == "violated"
    assert (verdict.witness.message, verdict.witness.person) == (0, 3)
    assert verdict.witness.others == (1,)
    assert "inside the answer to request 1" in verdict.witness.what
    assert GUARANTEE.check(history(**rows)).state == "unknown"  # it never arrived


def test_an_answer_may_hold_what_its_reader_may_read():
    asked = message(20.0, actor=2, conversation=1, action=LIST)
    rows = {"messages": [message(12.0), asked], "listed": [(1, 0)]}
    assert GUARANTEE.check(history(deliveries=[arrival(1, 2, 20.5)], **rows)).state == "holds"


@pytest.mark.parametrize("action", [SEND, TYPING, SEEN])
def test_violated_by_an_arrival_outside(action):
    rows = [arrival(0, 1, 12.1), arrival(0, 3, 12.2, visible=False)]
    verdict = GUARANTEE.check(history(messages=[message(12.0, action=action)], deliveries=rows))
    assert verdict.state == "violated"
    assert (verdict.witness.message, verdict.witness.person) == (0, 3)
    assert "of conversation 0 reached person 3, who is not in it" in verdict.witness.what
    assert verdict.witness.timeline[-1].time_s == 12.2


def test_the_witness_is_the_first_arrival_outside():
    rows = [arrival(0, 3, 20.0), arrival(1, 3, 14.0)]
    of = history(messages=[message(12.0), message(13.0)], deliveries=rows)
    assert GUARANTEE.check(of).witness.message == 1


def test_an_answer_is_for_who_asked():
    asked = message(12.0, actor=3, action=LIST)
    assert GUARANTEE.check(history(messages=[asked], deliveries=[arrival(0, 3, 13)])).checked == 1
    other = GUARANTEE.check(history(messages=[asked], deliveries=[arrival(0, 1, 13.0)]))
    assert other.state == "violated"


def test_unknown_without_arrivals_or_without_outsiders():
    assert GUARANTEE.check(history(messages=[message(12.0)])).reason == "nothing arrived anywhere"
    everyone = [(0, person) for person in range(4)]
    of = history(messages=[message(12.0)], deliveries=[arrival(0, 1, 13.0)], members=everyone)
    verdict = GUARANTEE.check(of)
    assert verdict.state == "unknown"
    assert "nobody is outside" in verdict.reason
    second = {"messages": [message(12.0, conversation=1)], "deliveries": [arrival(0, 1, 13.0)]}
    of = history(members=[(1, person) for person in range(4)], **second)
    assert GUARANTEE.check(of).state == "unknown"


REMOVED = (0, 1, members_of.REMOVED, 30.0, 31.0)
JOINED = (0, 1, members_of.JOINED, 30.0, 31.0)


@pytest.mark.parametrize(
    ("change", "said_s", "state"),
    [(REMOVED, 29.9, "holds"), (REMOVED, 30.0, "violated"), (JOINED, 29.9, "holds")],
)
def test_who_has_left_has_no_business_with_what_is_said_from_then_on(change, said_s, state):
    """Even where everybody was in it once, and for whatever came later than it was said."""
    members = [(0, person) for person in range(4 if change is REMOVED else 3)]
    rows = {"messages": [message(said_s)], "deliveries": [arrival(0, 1, 40.0)]}
    found = GUARANTEE.check(history(members=members, changes=[change], **rows))
    assert found.state == state
