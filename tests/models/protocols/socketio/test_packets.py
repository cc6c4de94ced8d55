"""Sizes, against what npm socket.io 4.8.4 wrote on the wire."""

import pytest

from models.protocols.socketio.engineio import Message, Packet
from models.protocols.socketio.packets import (
    Ack,
    Connect,
    Connected,
    Disconnect,
    Event,
    engine_packet_bytes,
    payload_bytes,
    socket_packet_bytes,
)

SID = "mS0cn8faUUuUOH2GAAAA"
EVENT = '["msg",{"text":"' + "x" * 100 + '"}]'


@pytest.mark.parametrize(
    ("packet", "wire"),
    [
        (Connect(None, None), "40"),
        (Connect(1, None), f'40{{"pid":"{SID}"}}'),
        (Connect(1, 5), f'40{{"pid":"{SID}","offset":"Q87Zowr"}}'),
        (Connected(None), f'40{{"sid":"{SID}"}}'),
        (Connected(1), f'40{{"sid":"{SID}","pid":"{SID}"}}'),
        (Event("m", None, None), "42" + EVENT),
        (Event("m", 7, None), "427" + EVENT),
        (Event("m", 12, None), "4212" + EVENT),
        (Event("m", None, 5), "42" + EVENT[:-1] + ',"Q87Zowr"]'),
        (Ack(7), "437[]"),
        (Ack(123), "43123[]"),
        (Disconnect(), "41"),
    ],
)
def test_socket_packets(packet, wire: str) -> None:
    content_bytes = len(EVENT) if isinstance(packet, Event) else 0
    assert socket_packet_bytes(packet, content_bytes) == len(wire)


def test_the_event_seen_on_the_wire() -> None:
    assert socket_packet_bytes(Event("m", None, None), len(EVENT)) == 121
    assert socket_packet_bytes(Event("m", None, 1), len(EVENT)) == 131


def test_engine_packets() -> None:
    assert engine_packet_bytes(Packet.OPEN) == 107
    assert engine_packet_bytes(Packet.OPEN, polling=True) == 118
    assert engine_packet_bytes(Packet.PING) == 1
    assert engine_packet_bytes(Packet.PROBE, polling=True) == 6


def test_payloads_are_joined_by_one_byte() -> None:
    assert payload_bytes((), ()) == 0
    assert payload_bytes((Packet.NOOP,), ()) == 1
    assert payload_bytes((Message("a"), Packet.PING, Message("b")), (121, 5)) == 121 + 1 + 5 + 2
    assert payload_bytes((Packet.OPEN, Message("a")), (2,)) == 118 + 1 + 2
