"""Reads MQTT 3.1.1 packets off a byte stream (sections 2 and 3): names, flags, ids, sizes."""

from __future__ import annotations

from typing import Any, Final

Seen = dict[str, Any]

_NAMES: Final = (
    "", "CONNECT", "CONNACK", "PUBLISH", "PUBACK", "PUBREC", "PUBREL", "PUBCOMP", "SUBSCRIBE",
    "SUBACK", "UNSUBSCRIBE", "UNSUBACK", "PINGREQ", "PINGRESP", "DISCONNECT", "AUTH",
)  # fmt: skip
_WITH_ID: Final = ("PUBACK", "PUBREC", "PUBREL", "PUBCOMP", "SUBSCRIBE", "SUBACK")


class MqttWire:
    """One direction of one connection."""

    def __init__(self, lane: str) -> None:
        self.lane = lane
        self._rest = b""

    def feed(self, data: bytes) -> list[tuple[bytes, Seen]]:
        """The packets that `data` completes, each with its bytes."""
        self._rest += data
        found = []
        while (size := _packet_bytes(self._rest)) is not None and size <= len(self._rest):
            raw, self._rest = self._rest[:size], self._rest[size:]
            found.append((raw, {"on": self.lane, **_describe(raw), "bytes": size}))
        return found


def _packet_bytes(data: bytes) -> int | None:
    remaining = 0
    for place, byte in enumerate(data[1:5]):
        remaining |= (byte & 0x7F) << 7 * place
        if not byte & 0x80:
            return 2 + place + remaining
    return None


def _describe(raw: bytes) -> Seen:
    name, flags = _NAMES[raw[0] >> 4], raw[0] & 0x0F
    start = next(place for place in range(1, 5) if not raw[place] & 0x80) + 1
    body = raw[start:]
    if name == "PUBLISH":
        return {"packet": name, **_publish(flags, body)}
    if name == "CONNECT":
        return {"packet": name, "clean": bool(body[7] & 0x02)}
    if name == "CONNACK":
        return {"packet": name, "session_present": bool(body[0] & 0x01)}
    if name in _WITH_ID:
        return {"packet": name, "id": int.from_bytes(body[:2], "big")}
    return {"packet": name}


def _publish(flags: int, body: bytes) -> Seen:
    qos = flags >> 1 & 0x03
    place = 2 + int.from_bytes(body[:2], "big")
    packet_id = int.from_bytes(body[place : place + 2], "big") if qos else 0
    payload = body[place + 2 * (qos > 0) :]
    return {"qos": qos, "dup": bool(flags & 0x08), "id": packet_id, "message": payload.decode()}
