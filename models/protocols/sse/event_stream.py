"""The server's side of server-sent events: what it writes, when, and what its window replays.

It hears nothing back on the stream, so it learns of a client's end from TCP alone. Not here: where
the window lies, and what an event says.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from models.protocols.machine import NEVER_S, TIMEOUT, Key, ProtocolError, Timeout, above, at_least


class Asked(NamedTuple):
    """A client has come: the number that it has, or None where nothing is replayed; what the
    window holds is `oldest` to `head`."""

    last_id: int | None
    oldest: int
    head: int


class Logged(NamedTuple):
    """The log goes up to number `head` now."""

    head: int


@dataclass(frozen=True, slots=True)
class Gone:
    """The connection is over, as far as the server knows."""


class Skip(NamedTuple):
    """Numbers `first` to `last` have left the window: this client never gets them."""

    first: int
    last: int


class Write(NamedTuple):
    """Write events `first` to `last`."""

    first: int
    last: int


class Greet(NamedTuple):
    """The replay is complete; the client is told that `missing` events are gone (0: silence)."""

    missing: int


@dataclass(frozen=True, slots=True)
class Comment:
    """Write a comment: it keeps proxies from closing, and finds dead connections in the end."""


@dataclass(frozen=True, slots=True)
class End:
    """End the answer in good order."""


class StreamState(Key):
    """Where the server's side of one stream stands."""

    READING = "reading the window"
    OPEN = "open"
    OVER = "over"


STREAM: Final[Mapping[StreamState, Mapping[type, StreamState]]] = MappingProxyType(
    {
        StreamState.READING: {
            Asked: StreamState.OPEN,
            Logged: StreamState.READING,
            Gone: StreamState.OVER,
        },
        StreamState.OPEN: {
            Logged: StreamState.OPEN,
            Timeout: StreamState.OPEN,
            Gone: StreamState.OVER,
        },
        StreamState.OVER: dict.fromkeys((Asked, Logged, Gone), StreamState.OVER),
    }
)
"""EventStream: legal events by state, and the state each normally leads to."""


@dataclass(frozen=True, slots=True)
class Server:
    """How a server streams. Times in seconds.

    `keepalive_s`: a comment every so often. `retry_s`: the reconnection time that it sets, 0 for
    none. `window_messages`, `window_s`: what a client can have replayed. `tells_gap`: a client that
    comes back too late is told so. `age_s`: after so long the server ends the stream.
    """

    source: str
    keepalive_s: float = math.inf
    retry_s: float = 0.0
    window_messages: float = 0.0
    window_s: float = math.inf
    tells_gap: bool = False
    age_s: float = math.inf

    def __post_init__(self) -> None:
        above("keepalive_s", self.keepalive_s, 0.0)
        at_least("retry_s", self.retry_s, 0.0)
        at_least("window_messages", self.window_messages, 0.0)
        above("window_s", self.window_s, 0.0)
        above("age_s", self.age_s, 0.0)


SERVERS: Final[Mapping[str, Server]] = MappingProxyType(
    {
        "sse-starlette": Server(
            "PyPI sse-starlette 3.7.0: ping every 15 s, no replay", keepalive_s=15.0
        ),
        "better-sse": Server(
            "npm better-sse 0.16.0: keepAlive 10 s, retry 2 s; replay is the application's",
            keepalive_s=10.0,
            retry_s=2.0,
        ),
        "nchan": Server(
            "slact/nchan README: nchan_message_buffer_length 10, nchan_message_timeout 1h, "
            "nchan_eventsource_ping_interval 0",
            window_messages=10.0,
            window_s=3600.0,
        ),
        "mercure": Server(
            "dunglas/mercure docs: heartbeat 40s, write_timeout 600s, bolt history without a "
            "limit, Mercure-Last-Event-ID tells of a gap",
            keepalive_s=40.0,
            window_messages=math.inf,
            tells_gap=True,
            age_s=600.0,
        ),
        "centrifugo": Server(
            "centrifugal/centrifugo configtypes: ping 25 s, recovery of at most 300 (its history "
            "is off by default), `recovered: false` tells of a gap",
            keepalive_s=25.0,
            window_messages=300.0,
            tells_gap=True,
        ),
    }
)
"""What servers do, by name."""


class EventStream:
    """The server's side of one stream; it learns of the client's end from TCP alone."""

    __slots__ = ("_comment_s", "_end_s", "deadline_s", "sent", "server", "state")

    def __init__(self, server: Server) -> None:
        self.server = server
        self.state = StreamState.READING
        self.deadline_s = self._comment_s = self._end_s = NEVER_S
        self.sent: float = math.inf
        """Up to which number it has written; infinity where nothing is numbered."""

    def handle(self, event: Any, now_s: float) -> Sequence[Skip | Write | Greet | Comment | End]:
        """Take one event; raises ProtocolError when STREAM does not list it."""
        before, target = self.state, STREAM[self.state].get(type(event))
        if target is None:
            raise ProtocolError(self, before, event)
        self.state = target
        if target is not StreamState.OPEN:
            self.deadline_s = NEVER_S
            return ()
        if isinstance(event, Asked):
            return self._asked(event, now_s)
        if event is TIMEOUT:
            return self._time_out(now_s)
        return self._write(event.head)

    def _asked(self, asked: Asked, now_s: float) -> Sequence[Skip | Write | Greet]:
        self._end_s = now_s + self.server.age_s
        self._sleep(now_s)
        if asked.last_id is None:
            return (Greet(0),)
        first = max(asked.last_id + 1, asked.oldest)
        self.sent = first - 1
        missing = first - 1 - asked.last_id
        skipped = (Skip(asked.last_id + 1, first - 1),) if missing else ()
        return (*skipped, *self._write(asked.head), Greet(missing * self.server.tells_gap))

    def _write(self, head: int) -> Sequence[Write]:
        if head <= self.sent:
            return ()
        first, self.sent = int(self.sent) + 1, head
        return (Write(first, head),)

    def _sleep(self, now_s: float) -> None:
        self._comment_s = now_s + self.server.keepalive_s
        self.deadline_s = min(self._comment_s, self._end_s)

    def _time_out(self, now_s: float) -> Sequence[Comment | End]:
        if now_s >= self._end_s:
            self.state, self.deadline_s = StreamState.OVER, NEVER_S
            return (End(),)
        self._sleep(now_s)
        return (Comment(),)


def oldest_kept(times_s: Sequence[float], now_s: float, server: Server) -> int:
    """The number of the oldest event in the window, of those logged at `times_s`; 1 is the first.

    >>> oldest_kept([0.0, 5.0, 9.0], 10.0, Server("made", window_messages=2.0))
    2
    >>> oldest_kept([0.0, 5.0, 9.0], 10.0, Server("made", window_messages=2.0, window_s=3.0))
    3
    """
    place = max(len(times_s) - server.window_messages, 0)
    while place < len(times_s) and times_s[int(place)] < now_s - server.window_s:
        place += 1
    return int(place) + 1
