"""Monotonic reads: what a list has shown, the next one shows too, as far back as it reaches."""

from sim.guarantees.monotonic_reads import GUARANTEE
from sim.history import LIST, NOTHING
from tests.sim.metrics.histories import arrival, history, message

OLD, NEW = message(11.0, actor=1, accepted_s=11.1), message(12.0, actor=1, accepted_s=12.1)
FIRST, SECOND = message(20.0, action=LIST), message(30.0, action=LIST)
BOTH = [arrival(2, 0, 20.5), arrival(3, 0, 30.5)]


def asked(*listed, rows=BOTH, messages=(OLD, NEW, FIRST, SECOND)):
    return history(messages=messages, deliveries=rows, listed=listed)


def test_holds_when_nothing_goes_missing():
    verdict = GUARANTEE.check(asked((2, 0), (2, 1), (3, 0), (3, 1)))
    assert (verdict.state, verdict.checked) == ("holds", 1)  # one answer is one fact


def test_violated_by_a_later_list_that_lacks_a_message():
    for later in ([(3, 0)], [(3, NOTHING)]):
        verdict = GUARANTEE.check(asked((2, 0), (2, 1), *later))
        assert verdict.state == "violated"
        assert verdict.witness.person == 0
        assert verdict.witness.others == (2, 3)
        assert "and no more in that to request 3 at 30.500 s" in verdict.witness.what
    assert GUARANTEE.check(asked((2, 0), (2, 1), (3, 0))).witness.message == 1


def test_a_page_of_newer_messages_lacks_nothing():
    verdict = GUARANTEE.check(asked((2, 0), (3, 1)))
    assert verdict.state == "unknown"
    assert "shown the list again" in verdict.reason


def test_the_later_answer_is_the_one_that_was_shown_later():
    overtaken = [arrival(2, 0, 40.0), arrival(3, 0, 30.5)]
    fewer = ((2, 0), (3, 0), (3, 1))
    assert GUARANTEE.check(asked(*fewer)).state == "holds"
    assert GUARANTEE.check(asked(*fewer, rows=overtaken)).witness.others == (3, 2)
    at_once = [arrival(3, 0, 40.0), arrival(2, 0, 40.0)]
    assert GUARANTEE.check(asked(*fewer, rows=at_once)).state == "violated"


def test_other_people_other_rooms_and_what_was_not_shown_do_not_count():
    lacking = ((2, 0), (2, 1), (3, 0))
    for other in (message(30.0, actor=2, action=LIST), message(30.0, 0, 1, LIST)):
        rows = [arrival(2, 0, 20.5), arrival(3, other[1], 30.5)]
        of = asked(*lacking, rows=rows, messages=(OLD, NEW, FIRST, other))
        assert GUARANTEE.check(of).state == "unknown"
    for gone in (BOTH[:1], [BOTH[0], arrival(3, 0, 30.5, visible=False)]):
        assert GUARANTEE.check(asked(*lacking, rows=gone)).state == "unknown"


def test_unknown_when_answers_are_not_recorded():
    assert "does not record" in GUARANTEE.check(asked()).reason
