"""Total order: one order per room that all views follow."""

import numpy as np
import pytest

from sim.guarantees import total_order
from sim.guarantees.evidence import Evidence
from sim.guarantees.total_order import GUARANTEE
from tests.sim.metrics.histories import arrival, history, message

MEMBERS = [(0, person) for person in range(6)]
SESSIONS = [(person, 0.0, 100.0) for person in range(6)]


def room(views, count=4):
    """Six people in one room; `views` says at what second which reader saw which message."""
    messages = [message(11.0 + number / 100) for number in range(count)]
    rows = [
        arrival(number, person, float(time_s))
        for person, seen in views.items()
        for number, time_s in seen.items()
    ]
    members = {"members": MEMBERS, "sessions": SESSIONS}
    return history({"people": 6}, messages=messages, deliveries=rows, **members)


def test_holds_when_views_are_parts_of_one_order():
    views = {1: {2: 20, 0: 21, 1: 22}, 2: {2: 40, 1: 41}, 3: {2: 30, 0: 30, 1: 31}}
    verdict = GUARANTEE.check(room(views))
    assert verdict.state == "holds"
    assert verdict.checked == 3


def test_violated_by_two_readers_who_disagree():
    views = {1: {0: 20, 1: 21}, 2: {1: 20, 0: 21}, 3: {0: 20, 1: 21, 2: 22}}
    verdict = GUARANTEE.check(room(views))
    assert verdict.state == "violated"
    assert verdict.violations == 2
    witness = verdict.witness
    assert (witness.message, witness.others) == (0, (1,))
    assert witness.what == "person 1 was shown 0 before 1; person 2 was shown 1 before 0"
    assert {20.0, 21.0} <= {moment.time_s for moment in witness.timeline}


def test_violated_where_only_three_views_together_contradict():
    views = {1: {0: 20, 1: 21}, 2: {1: 20, 2: 21}, 3: {2: 20, 0: 21}}
    verdict = GUARANTEE.check(room(views))
    assert verdict.state == "violated"
    assert verdict.witness.what.count(";") == 2


def test_the_witness_skips_what_lies_between():
    views = {1: {0: 20, 3: 21, 1: 22}, 2: {1: 20, 2: 21, 0: 22}}
    verdict = GUARANTEE.check(room(views))
    assert verdict.violations == 2
    assert verdict.witness.what == "person 1 was shown 0 before 1; person 2 was shown 1 before 0"


def test_one_instant_has_an_order_too():
    for shown_last in ({1: 20, 0: 20}, {1: 20, 0: 21}):
        verdict = GUARANTEE.check(room({1: {0: 20, 1: 20, 2: 21}, 2: {**shown_last, 2: 22}}))
        assert verdict.state == "violated"
        assert verdict.witness.what == (
            "person 1 was shown 0 before 1; person 2 was shown 1 before 0"
        )
    same = room({1: {0: 20, 1: 20, 2: 21}, 3: {0: 20, 1: 20, 2: 20}})
    assert GUARANTEE.check(same).state == "holds"


@pytest.mark.parametrize("count", [500, 4000])
def test_one_reader_in_reverse_takes_as_many_steps_as_there_are_messages(count, monkeypatch):
    taken = []
    walk = total_order._walk
    monkeypatch.setattr(
        total_order, "_walk", lambda came, *rest: taken.append(len(came)) or walk(came, *rest)
    )
    seconds = range(count)
    views = {1: {n: 20 + n / 100 for n in seconds}, 2: {n: 90 - n / 100 for n in seconds}}
    verdict = GUARANTEE.check(room(views, count))
    assert verdict.violations == count
    assert taken[0] <= count


def tangling(views):
    evidence = Evidence(room(views, count=5))
    follows = np.flatnonzero(~evidence.views.first)
    message = evidence.views.message
    before, after = total_order._tangling(evidence, message[follows - 1], message[follows])
    return sorted(zip(before.tolist(), after.tolist(), strict=True))


def test_components_are_looked_for_only_between_the_ends_of_a_step_back():
    forth, back = {0: 20, 1: 21, 2: 22, 3: 23, 4: 24}, {0: 30, 3: 31, 2: 32, 1: 33, 4: 34}
    assert tangling({1: forth, 2: forth}) == []
    assert tangling({1: forth, 2: back}) == [(1, 2), (2, 1), (2, 3), (3, 2)]


def test_unknown_when_no_views_can_be_compared():
    views = {1: {0: 20, 1: 21}, 2: {1: 20, 2: 21}}
    verdict = GUARANTEE.check(room(views))
    assert verdict.state == "unknown"
    assert "the same two messages" in verdict.reason


def test_what_only_one_reader_saw_stands_between_nothing():
    views = {1: {0: 20, 2: 21, 1: 22}, 2: {0: 20, 3: 21, 1: 22}}
    verdict = GUARANTEE.check(room(views))
    assert (verdict.state, verdict.checked) == ("holds", 2)


def test_unknown_when_no_two_readers_share_two_messages():
    views = {1: {0: 20, 1: 21}, 2: {1: 20, 2: 21}, 3: {0: 30, 2: 31}}
    assert GUARANTEE.check(room(views)).state == "unknown"


def test_unknown_without_deliveries():
    assert GUARANTEE.check(room({})).state == "unknown"


def test_rooms_do_not_mix():
    messages = [message(12.0), message(13.0, actor=3, conversation=1)]
    rows = [arrival(0, 2, 20.0), arrival(1, 2, 21.0), arrival(0, 1, 20.0)]
    assert GUARANTEE.check(history(messages=messages, deliveries=rows)).state == "unknown"
