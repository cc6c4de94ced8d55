"""One client's connection: legal events, when it dials, when it gives up."""

import math

import pytest

from models.protocols.backoff import BACKOFFS, Exponential, Fixed, Ladder
from models.protocols.link import (
    SERVER_CLOSE,
    TRANSITIONS,
    Dial,
    GaveUp,
    HangUp,
    LinkMachine,
    LinkOptions,
    Lost,
    Online,
    Opened,
    Refused,
    Start,
    State,
    Stop,
)
from models.protocols.machine import NEVER_S, TIMEOUT, ProtocolError

EVENTS = (Start(), Stop(), Opened(), Refused("full"), Lost("link"), Online(), TIMEOUT)
LADDER = Ladder((1.0, 2.0, 4.0))


def machine(luck=lambda: 0.5, **options) -> LinkMachine:
    return LinkMachine(LinkOptions(**{"backoff": LADDER, **options}), luck)


def opened(now_s: float = 0.0, **options) -> LinkMachine:
    link = machine(**options)
    link.handle(Start(), now_s)
    link.handle(Opened(), now_s)
    return link


def in_state(state: State) -> LinkMachine:
    link = opened()
    if state is State.CLOSED:
        link.handle(Stop(), 0.0)
    elif state is State.WAITING:
        link.handle(Lost("link"), 0.0)
    elif state is State.DIALLING:
        link.handle(Lost("link"), 0.0)
        link.handle(TIMEOUT, 1.0)
    assert link.state is state
    return link


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("event", EVENTS)
def test_an_event_is_taken_as_the_table_says_or_refused(state: State, event) -> None:
    link = in_state(state)
    target = TRANSITIONS[state].get(type(event))
    if target is None:
        with pytest.raises(ProtocolError, match=state.name):
            link.handle(event, 5.0)
        assert link.state is state
    else:
        link.handle(event, 5.0)
        assert link.state is target


def test_start_dials_with_a_time_limit() -> None:
    link = machine(connect_timeout_s=10.0)
    assert link.deadline_s == NEVER_S
    assert link.handle(Start(), 3.0) == (Dial(0),)
    assert link.deadline_s == 13.0


def test_opening_ends_the_time_limit() -> None:
    link = opened()
    assert link.deadline_s == NEVER_S


def test_a_refusal_waits_and_dials_again() -> None:
    link = machine()
    link.handle(Start(), 0.0)
    assert link.handle(Refused("full"), 0.5) == ()
    assert link.deadline_s == 1.5
    assert link.handle(TIMEOUT, 1.5) == (Dial(1),)


def test_a_silent_dial_is_abandoned() -> None:
    link = machine(connect_timeout_s=10.0)
    link.handle(Start(), 0.0)
    assert link.handle(TIMEOUT, 10.0) == (HangUp("timeout"),)
    assert (link.state, link.deadline_s) == (State.WAITING, 11.0)


def test_a_link_that_is_back_ends_every_wait() -> None:
    link = opened()
    link.handle(Lost("link"), 0.0)
    assert link.handle(Online(), 0.25) == (Dial(1),)
    assert link.deadline_s == 10.25
    assert link.handle(Online(), 3.0) == (HangUp("online"), Dial(1))
    assert link.deadline_s == 13.0


def test_failures_climb_the_ladder_and_opening_goes_back_down() -> None:
    link = opened()
    waits = []
    for start_s in (100.0, 200.0, 300.0):
        link.handle(Lost("link") if start_s == 100.0 else Refused("link"), start_s)
        waits.append(link.deadline_s - start_s)
        link.handle(TIMEOUT, link.deadline_s)
    assert waits == [1.0, 2.0, 4.0]
    link.handle(Opened(), 400.0)
    link.handle(Lost("link"), 500.0)
    assert link.deadline_s == 501.0


def test_the_dial_counts_retries() -> None:
    link = opened()
    link.handle(Lost("link"), 0.0)
    assert link.handle(TIMEOUT, 1.0) == (Dial(1),)
    link.handle(Refused("full"), 1.0)
    assert link.handle(TIMEOUT, 3.0) == (Dial(2),)


def test_the_wait_before_is_handed_to_the_policy() -> None:
    link = LinkMachine(LinkOptions(backoff=BACKOFFS["decorrelated-jitter"]), lambda: 0.5)
    link.handle(Start(), 0.0)
    link.handle(Refused("full"), 0.0)
    assert link.deadline_s == 2.0
    link.handle(TIMEOUT, 2.0)
    link.handle(Refused("full"), 2.0)
    assert link.deadline_s == 2.0 + 1.0 + 0.5 * (3 * 2.0 - 1.0)


def test_after_opening_there_is_no_wait_before() -> None:
    told: list[tuple[int, float]] = []

    class Recorder:
        source = "test"

        def delay_s(self, attempt: int, previous_s: float, luck) -> float:
            told.append((attempt, previous_s))
            return 2.0

    link = opened(backoff=Recorder())
    for event in (Lost("link"), TIMEOUT, Refused("full"), TIMEOUT, Opened(), Lost("link")):
        link.handle(event, 0.0)
    assert told == [(0, 0.0), (1, 2.0), (0, 0.0)]


def test_a_wait_of_nothing_still_goes_through_waiting() -> None:
    link = opened(backoff=Fixed(0.0))
    assert link.handle(Lost("link"), 7.0) == ()
    assert (link.state, link.deadline_s) == (State.WAITING, 7.0)


def test_first_wait_at_once_leaves_the_whole_ladder_for_later() -> None:
    link = opened(first_wait="at once")
    waits = []
    for event in (Lost("link"), Refused("link"), Refused("link"), Refused("link")):
        link.handle(event, 0.0)
        waits.append(link.deadline_s)
        link.handle(TIMEOUT, 0.0)
    assert waits == [0.0, 1.0, 2.0, 4.0]


