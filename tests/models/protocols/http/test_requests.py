"""The connection pool and the retried request."""

import math

import pytest

from models.protocols.backoff import BACKOFFS, Ladder
from models.protocols.http.pools import PoolOptions
from models.protocols.http.requests import (
    EXCHANGE,
    Abandon,
    Broken,
    Cancel,
    ConnClosed,
    ConnOpened,
    Exchange,
    ExchangeOptions,
    GiveUp,
    Issue,
    Phase,
    Pool,
    Request,
    Responded,
    ResponseDone,
    Start,
    Told,
)
from models.protocols.machine import NEVER_S, TIMEOUT, ProtocolError


def shown(actions) -> list[tuple]:
    return [(type(action).__name__, *action) for action in actions]


def feed(machine: Pool, *events, now_s: float = 0.0) -> list[tuple]:
    return [action for event in events for action in shown(machine.handle(event, now_s))]


def pool(**options) -> Pool:
    return Pool(PoolOptions(**options))


def warm(connections: int, **options) -> Pool:
    """A pool with idle connections 0, 1, ... freed at 0 s, 1 s, ..."""
    machine = pool(**options)
    for conn in range(connections):
        feed(machine, Request(f"warm {conn}"))
    for conn in range(connections):
        feed(machine, ConnOpened(conn))
    for conn in range(connections):
        feed(machine, ResponseDone(conn), now_s=float(conn))
    return machine


def test_the_first_request_opens_a_connection_and_uses_it() -> None:
    machine = pool()
    assert feed(machine, Request("a")) == [("DialConn", 0)]
    assert feed(machine, ConnOpened(0)) == [("Write", 0, "a")]
    assert feed(machine, ResponseDone(0)) == []
    assert feed(machine, Request("b")) == [("Write", 0, "b")]
    assert machine.connections == 1


def test_requests_at_the_same_time_open_more_up_to_the_limit() -> None:
    machine = pool(limit=2)
    assert feed(machine, Request("a"), Request("b"), Request("c")) == [
        ("DialConn", 0),
        ("DialConn", 1),
    ]
    assert feed(machine, ConnOpened(1), ConnOpened(0)) == [("Write", 1, "a"), ("Write", 0, "b")]
    assert feed(machine, ResponseDone(0)) == [("Write", 0, "c")]
    assert machine.connections == 2


def test_any_waiting_request_takes_what_is_free_first() -> None:
    machine = pool(binds="any")
    feed(machine, Request("a"), ConnOpened(0), Request("b"))
    assert feed(machine, ResponseDone(0)) == [("Write", 0, "b")]
    assert feed(machine, ConnOpened(1), Request("c")) == [("Write", 1, "c")]


def test_a_dial_may_serve_its_own_request_only() -> None:
    machine = pool(binds="its own", limit=2)
    feed(machine, Request("a"), ConnOpened(0))
    assert feed(machine, Request("b"), Request("c")) == [("DialConn", 1)]
    assert feed(machine, ResponseDone(0)) == [("Write", 0, "c")]
    assert feed(machine, ConnOpened(1)) == [("Write", 1, "b")]


def test_a_waiting_dial_is_not_doubled() -> None:
    machine = pool(limit=6)
    feed(machine, Request("a"), Request("b"), ConnOpened(0))
    assert feed(machine, ResponseDone(0)) == [("Write", 0, "b")]
    assert feed(machine, Request("c")) == []
    assert feed(machine, Request("d")) == [("DialConn", 2)]


@pytest.mark.parametrize(("reuse", "conn"), [("longest idle", 0), ("most recent", 2)])
def test_which_idle_connection_is_used(reuse: str, conn: int) -> None:
    assert feed(warm(3, reuse=reuse), Request("a")) == [("Write", conn, "a")]


def test_idle_connections_count() -> None:
    machine = warm(3, limit=3)
    feed(machine, Request("a"))
    assert machine.connections == 3


def test_idle_connections_are_closed_in_time() -> None:
    machine = warm(2, idle_s=15.0)
    assert machine.deadline_s == 15.0
    assert feed(machine, TIMEOUT, now_s=15.0) == [("CloseConn", 0)]
    assert machine.deadline_s == 16.0
    assert feed(machine, TIMEOUT, now_s=16.0) == [("CloseConn", 1)]
    assert (machine.deadline_s, machine.connections) == (NEVER_S, 0)
    assert feed(machine, Request("a")) == [("DialConn", 2)]


