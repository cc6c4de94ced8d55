"""Causal order: no answer before what it could answer, through others and other rooms too."""

import pytest

from sim.guarantees import causal_order, happened
from sim.guarantees.causal_order import GUARANTEE
from sim.history import LIST
from tests.sim.metrics.histories import arrival, history, message

QUESTION, ANSWER = message(12.0, actor=0), message(15.0, actor=1)


def test_holds_when_the_question_comes_first():
    rows = [arrival(0, 1, 13.0), arrival(0, 2, 14.0), arrival(1, 2, 15.5), arrival(1, 0, 15.2)]
    verdict = GUARANTEE.check(history(messages=[QUESTION, ANSWER], deliveries=rows))
    assert verdict.state == "holds"
    assert verdict.checked == 1


def test_violated_by_an_answer_shown_first():
    rows = [arrival(0, 1, 13.0), arrival(0, 2, 30.0), arrival(1, 2, 15.5)]
    verdict = GUARANTEE.check(history(messages=[QUESTION, ANSWER], deliveries=rows))
    assert verdict.state == "violated"
    assert (verdict.checked, verdict.violations) == (1, 1)
    witness = verdict.witness
    assert (witness.message, witness.others, witness.person) == (0, (1,), 2)
    assert "person 1 knew message 0 when sending 1" in witness.what
    assert [m.what for m in witness.timeline if m.time_s == 15.5] == ["1 is shown to person 2"]


def test_violated_by_ones_own_messages_the_wrong_way_round():
    rows = [arrival(0, 2, 30.0), arrival(1, 2, 15.5)]
    of = history(messages=[message(12.0), message(15.0)], deliveries=rows)
    assert GUARANTEE.check(of).state == "violated"


def test_unknown_when_no_sender_knew_anything():
    # Person 1 is shown the question only after having written.
    rows = [arrival(0, 1, 16.0), arrival(0, 2, 30.0), arrival(1, 2, 15.5)]
    elsewhere = message(11.0, actor=3, conversation=1)
    verdict = GUARANTEE.check(history(messages=[QUESTION, ANSWER, elsewhere], deliveries=rows))
    assert verdict.state == "unknown"
    assert "knew an earlier one" in verdict.reason


def test_what_happens_in_the_same_instant_was_not_known():
    rows = [arrival(0, 1, 15.0), arrival(0, 2, 30.0), arrival(1, 2, 15.5)]
    of = history(messages=[QUESTION, ANSWER], deliveries=rows)
    assert GUARANTEE.check(of).state == "unknown"
    # What one person sends in one instant is in the order in which it was recorded.
    own = history(messages=[message(12.0), message(12.0)], deliveries=rows[1:])
    assert GUARANTEE.check(own).state == "violated"


def test_the_witness_is_the_earliest_answer():
    messages = [message(12.0), message(13.0), message(14.0)]
    rows = [arrival(0, 2, 30.0), arrival(1, 2, 25.0), arrival(2, 2, 20.0)]
    witness = GUARANTEE.check(history(messages=messages, deliveries=rows)).witness
    assert witness.others == (2,)


def test_another_room_is_no_question():
    messages = [message(12.0, actor=3, conversation=1), message(15.0, actor=2)]
    rows = [arrival(0, 2, 13.0), arrival(1, 1, 15.5)]
    assert GUARANTEE.check(history(messages=messages, deliveries=rows)).state == "unknown"


def test_violated_by_an_answer_shown_first_in_the_same_instant():
    rows = [arrival(0, 1, 13.0), arrival(1, 2, 30.0), arrival(0, 2, 30.0)]
    assert GUARANTEE.check(history(messages=[QUESTION, ANSWER], deliveries=rows)).violations == 1


ROOMS = {"members": [(room, person) for room in (0, 1) for person in range(4)]}


