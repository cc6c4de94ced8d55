"""The client's end of an Engine.IO session (see `engineio`).

It opens with the OPEN packet; a polling session then probes a WebSocket, pauses polling once the
probe is answered, and switches. What is in the write buffer when the session ends is gone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from models.protocols.machine import ProtocolError, one_of
from models.protocols.socketio.engineio import (
    Action,
    AnyPacket,
    CloseWs,
    DialWs,
    Engine,
    FromWs,
    Get,
    HttpFailed,
    Message,
    Opened,
    Packet,
    PollAnswered,
    Post,
    PostAnswered,
    Received,
    SendWs,
    Shut,
    Start,
    State,
    Write,
    WsDown,
    WsUp,
)


class EngineClient(Engine):
    """The client's end. `transport`: "websocket" only, or "polling" first.

    `upgrade`: whether polling then probes a WebSocket.
    """

    __slots__ = ("_first", "_polling", "_posting", "_probing", "_upgrade", "_upgrading")

    def __init__(self, transport: str = "polling", upgrade: bool = True) -> None:
        one_of("transport", transport, ("polling", "websocket"))
        super().__init__()
        self._first = transport
        self._upgrade = upgrade
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
        if self.transport == "polling" and self._upgrade:
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
        if self._polling or self._posting or not self._probing:
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
        self._probing = False  # too late in an upgrade: polling stays paused until a ping time-out
        return ()

    def _http_failed(self, event: HttpFailed) -> Sequence[Action]:
        return () if self.transport == "websocket" else self._end("transport error")

    def _shut(self, event: Shut) -> Sequence[Action]:
        farewell: list[Action] = []
        if self.transport == "polling" and self.writable and not self._upgrading:
            farewell = [Post((Packet.CLOSE,))]
        return farewell + self._end(event.reason)

    def _end(self, reason: str) -> list[Action]:
        dialled = self.transport == "websocket" or self._probing
        self._clear()
        return [*([CloseWs()] if dialled else []), *self._finish(reason)]

    def _late(self, event: Any) -> Sequence[Action]:
        return ()


_ClientStep = Callable[[EngineClient, Any], Sequence[Action]]
_LATE: Final[dict[type, _ClientStep]] = dict.fromkeys(
    (Write, Shut, WsUp, WsDown, FromWs, PollAnswered, PostAnswered, HttpFailed), EngineClient._late
)
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
