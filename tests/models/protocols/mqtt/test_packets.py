"""Packet sizes, against what npm mqtt-packet 9.0.2 encodes."""

import pytest

from models.protocols.mqtt.packets import (
    ID_MAX,
    PACKETS,
    ConnAck,
    Connect,
    Disconnect,
    PingReq,
    PingResp,
    PubAck,
    PubComp,
    Publish,
    PubRec,
    PubRel,
    SubAck,
    Subscribe,
    packet_bytes,
)


@pytest.mark.parametrize(
    ("kind", "detail", "v311_bytes", "v5_bytes"),
    [
        (Connect, {"topic_bytes": 23}, 37, 46),
        (ConnAck, {}, 4, 5),
        (Publish, {"topic_bytes": 20, "payload_bytes": 100}, 124, 125),
        (Publish, {"topic_bytes": 20, "payload_bytes": 100, "qos": 1}, 126, 127),
        (Publish, {"topic_bytes": 20, "payload_bytes": 100, "qos": 2}, 126, 127),
        (PubAck, {}, 4, 4),
        (PubRec, {}, 4, 4),
        (PubRel, {}, 4, 4),
        (PubComp, {}, 4, 4),
        (Subscribe, {"topic_bytes": 20}, 27, 28),
        (SubAck, {}, 5, 6),
        (PingReq, {}, 2, 2),
        (PingResp, {}, 2, 2),
        (Disconnect, {}, 2, 2),
    ],
)
def test_sizes(kind: type, detail: dict, v311_bytes: int, v5_bytes: int) -> None:
    assert packet_bytes(kind, **detail) == v311_bytes
    assert packet_bytes(kind, **detail, version=5) == v5_bytes


@pytest.mark.parametrize(
    ("remaining", "length_bytes"),
    [
        (127, 1),
        (128, 2),
        (16_383, 2),
        (16_384, 3),
        (2_097_151, 3),
        (2_097_152, 4),
        (268_435_455, 4),
    ],
)
def test_the_length_field_grows_with_the_packet(remaining: int, length_bytes: int) -> None:
    size = packet_bytes(Publish, payload_bytes=remaining - 2)
    assert size == 1 + length_bytes + remaining


def test_a_packet_can_be_too_long() -> None:
    with pytest.raises(ValueError, match="268435456: must be at most 268435455"):
        packet_bytes(Publish, payload_bytes=268_435_454)


@pytest.mark.parametrize("version", [3, 6])
def test_other_versions_are_refused(version: int) -> None:
    with pytest.raises(ValueError, match=f"version = {version}: must be 4 or 5"):
        packet_bytes(PubAck, version=version)


@pytest.mark.parametrize("qos", [-1, 3])
def test_other_qos_are_refused(qos: int) -> None:
    with pytest.raises(ValueError, match=f"qos = {qos}: must be 0, 1 or 2"):
        packet_bytes(Publish, qos=qos)


def test_every_packet_has_a_size() -> None:
    assert all(packet_bytes(kind) >= 2 for kind in PACKETS)
    assert len(set(PACKETS)) == 12
    assert ID_MAX == 2**16 - 1
