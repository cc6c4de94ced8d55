"""What MQTT's packets are called; answers name a packet id, an earlier packet told whose it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from models.channels.mqtt.topics import Done, MyRooms, Notice, Topic, WhichRooms
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
from sim.tape import ACK, CONTROL, Said

if TYPE_CHECKING:
    from models.channels.kind import About, Words


def _publish(packet: Publish, about: About) -> Said:
    message: Any = packet.message  # to the protocol anything, here a row of the history
    if packet.qos:
        about.named(packet.packet_id, message)
    return about(message, f"PUBLISH{' DUP' * packet.dup} QoS {packet.qos}: ")


def _answer(packet: Any, about: About) -> Said:
    """PUBREL goes the way of its PUBLISH, the others come back."""
    name = type(packet).__name__.upper()
    message = about.message_of(packet.packet_id, about.upward == isinstance(packet, PubRel))
    if message is None:
        return Said(f"{name} {packet.packet_id}", (), ACK)
    return about(message, f"{name} for ", ACK)


def _connect(packet: Connect, _: About) -> Said:
    return Said("CONNECT, clean session" if packet.clean else "CONNECT", (), CONTROL)


def _conn_ack(packet: ConnAck, _: About) -> Said:
    session = "session present" if packet.session_present else "no session"
    return Said(f"CONNACK, {session}", (), CONTROL)


def _by_name(packet: Any, _: About) -> Said:
    return Said(type(packet).__name__.upper(), (), CONTROL)


SAYS: Final[Mapping[type, Words]] = {
    Publish: _publish,
    **dict.fromkeys((PubAck, PubRec, PubRel, PubComp), _answer),
    Connect: _connect,
    ConnAck: _conn_ack,
    **dict.fromkeys((Subscribe, SubAck), _by_name),
    Notice: lambda _, __: Said("your conversations have changed", (), CONTROL),
    Topic: lambda _, __: Said("SUBSCRIBE or UNSUBSCRIBE", (), CONTROL),
    Done: lambda _, __: Said("SUBACK or UNSUBACK", (), CONTROL),
    WhichRooms: lambda _, __: Said("which conversations am I in?", (), CONTROL),
    MyRooms: lambda _, __: Said("your conversations", (), CONTROL),
}
