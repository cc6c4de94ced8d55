"""Read your writes: what the page of an answer must hold of one's own."""

from sim.guarantees.read_your_writes import GUARANTEE
from sim.history import LIST, NOTHING, SEEN
from tests.sim.metrics.histories import arrival, history, message

MINE = message(12.0, accepted_s=12.1, told_s=12.2)
ASKED = message(20.0, action=LIST)
ANSWERED = [arrival(1, 0, 20.2)]


def test_holds_when_the_own_message_is_there():
    of = history(messages=[MINE, ASKED], deliveries=ANSWERED, listed=[(1, 0)])
    verdict = GUARANTEE.check(of)
    assert verdict.state == "holds"
    assert verdict.checked == 1


def test_violated_when_it_is_missing():
    older = message(11.0, actor=1, accepted_s=11.1)
    for listed, messages in (
        ([(1, NOTHING)], [MINE, ASKED]),
        ([(1, 2)], [MINE, ASKED, older]),
    ):
        of = history(messages=messages, deliveries=ANSWERED, listed=listed)
        verdict = GUARANTEE.check(of)
        assert verdict.state == "violated"
        assert (verdict.witness.message, verdict.witness.others) == (0, (1,))
        assert verdict.witness.person == 0
        assert "did not find it" in verdict.witness.what
        assert 12.2 in [moment.time_s for moment in verdict.witness.timeline]


def test_a_page_of_newer_messages_is_no_loss():
    newer = message(13.0, actor=1, accepted_s=13.1)
    of = history(messages=[MINE, ASKED, newer], deliveries=ANSWERED, listed=[(1, 2)])
    assert GUARANTEE.check(of).state == "unknown"


def test_a_page_reaches_back_to_its_oldest_message():
    newer, mine = (
        message(13.0, actor=1, accepted_s=13.1),
        message(11.0, accepted_s=11.1, told_s=11.2),
    )
    of = history(messages=[newer, ASKED, mine], deliveries=ANSWERED, listed=[(1, 0)])
    assert GUARANTEE.check(of).state == "unknown"


def test_only_ones_own_messages_in_that_room_are_looked_for():
    marks = message(12.0, action=SEEN, accepted_s=12.1, told_s=12.2)
    of = history(messages=[marks, ASKED], deliveries=ANSWERED, listed=[(1, NOTHING)])
    assert GUARANTEE.check(of).state == "unknown"
    theirs = message(12.0, actor=3, conversation=1, accepted_s=12.1, told_s=12.2)
    asked = message(20.0, actor=2, conversation=1, action=LIST)
    answered = [arrival(1, 2, 20.2)]
    of = history(messages=[theirs, asked], deliveries=answered, listed=[(1, NOTHING)])
    assert GUARANTEE.check(of).state == "unknown"


def test_the_witness_is_the_first_request_that_misses_one():
    again = message(25.0, action=LIST)
    both = [arrival(1, 0, 25.2), arrival(2, 0, 20.2)]
    listed = [(1, NOTHING), (2, NOTHING)]
    of = history(messages=[MINE, again, ASKED], deliveries=both, listed=listed)
    assert GUARANTEE.check(of).witness.others == (2,)


def test_unknown_when_answers_are_not_recorded():
    verdict = GUARANTEE.check(history(messages=[MINE, ASKED], deliveries=ANSWERED))
    assert verdict.state == "unknown"
    assert "does not record" in verdict.reason


def test_unknown_when_nothing_of_ones_own_was_acknowledged_in_time():
    late, elsewhere = message(12.0, accepted_s=12.1, told_s=20.0), message(12.0, actor=1, told_s=13)
    for one in (message(12.0, accepted_s=12.1), late, elsewhere):
        of = history(messages=[one, ASKED], deliveries=ANSWERED, listed=[(1, NOTHING)])
        verdict = GUARANTEE.check(of)
        assert verdict.state == "unknown"
        assert "acknowledged" in verdict.reason


def test_an_answer_that_never_arrived_shows_nothing():
    of = history(messages=[MINE, ASKED], listed=[(1, NOTHING)])
    assert GUARANTEE.check(of).state == "unknown"
