"""What travels between machines, in words, for timelines and sequence diagrams.

A payload is called something, is about some messages, and carries them, acknowledges them, or only
keeps things going. Acknowledgements of MQTT and Socket.IO name a packet id; the packet before it
told which message that is. A payload that has nothing special to it is called by its message.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from models.channels import channels
from models.channels.long_poll import Batch
from models.channels.socketio.channel import Emitted
from models.channels.websocket import Told
from models.connections.http_pool import Ask, Reply
from models.protocols.mqtt import (
    ConnAck,
    Connect,
    PubAck,
    PubComp,
    Publish,
    PubRec,
    PubRel,
    SubAck,
    Subscribe,
)
from models.protocols.resume import CaughtUp, Resume
from models.protocols.socketio import packets as socketio
from models.protocols.socketio.engineio import Message
from models.servers.intake import Refused
from sim.history import LIST, SEEN, SEND, TYPING
from sim.tape import ACK, CONTROL, DATA, HANDSHAKE, IDLE, Said
from sim.transport.names import PING, PONG

_ACTIONS: Final = {LIST: "list request", SEND: "message", TYPING: "typing", SEEN: "read receipt"}
_CLIENT: Final = "person"
_HANDSHAKE: Final = Said(HANDSHAKE, (), CONTROL)


class Wording:
    """Words for one run; it remembers which message a packet id stands for."""

    def __init__(self, action: list[int]) -> None:
        self._action = action
        self._own = {kind: say for one in channels().values() for kind, say in one.says.items()}
        self._packets: dict[tuple[str, bool, int], int] = {}  # person, sent by it, packet id

    def said(self, payload: Any, source: str, target: str) -> Said:
        """`payload` on its way from lane `source` to lane `target`."""
        kind = type(payload)
        if kind is int:
            return _HANDSHAKE if _CLIENT in source + target else self._about(payload)
        if kind in _PACKETS:
            upward = source.startswith(_CLIENT)
            return self._packet(payload, source if upward else target, upward)
        if kind in _FIXED:
            return Said(_FIXED[kind](payload), (), CONTROL)
        if kind in (Ask, Reply) and isinstance(payload.request, tuple):
            method = payload.request[0]
            if method in ("GET", "POST"):
                return self._polled(payload, source, target)
        return self._other(payload)

    def _polled(self, payload: Ask | Reply, source: str, target: str) -> Said:
        """A request or answer of an Engine.IO session: what it carries, in one line."""
        if payload.body is None:
            return Said("400, no such session", (), CONTROL)
        method = payload.request[0] if isinstance(payload.request, tuple) else ""
        if not payload.body:
            return Said("poll" if method == "GET" else "200 OK", (), IDLE)
        parts = [
            self.said(_payload(packet.content), source, target)
            if isinstance(packet, Message)
            else Said(packet.name.lower(), (), CONTROL)
            for packet in payload.body
        ]
        about = tuple(dict.fromkeys(message for part in parts for message in part.messages))
        role = next(role for role in _ROLES if any(part.role == role for part in parts))
        before = "POST" if method == "POST" else "answer to the poll"
        return Said(f"{before}: {', '.join(part.text for part in parts)}", about, role)

    def _other(self, payload: Any) -> Said:
        """What needs no memory: requests, answers, and what carries a message and no more."""
        kind = type(payload)
        if kind in self._own:
            return self._own[kind](payload, self._about)
        if kind is Ask:
            return self._ask(payload)
        if kind is Reply:
            return self._reply(payload.body)
        if kind is Told:
            return self._about(payload.message, "OK for ", ACK)
        event = payload.event if kind is Emitted else payload
        if (message := getattr(event, "message", None)) is not None:
            return self._about(message, "event: " if kind is Emitted else "")
        role = IDLE if payload in (PING, PONG) else CONTROL
        return Said(_PLAIN.get(payload, str(payload)), (), role)

    def _about(self, message: int, before: str = "", role: str = DATA) -> Said:
        return Said(f"{before}{_ACTIONS[self._action[message]]} {message}", (message,), role)

    def _ask(self, ask: Ask) -> Said:
        if not isinstance(ask.request, tuple):
            return Said(f"poll from item {ask.body + 1} on", (), IDLE)
        attempt = ask.request[1]
        return self._about(ask.body, "POST " if attempt == 1 else f"POST again (try {attempt}): ")

    def _reply(self, body: Any) -> Said:
        if isinstance(body, Refused):
            return Said(f"503, try again after {body.retry_after_s:g} s", (), CONTROL)
        if not isinstance(body, Batch):
            return self._about(body, "200 OK for ", ACK)
        if not body.messages:
            return Said("empty answer to the poll", (), IDLE)
        names = ", ".join(self._about(message).text for message in body.messages)
        return Said(f"answer to the poll: {names}", tuple(body.messages), DATA)

    def _packet(self, packet: Any, person: str, upward: bool) -> Said:
        """A packet with an id: the first of its kind tells the message, answers look it up."""
        name = type(packet).__name__.upper()
        if isinstance(packet, Publish):
            if packet.qos:
                self._packets[person, upward, packet.packet_id] = _number(packet.message)
            again = " DUP" if packet.dup else ""
            return self._about(_number(packet.message), f"PUBLISH{again} QoS {packet.qos}: ")
        if isinstance(packet, socketio.Event):
            if packet.ack_id is not None:
                self._packets[person, upward, packet.ack_id] = _number(packet.message)
            return self._about(_number(packet.message), "event: ")
        number = packet.ack_id if isinstance(packet, socketio.Ack) else packet.packet_id
        first_sent_up = upward == isinstance(packet, PubRel)
        message = self._packets.get((person, first_sent_up, number))
        if message is None:
            return Said(f"{name} {number}", (), ACK)
        return self._about(message, f"{name} for ", ACK)


def _payload(content: Any) -> Any:
    """An Engine.IO message holds its size, and what it carries."""
    return content[1]


def _number(message: Any) -> int:
    """Protocol machines do not care what a message is; here it is a row of the history."""
    return int(message)


_ROLES: Final = (DATA, ACK, CONTROL, IDLE)
_PLAIN: Final = {None: "", "FIN": "close (FIN)"}
_PACKETS: Final = (Publish, PubAck, PubRec, PubRel, PubComp, socketio.Event, socketio.Ack)
_FIXED: Final[dict[type, Callable[[Any], str]]] = {
    Connect: lambda packet: "CONNECT, clean session" if packet.clean else "CONNECT",
    ConnAck: lambda packet: (
        "CONNACK, session present" if packet.session_present else "CONNACK, no session"
    ),
    Subscribe: lambda packet: "SUBSCRIBE",
    SubAck: lambda packet: "SUBACK",
    Resume: lambda packet: f"resume after item {packet.cursor}",
    CaughtUp: lambda packet: "caught up",
    socketio.Connect: lambda packet: (
        "join" if packet.offset is None else f"join, recover after event {packet.offset}"
    ),
    socketio.Connected: lambda packet: "joined",
    socketio.Disconnect: lambda packet: "disconnect",
}