def test_a_used_connection_is_not_closed_for_idleness() -> None:
    machine = warm(1, idle_s=15.0)
    feed(machine, Request("a"), now_s=10.0)
    assert feed(machine, TIMEOUT, now_s=15.0) == []
    assert machine.deadline_s == NEVER_S
    feed(machine, ResponseDone(0), now_s=20.0)
    assert machine.deadline_s == 35.0


def test_a_closed_connection_orphans_its_request() -> None:
    machine = pool(limit=1)
    feed(machine, Request("a"), ConnOpened(0), Request("b"))
    assert feed(machine, ConnClosed(0)) == [("Orphaned", "a"), ("DialConn", 1)]
    assert feed(machine, ConnOpened(1)) == [("Write", 1, "b")]


def test_a_closed_idle_connection_is_only_forgotten() -> None:
    machine = warm(1)
    assert feed(machine, ConnClosed(0)) == []
    assert machine.connections == 0
    assert feed(machine, ConnClosed(0)) == []


@pytest.mark.parametrize(("binds", "orphan", "next_dial"), [("any", "a", []), ("its own", "b", [])])
def test_a_failed_dial_fails_a_request(binds: str, orphan: str, next_dial: list) -> None:
    machine = pool(binds=binds)
    feed(machine, Request("a"), Request("b"))
    assert feed(machine, ConnClosed(1)) == [("Orphaned", orphan), *next_dial]


def test_a_failed_dial_nobody_waits_for_is_only_forgotten() -> None:
    machine = pool()
    feed(machine, Request("a"), Cancel("a"))
    assert feed(machine, ConnClosed(0)) == []
    assert machine.connections == 0


def test_cancelling_a_waiting_request_takes_it_out() -> None:
    machine = pool(limit=1)
    feed(machine, Request("a"), ConnOpened(0), Request("b"), Request("c"))
    assert feed(machine, Cancel("b")) == []
    assert feed(machine, ResponseDone(0)) == [("Write", 0, "c")]


def test_cancelling_a_written_request_closes_its_connection() -> None:
    machine = pool(limit=1)
    feed(machine, Request("a"), ConnOpened(0), Request("b"))
    assert feed(machine, Cancel("a")) == [("CloseConn", 0), ("DialConn", 1)]
    assert feed(machine, ConnClosed(0)) == []


def test_cancelling_a_request_with_its_own_dial_abandons_the_dial() -> None:
    machine = pool(binds="its own", limit=1)
    feed(machine, Request("a"), Request("b"))
    assert feed(machine, Cancel("a")) == [("CloseConn", 0), ("DialConn", 1)]


def test_cancelling_what_is_done_is_nothing() -> None:
    assert feed(warm(1), Cancel("warm 0")) == []


@pytest.mark.parametrize(
    "event", [ConnOpened(0), ResponseDone(7), ConnClosed(7), "an unknown event"]
)
def test_news_of_a_connection_that_cannot_be_are_refused(event) -> None:
    with pytest.raises(ProtocolError):
        warm(1).handle(event, 0.0)


def exchange(*events, now_s: float = 0.0, luck=lambda: 0.5, **options) -> Exchange:
    settings = {"timeout_s": 10.0, "backoff": Ladder((1.0, 3.0)), **options}
    machine = Exchange("key", ExchangeOptions(**settings), luck)
    for event in events:
        machine.handle(event, now_s)
    return machine


@pytest.mark.parametrize("state", Phase)
@pytest.mark.parametrize("event", [Start(), Responded(True), Broken(), TIMEOUT], ids=repr)
def test_an_exchange_takes_an_event_as_the_table_says_or_refuses_it(state: Phase, event) -> None:
    events = {
        Phase.IDLE: (),
        Phase.AWAITING: (Start(),),
        Phase.WAITING: (Start(), Broken()),
        Phase.DONE: (Start(), Responded(True)),
    }
    machine = exchange(*events[state])
    target = EXCHANGE[state].get(type(event))
    if target is None:
        with pytest.raises(ProtocolError, match=state.name):
            machine.handle(event, 0.0)
    else:
        machine.handle(event, 0.0)
        assert machine.state is target


def test_a_good_response_ends_it() -> None:
    machine = exchange()
    assert machine.handle(Start(), 2.0) == (Issue("key", 1),)
    assert machine.deadline_s == 12.0
    assert machine.handle(Responded(ok=True), 2.1) == (Told("key"),)
    assert (machine.state, machine.deadline_s) == (Phase.DONE, NEVER_S)


