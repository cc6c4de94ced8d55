"""HTTP/2 as a client speaks it (RFC 9113): one connection to an origin, a stream per request.

The machine says which connection carries which request on which stream, what is sent again because
the server has certainly not looked at it, and what is left of the requests of a lost connection.
There are two connections only while one that the server is leaving (GOAWAY) finishes what it has.
Not here: frames and their sizes (`http2_wire`); priorities, which no one here uses; flow control,
since chat bodies are smaller than any window; server push; WebSocket over HTTP/2 (RFC 8441).
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Hashable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from models.protocols.http.http2_presets import Http2ClientOptions
from models.protocols.http.requests import (
    Cancel,
    CloseConn,
    ConnClosed,
    ConnOpened,
    DialConn,
    Orphaned,
    Request,
)
from models.protocols.machine import NEVER_S, ProtocolError, Timeout

LAST_STREAM: Final = 2**31 - 1
"""Identifiers are 31 bits and never used twice: section 5.1.1."""


class Settings(NamedTuple):
    """The server's SETTINGS have arrived: how many streams it takes at a time."""

    conn: int
    streams_max: float


class Answered(NamedTuple):
    """The whole answer on this stream has arrived."""

    conn: int
    stream: int


class Heard(NamedTuple):
    """Anything else has arrived: a PING's answer, or part of the answer on `stream`."""

    conn: int
    stream: int = 0


class Reset(NamedTuple):
    """RST_STREAM; `refused`: with REFUSED_STREAM, so that nothing was done (section 8.7)."""

    conn: int
    stream: int
    refused: bool


class GoAway(NamedTuple):
    """The server takes no new stream; those above `last` it has not looked at (section 6.8)."""

    conn: int
    last: int


class WriteStream(NamedTuple):
    """Write the request on a new stream."""

    conn: int
    stream: int
    request: Hashable


class ResetStream(NamedTuple):
    """Write RST_STREAM: nobody waits for the answer (CANCEL, section 7)."""

    conn: int
    stream: int


class SendPing(NamedTuple):
    """Write PING."""

    conn: int


Http2Action = DialConn | WriteStream | ResetStream | SendPing | CloseConn | Orphaned


class _Line:
    """One connection: the streams that are open on it, and when anything was read from it."""

    __slots__ = ("begun", "heard_s", "idle_since_s", "is_open", "last", "limit", "next", "pinged_s",
                 "streams")  # fmt: skip

    def __init__(self, limit: float) -> None:
        self.is_open = False
        self.limit = limit
        self.next = 1  # a client's are odd
        self.last = LAST_STREAM
        self.streams: dict[int, Hashable] = {}
        self.begun: dict[int, None] = {}  # streams whose answer has begun
        self.heard_s = self.idle_since_s = self.pinged_s = math.inf

    def heard(self, now_s: float) -> None:
        self.heard_s, self.pinged_s = now_s, math.inf

    @property
    def takes(self) -> bool:
        """Whether it may carry one request more."""
        return self.is_open and len(self.streams) < self.limit and self.next <= LAST_STREAM


