"""Socket.IO packets as values, and the bytes they and Engine.IO packets take.

Sizes are of what npm socket.io 4.8.4 writes for the main namespace, seen on the wire, before
WebSocket frames or HTTP headers.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Final, NamedTuple

from models.protocols.socketio.engineio import AnyPacket, Message, Packet


class Connect(NamedTuple):
    """Client: join, with the id and last offset of the connection before, as far as there are."""

    pid: int | None
    offset: int | None


class Connected(NamedTuple):
    """Server: joined; `pid` names the connection's state if recovery is on."""

    pid: int | None


class Event(NamedTuple):
    """An event; `offset` is its place in the server's recovery log."""

    message: Hashable
    ack_id: int | None
    offset: int | None


class Ack(NamedTuple):
    """The answer to an event that asked for one."""

    ack_id: int


class Disconnect(NamedTuple):
    """The other end leaves; a client does not come back by itself."""


SocketPacket = Connect | Connected | Event | Ack | Disconnect

# '40{"sid":"<20>"}' or '40{"pid":"<20>"}', ',"pid":"<20>"', ',"offset":"<7>"', ',"<7>"'
_ID_BYTES: Final = 32
_PID_BYTES: Final = 29
_RESUME_BYTES: Final = 19
_OFFSET_BYTES: Final = 10
# '0{"sid":"<20>","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}'
_OPEN_BYTES: Final = 107
_UPGRADES_BYTES: Final = 11


def socket_packet_bytes(packet: SocketPacket, content_bytes: int = 0) -> int:
    """Bytes of a packet with its Engine.IO type; `content_bytes`: the JSON array of an event."""
    if isinstance(packet, Event):
        offset_bytes = 0 if packet.offset is None else _OFFSET_BYTES
        digits = 0 if packet.ack_id is None else len(str(packet.ack_id))
        return 2 + digits + content_bytes + offset_bytes
    if isinstance(packet, Ack):
        return 2 + len(str(packet.ack_id)) + 2
    if isinstance(packet, Connected):
        return _ID_BYTES + (0 if packet.pid is None else _PID_BYTES)
    if isinstance(packet, Connect) and packet.pid is not None:
        return _ID_BYTES + (0 if packet.offset is None else _RESUME_BYTES)
    return 2


def engine_packet_bytes(packet: Packet, polling: bool = False) -> int:
    """Bytes of a packet without content; an OPEN over `polling` offers the upgrade."""
    if packet is Packet.OPEN:
        return _OPEN_BYTES + (_UPGRADES_BYTES if polling else 0)
    return len(packet.value)


def payload_bytes(packets: Sequence[AnyPacket], contents_bytes: Sequence[int]) -> int:
    """Bytes of the body of one poll answer or POST: the packets and a separator between each two.

    `contents_bytes`: what the Message packets among them take, in order.
    """
    sizes = iter(contents_bytes)
    total = sum(
        next(sizes) if isinstance(packet, Message) else engine_packet_bytes(packet, polling=True)
        for packet in packets
    )
    return total + max(0, len(packets) - 1)
