"""The client's end of an Engine.IO session: transports, buffers, the upgrade, the end."""

import pytest

from models.protocols.machine import TIMEOUT, ProtocolError
from models.protocols.socketio.engineio import (
    FromWs,
    HttpFailed,
    Message,
    Packet,
    PollAnswered,
    PostAnswered,
    Shut,
    Start,
    State,
    Write,
    WsDown,
    WsUp,
)
from models.protocols.socketio.engineio_client import CLIENT, EngineClient

OPEN = PollAnswered((Packet.OPEN,))
EVENTS = (
    Start(),
    Write(Message("a")),
    Shut("forced close"),
    WsUp(),
    WsDown(),
    FromWs(Message("a")),
    PollAnswered(()),
    PostAnswered(),
    HttpFailed(),
    TIMEOUT,
)


def shown(actions) -> list[tuple]:
    return [(type(action).__name__, *action) for action in actions]


def feed(engine: EngineClient, *events) -> list[tuple]:
    return [action for event in events for action in shown(engine.handle(event, 0.0))]


def websocket() -> EngineClient:
    engine = EngineClient("websocket")
    feed(engine, Start(), WsUp(), FromWs(Packet.OPEN))
    return engine


def polling(*events) -> EngineClient:
    engine = EngineClient("polling")
    feed(engine, Start(), OPEN, *events)
    return engine


def write(*contents: str) -> list[Write]:
    return [Write(Message(content)) for content in contents]


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("event", EVENTS, ids=repr)
def test_an_event_is_taken_or_refused_as_the_table_says(state: State, event) -> None:
    engine = EngineClient("websocket")
    feed(
        engine,
        *{State.CLOSED: (), State.OPENING: (Start(),)}.get(
            state, (Start(), WsUp(), FromWs(Packet.OPEN))
        ),
    )
    assert engine.state is state
    if type(event) in CLIENT[state]:
        engine.handle(event, 0.0)
    else:
        with pytest.raises(ProtocolError, match=state.name):
            engine.handle(event, 0.0)


def test_websocket_only() -> None:
    engine = EngineClient("websocket")
    assert feed(engine, Start()) == [("DialWs",)]
    assert feed(engine, WsUp()) == []
    assert feed(engine, FromWs(Packet.OPEN)) == [("Opened",)]
    assert feed(engine, *write("a", "b")) == [("SendWs", Message("a")), ("SendWs", Message("b"))]
    assert feed(engine, FromWs(Message("c"))) == [("Received", "c")]
    assert feed(engine, WsDown()) == [("CloseWs",), ("Closed", "transport close")]


def test_what_is_written_while_opening_waits() -> None:
    engine = EngineClient("websocket")
    assert feed(engine, Start(), *write("a")) == [("DialWs",)]
    assert feed(engine, FromWs(Packet.OPEN)) == [("Opened",), ("SendWs", Message("a"))]


def test_polling_first_opens_with_a_get_and_then_probes() -> None:
    engine = EngineClient()
    assert feed(engine, Start()) == [("Get",)]
    assert feed(engine, OPEN) == [("Opened",), ("DialWs",), ("Get",)]
    assert feed(engine, WsUp()) == [("SendWs", Packet.PROBE)]


def test_one_post_at_a_time_carries_all_that_waits() -> None:
    engine = polling()
    assert engine.writable
    assert feed(engine, *write("a", "b", "c")) == [("Post", (Message("a"),))]
    assert not engine.writable
    assert feed(engine, PostAnswered()) == [("Post", (Message("b"), Message("c")))]
    assert feed(engine, PostAnswered()) == []
    assert engine.writable


def test_the_next_get_goes_at_once() -> None:
    assert feed(polling(), PollAnswered((Message("a"), Packet.NOOP, Message("b")))) == [
        ("Received", "a"),
        ("Received", "b"),
        ("Get",),
    ]


def test_upgrading_waits_for_get_and_post() -> None:
    engine = polling(WsUp(), *write("a"))
    assert feed(engine, FromWs(Packet.PROBED)) == []
    assert feed(engine, *write("b")) == []
    assert feed(engine, PollAnswered((Packet.NOOP,))) == []
    assert engine.transport == "polling"
    assert feed(engine, PostAnswered()) == [("SendWs", Packet.UPGRADE), ("SendWs", Message("b"))]
    assert engine.transport == "websocket"
    assert feed(engine, *write("c")) == [("SendWs", Message("c"))]


def test_upgrading_waits_for_the_get_last() -> None:
    engine = polling(WsUp(), *write("a"), FromWs(Packet.PROBED), PostAnswered())
    assert feed(engine, PollAnswered((Message("x"),))) == [
        ("Received", "x"),
        ("SendWs", Packet.UPGRADE),
    ]


def test_a_probe_that_fails_leaves_polling_alone() -> None:
    engine = polling()
    assert feed(engine, WsDown()) == []
    assert feed(engine, PollAnswered((Message("a"),))) == [("Received", "a"), ("Get",)]
    assert feed(engine, FromWs(Packet.PROBED)) == []


def test_a_probe_that_dies_during_the_switch_leaves_polling_paused() -> None:
    engine = polling(WsUp(), FromWs(Packet.PROBED))
    assert feed(engine, WsDown(), PollAnswered((Packet.NOOP,))) == []
    assert feed(engine, *write("a")) == []
    assert feed(engine, Shut("ping timeout")) == [("Closed", "ping timeout"), ("Lost", "a")]


def test_one_failed_request_ends_the_session() -> None:
    engine = polling(*write("a", "b"))
    assert feed(engine, HttpFailed()) == [
        ("CloseWs",),
        ("Closed", "transport error"),
        ("Lost", "b"),
    ]
    assert feed(engine, HttpFailed(), PollAnswered((Message("c"),)), *write("d")) == []


def test_a_failed_request_after_the_upgrade_does_not_matter() -> None:
    engine = polling(WsUp(), FromWs(Packet.PROBED), PollAnswered((Packet.NOOP,)))
    assert engine.transport == "websocket"
    assert feed(engine, HttpFailed()) == []
    assert feed(engine, WsDown()) == [("CloseWs",), ("Closed", "transport close")]


def test_the_server_may_close() -> None:
    assert feed(polling(WsDown()), PollAnswered((Packet.CLOSE, Message("a")))) == [
        ("Closed", "transport close")
    ]
    assert feed(websocket(), FromWs(Packet.CLOSE)) == [
        ("CloseWs",),
        ("Closed", "transport close"),
    ]


def test_closing_from_this_side() -> None:
    assert feed(websocket(), Shut("forced close")) == [("CloseWs",), ("Closed", "forced close")]
    assert feed(polling(WsDown()), Shut("forced close")) == [
        ("Post", (Packet.CLOSE,)),
        ("Closed", "forced close"),
    ]
    assert feed(polling(WsDown(), *write("a")), Shut("forced close")) == [
        ("Closed", "forced close")
    ]


def test_a_second_open_packet_is_nothing() -> None:
    assert feed(websocket(), FromWs(Packet.OPEN)) == []


def test_the_next_session_starts_from_nothing() -> None:
    engine = polling(WsUp(), FromWs(Packet.PROBED), PollAnswered((Packet.NOOP,)), WsDown())
    assert feed(engine, Start(), OPEN) == [("Get",), ("Opened",), ("DialWs",), ("Get",)]
    assert engine.transport == "polling"


def test_there_is_no_other_transport() -> None:
    with pytest.raises(ValueError, match="transport = 'pigeon': must be one of polling, websocket"):
        EngineClient("pigeon")
