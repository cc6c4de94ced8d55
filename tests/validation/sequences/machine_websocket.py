"""Plays WebSocket situations with our pingers; closing is said by RFC 6455 section 5.5.1.

Time stands still except in `wait`. Sizes are asked of `frame_bytes` and `close_frame_bytes`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from models.protocols.heartbeat import HEARTBEATS, Act, Beat, Pinger, SideSpec
from models.protocols.machine import TIMEOUT
from models.protocols.websocket import CloseCode, close_frame_bytes, frame_bytes

Seen = dict[str, Any]

_PING_BYTES: Final = 4  # what websockets 17.4 puts into a ping: four random bytes
_TIMED_OUT: Final = "keepalive ping timeout"  # its reason to close after one unanswered
_OTHER: Final = {"client": "server", "server": "client"}


class MachineWebsocket:
    """One situation played with both ends' machines."""

    def __init__(self, software: str, options: dict[str, Any]) -> None:
        beats = HEARTBEATS[software]
        self.seen: list[Seen] = []
        sides = {"client": beats.client, "server": beats.server}
        self._pingers = {
            end: _pinger(side, options)
            for end, side in sides.items()
            if options.get("pings", end) == end
        }
        self._muted = False
        self._now_s = 0.0

    def play(self, word: str, *arguments: Any) -> None:
        """Do one step and let its consequences pass."""
        getattr(self, f"_{word}")(*arguments)

    def _write(self, end: str, packet: str, payload_bytes: int) -> None:
        size = frame_bytes(payload_bytes, masked=end == "client")
        self._note(end, {"packet": packet, "bytes": size, "payload_bytes": payload_bytes})

    def _note(self, end: str, seen: Seen) -> None:
        seen = {"from": end, "on": "ws 1", **seen}
        self.seen.append({**seen, "lost": True} if self._muted else seen)

    def _connect(self) -> None:
        self._note("client", {"packet": "UPGRADE REQUEST"})
        self._note("server", {"packet": "SWITCHED"})
        for pinger in self._pingers.values():
            pinger.handle(Beat.OPENED, self._now_s)

    def _say(self) -> None:
        self._write("client", "TEXT", len("m1"))

    def _answer(self) -> None:
        self._write("server", "TEXT", len("m2"))

    def _leave(self) -> None:
        self._close("client", CloseCode.NORMAL)

    def _dismiss(self) -> None:
        self._close("server", CloseCode.NORMAL)

    def _close(self, end: str, code: CloseCode, reason: str = "") -> None:
        for writer in (end,) if self._muted else (end, _OTHER[end]):
            size = close_frame_bytes(writer == "client", len(reason))
            self._note(writer, {"packet": "CLOSE", "code": int(code), "bytes": size})

    def _shut(self) -> None:
        for pinger in self._pingers.values():
            pinger.handle(Beat.CLOSED, self._now_s)

    def _mute(self) -> None:
        self._muted = True

    def _wait(self, writer: str, packet: str, count: int) -> None:
        while sum((one["from"], one["packet"]) == (writer, packet) for one in self.seen) < count:
            self._now_s = min(pinger.deadline_s for pinger in self._pingers.values())
            for end, pinger in self._pingers.items():
                if pinger.deadline_s <= self._now_s:
                    self._act(end, pinger.handle(TIMEOUT, self._now_s))

    def _act(self, end: str, acts: Any) -> None:
        if Act.DECLARE_DEAD in acts:
            self._close(end, CloseCode.INTERNAL_ERROR, _TIMED_OUT)
        elif Act.SEND_PING in acts:
            self._write(end, "PING", _PING_BYTES)
            if not self._muted:
                self._write(_OTHER[end], "PONG", _PING_BYTES)
                self._pingers[end].handle(Beat.PONG, self._now_s)


def _pinger(side: SideSpec | None, options: dict[str, Any]) -> Pinger:
    assert side is not None
    assert side.ping is not None
    interval_s = options.get("ping_interval_s", side.ping.interval_s)
    timeout_s = options.get("ping_timeout_s", side.ping.timeout_s)
    return Pinger(replace(side.ping, interval_s=interval_s, timeout_s=timeout_s), lambda: 0.5)