def test_violated_through_somebody_who_passes_it_on():
    # 0 writes, 1 reads that and writes in the other room, 2 reads that and answers in the first.
    messages = [message(12.0), message(15.0, 1, 1), message(18.0, 2)]
    rows = [arrival(0, 1, 13.0), arrival(1, 2, 16.0), arrival(2, 3, 19.0), arrival(0, 3, 25.0)]
    verdict = GUARANTEE.check(history(messages=messages, deliveries=rows, **ROOMS))
    assert verdict.state == "violated"
    assert (verdict.witness.message, verdict.witness.person) == (0, 3)
    assert verdict.witness.others == (2, 1)
    assert "person 2 knew message 0 through 1 when sending 2" in verdict.witness.what


def test_violated_by_what_a_list_told_the_sender():
    asked = message(13.0, actor=1, action=LIST)
    messages = [QUESTION, ANSWER, asked]
    rows = [arrival(2, 1, 13.5), arrival(1, 2, 16.0), arrival(0, 2, 17.0)]
    of = history(messages=messages, deliveries=rows, listed=[(2, 0)])
    assert GUARANTEE.check(of).state == "violated"
    never_came = history(messages=messages, deliveries=rows[1:], listed=[(2, 0)])
    assert GUARANTEE.check(never_came).state == "unknown"


def test_violated_by_ones_own_messages_in_two_rooms():
    messages = [message(12.0), message(15.0, 0, 1)]
    rows = [arrival(1, 2, 16.0), arrival(0, 2, 17.0)]
    assert GUARANTEE.check(history(messages=messages, deliveries=rows, **ROOMS)).violations == 1


@pytest.mark.parametrize("count", [500, 4000])
def test_one_reader_in_reverse_takes_as_many_steps_as_there_are_messages(count, monkeypatch):
    looked_at = []
    known = happened._Inbox.known

    def counting(inbox, person, row, news):
        looked_at.append(row - inbox._next[person])
        return known(inbox, person, row, news)

    monkeypatch.setattr(happened._Inbox, "known", counting)
    messages = [message(11.0 + number / 100, actor=number % 2) for number in range(count)]
    rows = [arrival(n, 1 - n % 2, 11.001 + n / 100) for n in range(count)]
    rows += [arrival(n, 2, 99.0 - n / 100) for n in range(count)]
    verdict = GUARANTEE.check(history(messages=messages, deliveries=rows))
    assert verdict.violations == count - 1
    assert min(looked_at) >= 0
    assert sum(looked_at) <= 2 * count  # each message was shown to two


def test_nothing_is_walked_through_where_nothing_was_overtaken(monkeypatch):
    monkeypatch.setattr(happened, "_events", None)
    rows = [arrival(0, 1, 13.0), arrival(0, 2, 14.0), arrival(1, 2, 15.5), arrival(1, 0, 15.2)]
    of = history(messages=[QUESTION, ANSWER], deliveries=rows)
    assert GUARANTEE.check(of).state == "holds"


def backlog(count, senders=50):
    """Everybody writes in turn, each after having read; a last one reads it all in reverse."""
    messages = [message(11.0 + n * 60 / count, actor=n % senders) for n in range(count)]
    rows = [arrival(n, (n + 1) % senders, 11.0 + (n + 0.5) * 60 / count) for n in range(count)]
    rows += [arrival(n, senders, 99.0 - n * 20 / count) for n in range(count)]
    return history({"people": senders + 1}, messages=messages, deliveries=rows)


def test_few_of_what_one_reader_saw_in_reverse_need_a_walk(monkeypatch):
    asked = []
    shown_late = causal_order.shown_late

    def counting(evidence, suspects):
        asked.append(len(suspects))
        return shown_late(evidence, suspects)

    monkeypatch.setattr(causal_order, "shown_late", counting)
    for count in (500, 4000):
        assert GUARANTEE.check(backlog(count)).violations == count - 1
    assert asked == [49, 49]  # the last of each sender but the last of all
