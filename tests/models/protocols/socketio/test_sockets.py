"""Socket.IO at both ends: buffers, acknowledgements, retries, recovery."""

import math

import pytest

from models.protocols.machine import NEVER_S, TIMEOUT, ProtocolError
from models.protocols.socketio.packets import Ack, Connect, Connected, Disconnect, Event
from models.protocols.socketio.recovery import RecoveryLog
from models.protocols.socketio.sockets import (
    CLIENT,
    SERVER,
    ClientOptions,
    Emit,
    EngineClosed,
    EngineOpened,
    SocketClient,
    SocketServer,
    State,
)

UP, DOWN = EngineOpened(), EngineClosed("transport close")
JOINED = Connected(None)


def shown(actions) -> list[tuple]:
    return [(type(action).__name__, *action) for action in actions]


def feed(socket, *events, now_s: float = 0.0) -> list[tuple]:
    return [action for event in events for action in shown(socket.handle(event, now_s))]


def client(*events, **options) -> SocketClient:
    socket = SocketClient(ClientOptions(**options))
    feed(socket, *events)
    return socket


def server(*events, log: RecoveryLog | None = None) -> SocketServer:
    socket = SocketServer(log)
    feed(socket, UP, Connect(None, None), *events)
    return socket


def event(message: str, ack_id: int | None = None, offset: int | None = None) -> tuple:
    return ("Event", message, ack_id, offset)


EVENTS = (
    Emit("a"),
    UP,
    DOWN,
    Connect(None, None),
    JOINED,
    Event("a", None, None),
    Ack(0),
    Disconnect(),
    TIMEOUT,
)
BEFORE = {State.OFFLINE: (), State.JOINING: (UP,)}


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("event", EVENTS, ids=repr)
def test_events_are_taken_or_refused_as_the_tables_say(state: State, event) -> None:
    ends = (
        (CLIENT, client(*BEFORE.get(state, (UP, JOINED)))),
        (SERVER, SocketServer()),
    )
    feed(ends[1][1], *BEFORE.get(state, (UP, Connect(None, None))))
    for table, socket in ends:
        assert socket.state is state
        if type(event) in table[state]:
            socket.handle(event, 0.0)
        else:
            with pytest.raises(ProtocolError, match=state.name):
                socket.handle(event, 0.0)


def test_joining() -> None:
    socket = client()
    assert feed(socket, UP) == [("Connect", None, None)]
    assert feed(socket, JOINED) == [("Joined", False)]
    assert feed(socket, Emit("a")) == [event("a")]
    assert feed(socket, Event("b", None, None)) == [("Deliver", "b")]


def test_offline_events_wait_in_the_send_buffer() -> None:
    socket = client(Emit("a"), UP, Emit("b"))
    assert socket.kept() == ["a", "b"]
    assert feed(socket, JOINED) == [event("a"), event("b"), ("Joined", False)]
    assert socket.kept() == []


def test_what_was_written_is_not_sent_again() -> None:
    socket = client(UP, JOINED, Emit("a"))
    assert feed(socket, DOWN, UP, JOINED) == [("Connect", None, None), ("Joined", False)]


def test_a_volatile_event_goes_now_or_never() -> None:
    socket = client(UP, JOINED)
    assert feed(socket, Emit("a", volatile=True)) == [event("a")]
    assert feed(socket, Emit("b", volatile=True, writable=False)) == [
        ("Dropped", "b", "not writable")
    ]


def test_a_volatile_event_is_buffered_if_the_engine_is_ready_before_the_socket() -> None:
    socket = client(UP)
    assert feed(socket, Emit("a", volatile=True)) == []
    assert feed(socket, JOINED)[0] == event("a")


def test_acknowledgements() -> None:
    socket = client(UP, JOINED)
    assert feed(socket, Emit("a", ack=True), Emit("b", ack=True)) == [event("a", 0), event("b", 1)]
    assert feed(socket, Ack(1), Ack(0)) == [("Told", "b"), ("Told", "a")]
    assert feed(socket, Ack(1)) == []


def test_an_event_that_asks_is_answered() -> None:
    assert feed(client(UP, JOINED), Event("a", 5, None)) == [("Deliver", "a"), ("Ack", 5)]


def test_without_a_time_limit_a_lost_acknowledgement_is_silence() -> None:
    socket = client(UP, JOINED, Emit("a", ack=True))
    assert socket.deadline_s == NEVER_S
    assert feed(socket, DOWN) == []
    assert feed(socket, UP, JOINED) == [("Connect", None, None), ("Joined", False)]


