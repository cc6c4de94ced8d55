"""Long polling at both ends."""

import pytest

from models.protocols.backoff import BACKOFFS, Ladder
from models.protocols.http.long_poll import (
    POLLER,
    Abandon,
    Answer,
    Answered,
    Appended,
    Apply,
    Ask,
    Asked,
    Broken,
    Duplicate,
    Gone,
    HeldPoll,
    HeldPollOptions,
    Missed,
    Online,
    Poller,
    PollerOptions,
    PollState,
    Start,
    Stop,
)
from models.protocols.machine import NEVER_S, TIMEOUT, ProtocolError


def poller(*events, cursor: int = 0, **options) -> Poller:
    settings = {"timeout_s": 35.0, "backoff": Ladder((1.0, 3.0)), **options}
    machine = Poller(PollerOptions(**settings), lambda: 0.5, cursor)
    for event in events:
        machine.handle(event, 0.0)
    return machine


def held(*events, head: int = 0, **options) -> HeldPoll:
    machine = HeldPoll(HeldPollOptions(**options), head)
    for event in events:
        machine.handle(event, 0.0)
    return machine


@pytest.mark.parametrize("state", PollState)
@pytest.mark.parametrize(
    "event", [Start(), Stop(), Answered((), 0), Broken(), Online(), TIMEOUT], ids=repr
)
def test_a_poller_takes_an_event_as_the_table_says_or_refuses_it(state: PollState, event) -> None:
    events = {PollState.IDLE: (), PollState.POLLING: (Start(),)}
    machine = poller(*events.get(state, (Start(), Broken())))
    target = POLLER[state].get(type(event))
    if target is None:
        with pytest.raises(ProtocolError, match=state.name):
            machine.handle(event, 0.0)
    else:
        machine.handle(event, 0.0)
        assert machine.state is target


def test_it_asks_from_its_cursor_with_patience() -> None:
    machine = poller(cursor=7)
    assert machine.handle(Start(), 2.0) == (Ask(7),)
    assert machine.deadline_s == 37.0


def test_an_answer_is_shown_and_the_next_question_goes_at_once() -> None:
    machine = poller(Start())
    actions = machine.handle(Answered(((1, "a"), (2, "b")), 2), 5.0)
    assert actions == [Apply(1, "a"), Apply(2, "b"), Ask(2)]
    assert machine.deadline_s == 40.0


def test_an_empty_answer_asks_again() -> None:
    assert poller(Start()).handle(Answered((), 0), 25.0) == [Ask(0)]


def test_what_was_shown_is_not_shown_again() -> None:
    machine = poller(Start(), cursor=2)
    actions = machine.handle(Answered(((2, "b"), (3, "c")), 3), 5.0)
    assert actions == [Duplicate(2, "b"), Apply(3, "c"), Ask(3)]
    assert [type(action) for action in actions] == [Duplicate, Apply, Ask]


def test_an_answer_may_move_the_cursor_beyond_its_messages() -> None:
    machine = poller(Start())
    machine.handle(Answered(((1, "a"),), 9), 5.0)
    assert machine.cursor == 9
    machine.handle(Answered((), 4), 6.0)
    assert machine.cursor == 9


def test_a_broken_question_waits_and_is_asked_again() -> None:
    machine = poller(Start())
    assert machine.handle(Broken(), 5.0) == ()
    assert (machine.state, machine.deadline_s) == (PollState.WAITING, 6.0)
    assert machine.handle(TIMEOUT, 6.0) == (Ask(0),)
    machine.handle(Broken(), 7.0)
    assert machine.deadline_s == 10.0


def test_an_answer_starts_the_waits_again() -> None:
    machine = poller(Start(), Broken(), TIMEOUT, Answered((), 0))
    machine.handle(Broken(), 7.0)
    assert machine.deadline_s == 8.0


def test_the_wait_before_is_handed_to_the_policy_and_forgotten_with_an_answer() -> None:
    machine = poller(Start(), backoff=BACKOFFS["decorrelated-jitter"])
    for start_s, wait_s in ((0.0, 2.0), (10.0, 3.5)):
        machine.handle(Broken(), start_s)
        assert machine.deadline_s == start_s + wait_s
        machine.handle(TIMEOUT, start_s + wait_s)


def test_a_silent_question_is_abandoned() -> None:
    machine = poller(Start())
    assert machine.handle(TIMEOUT, 35.0) == (Abandon(),)
    assert machine.deadline_s == 36.0


def test_a_link_that_is_back_ends_every_wait() -> None:
    machine = poller(Start(), Broken(), cursor=7)
    assert machine.handle(Online(), 0.25) == (Ask(7),)
    assert machine.handle(Online(), 3.0) == (Abandon(), Ask(7))
    assert machine.deadline_s == 38.0


def test_stopping() -> None:
    machine = poller(Start())
    assert machine.handle(Stop(), 5.0) == (Abandon(),)
    assert (machine.state, machine.deadline_s) == (PollState.IDLE, NEVER_S)
    waiting = poller(Start(), Broken())
    assert waiting.handle(Stop(), 5.0) == ()
    assert waiting.deadline_s == NEVER_S


def test_short_polling_pauses_between_questions() -> None:
    machine = poller(Start(), pause_s=2.0)
    assert machine.handle(Answered(((1, "a"),), 1), 5.0) == [Apply(1, "a")]
    assert (machine.state, machine.deadline_s) == (PollState.WAITING, 7.0)
    assert machine.handle(TIMEOUT, 7.0) == (Ask(1),)


