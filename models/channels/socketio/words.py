"""What Socket.IO's packets are called, and the requests of a session that polls."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from models.connections.asking import Ask, Reply
from models.protocols.socketio.engineio import Message
from models.protocols.socketio.packets import Ack, Connect, Connected, Disconnect, Event
from sim.tape import ACK, CONTROL, DATA, IDLE, Said

if TYPE_CHECKING:
    from models.channels.kind import About, Words

_ROLES: Final = (DATA, ACK, CONTROL, IDLE)
"""Of several packets in one body the first of these is the body's."""


def _event(packet: Event, about: About) -> Said:
    message: Any = packet.message  # to the protocol anything, here a row of the history
    if packet.ack_id is not None:
        about.named(packet.ack_id, message)
    return about(message, "event: ")


def _ack(packet: Ack, about: About) -> Said:
    message = about.message_of(packet.ack_id, not about.upward)
    if message is None:
        return Said(f"ACK {packet.ack_id}", (), ACK)
    return about(message, "ACK for ", ACK)


def _join(packet: Connect, _: About) -> Said:
    after = "" if packet.offset is None else f", recover after event {packet.offset}"
    return Said(f"join{after}", (), CONTROL)


def _polled(payload: Ask | Reply, about: About) -> Said | None:
    """A request or answer of an Engine.IO session: what it carries, in one line."""
    method = payload.request[0] if isinstance(payload.request, tuple) else ""
    if method not in ("GET", "POST"):
        return None
    if payload.body is None:
        return Said("400, no such session", (), CONTROL)
    if not payload.body:
        return Said("poll" if method == "GET" else "200 OK", (), IDLE)
    parts = [
        about.inside(_payload(packet.content))
        if isinstance(packet, Message)
        else Said(packet.name.lower(), (), CONTROL)
        for packet in payload.body
    ]
    messages = tuple(dict.fromkeys(message for part in parts for message in part.messages))
    role = next(role for role in _ROLES if any(part.role == role for part in parts))
    before = "POST" if method == "POST" else "answer to the poll"
    return Said(f"{before}: {', '.join(part.text for part in parts)}", messages, role)


def _payload(content: Any) -> Any:
    """An Engine.IO message holds its size, and what it carries."""
    return content[1]


SAYS: Final[Mapping[type, Words]] = {
    Event: _event,
    Ack: _ack,
    Connect: _join,
    Connected: lambda _, __: Said("joined", (), CONTROL),
    Disconnect: lambda _, __: Said("disconnect", (), CONTROL),
    Ask: _polled,
    Reply: _polled,
}
