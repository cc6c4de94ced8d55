"""Outbox and CursorReceiver: what is sent again, what is asked for."""

import math

import pytest

from models.protocols.machine import NEVER_S, TIMEOUT, ProtocolError
from models.protocols.resume import (
    CURSOR,
    OUTBOX,
    Acked,
    CaughtUp,
    CursorReceiver,
    CursorState,
    Item,
    LinkState,
    Lost,
    Opened,
    Outbox,
    OutboxOptions,
    Submit,
    Truncated,
)

UP, DOWN = Opened(), Lost()


def shown(actions) -> list[tuple]:
    return [(type(action).__name__, *action) for action in actions]


def feed(machine, *events, now_s: float = 0.0) -> list[tuple]:
    return [action for event in events for action in shown(machine.handle(event, now_s))]


def outbox(*events, **options) -> Outbox:
    machine = Outbox(OutboxOptions(**options))
    feed(machine, *events)
    return machine


def receiver(*events, **options) -> CursorReceiver:
    machine = CursorReceiver(**options)
    feed(machine, *events)
    return machine


@pytest.mark.parametrize("state", LinkState)
@pytest.mark.parametrize("event", [Submit("a"), Acked("a"), UP, DOWN, TIMEOUT])
def test_outbox_takes_an_event_as_the_table_says_or_refuses_it(state: LinkState, event) -> None:
    machine = outbox(*([UP] if state is LinkState.ONLINE else []))
    target = OUTBOX[state].get(type(event))
    if target is None:
        with pytest.raises(ProtocolError, match=state.name):
            machine.handle(event, 0.0)
    else:
        machine.handle(event, 0.0)
        assert machine.state is target


def test_a_message_is_kept_until_acknowledged() -> None:
    machine = outbox(UP)
    assert feed(machine, Submit("a")) == [("Transmit", "a", 1)]
    assert machine.kept() == ["a"]
    assert feed(machine, Acked("a")) == [("Told", "a")]
    assert machine.kept() == []


def test_a_second_acknowledgement_changes_nothing() -> None:
    machine = outbox(UP, Submit("a"), Acked("a"))
    assert feed(machine, Acked("a")) == []


def test_offline_messages_wait() -> None:
    machine = outbox(Submit("a"))
    assert feed(machine, UP) == [("Transmit", "a", 1)]


def test_offline_messages_may_fail_instead() -> None:
    machine = outbox(keeps_offline=False)
    assert feed(machine, Submit("a")) == [("Failed", "a", "not connected")]
    assert machine.kept() == []


def test_what_is_unacknowledged_is_sent_again_in_order_on_the_next_connection() -> None:
    machine = outbox(UP, Submit("a"), Submit("b"), Submit("c"), Acked("b"))
    assert feed(machine, DOWN, Submit("d")) == []
    assert machine.kept() == ["a", "c", "d"]
    assert feed(machine, UP) == [
        ("Transmit", "a", 2),
        ("Transmit", "c", 2),
        ("Transmit", "d", 1),
    ]


def test_a_window_of_one_sends_one_at_a_time() -> None:
    machine = outbox(UP, window=1)
    assert feed(machine, Submit("a"), Submit("b")) == [("Transmit", "a", 1)]
    assert feed(machine, DOWN, UP) == [("Transmit", "a", 2)]
    assert feed(machine, Acked("a")) == [("Told", "a"), ("Transmit", "b", 1)]


def test_an_unanswered_message_is_sent_again() -> None:
    machine = outbox(UP, ack_timeout_s=5.0)
    feed(machine, Submit("a"), now_s=1.0)
    feed(machine, Submit("b"), now_s=3.0)
    assert machine.deadline_s == 6.0
    assert feed(machine, TIMEOUT, now_s=6.0) == [("Transmit", "a", 2)]
    assert machine.deadline_s == 8.0
    feed(machine, DOWN)
    assert machine.deadline_s == NEVER_S
    assert machine.kept() == ["a", "b"]


def test_an_answer_in_time_leaves_the_deadline_to_find_nothing() -> None:
    machine = outbox(UP, ack_timeout_s=5.0)
    feed(machine, Submit("a"), Acked("a"))
    assert feed(machine, TIMEOUT, now_s=5.0) == []
    assert machine.deadline_s == NEVER_S
    feed(machine, Submit("b"), now_s=7.0)
    assert machine.deadline_s == 12.0


def test_tries_are_limited() -> None:
    machine = outbox(UP, Submit("a"), Submit("b"), ack_timeout_s=5.0, tries_max=2, window=1)
    assert feed(machine, TIMEOUT, now_s=5.0) == [("Transmit", "a", 2)]
    assert feed(machine, TIMEOUT, now_s=10.0) == [
        ("Failed", "a", "gave up"),
        ("Transmit", "b", 1),
    ]
    assert machine.kept() == ["b"]


def test_reconnections_count_as_tries() -> None:
    machine = outbox(UP, Submit("a"), tries_max=1)
    assert feed(machine, DOWN, UP) == [("Failed", "a", "gave up")]
    assert feed(machine, Submit("a")) == [("Transmit", "a", 1)]


@pytest.mark.parametrize("state", CursorState)
@pytest.mark.parametrize(
    "event", [UP, DOWN, Item(1, "a"), CaughtUp(), Truncated(1), TIMEOUT], ids=repr
)
def test_a_cursor_takes_an_event_as_the_table_says_or_refuses_it(state, event) -> None:
    events = {CursorState.OFFLINE: (), CursorState.CATCHING_UP: (UP,)}
    machine = receiver(*events.get(state, (UP, CaughtUp())))
    target = CURSOR[state].get(type(event))
    if target is None:
        with pytest.raises(ProtocolError, match=state.name):
            machine.handle(event, 0.0)
        assert machine.state is state
    else:
        machine.handle(event, 0.0)
        assert machine.state is target


