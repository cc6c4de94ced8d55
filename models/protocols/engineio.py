"""Engine.IO v4: a session over WebSocket, or over HTTP polling that upgrades itself to WebSocket.

The machines decide which transport carries what, what waits in which buffer, and when a session is
over: any failed request ends it, nothing is asked for again. Fidelity: npm engine.io 6.6.12 and
engine.io-client 6.6.8. The driver moves bytes and runs the pings (`heartbeat`, preset "engine.io": the
server writes Ping, the client Pong, both through Write). Left out: WebTransport, the payload limit.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from enum import Enum
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from models.protocols.machine import NEVER_S, ProtocolError, Timeout, one_of

UPGRADE_TIMEOUT_S: Final = 10.0
"""A probe that has not upgraded by then is closed (engine.io 6.6.12, server.js)."""
NOOP_INTERVAL_S: Final = 0.1
"""While upgrading the server releases the held poll this often (engine.io 6.6.12, socket.js)."""


class Packet(Enum):
    """Engine.IO packets without content; a Message carries some."""

    OPEN = "0"
    CLOSE = "1"
    PING = "2"
    PONG = "3"
    PROBE = "2probe"
    PROBED = "3probe"
    UPGRADE = "5"
    NOOP = "6"


class Message(NamedTuple):
    """A packet with content for the layer above."""

    content: Hashable


AnyPacket = Packet | Message


class State(Enum):
    """Where an engine stands."""

    CLOSED = "closed"
    OPENING = "opening"
    OPEN = "open"


class Start(NamedTuple):
    """Client: open a session."""


class Write(NamedTuple):
    """Send a packet; dropped unless the session is open or opening."""

    packet: AnyPacket


class Shut(NamedTuple):
    """End the session from this side, for `reason` ("ping timeout", "forced close", ...)."""

    reason: str


class WsUp(NamedTuple):
    """The WebSocket is open."""


class WsDown(NamedTuple):
    """The WebSocket is gone, or could not be opened."""


class FromWs(NamedTuple):
    """A packet came over the WebSocket."""

    packet: AnyPacket


class PollAnswered(NamedTuple):
    """Client: the GET was answered."""

    packets: tuple[AnyPacket, ...]


class PostAnswered(NamedTuple):
    """Client: the POST was answered."""


class HttpFailed(NamedTuple):
    """A GET or POST failed: connection gone, error status."""


class Polled(NamedTuple):
    """Server: a GET arrived."""


class Posted(NamedTuple):
    """Server: a POST arrived."""

    packets: tuple[AnyPacket, ...]


class DialWs(NamedTuple):
    """Client: open a WebSocket."""


class SendWs(NamedTuple):
    """Write a packet on the WebSocket."""

    packet: AnyPacket


class CloseWs(NamedTuple):
    """Close the WebSocket."""


class Get(NamedTuple):
    """Client: send a GET."""


class Post(NamedTuple):
    """Client: send a POST with these packets."""

    packets: tuple[AnyPacket, ...]


class AnswerPoll(NamedTuple):
    """Server: answer the GET."""

    packets: tuple[AnyPacket, ...]


class AnswerPost(NamedTuple):
    """Server: answer the POST."""


class Opened(NamedTuple):
    """The session is open."""


class Received(NamedTuple):
    """Content for the layer above."""

    content: Hashable


class Closed(NamedTuple):
    """The session is over."""

    reason: str


class Lost(NamedTuple):
    """Content that waited in the write buffer when the session ended: never sent."""

    content: Hashable


Action = (
    DialWs
    | SendWs
    | CloseWs
    | Get
    | Post
    | AnswerPoll
    | AnswerPost
    | Opened
    | Received
    | Closed
    | Lost
)


class _Engine:
    """What both ends share: the write buffer, the transport, and the end of the session."""

    __slots__ = ("buffer", "deadline_s", "state", "transport")

    def __init__(self) -> None:
        self.state = State.CLOSED
        self.deadline_s = NEVER_S
        self.transport = "polling"
        self.buffer: list[AnyPacket] = []

    def _send(self, packets: tuple[AnyPacket, ...]) -> list[Action]:
        return [SendWs(packet) for packet in packets]

    def _drain(self) -> tuple[AnyPacket, ...]:
        packets = tuple(self.buffer)
        self.buffer.clear()
        return packets

    def _finish(self, reason: str) -> list[Action]:
        lost = [Lost(packet.content) for packet in self.buffer if isinstance(packet, Message)]
        self.state, self.deadline_s = State.CLOSED, NEVER_S
        self.buffer.clear()
        return [Closed(reason), *lost]


class EngineClient(_Engine):
    """The client's end. `transport`: "websocket" only, or "polling" first and then upgrade."""

    __slots__ = ("_first", "_polling", "_posting", "_probing", "_upgrading")

    def __init__(self, transport: str = "polling") -> None:
        one_of("transport", transport, ("polling", "websocket"))
        super().__init__()
        self._first = transport
        self._clear()

    def _clear(self) -> None:
        self._polling = self._posting = self._probing = self._upgrading = False

    @property
    def writable(self) -> bool:
        """Whether a packet would leave at once: what decides the fate of a volatile one."""
        return self.state is State.OPEN and not self._posting

    def handle(self, event: Any, now_s: float) -> Sequence[Action]:
        """Take one event; raises ProtocolError when CLIENT does not list it."""
        step = CLIENT[self.state].get(type(event))
        if step is None:
            raise ProtocolError(self, self.state, event)
        return step(self, event)

    def _start(self, event: Start) -> Sequence[Action]:
        self.state, self.transport = State.OPENING, self._first
        self._clear()
        return (DialWs(),) if self.transport == "websocket" else self._poll()

    def _poll(self) -> list[Action]:
        self._polling = True
        return [Get()]

    def _write(self, event: Write) -> Sequence[Action]:
        self.buffer.append(event.packet)
        return self._flush()

    def _flush(self) -> list[Action]:
        if not self.writable or self._upgrading or not self.buffer:
            return []
        if self.transport == "websocket":
            return self._send(self._drain())
        self._posting = True
        return [Post(self._drain())]

    def _packet(self, packet: AnyPacket) -> list[Action]:
        if isinstance(packet, Message):
            return [Received(packet.content)]
        if packet is Packet.OPEN and self.state is State.OPENING:
            return self._opened()
        if packet is Packet.CLOSE:
            return self._end("transport close")
        return []

    def _opened(self) -> list[Action]:
        self.state = State.OPEN
        out: list[Action] = [Opened(), *self._flush()]
        if self.transport == "polling":
            self._probing = True
            out.append(DialWs())
        return out

    def _poll_answered(self, event: PollAnswered) -> Sequence[Action]:
        self._polling = False
        out: list[Action] = []
        for packet in event.packets:
            if self.state is not State.CLOSED:
                out += self._packet(packet)
        if self.state is State.CLOSED:
            return out
        return out + (self._switch() if self._upgrading else self._poll())

    def _post_answered(self, event: PostAnswered) -> Sequence[Action]:
        self._posting = False
        return self._switch() if self._upgrading else self._flush()

    def _switch(self) -> list[Action]:
        """Polling is paused once its GET and POST are answered; then the WebSocket takes over."""
        if self._polling or self._posting:
            return []
        self.transport = "websocket"
        self._probing = self._upgrading = False
        return [SendWs(Packet.UPGRADE), *self._flush()]

    def _ws_up(self, event: WsUp) -> Sequence[Action]:
        return (SendWs(Packet.PROBE),) if self._probing else ()

    def _from_ws(self, event: FromWs) -> Sequence[Action]:
        if event.packet is Packet.PROBED and self._probing:
            self._upgrading = True
            return self._switch()
        return self._packet(event.packet)

    def _ws_down(self, event: WsDown) -> Sequence[Action]:
        if self.transport == "websocket":
            return self._end("transport close")
        self._probing = False
        return self._resume_polling() if self._upgrading else ()

    def _resume_polling(self) -> Sequence[Action]:
        self._upgrading = False
        return [*self._flush(), *([] if self._polling else self._poll())]

    def _http_failed(self, event: HttpFailed) -> Sequence[Action]:
        return () if self.transport == "websocket" else self._end("transport error")

    def _shut(self, event: Shut) -> Sequence[Action]:
        farewell: list[Action] = []
        if self.transport == "polling" and self.writable:
            farewell = [Post((Packet.CLOSE,))]
        return farewell + self._end(event.reason)

    def _end(self, reason: str) -> list[Action]:
        dialled = self.transport == "websocket" or self._probing
        self._clear()
        return [*([CloseWs()] if dialled else []), *self._finish(reason)]

    def _late(self, event: Any) -> Sequence[Action]:
        return ()


