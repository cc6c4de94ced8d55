"""The server's end of an Engine.IO session (see `engineio`).

It opens with the first GET or WebSocket. Packets wait in the write buffer while no GET is held;
what is there when the session ends is gone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from models.protocols.machine import NEVER_S, ProtocolError, Timeout
from models.protocols.socketio.engineio import (
    Action,
    AnswerPoll,
    AnswerPost,
    AnyPacket,
    CloseWs,
    Engine,
    FromWs,
    HttpFailed,
    Message,
    Opened,
    Packet,
    Polled,
    Posted,
    Received,
    SendWs,
    Shut,
    State,
    Write,
    WsDown,
    WsUp,
)

UPGRADE_TIMEOUT_S: Final = 10.0
"""A probe that has not upgraded by then is closed (engine.io 6.6.12, server.js)."""
NOOP_INTERVAL_S: Final = 0.1
"""While upgrading the server releases the held poll this often (engine.io 6.6.12, socket.js)."""


class EngineServer(Engine):
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
"""Server: legal events by state and what answers them. The next session needs a new machine."""