def test_with_a_time_limit_it_fails_in_time() -> None:
    socket = client(UP, JOINED, ack_timeout_s=5.0)
    feed(socket, Emit("a", ack=True), now_s=1.0)
    feed(socket, Emit("b", ack=True), now_s=2.0)
    assert socket.deadline_s == 6.0
    assert feed(socket, TIMEOUT, now_s=6.0) == [("Failed", "a", "ack timeout")]
    assert socket.deadline_s == 7.0
    assert feed(socket, Ack(0)) == []
    assert feed(socket, Ack(1)) == [("Told", "b")]
    assert feed(socket, TIMEOUT, now_s=7.0) == []
    assert socket.deadline_s == NEVER_S


def test_with_a_time_limit_it_fails_when_the_connection_does() -> None:
    socket = client(UP, JOINED, Emit("a", ack=True), ack_timeout_s=5.0)
    assert feed(socket, DOWN) == [("Failed", "a", "disconnected")]
    assert socket.deadline_s == NEVER_S


def test_a_buffered_event_that_timed_out_is_taken_out_of_the_buffer() -> None:
    socket = client(Emit("a", ack=True), Emit("b"), ack_timeout_s=5.0)
    assert feed(socket, DOWN) == []
    assert socket.deadline_s == 5.0
    assert feed(socket, TIMEOUT, now_s=5.0) == [("Failed", "a", "ack timeout")]
    assert socket.kept() == ["b"]


def test_the_retry_queue_sends_one_at_a_time() -> None:
    socket = client(UP, JOINED, retries=3)
    assert feed(socket, Emit("a"), Emit("b")) == [event("a", 0)]
    assert feed(socket, Ack(0)) == [("Told", "a"), event("b", 1)]
    assert feed(socket, Ack(1)) == [("Told", "b")]
    assert socket.kept() == []


def test_the_retry_queue_waits_for_a_connection() -> None:
    socket = client(Emit("a"), retries=3)
    assert socket.kept() == ["a"]
    assert feed(socket, UP, JOINED) == [
        ("Connect", None, None),
        event("a", 0),
        ("Joined", False),
    ]


def test_a_try_without_an_answer_is_followed_by_the_next_until_they_are_used_up() -> None:
    socket = client(UP, JOINED, Emit("a"), Emit("b"), retries=2, ack_timeout_s=5.0)
    assert feed(socket, TIMEOUT, now_s=5.0) == [event("a", 1)]
    assert socket.deadline_s == 10.0
    assert feed(socket, TIMEOUT, now_s=10.0) == [event("a", 2)]
    assert feed(socket, TIMEOUT, now_s=15.0) == [("Failed", "a", "gave up"), event("b", 3)]
    assert feed(socket, Ack(2)) == []
    assert feed(socket, Ack(3)) == [("Told", "b")]


def test_a_late_answer_to_an_earlier_try_does_not_count() -> None:
    socket = client(UP, JOINED, Emit("a"), retries=2, ack_timeout_s=5.0)
    feed(socket, TIMEOUT, now_s=5.0)
    assert feed(socket, Ack(0)) == []
    assert feed(socket, Ack(1)) == [("Told", "a")]


def test_the_head_of_the_queue_is_sent_again_on_every_connection() -> None:
    socket = client(UP, JOINED, Emit("a"), Emit("b"), retries=1)
    for ack_id in (1, 2, 3):
        assert feed(socket, DOWN, UP, JOINED)[1] == event("a", ack_id)
    assert feed(socket, Ack(3)) == [("Told", "a"), event("b", 4)]


def test_with_a_time_limit_each_broken_connection_uses_up_a_try() -> None:
    socket = client(UP, JOINED, Emit("a"), retries=1, ack_timeout_s=5.0)
    assert feed(socket, DOWN) == []
    assert feed(socket, UP, JOINED)[1] == event("a", 1)
    assert feed(socket, DOWN) == [("Failed", "a", "gave up")]
    assert socket.kept() == []


def test_volatile_events_do_not_queue() -> None:
    socket = client(UP, JOINED, Emit("a"), retries=1)
    assert feed(socket, Emit("b", volatile=True)) == [event("b")]


def test_the_server_may_send_the_client_away() -> None:
    socket = client(UP, JOINED)
    assert feed(socket, Disconnect()) == []
    assert socket.state is State.OFFLINE
    assert feed(socket, DOWN) == []


def test_a_client_remembers_where_it_was() -> None:
    socket = client(UP, Connected(7), Event("a", None, 3))
    assert feed(socket, Event("b", None, 4), Event("c", None, None), DOWN, UP) == [
        ("Deliver", "b"),
        ("Deliver", "c"),
        ("Connect", 7, 4),
    ]
    assert feed(socket, Event("d", None, 5)) == []
    assert feed(socket, Connected(7)) == [("Deliver", "d"), ("Joined", True)]


