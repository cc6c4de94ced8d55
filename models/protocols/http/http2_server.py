"""HTTP/2 as a server speaks it (RFC 9113): which streams it serves, and how it leaves.

A stream above the limit is refused, so that its request may be sent again whatever it was (8.7). A
server that drains, or closes what was idle for too long, says up to which stream it has looked
(GOAWAY, 6.8) and finishes those. Left out: the warning with 2^31 - 1 a round trip before the last
word, as HAProxy and Envoy give it; nginx gives none.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from models.protocols.http.http2_presets import Http2ServerOptions
from models.protocols.machine import NEVER_S, TIMEOUT, ProtocolError


class Opened(NamedTuple):
    """The connection stands."""


class Arrived(NamedTuple):
    """A request has arrived on a new stream."""

    stream: int


class Replied(NamedTuple):
    """Its answer has been written to the end."""

    stream: int


class Left(NamedTuple):
    """RST_STREAM: the client does not want the answer any more."""

    stream: int


class Drain(NamedTuple):
    """Take nothing new, finish, close."""


class SendSettings(NamedTuple):
    """Write SETTINGS, the first that a server says (section 3.4): how many streams it takes."""

    streams_max: float


class Serve(NamedTuple):
    """Take the request up."""

    stream: int


class Refuse(NamedTuple):
    """Write RST_STREAM with REFUSED_STREAM."""

    stream: int


class Stop(NamedTuple):
    """Nobody waits for this answer."""

    stream: int


class SendGoAway(NamedTuple):
    """Write GOAWAY with the last stream that was looked at."""

    last: int


class Close(NamedTuple):
    """Close the connection in good order."""


Http2ServerAction = SendSettings | Serve | Refuse | Stop | SendGoAway | Close


class Http2Server:
    """The server's end of one connection; `keep_alive_s`: how long it stays without a stream."""

    __slots__ = ("_drains", "_keep_alive_s", "_last", "_open", "_options", "deadline_s")

    def __init__(self, options: Http2ServerOptions, keep_alive_s: float) -> None:
        self._options = options
        self._keep_alive_s = keep_alive_s
        self._last = 0
        self._open: dict[int, None] = {}
        self._drains = False
        self.deadline_s = NEVER_S

    def is_open(self, stream: int) -> bool:
        """Whether the answer on this stream is still owed."""
        return stream in self._open

    def handle(self, event: Any, now_s: float) -> Sequence[Http2ServerAction]:
        """Take one event; raises ProtocolError for what no client may do."""
        if isinstance(event, Opened):
            self.deadline_s = now_s + self._keep_alive_s
            return (SendSettings(self._options.streams_max),)
        if isinstance(event, Arrived):
            return self._arrived(event)
        if isinstance(event, Replied | Left):
            return self._over(event, now_s)
        if isinstance(event, Drain):
            return self._leave()
        if event is TIMEOUT:
            return () if self._open else self._leave()
        raise ProtocolError(self, "any", event)

    def _arrived(self, event: Arrived) -> Sequence[Http2ServerAction]:
        stream = event.stream
        if stream % 2 == 0 or stream <= self._last:
            raise ProtocolError(self, f"last stream {self._last}", event)  # section 5.1.1
        if self._drains:
            return ()  # above the last one that was named: ignored, section 6.8
        self._last = stream
        if len(self._open) >= self._options.streams_max:
            return (Refuse(stream),)
        self._open[stream] = None
        self.deadline_s = NEVER_S
        return (Serve(stream),)

    def _over(self, event: Replied | Left, now_s: float) -> Sequence[Http2ServerAction]:
        if event.stream not in self._open:
            return ()
        del self._open[event.stream]
        stop = (Stop(event.stream),) if isinstance(event, Left) else ()
        if self._open:
            return stop
        if self._drains:
            return (*stop, Close())
        self.deadline_s = now_s + self._keep_alive_s
        return stop

    def _leave(self) -> Sequence[Http2ServerAction]:
        if self._drains:
            return ()
        self._drains, self.deadline_s = True, NEVER_S
        close = () if self._open else (Close(),)
        return (SendGoAway(self._last), *close)
