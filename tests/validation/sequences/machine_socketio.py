"""Plays Socket.IO situations with our own machines: engines, sockets and heartbeats of both ends.

The stage stands for what lies between the machines: HTTP answers, the opening and closing of
WebSockets, the application that leaves. Packets are handed on first come first served; time moves
by the quiet that follows every step, and in `wait`.
"""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from models.protocols.heartbeat import HEARTBEATS, Act, Beat, Heartbeat, Pinger, Watchdog
from models.protocols.machine import NEVER_S, TIMEOUT
from models.protocols.socketio import engineio
from models.protocols.socketio import sockets as socketio
from models.protocols.socketio.engineio import Message, Packet
from models.protocols.socketio.engineio_client import EngineClient
from models.protocols.socketio.engineio_server import EngineServer
from models.protocols.socketio.packets import (
    Ack,
    Connect,
    Connected,
    Disconnect,
    Event,
    SocketPacket,
    engine_packet_bytes,
    socket_packet_bytes,
)
from models.protocols.socketio.recovery import RecoveryLog
from models.protocols.socketio.sockets import ClientOptions, SocketClient, SocketServer
from sequences.tap import QUIET_S

Seen = dict[str, Any]

_OTHER: Final = {"client": "server", "server": "client"}
_SOCKET: Final = (Connect, Connected, Event, Ack, Disconnect)