@pytest.mark.parametrize("failure", [Responded(ok=False), Broken()])
def test_a_failure_waits_and_tries_again_with_the_same_key(failure) -> None:
    machine = exchange(Start())
    assert machine.handle(failure, 4.0) == ()
    assert (machine.state, machine.deadline_s) == (Phase.WAITING, 5.0)
    assert machine.handle(TIMEOUT, 5.0) == (Issue("key", 2),)
    machine.handle(failure, 6.0)
    assert machine.deadline_s == 9.0


def test_a_silent_try_is_abandoned_not_undone() -> None:
    machine = exchange(Start())
    assert machine.handle(TIMEOUT, 10.0) == (Abandon("key", 1),)
    assert machine.deadline_s == 11.0
    machine.handle(TIMEOUT, 11.0)
    assert machine.handle(TIMEOUT, 21.0) == (Abandon("key", 2),)


def test_tries_are_limited() -> None:
    machine = exchange(Start(), tries_max=2)
    machine.handle(Broken(), 0.0)
    machine.handle(TIMEOUT, 1.0)
    assert machine.handle(TIMEOUT, 11.0) == (Abandon("key", 2), GiveUp("key"))
    assert (machine.state, machine.deadline_s) == (Phase.DONE, NEVER_S)


def test_the_wait_before_is_handed_to_the_policy() -> None:
    machine = exchange(Start(), backoff=BACKOFFS["decorrelated-jitter"])
    machine.handle(Broken(), 0.0)
    assert machine.deadline_s == 2.0
    machine.handle(TIMEOUT, 2.0)
    machine.handle(Broken(), 2.0)
    assert machine.deadline_s == 2.0 + 1.0 + 0.5 * 5.0


def test_a_time_out_may_be_rounded_up_to_the_clock() -> None:
    machine = exchange(tick_s=1.0)
    machine.handle(Start(), 0.3)
    assert machine.deadline_s == 11.0
    exact = exchange(tick_s=1.0)
    exact.handle(Start(), 3.0)
    assert exact.deadline_s == 13.0


def test_before_the_first_try_there_is_no_deadline_and_no_wait_before() -> None:
    told: list[tuple[int, float]] = []

    class Recorder:
        source = "test"

        def delay_s(self, attempt: int, previous_s: float, luck) -> float:
            told.append((attempt, previous_s))
            return 2.0

    machine = exchange(backoff=Recorder())
    assert machine.deadline_s == NEVER_S
    for event in (Start(), Broken(), TIMEOUT, Broken()):
        machine.handle(event, 0.0)
    assert told == [(0, 0.0), (1, 2.0)]


def test_exchange_defaults() -> None:
    options = ExchangeOptions()
    assert (options.timeout_s, options.tries_max, options.tick_s) == (10.0, math.inf, 0.0)
    assert options.backoff is BACKOFFS["fixed-1s"]


def test_the_smallest_options_are_allowed() -> None:
    assert ExchangeOptions(timeout_s=0.5, tries_max=1).timeout_s == 0.5


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: ExchangeOptions(timeout_s=0.0), "timeout_s"),
        (lambda: ExchangeOptions(tries_max=0), "tries_max = 0"),
        (lambda: ExchangeOptions(tick_s=-1.0), "tick_s"),
    ],
)
def test_impossible_options_are_refused(build, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        build()


def test_a_lone_request_is_on_the_only_connection_and_nothing_waits() -> None:
    machine = pool(limit=1)
    feed(machine, Request("a"))
    assert machine.lone("a") == -1  # still being opened
    feed(machine, ConnOpened(0))
    assert (machine.lone("a"), machine.lone("b")) == (0, -1)
    feed(machine, Request("b"))
    assert machine.lone("a") == -1  # one waits
    idle = warm(2)
    feed(idle, Request("c"))
    assert idle.lone("c") == -1  # another connection is open


def test_what_somebody_else_has_asked_on_the_lone_connection_is_its_request() -> None:
    machine = pool()
    feed(machine, Request("a"), ConnOpened(0))
    assert machine.carried("k") == 0
    assert feed(machine, ConnClosed(0)) == [("Orphaned", "k")]


@pytest.mark.parametrize(("said_s", "waits_s"), [(0.0, 1.0), (0.5, 1.0), (7.0, 7.0)])
def test_the_next_try_is_not_before_the_answer_says(said_s, waits_s):
    machine = Exchange("key", ExchangeOptions(), lambda: 0.5)
    machine.handle(Start(), 0.0)
    assert machine.handle(Responded(False, said_s), 2.0) == ()
    assert machine.deadline_s == 2.0 + waits_s