_ClientStep = Callable[[EngineClient, Any], Sequence[Action]]
_LATE: Final[dict[type, _ClientStep]] = {
    kind: EngineClient._late
    for kind in (Write, Shut, WsUp, WsDown, FromWs, PollAnswered, PostAnswered, HttpFailed)
}
_ALIVE: Final[dict[type, _ClientStep]] = {
    Write: EngineClient._write,
    Shut: EngineClient._shut,
    WsUp: EngineClient._ws_up,
    WsDown: EngineClient._ws_down,
    FromWs: EngineClient._from_ws,
    PollAnswered: EngineClient._poll_answered,
    PostAnswered: EngineClient._post_answered,
    HttpFailed: EngineClient._http_failed,
}
CLIENT: Final[Mapping[State, Mapping[type, _ClientStep]]] = MappingProxyType(
    {
        State.CLOSED: {**_LATE, Start: EngineClient._start},
        State.OPENING: _ALIVE,
        State.OPEN: _ALIVE,
    }
)
"""Client: legal events by state and what answers them."""


class EngineServer(_Engine):
    """The server's end of one session; it opens with the first GET or WebSocket."""

    __slots__ = ("_give_up_s", "_polled", "_upgrading")

    def __init__(self) -> None:
        super().__init__()
        self._polled = self._upgrading = False
        self._give_up_s = NEVER_S

    def handle(self, event: Any, now_s: float) -> Sequence[Action]:
        """Take one event; raises ProtocolError when SERVER does not list it."""
        step = SERVER[self.state].get(type(event))
        if step is None:
            raise ProtocolError(self, self.state, event)
        return step(self, event, now_s)

    def _open_polling(self, event: Polled, now_s: float) -> Sequence[Action]:
        self.state, self.transport = State.OPEN, "polling"
        return (AnswerPoll((Packet.OPEN,)), Opened())

    def _open_ws(self, event: WsUp, now_s: float) -> Sequence[Action]:
        self.state, self.transport = State.OPEN, "websocket"
        return (SendWs(Packet.OPEN), Opened())

    def _write(self, event: Write, now_s: float) -> Sequence[Action]:
        self.buffer.append(event.packet)
        return self._flush()

    def _flush(self) -> list[Action]:
        if not self.buffer:
            return []
        if self.transport == "websocket":
            return self._send(self._drain())
        if not self._polled:
            return []
        self._polled = False
        return [AnswerPoll(self._drain())]

    def _polled_again(self, event: Polled, now_s: float) -> Sequence[Action]:
        if self._polled or self.transport == "websocket":
            return self._end("transport error")  # two polls at a time, or one after the upgrade
        self._polled = True
        return self._flush()

    def _posted(self, event: Posted, now_s: float) -> Sequence[Action]:
        out: list[Action] = []
        for packet in event.packets:
            if self.state is State.OPEN:
                out += self._packet(packet)
        return [*out, AnswerPost()]

    def _packet(self, packet: AnyPacket) -> list[Action]:
        if isinstance(packet, Message):
            return [Received(packet.content)]
        return self._end("transport close") if packet is Packet.CLOSE else []

    def _probed(self, event: WsUp, now_s: float) -> Sequence[Action]:
        self._upgrading = True
        self.deadline_s = self._give_up_s = now_s + UPGRADE_TIMEOUT_S
        return ()

    def _from_ws(self, event: FromWs, now_s: float) -> Sequence[Action]:
        if event.packet is Packet.PROBE:
            self.deadline_s = min(now_s + NOOP_INTERVAL_S, self._give_up_s)
            return (SendWs(Packet.PROBED),)
        if event.packet is Packet.UPGRADE:
            self._stop_upgrading()
            self.transport = "websocket"
            return self._flush()
        return self._packet(event.packet)

    def _stop_upgrading(self) -> None:
        self._upgrading = False
        self.deadline_s = self._give_up_s = NEVER_S

    def _time_out(self, event: Timeout, now_s: float) -> Sequence[Action]:
        if now_s >= self._give_up_s:
            self._stop_upgrading()
            return (CloseWs(),)
        self.deadline_s = min(now_s + NOOP_INTERVAL_S, self._give_up_s)
        if not self._polled:
            return ()
        self._polled = False
        return (AnswerPoll((Packet.NOOP,)),)

    def _ws_down(self, event: WsDown, now_s: float) -> Sequence[Action]:
        if self.transport == "websocket":
            return self._end("transport close")
        self._stop_upgrading()
        return ()

    def _http_failed(self, event: HttpFailed, now_s: float) -> Sequence[Action]:
        return () if self.transport == "websocket" else self._end("transport error")

    def _shut(self, event: Shut, now_s: float) -> Sequence[Action]:
        return self._end(event.reason)

    def _end(self, reason: str) -> list[Action]:
        out: list[Action] = []
        if self._polled:
            out.append(AnswerPoll((Packet.NOOP,)))
        if self.transport == "websocket" or self._upgrading:
            out.append(CloseWs())
        self._polled = self._upgrading = False
        self._give_up_s = NEVER_S
        return out + self._finish(reason)

    def _late(self, event: Any, now_s: float) -> Sequence[Action]:
        return ()


_ServerStep = Callable[[EngineServer, Any, float], Sequence[Action]]
SERVER: Final[Mapping[State, Mapping[type, _ServerStep]]] = MappingProxyType(
    {
        State.CLOSED: {
            **dict.fromkeys((Write, Shut, WsDown, FromWs, HttpFailed), EngineServer._late),
            Polled: EngineServer._open_polling,
            WsUp: EngineServer._open_ws,
        },
        State.OPENING: {},
        State.OPEN: {
            Write: EngineServer._write,
            Shut: EngineServer._shut,
            Polled: EngineServer._polled_again,
            Posted: EngineServer._posted,
            HttpFailed: EngineServer._http_failed,
            WsUp: EngineServer._probed,
            WsDown: EngineServer._ws_down,
            FromWs: EngineServer._from_ws,
            Timeout: EngineServer._time_out,
        },
    }
)
"""Server: legal events by state and what answers them. A session that is over stays over; its machine
must not be used for the next one."""