def test_a_client_that_is_not_recovered_learns_its_new_id() -> None:
    socket = client(UP, Connected(7), DOWN, UP)
    assert feed(socket, Connected(8)) == [("Joined", False)]
    assert feed(socket, DOWN, UP) == [("Connect", 8, None)]


def test_what_came_too_early_is_forgotten_with_the_connection() -> None:
    socket = client(UP, Event("a", None, 1), DOWN, UP)
    assert feed(socket, Connected(7)) == [("Joined", False)]


def test_the_server_takes_and_answers() -> None:
    socket = SocketServer()
    assert feed(socket, UP) == []
    assert feed(socket, Connect(None, None)) == [("Connected", None), ("Joined", False)]
    assert feed(socket, Event("a", 0, None), Event("b", None, None)) == [
        ("Deliver", "a"),
        ("Ack", 0),
        ("Deliver", "b"),
    ]


def test_the_server_sends_and_is_answered() -> None:
    socket = server()
    assert feed(socket, Emit("a"), Emit("b", ack=True), Emit("c", ack=True)) == [
        event("a"),
        event("b", 0),
        event("c", 1),
    ]
    assert feed(socket, Ack(1), Ack(1)) == [("Told", "c")]


def test_the_server_keeps_nothing_for_who_is_not_there() -> None:
    gone = [("Dropped", "a", "not connected")]
    assert feed(SocketServer(), Emit("a")) == gone
    assert feed(server(DOWN), Emit("a")) == gone
    joining = SocketServer()
    feed(joining, UP)
    assert feed(joining, Emit("a")) == gone


def test_a_volatile_event_of_the_server_goes_now_or_never() -> None:
    assert feed(server(), Emit("a", volatile=True)) == [event("a")]
    assert feed(server(), Emit("a", volatile=True, writable=False)) == [
        ("Dropped", "a", "not writable")
    ]


def test_answers_are_not_waited_for_across_connections() -> None:
    socket = server(Emit("a", ack=True), DOWN, UP, Connect(None, None))
    assert feed(socket, Ack(0)) == []


def recovered(log: RecoveryLog, pid: int | None, offset: int | None) -> list[tuple]:
    return feed(SocketServer(log), UP, Connect(pid, offset))


def test_recovery_sends_what_was_missed_before_the_answer() -> None:
    log = RecoveryLog()
    socket = server(log=log)
    assert socket.pid == 1
    socket.rooms = ("r",)
    offset = log.append("a", "r", 0.0)
    assert feed(socket, Emit("a", offset=offset)) == [event("a", None, 1)]
    feed(socket, DOWN)
    log.append("b", "r", 1.0)
    assert recovered(log, 1, 1) == [event("b", None, 2), ("Connected", 1), ("Joined", True)]


def test_a_recovered_connection_has_its_rooms_and_id_again() -> None:
    log = RecoveryLog()
    log.append("a", "r", 0.0)
    log.save(9, ("r",), "ping timeout", 0.0)
    socket = SocketServer(log)
    feed(socket, UP, Connect(9, 1))
    assert (socket.pid, socket.rooms) == (9, ("r",))


@pytest.mark.parametrize(("pid", "offset"), [(None, None), (1, None), (1, 9), (2, 1)])
def test_otherwise_a_new_id_is_given(pid: int | None, offset: int | None) -> None:
    log = RecoveryLog()
    server(log=log)
    log.append("a", "r", 0.0)
    log.save(1, ("r",), "transport close", 0.0)
    assert recovered(log, pid, offset) == [("Connected", 2), ("Joined", False)]


def test_a_black_holed_client_that_is_back_before_the_server_noticed_is_not_recovered() -> None:
    log = RecoveryLog()
    socket = server(log=log)
    socket.rooms = ("r",)
    log.append("a", "r", 0.0)
    log.append("b", "r", 0.0)
    assert recovered(log, 1, 1) == [("Connected", 2), ("Joined", False)]


def test_a_client_that_leaves_is_not_recovered() -> None:
    log = RecoveryLog()
    log.append("a", None, 0.0)
    socket = server(Disconnect(), DOWN, log=log)
    assert (socket.state, socket.rooms) == (State.OFFLINE, ())
    assert recovered(log, 1, 1) == [("Connected", 2), ("Joined", False)]


def test_an_end_before_joining_saves_nothing() -> None:
    log = RecoveryLog()
    feed(SocketServer(log), UP, DOWN)
    assert log._sessions == {}


def test_defaults_and_impossible_options() -> None:
    assert ClientOptions() == ClientOptions(0, math.inf)
    with pytest.raises(ValueError, match="retries = -1"):
        ClientOptions(retries=-1)
    with pytest.raises(ValueError, match="ack_timeout_s"):
        ClientOptions(ack_timeout_s=0.0)