class Http2Client:
    """A client's connections to one origin, numbered from 0 as they are dialled."""

    __slots__ = ("_conns", "_current", "_next", "_tries", "_waiting", "deadline_s", "options")

    def __init__(self, options: Http2ClientOptions) -> None:
        self.options = options
        self.deadline_s = NEVER_S
        self._next = 0
        self._conns: dict[int, _Line] = {}
        self._current = -1  # the one that takes new streams, or will; -1: none
        self._waiting: deque[Hashable] = deque()
        self._tries: dict[Hashable, int] = {}

    def handle(self, event: Any, now_s: float) -> Sequence[Http2Action]:
        """Take one event; raises ProtocolError for what no server may do."""
        step = _STEPS.get(type(event))
        if step is None:
            raise ProtocolError(self, "any", event)
        out = step(self, event, now_s)
        self.deadline_s = min(map(self._due_s, self._conns.values()), default=NEVER_S)
        return out

    def carried(self, conn: int, stream: int) -> Hashable | None:
        """The request that waits for an answer on this stream; None where nobody does."""
        line = self._conns.get(conn)
        return None if line is None else line.streams.get(stream)

    def streams_of(self, conn: int, request: Hashable) -> list[int]:
        """The stream of this request on that connection, if it is there."""
        line = self._conns.get(conn)
        return [] if line is None else [at for at, one in line.streams.items() if one == request]

    def _line(self, event: Any) -> _Line | None:
        """The connection of an event; None for one that has been given up meanwhile."""
        if event.conn >= self._next:
            raise ProtocolError(self, "never dialled", event)
        return self._conns.get(event.conn)

    # Requests.

    def _request(self, event: Request, now_s: float) -> list[Http2Action]:
        self._waiting.append(event.request)
        self._tries.setdefault(event.request, 0)
        return self._serve(now_s)

    def _serve(self, now_s: float) -> list[Http2Action]:
        out: list[Http2Action] = []
        while self._waiting:
            line = self._conns.get(self._current)
            if line is not None and line.next > LAST_STREAM:
                line = None  # a new connection: section 5.1.1
            if line is None:
                out.append(self._dial())
                break
            if not line.takes:
                break
            out += self._write(line, self._waiting.popleft(), now_s)
        return out

    def _dial(self) -> DialConn:
        self._current, self._next = self._next, self._next + 1
        self._conns[self._current] = _Line(self.options.streams_before)
        return DialConn(self._current)

    def _write(self, line: _Line, request: Hashable, now_s: float) -> list[Http2Action]:
        conn, stream = self._current, line.next
        line.next += 2
        line.streams[stream] = request
        self._tries[request] += 1
        silent = now_s > line.heard_s + self.options.ping_after_s and line.pinged_s == math.inf
        out: list[Http2Action] = []
        if silent and self.options.pings == "with a request":
            line.pinged_s = now_s
            out.append(SendPing(conn))
        return [*out, WriteStream(conn, stream, request)]

    def _cancel(self, event: Cancel, now_s: float) -> list[Http2Action]:
        self._tries.pop(event.request, None)
        if event.request in self._waiting:
            self._waiting.remove(event.request)
            return []
        for conn, line in self._conns.items():
            for stream, request in line.streams.items():
                if request == event.request:
                    reset = ResetStream(conn, stream)
                    return [reset, *self._over(conn, line, stream, now_s)]
        return []

    def _over(self, conn: int, line: _Line, stream: int, now_s: float) -> list[Http2Action]:
        """The stream is closed: there is room for another one, or nothing left to wait for."""
        del line.streams[stream]
        line.begun.pop(stream, None)
        if conn == self._current:
            line.idle_since_s = now_s
            return self._serve(now_s)
        return [self._close(conn)] if not line.streams else []

    def _close(self, conn: int) -> CloseConn:
        del self._conns[conn]
        if conn == self._current:
            self._current = -1
        return CloseConn(conn)

    # What the server says.

    def _settings(self, event: Settings, now_s: float) -> list[Http2Action]:
        line = self._heard(event, now_s)
        if line is None:
            return []
        line.limit = min(event.streams_max, self.options.streams_max)
        return self._serve(now_s) if event.conn == self._current else []

    def _heard(self, event: Any, now_s: float) -> _Line | None:
        line = self._line(event)
        if line is not None:
            line.heard(now_s)
        return line

    def _something(self, event: Heard, now_s: float) -> list[Http2Action]:
        line = self._heard(event, now_s)
        if line is not None and event.stream in line.streams:
            line.begun[event.stream] = None
        return []

    def _answered(self, event: Answered, now_s: float) -> list[Http2Action]:
        line = self._heard(event, now_s)
        if line is None or event.stream not in line.streams:
            return []  # reset meanwhile: what still comes is ignored, section 5.1
        self._tries.pop(line.streams[event.stream], None)
        return self._over(event.conn, line, event.stream, now_s)

    def _reset(self, event: Reset, now_s: float) -> list[Http2Action]:
        line = self._heard(event, now_s)
        if line is None or event.stream not in line.streams:
            return []
        requests = [line.streams[event.stream]]
        lost = self._again(requests) if event.refused else requests
        over = self._over(event.conn, line, event.stream, now_s)
        return [*map(self._orphan, lost), *over]

    def _goaway(self, event: GoAway, now_s: float) -> list[Http2Action]:
        line = self._heard(event, now_s)
        if line is None:
            return []
        if event.last > line.last:
            raise ProtocolError(self, f"last stream {line.last}", event)  # section 6.8
        line.last = event.last
        above = [stream for stream in line.streams if stream > event.last]
        spent = self._again([line.streams.pop(stream) for stream in above])
        if event.conn == self._current:
            self._current = -1
        out: list[Http2Action] = [self._orphan(request) for request in spent]
        if not line.streams:
            out.append(self._close(event.conn))
        return [*out, *self._serve(now_s)]

    def _again(self, requests: Sequence[Hashable]) -> list[Hashable]:
        """Put them back in front of all that wait, but for those that went out often enough."""
        spent = [one for one in requests if self._tries[one] >= self.options.tries_max]
        self._waiting.extendleft(one for one in reversed(requests) if one not in spent)
        return spent

    def _orphan(self, request: Hashable) -> Orphaned:
        self._tries.pop(request, None)
        return Orphaned(request)

    # Connections.

    def _opened(self, event: ConnOpened, now_s: float) -> list[Http2Action]:
        line = self._heard(event, now_s)
        if line is None or line.is_open:
            raise ProtocolError(self, "not dialling", event)
        line.is_open, line.idle_since_s = True, now_s
        return self._serve(now_s)

    def _closed(self, event: ConnClosed, now_s: float) -> list[Http2Action]:
        """Lost, or never opened: all its requests with it, and those that waited for it."""
        line = self._line(event)
        if line is None:
            return []
        left = list(line.streams.values())
        if not line.is_open:
            left += self._waiting
            self._waiting.clear()
        del self._conns[event.conn]
        if event.conn == self._current:
            self._current = -1
        return [*map(self._orphan, left), *self._serve(now_s)]

    # Time.

    def _due_s(self, line: _Line) -> float:
        options = self.options
        if not line.is_open:
            return NEVER_S
        if line.pinged_s < math.inf:
            return line.pinged_s + options.ping_timeout_s
        silent = options.pings == "in silence"
        due_s = line.heard_s + options.ping_after_s if silent else NEVER_S
        return due_s if line.streams else min(due_s, line.idle_since_s + options.idle_s)

    def _time_out(self, event: Timeout, now_s: float) -> list[Http2Action]:
        options, out = self.options, list[Http2Action]()
        for conn, line in list(self._conns.items()):
            if now_s < self._due_s(line):
                continue
            if line.pinged_s < math.inf:
                out += self._dead(conn, line)
            elif not line.streams and now_s >= line.idle_since_s + options.idle_s:
                out.append(self._close(conn))
            else:
                line.pinged_s = now_s
                out.append(SendPing(conn))
        return [*out, *self._serve(now_s)]

    def _dead(self, conn: int, line: _Line) -> list[Http2Action]:
        """Nothing was read since a ping: what was open may have been done, or not."""
        begun = [line.streams.pop(stream) for stream in line.begun]
        others = list(line.streams.values())
        lost = begun + (self._again(others) if self.options.repeats else others)
        return [self._close(conn), *map(self._orphan, lost)]


_STEPS: Final[Mapping[type, Callable[[Http2Client, Any, float], list[Http2Action]]]] = (
    MappingProxyType(
        {
            Request: Http2Client._request,
            Cancel: Http2Client._cancel,
            ConnOpened: Http2Client._opened,
            ConnClosed: Http2Client._closed,
            Settings: Http2Client._settings,
            Answered: Http2Client._answered,
            Heard: Http2Client._something,
            Reset: Http2Client._reset,
            GoAway: Http2Client._goaway,
            Timeout: Http2Client._time_out,
        }
    )
)
