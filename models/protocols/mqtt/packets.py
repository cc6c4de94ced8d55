"""MQTT control packets as values, their sizes in bytes, and what an end tells and is told.

A packet is an action of the end that writes it and an event of the end that reads it. `message` in
a PUBLISH is whatever the caller put there (an id, say); topics and payloads stay with the caller,
who asks `packet_bytes` for the size. Covers MQTT 3.1.1 (version 4) and MQTT 5 without optional
properties. Left out: UNSUBSCRIBE, AUTH, wills, retained messages.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Final, NamedTuple


class Connect(NamedTuple):
    """CONNECT: `clean` asks for a session without a past."""

    clean: bool


class ConnAck(NamedTuple):
    """CONNACK: `session_present` says whether the broker still had the session."""

    session_present: bool


class Publish(NamedTuple):
    """PUBLISH: `packet_id` is 0 at QoS 0; `dup` marks a resend."""

    packet_id: int
    qos: int
    dup: bool
    message: Hashable


class PubAck(NamedTuple):
    """PUBACK: the receiver has the QoS 1 message."""

    packet_id: int


class PubRec(NamedTuple):
    """PUBREC: the receiver has the QoS 2 message."""

    packet_id: int


class PubRel(NamedTuple):
    """PUBREL: the sender will not send that QoS 2 message again."""

    packet_id: int


class PubComp(NamedTuple):
    """PUBCOMP: the receiver has forgotten the packet id."""

    packet_id: int


class Subscribe(NamedTuple):
    """SUBSCRIBE to `filters`."""

    packet_id: int
    filters: tuple[str, ...]


class SubAck(NamedTuple):
    """SUBACK."""

    packet_id: int


class PingReq(NamedTuple):
    """PINGREQ."""


class PingResp(NamedTuple):
    """PINGRESP."""


class Disconnect(NamedTuple):
    """DISCONNECT: the writer closes in an orderly way."""


Packet = (
    Connect
    | ConnAck
    | Publish
    | PubAck
    | PubRec
    | PubRel
    | PubComp
    | Subscribe
    | SubAck
    | PingReq
    | PingResp
    | Disconnect
)

PACKETS: Final = (
    Connect,
    ConnAck,
    Publish,
    PubAck,
    PubRec,
    PubRel,
    PubComp,
    Subscribe,
    SubAck,
    PingReq,
    PingResp,
    Disconnect,
)
"""Every packet type there is here."""

ID_MAX: Final = 65_535
"""Packet ids run from 1 to this (MQTT 3.1.1 section 2.3.1)."""


class Deliver(NamedTuple):
    """Hand the message to the application, or on to the subscribers."""

    message: Hashable
    qos: int


class Told(NamedTuple):
    """The other end has taken responsibility for the message: its QoS flow is complete."""

    message: Hashable


class Dropped(NamedTuple):
    """The message will not be sent. A client's application is told so; of a broker's nobody is."""

    message: Hashable
    reason: str


class CloseConnection(NamedTuple):
    """Close the connection: the other end broke a rule."""

    reason: str


FlowAction = Packet | Deliver | Told | Dropped | CloseConnection
"""What a Sender or Receiver answers: a packet to write, or news for its own end."""


class Submit(NamedTuple):
    """Client: publish `message`. Broker: send it to this subscriber, at the effective QoS."""

    message: Hashable
    qos: int


@dataclass(frozen=True, slots=True)
class ConnectionDown:
    """The connection is gone, as far as this end knows."""


# Remaining length (MQTT 3.1.1 section 3) of packets without topic and payload, and what MQTT 5
# adds: a length byte for properties, in CONNECT also session expiry (5) and receive maximum (3).
_FIXED_BYTES: Final[dict[type, tuple[int, int]]] = {
    Connect: (12, 9),  # + client id
    ConnAck: (2, 1),
    Publish: (2, 1),  # + topic + payload (+ packet id)
    PubAck: (2, 0),
    PubRec: (2, 0),
    PubRel: (2, 0),
    PubComp: (2, 0),
    Subscribe: (5, 1),  # + one filter
    SubAck: (3, 1),
    PingReq: (0, 0),
    PingResp: (0, 0),
    Disconnect: (0, 0),
}
_REMAINING_MAX: Final = 268_435_455  # four bytes of seven bits, MQTT 3.1.1 section 2.2.3


def packet_bytes(
    kind: type[Packet], topic_bytes: int = 0, payload_bytes: int = 0, qos: int = 0, version: int = 4
) -> int:
    """Size in bytes of a packet of type `kind`, fixed header included.

    `topic_bytes`: topic of a PUBLISH, filter of a SUBSCRIBE with one filter, client id of a
    CONNECT. `version`: 4 for MQTT 3.1.1, 5 for MQTT 5. Raises ValueError for any other version, a
    `qos` outside 0 to 2, or a packet longer than MQTT allows.
    """
    if version not in (4, 5):
        raise ValueError(f"version = {version!r}: must be 4 or 5")
    if qos not in (0, 1, 2):
        raise ValueError(f"qos = {qos!r}: must be 0, 1 or 2")
    fixed_bytes, more_bytes = _FIXED_BYTES[kind]
    remaining = fixed_bytes + topic_bytes + payload_bytes
    if version == 5:
        remaining += more_bytes
    if kind is Publish and qos > 0:
        remaining += 2
    return 1 + _length_bytes(remaining) + remaining


def _length_bytes(remaining: int) -> int:
    if remaining > _REMAINING_MAX:
        raise ValueError(f"remaining length = {remaining!r}: must be at most {_REMAINING_MAX}")
    if remaining < 128:
        return 1
    if remaining < 16_384:
        return 2
    return 3 if remaining < 2_097_152 else 4