class MachineSocketio:
    """One situation played with one client and one server."""

    def __init__(self, software: str, options: dict[str, Any]) -> None:
        del software
        self.seen: list[Seen] = []
        self._options = options
        self._heart = _heartbeat(options)
        self._log = RecoveryLog() if options.get("recovery") else None
        retries = ClientOptions(options.get("retries", 0), options.get("ack_timeout_s", NEVER_S))
        self._engines: dict[str, Any] = {"client": EngineClient(options["transport"])}
        self._sockets: dict[str, Any] = {"client": SocketClient(retries)}
        self._hearts: dict[str, Any] = {}
        self._session = 0
        self._closing = 0
        self._agenda: deque[Callable[[], None]] = deque()
        self._losing: tuple[str, str] | None = None
        self._muted = False
        self._messages = itertools.count(1)
        self._now_s = 0.0

    def play(self, word: str, *arguments: Any) -> None:
        """Do one step and let its consequences pass."""
        getattr(self, f"_{word}")(*arguments)
        self._settle()
        self._until(self._now_s + QUIET_S)

    def _settle(self) -> None:
        while self._agenda:
            self._agenda.popleft()()

    def _until(self, time_s: float) -> None:
        while (due_s := self._due_s()) <= time_s:
            self._fire(due_s)
        self._now_s = max(self._now_s, time_s)

    def _machines(self) -> list[tuple[str, Any]]:
        groups = (self._hearts, self._engines, self._sockets)
        return [(end, group[end]) for group in groups for end in sorted(group)]

    def _due_s(self) -> float:
        return float(min(machine.deadline_s for _, machine in self._machines()))

    def _fire(self, time_s: float) -> None:
        self._now_s = time_s
        for end, machine in self._machines():
            if machine.deadline_s > time_s:
                continue
            actions = machine.handle(TIMEOUT, time_s)
            if machine is self._hearts.get(end):
                self._beat(end, actions)
            elif machine is self._engines[end]:
                self._act(end, actions)
            else:
                self._socket(end, actions)
        self._settle()

    def _beat(self, end: str, acts: Any) -> None:
        if Act.SEND_PING in acts:
            self._engine(end, engineio.Write(Packet.PING))
        if Act.DECLARE_DEAD in acts:
            self._engine(end, engineio.Shut("ping timeout"))

    # What the machines ask for

    def _engine(self, end: str, event: Any) -> None:
        self._act(end, self._engines[end].handle(event, self._now_s))

    def _act(self, end: str, actions: Any) -> None:
        for action in actions:
            word = type(action).__name__.lower()
            getattr(self, f"_on_{word}")(end, action)

    def _socket(self, end: str, actions: Any) -> None:
        for action in actions:
            if isinstance(action, _SOCKET):
                self._engine(end, engineio.Write(Message(action)))

    def _on_opened(self, end: str, action: Any) -> None:
        self._hearts[end].handle(Beat.OPENED, self._now_s)
        self._socket(end, self._sockets[end].handle(socketio.EngineOpened(), self._now_s))

    def _on_closed(self, end: str, action: Any) -> None:
        self._hearts[end].handle(Beat.CLOSED, self._now_s)
        closed = socketio.EngineClosed(action.reason)
        self._socket(end, self._sockets[end].handle(closed, self._now_s))

    def _on_received(self, end: str, action: Any) -> None:
        self._socket(end, self._sockets[end].handle(action.content, self._now_s))
        if end == "client" and isinstance(action.content, Disconnect):
            self._engine("client", engineio.Shut("forced close"))

    def _on_lost(self, end: str, action: Any) -> None:
        """What dies in a buffer was never written."""

    def _on_dialws(self, end: str, action: Any) -> None:
        if self._options["transport"] == "websocket":
            self._begin_session()
        if self._options.get("no_upgrade"):
            self._note("client", "ws", {"packet": "UPGRADE REQUEST", "lost": True})
            self._later(lambda: self._engine("client", engineio.WsDown()))
        elif self._pass("client", "ws", {"packet": "UPGRADE REQUEST"}):
            self._later(self._switch)

    def _switch(self) -> None:
        self._pass("server", "ws", {"packet": "SWITCHED"})
        self._later(lambda: self._engine("client", engineio.WsUp()))
        self._engine("server", engineio.WsUp())

    def _on_sendws(self, end: str, action: Any) -> None:
        packet = action.packet
        if self._pass(end, "ws", self._described(packet, polling=False)):
            self._later(lambda: self._from_ws(_OTHER[end], packet))

    def _from_ws(self, end: str, packet: Any) -> None:
        self._engine(end, engineio.FromWs(packet))
        if self._engines[end].state is engineio.State.OPEN:
            self._heard(end, packet)

    def _heard(self, end: str, packet: Any) -> None:
        beats = {Packet.PING: Beat.PING, Packet.PONG: Beat.PONG}
        self._hearts[end].handle(beats.get(packet, Beat.DATA), self._now_s)
        if packet is Packet.PING:
            self._engine(end, engineio.Write(Packet.PONG))

    def _on_closews(self, end: str, action: Any) -> None:
        """A close frame is answered by the other end's WebSocket."""
        if self._closing == self._session:
            return
        self._closing = self._session if not self._muted else 0
        for writer in (end,) if self._muted else (end, _OTHER[end]):
            self._note(writer, "ws", {"packet": "WS CLOSE", "code": 1005})
        if not self._muted:
            self._later(lambda: self._engine(_OTHER[end], engineio.WsDown()))

    def _on_get(self, end: str, action: Any) -> None:
        if self._engines["client"].state is engineio.State.OPENING:
            self._begin_session()
        self._pass("client", "get", {"packet": "GET"})
        self._later(lambda: self._engine("server", engineio.Polled()))

    def _on_answerpoll(self, end: str, action: Any) -> None:
        packets = action.packets
        self._pass("server", "get", {"packet": "ANSWER", **self._held(packets)})
        self._later(lambda: self._answered(packets))

    def _answered(self, packets: Any) -> None:
        self._engine("client", engineio.PollAnswered(packets))

    def _on_post(self, end: str, action: Any) -> None:
        packets = action.packets
        self._pass("client", "post", {"packet": "POST", **self._held(packets)})
        self._later(lambda: self._engine("server", engineio.Posted(packets)))

    def _on_answerpost(self, end: str, action: Any) -> None:
        self._pass("server", "post", {"packet": "ANSWER"})
        self._later(lambda: self._engine("client", engineio.PostAnswered()))

    # What lies between them

    def _begin_session(self) -> None:
        self._session += 1
        client, server = self._heart.client, self._heart.server
        assert client is not None
        assert client.watch is not None
        assert server is not None
        assert server.ping is not None
        self._engines["server"] = EngineServer()
        self._sockets["server"] = SocketServer(self._log)
        self._hearts = {
            "client": Watchdog(client.watch),
            "server": Pinger(server.ping, lambda: 0.5),
        }

    def _later(self, call: Callable[[], None]) -> None:
        session = self._session
        self._agenda.append(lambda: call() if session == self._session else None)

    def _note(self, end: str, lane: str, seen: Seen) -> None:
        seen = {"from": end, "on": f"{lane} {self._session}", **seen}
        self.seen.append({**seen, "lost": True} if self._muted else seen)

    def _pass(self, end: str, lane: str, seen: Seen) -> bool:
        """Note what is written; whether it arrives."""
        if self._losing == (end, seen["packet"]):
            self._losing = None
            self._note(end, lane, {**seen, "lost": True})
            self._later(self._cut)
            return False
        self._note(end, lane, seen)
        return not self._muted

    def _cut(self) -> None:
        self._agenda.clear()
        for end, engine in self._engines.items():
            if engine.state is not engineio.State.CLOSED:
                self._engines[end].handle(engineio.HttpFailed(), self._now_s)
                self._lose_websocket(end)

    def _lose_websocket(self, end: str) -> None:
        found = self._engines[end].handle(engineio.WsDown(), self._now_s)
        self._act(end, [one for one in found if not isinstance(one, engineio.CloseWs)])

    # Steps

    def _connect(self) -> None:
        self._engine("client", engineio.Start())

    def _open(self) -> None:
        self._muted = False
        self._connect()

    def _shut(self) -> None:
        self._cut()

    def _mute(self) -> None:
        self._muted = True

    def _lose(self, end: str, packet: str) -> None:
        self._losing = (end, packet)

    def _emit(self, ack: bool) -> None:
        message, writable = f"m{next(self._messages)}", self._engines["client"].writable
        event = socketio.Emit(message, ack, writable=writable)
        self._socket("client", self._sockets["client"].handle(event, self._now_s))

    def _push(self, ack: bool) -> None:
        message, offset = f"m{next(self._messages)}", None
        if self._log is not None:
            offset = self._log.append(message, None, self._now_s, lasting=not ack)
        event = socketio.Emit(message, ack, offset=offset)
        self._socket("server", self._sockets["server"].handle(event, self._now_s))

    def _leave(self) -> None:
        self._engine("client", engineio.Write(Message(Disconnect())))
        self._engine("client", engineio.Shut("forced close"))

    def _dismiss(self) -> None:
        self._engine("server", engineio.Write(Message(Disconnect())))

    def _wait(self, end: str, packet: str, count: int) -> None:
        while sum((one["from"], one["packet"]) == (end, packet) for one in self.seen) < count:
            self._until(self._due_s())

    # Names and sizes

    def _held(self, packets: Any) -> Seen:
        holds = [self._described(one, polling=True) for one in packets]
        return {"holds": holds, "bytes": sum(one["bytes"] for one in holds) + len(holds) - 1}

    def _described(self, packet: Any, polling: bool) -> Seen:
        if isinstance(packet, Message):
            return _socket_packet(packet.content)  # type: ignore[arg-type]
        size = engine_packet_bytes(packet, polling)
        if packet is Packet.OPEN and "ping_interval_s" in self._options:
            times_ms = (self._options[f"ping_{what}_s"] * 1000 for what in ("interval", "timeout"))
            size += sum(len(f"{time_ms:.0f}") for time_ms in times_ms) - len("2500020000")
        return {"packet": packet.name, "bytes": size}