def test_first_wait_is_at_once_again_after_opening() -> None:
    link = opened(first_wait="at once")
    for event in (Lost("link"), Refused("link")):
        link.handle(event, 0.0)
        link.handle(TIMEOUT, 1.0)
    link.handle(Opened(), 1.0)
    link.handle(Lost("link"), 5.0)
    assert link.deadline_s == 5.0


def test_a_short_life_keeps_the_count_when_uptime_is_asked_for() -> None:
    link = opened(stable_s=5.0)
    link.handle(Lost("link"), 4.0)
    link.handle(TIMEOUT, 5.0)
    link.handle(Opened(), 5.0)
    assert link.deadline_s == 10.0
    link.handle(Lost("link"), 9.9)
    assert link.deadline_s == pytest.approx(9.9 + 2.0)


def test_enough_uptime_resets_the_count() -> None:
    link = opened(stable_s=5.0)
    link.handle(Lost("link"), 4.0)
    link.handle(TIMEOUT, 5.0)
    link.handle(Opened(), 5.0)
    assert link.handle(TIMEOUT, 10.0) == ()
    assert (link.state, link.deadline_s) == (State.OPEN, NEVER_S)
    link.handle(Lost("link"), 20.0)
    assert link.deadline_s == 21.0


def test_a_server_close_is_a_loss_like_any_other_by_default() -> None:
    link = opened()
    link.handle(Lost(SERVER_CLOSE), 0.0)
    assert link.state is State.WAITING


def test_a_client_may_stay_away_after_a_server_close() -> None:
    link = opened(reconnect_on_server_close=False)
    assert link.handle(Lost(SERVER_CLOSE), 0.0) == (GaveUp(0),)
    assert (link.state, link.deadline_s) == (State.CLOSED, NEVER_S)


def test_other_losses_do_not_keep_it_away() -> None:
    link = opened(reconnect_on_server_close=False)
    link.handle(Lost("link"), 0.0)
    assert link.state is State.WAITING


def test_retries_are_limited() -> None:
    link = machine(attempts_max=2)
    link.handle(Start(), 0.0)
    for now_s in (0.0, 10.0):
        assert link.handle(Refused("full"), now_s) == ()
        link.handle(TIMEOUT, link.deadline_s)
    assert link.handle(Refused("full"), 20.0) == (GaveUp(2),)
    assert (link.state, link.deadline_s) == (State.CLOSED, NEVER_S)


def test_giving_up_on_a_silent_dial_hangs_up_first() -> None:
    link = machine(attempts_max=1)
    link.handle(Start(), 0.0)
    link.handle(Refused("full"), 0.0)
    link.handle(TIMEOUT, 1.0)
    assert link.handle(TIMEOUT, 11.0) == (HangUp("timeout"), GaveUp(1))


def test_a_loss_after_opening_has_all_retries_again() -> None:
    link = machine(attempts_max=1)
    link.handle(Start(), 0.0)
    link.handle(Refused("full"), 0.0)
    link.handle(TIMEOUT, 1.0)
    link.handle(Opened(), 1.0)
    link.handle(Lost("link"), 2.0)
    assert link.state is State.WAITING


def test_starting_again_after_giving_up_starts_the_count_again() -> None:
    link = machine(attempts_max=1)
    for _ in range(2):
        assert link.handle(Start(), 0.0) == (Dial(0),)
        link.handle(Refused("full"), 0.0)
        assert link.handle(TIMEOUT, 1.0) == (Dial(1),)
        assert link.handle(Refused("full"), 1.0) == (GaveUp(1),)


@pytest.mark.parametrize(
    ("state", "actions"),
    [
        (State.CLOSED, ()),
        (State.DIALLING, (HangUp("app closed"),)),
        (State.OPEN, (HangUp("app closed"),)),
        (State.WAITING, ()),
    ],
)
def test_stop_hangs_up_what_there_is(state: State, actions: tuple) -> None:
    link = in_state(state)
    assert link.handle(Stop(), 5.0) == actions
    assert link.deadline_s == NEVER_S


def test_a_stop_starts_the_count_again() -> None:
    link = opened()
    for event in (Lost("link"), TIMEOUT, Refused("link"), Stop(), Start()):
        link.handle(event, 0.0)
    link.handle(Refused("link"), 0.0)
    assert link.deadline_s == 1.0


def test_luck_is_drawn_only_by_policies_that_need_it() -> None:
    def fail() -> float:
        raise AssertionError

    link = LinkMachine(LinkOptions(backoff=Exponential(1.0, 2.0)), fail)
    for event in (Start(), Opened(), Lost("link")):
        link.handle(event, 0.0)
    assert link.deadline_s == 1.0


def test_defaults() -> None:
    options = LinkOptions()
    assert options.backoff is BACKOFFS["fixed-1s"]
    assert options.connect_timeout_s == 10.0
    assert (options.first_wait, options.stable_s) == ("backoff", 0.0)
    assert (options.reconnect_on_server_close, options.attempts_max) == (True, math.inf)


def test_the_smallest_options_are_allowed() -> None:
    assert LinkOptions(connect_timeout_s=0.5, attempts_max=1).attempts_max == 1


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"connect_timeout_s": 0.0}, "connect_timeout_s = 0.0: must be above 0"),
        ({"first_wait": "never"}, "first_wait = 'never'"),
        ({"stable_s": -1.0}, "stable_s = -1.0"),
        ({"attempts_max": 0}, "attempts_max = 0: must be at least 1"),
    ],
)
def test_impossible_options_are_refused(options: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        LinkOptions(**options)
