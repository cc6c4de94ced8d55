"""Plays MQTT situations with our own machines, both ends back to back.

A packet written is noted, then handed to the other end, first come first served; time stands still
except in `wait`. Sizes are asked of `packet_bytes`.
"""

from __future__ import annotations

import itertools
from collections import deque
from dataclasses import replace
from typing import Any, Final

from models.protocols.heartbeat import HEARTBEATS, Act, Beat, Pinger
from models.protocols.machine import NEVER_S, TIMEOUT
from models.protocols.mqtt import (
    MQTT_BROKERS,
    MQTT_CLIENTS,
    PACKETS,
    BrokerSession,
    BrokerState,
    ClientSession,
    ClientState,
    ConnAck,
    Connect,
    ConnectionDown,
    ConnectionUp,
    PingReq,
    PingResp,
    Publish,
    Submit,
    Subscribe,
    TakenOver,
    effective_qos,
    packet_bytes,
)

Seen = dict[str, Any]

_KEEPALIVE_S: Final = 60.0  # what the presets are written for
_TOPICS: Final = {"client": "up", "server": "down"}


class MachineMqtt:
    """One situation played with a ClientSession and mosquitto's BrokerSession."""

    def __init__(self, software: str, options: dict[str, Any]) -> None:
        self.seen: list[Seen] = []
        self._options = replace(MQTT_CLIENTS[software], clean=options.get("clean", True))
        self._client = ClientSession(self._options, ("down",))
        self._broker = BrokerSession(MQTT_BROKERS["mosquitto"])
        self._pinger = _pinger(software, options.get("keepalive_s", _KEEPALIVE_S))
        self._on_the_way: deque[tuple[str, int, Any]] = deque()
        self._losing: tuple[str, str] | None = None
        self._muted = False
        self._connection = 0
        self._messages = itertools.count(1)
        self._now_s = 0.0

    def play(self, word: str, *arguments: Any) -> None:
        """Do one step and let its consequences pass."""
        getattr(self, f"_{word.replace(' ', '_')}")(*arguments)
        self._settle()

    def _settle(self) -> None:
        while self._on_the_way:
            end, connection, packet = self._on_the_way.popleft()
            if connection == self._connection:
                self._read(end, packet)

    def _read(self, end: str, packet: Any) -> None:
        if end == "client":
            self._hear(packet)
        if isinstance(packet, PingReq):
            self._write("server", (PingResp(),))
        elif not isinstance(packet, PingResp):
            machine = self._client if end == "client" else self._broker
            self._write(end, machine.handle(packet, self._now_s))

    def _hear(self, packet: Any) -> None:
        if isinstance(packet, ConnAck):
            self._pinger.handle(Beat.OPENED, self._now_s)
        else:
            data, pong = isinstance(packet, Publish), isinstance(packet, PingResp)
            beat = Beat.DATA if data else Beat.PONG if pong else Beat.REPLY
            self._pinger.handle(beat, self._now_s)

    def _write(self, end: str, actions: Any) -> None:
        for action in actions:
            if isinstance(action, TakenOver):
                self._end("server", self._connection - 1)
            if type(action) not in PACKETS:
                continue
            name = type(action).__name__.upper()
            seen = {"from": end, "on": f"tcp {self._connection}", "packet": name}
            seen |= _flags(end, action)
            if self._losing == (end, name):
                self._losing = None
                self.seen.append({**seen, "lost": True})
                self._shut()
                return
            self.seen.append({**seen, "lost": True} if self._muted else seen)
            if not self._muted:
                other = "server" if end == "client" else "client"
                self._on_the_way.append((other, self._connection, action))

    def _end(self, end: str, connection: int) -> None:
        self.seen.append({"from": end, "on": f"tcp {connection}", "packet": "END"})

    def _connect(self) -> None:
        self._connection += 1
        self._write("client", self._client.handle(ConnectionUp(), self._now_s))

    def _shut(self) -> None:
        if self._client.state is not ClientState.OFFLINE:
            self._client.handle(ConnectionDown(), self._now_s)
        if self._broker.state is BrokerState.ONLINE:
            self._broker.handle(ConnectionDown(), self._now_s)
        self._pinger.handle(Beat.CLOSED, self._now_s)
        self._on_the_way.clear()

    def _open(self) -> None:
        if self._muted:
            self._muted = False
            self._shut()
        self._connect()

    def _mute(self) -> None:
        self._muted = True

    def _lose(self, end: str, packet: str) -> None:
        self._losing = (end, packet)

    def _publish(self, qos: int) -> None:
        event = Submit(f"m{next(self._messages)}", qos)
        self._write("client", self._client.handle(event, self._now_s))

    def _feed(self, qos: int) -> None:
        event = Submit(f"m{next(self._messages)}", effective_qos(qos, 2))
        self._write("server", self._broker.handle(event, self._now_s))

    def _take_over(self) -> None:
        self._client = ClientSession(self._options, ("down",))
        self._pinger.handle(Beat.CLOSED, self._now_s)
        self._connect()

    def _leave(self) -> None:
        self.seen.append(
            {"from": "client", "on": f"tcp {self._connection}", "packet": "DISCONNECT", "bytes": 2}
        )
        self._shut()

    def _wait(self, end: str, packet: str, count: int) -> None:
        while sum((one["from"], one["packet"]) == (end, packet) for one in self.seen) < count:
            assert self._pinger.deadline_s < NEVER_S, f"nothing will write {packet}"
            self._now_s = self._pinger.deadline_s
            acts = self._pinger.handle(TIMEOUT, self._now_s)
            if Act.DECLARE_DEAD in acts:
                self._end("client", self._connection)
                self._client.handle(ConnectionDown(), self._now_s)
            elif Act.SEND_PING in acts:
                self._write("client", (PingReq(),))
            self._settle()


def _pinger(software: str, keepalive_s: float) -> Pinger:
    client = HEARTBEATS[software].client
    assert client is not None
    assert client.ping is not None
    scale = keepalive_s / _KEEPALIVE_S
    ping = client.ping
    spec = replace(ping, interval_s=ping.interval_s * scale, timeout_s=ping.timeout_s * scale)
    return Pinger(spec, luck=lambda: 0.5)


def _flags(end: str, packet: Any) -> Seen:
    topic, payload, qos = 0, 0, 0
    flags: Seen = {}
    if isinstance(packet, Publish):
        topic, payload, qos = len(_TOPICS[end]), len(str(packet.message)), packet.qos
        flags = {"qos": qos, "dup": packet.dup, "id": packet.packet_id, "message": packet.message}
    elif isinstance(packet, Connect):
        topic, flags = len("c"), {"clean": packet.clean}
    elif isinstance(packet, ConnAck):
        flags = {"session_present": packet.session_present}
    elif not isinstance(packet, PingReq | PingResp):
        topic = len("down") if isinstance(packet, Subscribe) else 0
        flags = {"id": packet.packet_id}
    return {**flags, "bytes": packet_bytes(type(packet), topic, payload, qos)}
