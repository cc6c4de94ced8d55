"""The server's end of an Engine.IO session: the held GET, the upgrade, the end."""

import pytest

from models.protocols.machine import NEVER_S, TIMEOUT, ProtocolError
from models.protocols.socketio.engineio import (
    FromWs,
    HttpFailed,
    Message,
    Packet,
    Polled,
    Posted,
    Shut,
    State,
    Write,
    WsDown,
    WsUp,
)
from models.protocols.socketio.engineio_server import SERVER, EngineServer

EVENTS = (
    Write(Message("a")),
    Shut("ping timeout"),
    Polled(),
    Posted(()),
    HttpFailed(),
    WsUp(),
    WsDown(),
    FromWs(Message("a")),
    TIMEOUT,
)


def shown(actions) -> list[tuple]:
    return [(type(action).__name__, *action) for action in actions]


def feed(engine: EngineServer, *events, now_s: float = 0.0) -> list[tuple]:
    return [action for event in events for action in shown(engine.handle(event, now_s))]


def polling(*events) -> EngineServer:
    engine = EngineServer()
    feed(engine, Polled(), *events)
    return engine


def websocket() -> EngineServer:
    engine = EngineServer()
    feed(engine, WsUp())
    return engine


def write(*contents: str) -> list[Write]:
    return [Write(Message(content)) for content in contents]


@pytest.mark.parametrize("state", SERVER)
@pytest.mark.parametrize("event", EVENTS, ids=repr)
def test_an_event_is_taken_or_refused_as_the_table_says(state: State, event) -> None:
    engine = EngineServer() if state is State.CLOSED else websocket()
    if type(event) in SERVER[state]:
        engine.handle(event, 0.0)
    else:
        with pytest.raises(ProtocolError, match=state.name):
            engine.handle(event, 0.0)


def test_websocket_only() -> None:
    engine = EngineServer()
    assert feed(engine, WsUp()) == [("SendWs", Packet.OPEN), ("Opened",)]
    assert feed(engine, *write("a", "b")) == [("SendWs", Message("a")), ("SendWs", Message("b"))]
    assert feed(engine, FromWs(Message("c")), FromWs(Packet.PONG)) == [("Received", "c")]
    assert feed(engine, WsDown()) == [("CloseWs",), ("Closed", "transport close")]
    assert feed(engine, *write("d"), FromWs(Message("e")), Shut("late")) == []


def test_packets_wait_for_a_get() -> None:
    engine = EngineServer()
    assert feed(engine, Polled()) == [("AnswerPoll", (Packet.OPEN,)), ("Opened",)]
    assert feed(engine, *write("a", "b")) == []
    assert feed(engine, Polled()) == [("AnswerPoll", (Message("a"), Message("b")))]
    assert feed(engine, Polled()) == []
    assert feed(engine, *write("c", "d")) == [("AnswerPoll", (Message("c"),))]
    assert feed(engine, Polled()) == [("AnswerPoll", (Message("d"),))]


def test_a_post_is_taken_and_answered() -> None:
    assert feed(polling(), Posted((Message("a"), Packet.PONG, Message("b")))) == [
        ("Received", "a"),
        ("Received", "b"),
        ("AnswerPost",),
    ]


def test_two_gets_at_a_time_end_the_session() -> None:
    engine = polling(Polled())
    assert feed(engine, Polled()) == [
        ("AnswerPoll", (Packet.NOOP,)),
        ("Closed", "transport error"),
    ]


def test_a_lost_get_ends_the_session_with_what_waited() -> None:
    engine = polling(*write("a"))
    assert feed(engine, HttpFailed()) == [("Closed", "transport error"), ("Lost", "a")]
    assert engine.state is State.CLOSED


def test_the_client_may_close() -> None:
    assert feed(polling(), Posted((Packet.CLOSE, Message("a")))) == [
        ("Closed", "transport close"),
        ("AnswerPost",),
    ]
    assert feed(websocket(), FromWs(Packet.CLOSE)) == [
        ("CloseWs",),
        ("Closed", "transport close"),
    ]


def test_upgrading_releases_the_held_get_every_tenth_of_a_second() -> None:
    engine = polling(Polled())
    assert feed(engine, WsUp(), now_s=1.0) == []
    assert engine.deadline_s == 11.0
    assert feed(engine, FromWs(Packet.PROBE), now_s=2.0) == [("SendWs", Packet.PROBED)]
    assert engine.deadline_s == pytest.approx(2.1)
    assert feed(engine, TIMEOUT, now_s=2.1) == [("AnswerPoll", (Packet.NOOP,))]
    assert feed(engine, TIMEOUT, now_s=2.2) == []
    assert engine.deadline_s == pytest.approx(2.3)


def test_while_upgrading_packets_still_go_by_get_then_by_websocket() -> None:
    engine = polling(Polled(), WsUp(), FromWs(Packet.PROBE))
    assert feed(engine, *write("a", "b")) == [("AnswerPoll", (Message("a"),))]
    assert feed(engine, FromWs(Packet.UPGRADE)) == [("SendWs", Message("b"))]
    assert (engine.transport, engine.deadline_s) == ("websocket", NEVER_S)
    assert feed(engine, *write("c")) == [("SendWs", Message("c"))]


def test_a_probe_has_ten_seconds() -> None:
    engine = polling(WsUp())
    assert engine.deadline_s == 10.0
    feed(engine, FromWs(Packet.PROBE), now_s=9.95)
    assert engine.deadline_s == 10.0
    assert feed(engine, TIMEOUT, now_s=10.0) == [("CloseWs",)]
    assert (engine.deadline_s, engine.transport) == (NEVER_S, "polling")
    assert feed(engine, WsDown()) == []
    assert engine.state is State.OPEN


def test_the_last_look_is_no_later_than_the_end_of_the_probe() -> None:
    engine = polling(WsUp())
    feed(engine, FromWs(Packet.PROBE), now_s=9.85)
    feed(engine, TIMEOUT, now_s=9.95)
    assert engine.deadline_s == 10.0


def test_a_probe_that_dies_leaves_polling_alone() -> None:
    engine = polling(Polled(), WsUp(), FromWs(Packet.PROBE))
    assert feed(engine, WsDown()) == []
    assert engine.deadline_s == NEVER_S
    assert feed(engine, *write("a")) == [("AnswerPoll", (Message("a"),))]


def test_a_session_that_ends_while_upgrading_closes_the_probe() -> None:
    engine = polling(Polled(), WsUp(), FromWs(Packet.PROBE))
    assert feed(engine, Shut("ping timeout")) == [
        ("AnswerPoll", (Packet.NOOP,)),
        ("CloseWs",),
        ("Closed", "ping timeout"),
    ]
    assert engine.deadline_s == NEVER_S


def test_after_the_upgrade_requests_no_longer_matter() -> None:
    engine = polling(WsUp(), FromWs(Packet.PROBE), FromWs(Packet.UPGRADE))
    assert feed(engine, HttpFailed()) == []
    assert feed(engine, Polled()) == [("CloseWs",), ("Closed", "transport error")]
