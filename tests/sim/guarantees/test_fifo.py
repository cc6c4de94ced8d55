"""FIFO: the order of one sender in one room, as each reader saw it."""

from sim.guarantees.fifo import GUARANTEE
from tests.sim.metrics.histories import arrival, history, message

TWO = [message(12.0), message(13.0)]


def test_holds_in_the_order_of_sending():
    rows = [arrival(0, 1, 14.0), arrival(1, 1, 14.0), arrival(0, 2, 12.2), arrival(1, 2, 13.3)]
    verdict = GUARANTEE.check(history(messages=TWO, deliveries=rows))
    assert verdict.state == "holds"
    assert verdict.checked == 1


def test_violated_by_a_page_shown_newest_first():
    rows = [arrival(1, 1, 14.0), arrival(0, 1, 14.0)]
    verdict = GUARANTEE.check(history(messages=TWO, deliveries=rows))
    assert verdict.state == "violated"
    shown = [moment.what for moment in verdict.witness.timeline if moment.time_s == 14.0]
    assert shown == ["1 is shown to person 1", "0 is shown to person 1"]


def test_the_last_message_of_a_sender_is_no_evidence():
    rows = [arrival(number, 1, 12.5 + number) for number in range(3)]
    of = history(messages=[message(12.0 + number) for number in range(3)], deliveries=rows)
    assert GUARANTEE.check(of).checked == 2


def test_violated_by_the_later_one_shown_first():
    rows = [arrival(0, 1, 20.0), arrival(1, 1, 13.5), arrival(0, 2, 12.2), arrival(1, 2, 13.3)]
    verdict = GUARANTEE.check(history(messages=TWO, deliveries=rows))
    assert verdict.state == "violated"
    assert (verdict.checked, verdict.violations) == (1, 1)
    witness = verdict.witness
    assert (witness.message, witness.others, witness.person) == (0, (1,), 1)
    assert "shown 1 first, at 13.500 s, and 0 at 20.000 s" in witness.what
    assert [moment.time_s for moment in witness.timeline] == [12.0, 13.0, 13.5, 20.0]


def test_the_witness_is_the_first_that_was_seen():
    rows = [arrival(0, 1, 40.0), arrival(1, 1, 30.0), arrival(0, 2, 35.0), arrival(1, 2, 25.0)]
    assert GUARANTEE.check(history(messages=TWO, deliveries=rows)).witness.person == 2


def test_unknown_without_two_of_one_sender_in_one_room():
    rooms = [message(12.0, actor=2), message(13.0, actor=2, conversation=1)]
    senders = [message(12.0), message(13.0, actor=1)]
    for messages, rows in (
        (rooms, [arrival(0, 1, 14.0), arrival(1, 3, 13.5)]),
        (senders, [arrival(0, 2, 14.0), arrival(1, 2, 13.5)]),
    ):
        verdict = GUARANTEE.check(history(messages=messages, deliveries=rows))
        assert verdict.state == "unknown"
        assert "two messages of one sender" in verdict.reason


def test_a_repeat_or_a_hidden_copy_changes_no_order():
    rows = [
        arrival(0, 1, 12.5),
        arrival(1, 1, 13.5),
        arrival(0, 1, 20.0),
        arrival(1, 1, 12.1, visible=False),
    ]
    assert GUARANTEE.check(history(messages=TWO, deliveries=rows)).state == "holds"
