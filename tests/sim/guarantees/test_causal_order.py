"""Causal order: no answer before what it could answer."""

from sim.guarantees import causal_order
from sim.guarantees.causal_order import GUARANTEE
from tests.sim.metrics.histories import arrival, history, message

QUESTION, ANSWER = message(12.0, actor=0), message(15.0, actor=1)


def test_holds_when_the_question_comes_first():
    rows = [arrival(0, 1, 13.0), arrival(0, 2, 14.0), arrival(1, 2, 15.5), arrival(1, 0, 15.2)]
    verdict = GUARANTEE.check(history(messages=[QUESTION, ANSWER], deliveries=rows))
    assert verdict.state == "holds"
    assert verdict.checked == 2


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
    own = history(messages=[message(12.0), message(12.0)], deliveries=rows[1:])
    assert GUARANTEE.check(own).state == "unknown"


def test_the_witness_is_the_earliest_answer():
    messages = [message(12.0), message(13.0), message(14.0)]
    rows = [arrival(0, 2, 30.0), arrival(1, 2, 25.0), arrival(2, 2, 20.0)]
    witness = GUARANTEE.check(history(messages=messages, deliveries=rows)).witness
    assert witness.others == (2,)


def test_another_room_is_no_question():
    messages = [message(12.0, actor=3, conversation=1), message(15.0, actor=2)]
    rows = [arrival(0, 2, 13.0), arrival(1, 1, 15.5)]
    assert GUARANTEE.check(history(messages=messages, deliveries=rows)).state == "unknown"


def test_many_overtakings_are_looked_at_in_parts(monkeypatch):
    messages = [message(11.0 + number, actor=0) for number in range(20)]
    rows = [arrival(number, 2, 90.0 - number) for number in range(20)]
    of = history(messages=messages, deliveries=rows)
    whole = GUARANTEE.check(of)
    monkeypatch.setattr(causal_order, "PAIRS_AT_ONCE", 7)
    assert GUARANTEE.check(of) == whole
    assert whole.violations == 19
