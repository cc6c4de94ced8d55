"""Requests over HTTP/2: asked as a pool of HTTP/1.1 connections is (`http_pool`).

The connection is shared with whoever else asks the same origin (`http2.origin`).
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import TYPE_CHECKING, Any, Final

from models.connections.http2.origin import face_at
from models.connections.http_pool import POST_HEADER_BYTES, Ask, Asker, HttpConnections, WebServer
from models.protocols.http import http2_wire as wire

if TYPE_CHECKING:
    from models.connections.endpoint import Endpoint
    from models.connections.http2.end import StreamEnd
    from models.options import Options
    from sim.transport.stream import Cut


READS: Final = ("http.pool", "http.version", "http.http2_client", "http.http2_server")
"""Options that whoever asks through `requests_to` reads."""


def described(options: Options) -> dict[str, str]:
    """What a report says of it, where it is not the usual pool."""
    http = options.http
    if http.version == "1.1":
        return {}
    client, server = http.http2_client, http.http2_server
    streams = f"{min(client.streams_max, server.streams_max):g} streams"
    return {"HTTP": f"2, one connection, {streams} at a time ({client.source}; {server.source})"}


def requests_to(
    endpoint: Endpoint, person: int, asker: Asker, web: WebServer
) -> HttpConnections | Http2Requests:
    """How this person's requests get to `web`: a pool, or a connection shared with others."""
    if endpoint.options.http.version == "1.1":
        return HttpConnections(endpoint, person, asker, web)
    return Http2Requests(endpoint, person, asker, web)


class Http2Requests:
    """What one channel asks of one person's connection. Requests are named by the asker."""

    __slots__ = (
        "_again", "_asker", "_asks", "_endpoint", "_options", "_origin", "channel", "cut",
        "keep_alive_s", "person", "web",
    )  # fmt: skip

    def __init__(self, endpoint: Endpoint, person: int, asker: Asker, web: WebServer) -> None:
        self._endpoint = endpoint
        self._asker = asker
        self._options = endpoint.options.http.pool
        self._asks: dict[Hashable, tuple[int, Ask]] = {}
        self._again: dict[Hashable, None] = {}  # requests that may be sent a second time
        self.web = web
        self.keep_alive_s = web.keep_alive_s
        self.person = person
        self.channel = endpoint.channel
        self.cut: Cut | None = None  # by something on the way, since the last request
        self._origin = face_at(endpoint, person, self, web.node)
        endpoint.shared.append(self.flying)

    def ask(self, request: Hashable, size_bytes: int, body: Any, reads: bool = False) -> None:
        """Send a request, whose size is given as it would be over HTTP/1.1."""
        self._asks[request] = (size_bytes, Ask(request, body, reads))
        if reads and self._options.resends == "reads":
            self._again[request] = None
        if self._options.send_cost_s:
            engine = self._endpoint.engine
            engine.at(engine.now_s + self._options.send_cost_s, self._made, request)
        else:
            self._made(request)

    def _made(self, request: Hashable) -> None:
        if request in self._asks:
            self._origin.request(self.channel, request)

    def cancel(self, request: Hashable) -> None:
        """Stop waiting; what was written still arrives, and behind it that nobody waits."""
        self._forget(request)
        self._origin.cancel(self.channel, request)

    def _forget(self, request: Hashable) -> None:
        self._asks.pop(request, None)
        self._again.pop(request, None)

    def resends(self, request: Hashable) -> bool:
        """Whether the request goes out again by itself if its connection breaks now."""
        return request in self._again

    def written(self, request: Hashable, proven: bool) -> tuple[str, int, Ask]:
        """It goes out, on a connection that has brought something before if `proven`."""
        self.cut = None
        size_bytes, ask = self._asks[request]
        if self._options.resends == "reused":
            self._again.pop(request, None)
            if proven:
                self._again[request] = None
        return wire.GET if ask.reads else wire.POST, max(0, size_bytes - POST_HEADER_BYTES), ask

    def serve(self, end: StreamEnd, ask: Ask) -> None:
        """It has arrived."""
        self.web.serve(end, ask)

    def part(self, request: Hashable, payload: Any) -> None:
        """Answers to requests come as a whole."""

    def answered(self, request: Hashable, body: Any) -> None:
        """The answer is here."""
        self._forget(request)
        if self._options.hear_cost_s:
            due_s = self._endpoint.engine.now_s + self._options.hear_cost_s
            self._endpoint.engine.at(due_s, self._asker.answered, request, body)
        else:
            self._asker.answered(request, body)

    def orphaned(self, request: Hashable) -> None:
        """Its connection is gone, or was never opened."""
        if request in self._again:
            del self._again[request]
            self._origin.request(self.channel, request)
        else:
            self._forget(request)
            self._asker.broken(request)

    def lost(self, content: Any) -> None:
        """A request or an answer that certainly never arrives."""
        if self.web.lost is not None:
            self.web.lost(content)

    def stays(self) -> None:
        """The device has moved: nothing goes out again by itself."""
        self._again.clear()

    def reset(self) -> None:
        """A fault resets the connection at the server."""
        self._origin.reset()

    def move(self) -> None:
        """The device has a new address."""
        self._origin.move()

    def flying(self) -> Iterator[Any]:
        """Requests and answers of this channel on the wire."""
        return self._origin.flying(self.channel)
