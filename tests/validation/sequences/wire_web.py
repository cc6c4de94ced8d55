"""Reads HTTP messages, WebSocket frames (RFC 6455) and Engine.IO packets off byte streams.

A connection begins with HTTP and may become a WebSocket. What is read is named for what it carries:
a poll is GET, its answer ANSWER with the packets in it. Fragmented and compressed frames are left
out: the recorded ends send none.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any, Final

Seen = dict[str, Any]

_OPCODES: Final = {1: "TEXT", 2: "BINARY", 8: "CLOSE", 9: "PING", 10: "PONG"}
_ENGINE: Final = {
    "0": "OPEN",
    "1": "CLOSE",
    "2": "PING",
    "3": "PONG",
    "2probe": "PROBE",
    "3probe": "PROBED",
    "5": "UPGRADE",
    "6": "NOOP",
}
_SEPARATOR: Final = "\x1e"


class Sessions:
    """Numbers Engine.IO sessions: each request without a session id begins one."""

    def __init__(self) -> None:
        self.number = 0


class WebConnection:
    """What both directions of one connection must know of each other."""

    def __init__(self, number: int, sessions: Sessions | None) -> None:
        """`sessions`: given for Engine.IO, None for plain WebSocket."""
        self.number = number
        self.sessions = sessions
        self.lane = f"ws {number}"
        self.verb = "GET"
        self.is_websocket = False


class WebWire:
    """One direction of one connection."""

    def __init__(self, connection: WebConnection, end: str) -> None:
        self._connection = connection
        self._end = end
        self._rest = b""
        self._framed = False

    @property
    def lane(self) -> str:
        """What the connection carries ("get", "post", "ws"), and the number of the session."""
        return self._connection.lane

    def feed(self, data: bytes) -> list[tuple[bytes, Seen]]:
        """The messages or frames that `data` completes, each with its bytes."""
        self._rest += data
        return [(raw, {"on": self.lane, **seen}) for raw, seen in self._take()]

    def _take(self) -> Iterator[tuple[bytes, Seen]]:
        while True:
            take: Callable[[], tuple[int, Seen] | None]
            take = self._frame if self._framed else self._message
            found = take()
            if found is None:
                return
            size, seen = found
            raw, self._rest = self._rest[:size], self._rest[size:]
            yield raw, seen

    def _message(self) -> tuple[int, Seen] | None:
        head, end, rest = self._rest.partition(b"\r\n\r\n")
        if not end:
            return None
        first, *lines = head.decode("latin-1").split("\r\n")
        fields = dict(line.lower().split(": ", 1) for line in lines)
        length = int(fields.get("content-length", 0))
        if len(rest) < length:
            return None
        seen = self._request(first, fields) if self._end == "client" else self._response(first)
        if not self._framed and "packet" in seen:
            packets = _payload(rest[:length].decode())
            seen |= {"holds": packets, "bytes": length} if packets else {}
        return len(head) + len(end) + length, seen

    def _request(self, first: str, fields: dict[str, str]) -> Seen:
        connection = self._connection
        connection.verb, target, _ = first.split(" ")
        if connection.sessions is not None and "sid=" not in target:
            connection.sessions.number += 1
        number = connection.sessions.number if connection.sessions else connection.number
        if fields.get("upgrade") == "websocket":
            connection.lane = f"ws {number}"
            connection.is_websocket = self._framed = True
            return {"packet": "UPGRADE REQUEST"}
        connection.lane = f"{connection.verb.lower()} {number}"
        return {"packet": connection.verb}

    def _response(self, first: str) -> Seen:
        status = first.split(" ")[1]
        if status == "101":
            self._framed = True
            return {"packet": "SWITCHED"}
        return {"packet": "ANSWER"} if status == "200" else {"packet": f"ANSWER {status}"}

    def _frame(self) -> tuple[int, Seen] | None:
        data = self._rest
        if len(data) < 2:
            return None
        masked, length, place = data[1] >> 7, data[1] & 0x7F, 2
        if length >= 126:
            place = 4 if length == 126 else 10
            length = int.from_bytes(data[2:place], "big")
        size = place + 4 * masked + length
        if len(data) < size:
            return None
        payload = data[size - length : size]
        if masked:
            mask = data[place : place + 4]
            payload = bytes(byte ^ mask[index % 4] for index, byte in enumerate(payload))
        return size, self._named(_OPCODES[data[0] & 0x0F], payload, size)

    def _named(self, name: str, payload: bytes, size: int) -> Seen:
        if name == "TEXT" and self._connection.sessions is not None:
            return engine_packet(payload.decode())
        if name == "CLOSE":
            code = int.from_bytes(payload[:2], "big") if payload else 1005
            if self._connection.sessions is not None:
                return {"packet": "WS CLOSE", "code": code}
            return {"packet": name, "code": code, "bytes": size}
        return {"packet": name, "bytes": size, "payload_bytes": len(payload)}


def _payload(body: str) -> list[Seen]:
    if not body or body == "ok":
        return []
    return [engine_packet(text) for text in body.split(_SEPARATOR)]


def engine_packet(text: str) -> Seen:
    """An Engine.IO packet, with the Socket.IO packet that a message carries."""
    if text[0] == "4":
        return {**_socket_packet(text[1:]), "bytes": len(text)}
    name = _ENGINE.get(text) or _ENGINE[text[0]]
    return {"packet": name, "bytes": len(text)}


def _socket_packet(text: str) -> Seen:
    kind, rest = text[0], text[1:]
    digits = rest[: len(rest) - len(rest.lstrip("0123456789"))]
    ack = {"ack": int(digits)} if digits else {}
    content = json.loads(rest[len(digits) :] or "null")
    if kind == "0":
        keys = [key for key in ("pid", "offset") if key in (content or {})]
        return {"packet": "CONNECT", "with": keys}
    if kind == "2":
        _, message, *offset = [one for one in content if one is not None]
        return {"packet": "EVENT", "message": message, "offset": bool(offset), **ack}
    return {"packet": {"1": "DISCONNECT", "3": "ACK", "4": "CONNECT ERROR"}[kind], **ack}