def test_a_new_connection_asks_for_what_was_missed() -> None:
    machine = receiver(cursor=4)
    assert feed(machine, UP) == [("Resume", 4)]
    assert feed(machine, Item(5, "e"), Item(6, "f"), CaughtUp()) == [
        ("Apply", 5, "e"),
        ("Apply", 6, "f"),
    ]
    assert (machine.cursor, machine.state) == (6, CursorState.LIVE)
    assert feed(machine, DOWN, UP) == [("Resume", 6)]


def test_what_was_shown_is_not_shown_again() -> None:
    machine = receiver(UP, CaughtUp())
    assert feed(machine, Item(1, "a"), Item(1, "a")) == [("Apply", 1, "a"), ("Duplicate", 1, "a")]


def test_a_hole_is_asked_for_and_what_is_beyond_it_waits() -> None:
    machine = receiver(UP, CaughtUp(), Item(1, "a"))
    assert feed(machine, Item(4, "d")) == [("Resume", 1)]
    assert machine.state is CursorState.CATCHING_UP
    assert feed(machine, Item(3, "c"), Item(4, "d")) == [("Duplicate", 4, "d")]
    assert feed(machine, Item(2, "b")) == [("Apply", 2, "b"), ("Apply", 3, "c"), ("Apply", 4, "d")]
    assert feed(machine, CaughtUp(), Item(5, "e")) == [("Apply", 5, "e")]


def test_a_hole_that_stays_is_asked_for_again() -> None:
    machine = receiver(UP, CaughtUp(), Item(2, "b"))
    assert feed(machine, CaughtUp()) == [("Resume", 0)]
    assert machine.state is CursorState.CATCHING_UP


def test_a_hole_may_be_given_time_to_fill() -> None:
    machine = receiver(UP, CaughtUp(), gap_wait_s=0.5)
    assert feed(machine, Item(2, "b"), now_s=10.0) == []
    assert feed(machine, Item(3, "c"), now_s=10.2) == []
    assert machine.deadline_s == 10.5
    assert feed(machine, Item(1, "a"), now_s=10.3) == [
        ("Apply", 1, "a"),
        ("Apply", 2, "b"),
        ("Apply", 3, "c"),
    ]
    assert machine.deadline_s == NEVER_S


def test_a_hole_not_filled_in_time_is_asked_for() -> None:
    machine = receiver(UP, CaughtUp(), gap_wait_s=0.5)
    feed(machine, Item(2, "b"), now_s=10.0)
    assert feed(machine, TIMEOUT, now_s=10.5) == [("Resume", 0)]
    assert (machine.state, machine.deadline_s) == (CursorState.CATCHING_UP, NEVER_S)


def test_a_smaller_hole_keeps_waiting() -> None:
    machine = receiver(UP, CaughtUp(), gap_wait_s=0.5)
    feed(machine, Item(3, "c"), now_s=10.0)
    assert feed(machine, Item(1, "a"), now_s=10.1) == [("Apply", 1, "a")]
    assert machine.deadline_s == 10.5


def test_a_lost_connection_ends_the_wait() -> None:
    machine = receiver(UP, CaughtUp(), gap_wait_s=0.5)
    feed(machine, Item(2, "b"), now_s=10.0)
    feed(machine, DOWN, now_s=10.1)
    assert machine.deadline_s == NEVER_S
    assert feed(machine, UP, now_s=20.0) == [("Resume", 0)]


def test_a_log_that_no_longer_reaches_back_is_skipped_over() -> None:
    machine = receiver(UP)
    assert feed(machine, Truncated(4)) == [("Skipped", 1, 3)]
    assert feed(machine, Item(4, "d"), Item(3, "c")) == [("Apply", 4, "d"), ("Duplicate", 3, "c")]


def test_skipping_shows_what_is_at_hand() -> None:
    machine = receiver(UP, CaughtUp(), Item(2, "b"), Item(5, "e"), Item(6, "f"))
    assert feed(machine, Truncated(5)) == [
        ("Skipped", 1, 1),
        ("Apply", 2, "b"),
        ("Skipped", 3, 4),
        ("Apply", 5, "e"),
        ("Apply", 6, "f"),
    ]
    assert machine.cursor == 6


def test_skipping_to_what_is_already_there_is_nothing() -> None:
    machine = receiver(UP, Item(1, "a"), Item(2, "b"))
    assert feed(machine, Truncated(1), Truncated(3)) == []
    assert machine.cursor == 2


def test_defaults() -> None:
    assert OutboxOptions() == OutboxOptions(True, math.inf, math.inf, math.inf)
    machine = CursorReceiver()
    assert (machine.cursor, machine.state, machine.deadline_s) == (0, CursorState.OFFLINE, NEVER_S)


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: OutboxOptions(ack_timeout_s=0.0), "ack_timeout_s"),
        (lambda: OutboxOptions(tries_max=0), "tries_max = 0: must be at least 1"),
        (lambda: OutboxOptions(window=0), "window = 0: must be at least 1"),
        (lambda: CursorReceiver(cursor=-1), "cursor = -1: must be at least 0"),
        (lambda: CursorReceiver(gap_wait_s=-0.1), "gap_wait_s = -0.1"),
    ],
)
def test_impossible_options_are_refused(build, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        build()


def test_the_smallest_options_are_allowed() -> None:
    assert OutboxOptions(ack_timeout_s=0.5, tries_max=1, window=1).window == 1