def test_a_question_is_held_until_something_happens() -> None:
    machine = held(hold_s=25.0)
    assert machine.handle(Asked("q1", 0), 3.0) == ()
    assert (machine.holding, machine.deadline_s) == (True, 28.0)
    assert machine.handle(Appended(1), 4.0) == (Answer("q1", 1, 1),)
    assert (machine.holding, machine.deadline_s) == (False, NEVER_S)


def test_a_held_question_is_answered_with_nothing_in_the_end() -> None:
    machine = held(Asked("q1", 0))
    (answer,) = machine.handle(TIMEOUT, 25.0)
    assert answer == Answer("q1", 1, 0)
    assert (machine.holding, machine.deadline_s) == (False, NEVER_S)


def test_what_happened_between_questions_is_answered_at_once() -> None:
    machine = held(Appended(1), Appended(2), Appended(3))
    assert machine.handle(Asked("q1", 1), 5.0) == (Answer("q1", 2, 3),)
    assert machine.holding is False


def test_answers_are_limited() -> None:
    machine = held(head=300, batch_max=100)
    assert machine.handle(Asked("q1", 0), 0.0) == (Answer("q1", 1, 100),)
    assert machine.handle(Asked("q2", 250), 0.0) == (Answer("q2", 251, 300),)


def test_a_newer_question_replaces_the_held_one() -> None:
    machine = held(Asked("q1", 0))
    assert machine.handle(Asked("q2", 0), 9.0) == (Answer("q1", 1, 0),)
    assert machine.deadline_s == 34.0
    assert machine.handle(Appended(1), 10.0) == (Answer("q2", 1, 1),)


def test_a_newer_question_with_an_older_cursor_is_answered_at_once() -> None:
    machine = held(Asked("q1", 2), head=2)
    assert machine.handle(Asked("q2", 1), 9.0) == (Answer("q1", 3, 2), Answer("q2", 2, 2))


def test_a_question_whose_connection_is_gone_is_forgotten() -> None:
    machine = held(Asked("q1", 0))
    assert machine.handle(Gone("q0"), 1.0) == ()
    assert machine.holding
    assert machine.handle(Gone("q1"), 1.0) == ()
    assert (machine.holding, machine.deadline_s) == (False, NEVER_S)
    assert machine.handle(Appended(1), 2.0) == ()
    assert machine.handle(Gone("q1"), 3.0) == ()


def test_without_a_log_only_a_held_question_gets_anything() -> None:
    machine = held(keeps_log=False)
    assert machine.handle(Appended(1), 0.0) == (Missed(1),)
    assert machine.handle(Asked("q1", 0), 1.0) == ()
    assert machine.handle(Appended(2), 2.0) == (Answer("q1", 2, 2),)
    assert machine.handle(Appended(3), 2.0) == (Missed(3),)


@pytest.mark.parametrize("event", [Appended(2), Appended(0), TIMEOUT, Start()], ids=repr)
def test_a_held_poll_refuses_what_cannot_be(event) -> None:
    with pytest.raises(ProtocolError):
        held().handle(event, 0.0)


def test_defaults() -> None:
    assert PollerOptions() == PollerOptions(35.0, BACKOFFS["fixed-1s"], 0.0)
    assert HeldPollOptions() == HeldPollOptions(25.0, True, 100)


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: PollerOptions(timeout_s=0.0), "timeout_s"),
        (lambda: PollerOptions(pause_s=-1.0), "pause_s"),
        (lambda: Poller(PollerOptions(), float, -1), "cursor = -1"),
        (lambda: HeldPollOptions(hold_s=-1.0), "hold_s"),
        (lambda: HeldPollOptions(batch_max=0), "batch_max = 0: must be at least 1"),
        (lambda: HeldPoll(HeldPollOptions(), -1), "head = -1"),
    ],
)
def test_impossible_options_are_refused(build, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        build()


def test_the_smallest_options_are_allowed() -> None:
    assert PollerOptions(timeout_s=0.5, pause_s=0.0).timeout_s == 0.5
    assert HeldPollOptions(hold_s=0.5).hold_s == 0.5
    assert held(Appended(1), Appended(2), batch_max=1).handle(Asked("q", 0), 0.0) == (
        Answer("q", 1, 1),
    )


def test_a_poller_is_well_until_a_question_fails_and_from_the_next_answer_on() -> None:
    machine = poller(Start())
    assert machine.is_well
    machine.handle(Broken(), 1.0)
    machine.handle(TIMEOUT, 2.0)
    assert not machine.is_well
    machine.handle(Answered((), 0), 3.0)
    assert machine.is_well


def test_a_held_poll_goes_on_where_somebody_else_has_brought_it() -> None:
    machine = HeldPoll(HeldPollOptions())
    machine.restore(head=5, cursor=4)
    assert not machine.holding
    machine.hold("p7", 31.0)
    assert (machine.poll, machine.deadline_s) == ("p7", 31.0)
    assert machine.handle(Appended(6), 30.0) == (Answer("p7", 5, 6),)


def test_a_held_poll_that_holds_nothing_refuses_a_time_out() -> None:
    with pytest.raises(ProtocolError, match="not holding"):
        HeldPoll(HeldPollOptions()).handle(TIMEOUT, 1.0)


def test_a_question_that_is_not_held_is_answered_at_once() -> None:
    held = HeldPoll(HeldPollOptions(hold_s=0.0), head=2)
    assert held.handle(Asked("a", 0), 1.0) == (Answer("a", 1, 2),)
    assert held.handle(Asked("b", 2), 2.0) == (Answer("b", 3, 2),)  # nothing new
    assert held.handle(Asked("c", 9), 3.0) == (Answer("c", 10, 9),)  # ahead of what is left
    assert (held.holding, held.deadline_s) == (False, NEVER_S)
    assert held.handle(Appended(3), 4.0) == ()