def _socket_packet(packet: SocketPacket) -> Seen:
    if isinstance(packet, Event):
        ack = {} if packet.ack_id is None else {"ack": packet.ack_id}
        offset = packet.offset is not None
        size = socket_packet_bytes(packet, len(f'["m","{packet.message}"]'))
        return {
            "packet": "EVENT", "message": packet.message, "offset": offset, **ack, "bytes": size
        }  # fmt: skip
    size = socket_packet_bytes(packet)
    if isinstance(packet, Ack):
        return {"packet": "ACK", "ack": packet.ack_id, "bytes": size}
    if isinstance(packet, Disconnect):
        return {"packet": "DISCONNECT", "bytes": size}
    keys = [key for key in ("pid", "offset") if getattr(packet, key, None) is not None]
    return {"packet": "CONNECT", "with": keys, "bytes": size}


def _heartbeat(options: dict[str, Any]) -> Heartbeat:
    beats = HEARTBEATS["engine.io"]
    client, server = beats.client, beats.server
    if "ping_interval_s" not in options or client is None or server is None:
        return beats
    assert client.watch is not None
    assert server.ping is not None
    interval_s, timeout_s = options["ping_interval_s"], options["ping_timeout_s"]
    watch = replace(client.watch, limit_s=interval_s + timeout_s)
    ping = replace(server.ping, interval_s=interval_s, timeout_s=timeout_s)
    return replace(beats, client=replace(client, watch=watch), server=replace(server, ping=ping))
