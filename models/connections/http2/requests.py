"""Requests over HTTP/2: asked as a pool of HTTP/1.1 connections is (`http_pool`).

The connection is shared with whoever else asks the same origin (`http2.origin`).
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import TYPE_CHECKING, Any, Final

from models.connections.asking import Ask, Asker, Asking
from models.connections.http2.origin import face_at
from models.connections.http_pool import POST_HEADER_BYTES, HttpConnections, WebServer
from models.protocols.http import http2_wire as wire

if TYPE_CHECKING:
    from models.connections.endpoint import Endpoint
    from models.connections.http2.end import StreamEnd
    from models.options import Options


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


class Http2Requests(Asking):
    """What one channel asks of one person's connection. Requests are named by the asker."""

    __slots__ = ("_origin", "channel", "keep_alive_s", "web")

    def __init__(self, endpoint: Endpoint, person: int, asker: Asker, web: WebServer) -> None:
        super().__init__(endpoint, person, asker)
        self.web = web
        self.keep_alive_s = web.keep_alive_s
        self.channel = endpoint.channel
        self._origin = face_at(endpoint, person, self, web.node)
        endpoint.shared.append(self.flying)

    def ask(self, request: Hashable, size_bytes: int, body: Any, reads: bool = False) -> None:
        """Send a request, whose size is given as it would be over HTTP/1.1."""
        self._open(size_bytes, Ask(request, body, reads))

    def _go(self, request: Hashable) -> None:
        self._origin.request(self.channel, request)

    def cancel(self, request: Hashable) -> None:
        """Stop waiting; what was written still arrives, and behind it that nobody waits."""
        self._forget(request)
        self._origin.cancel(self.channel, request)

    def written(self, request: Hashable, proven: bool) -> tuple[str, int, Ask]:
        """It goes out, on a connection that has brought something before if `proven`."""
        size_bytes, ask = self._writes(request, proven)
        return wire.GET if ask.reads else wire.POST, max(0, size_bytes - POST_HEADER_BYTES), ask

    def serve(self, end: StreamEnd, ask: Ask) -> None:
        """It has arrived."""
        self.web.serve(end, ask)

    def part(self, request: Hashable, payload: Any) -> None:
        """Answers to requests come as a whole."""

    def answered(self, request: Hashable, body: Any) -> None:
        """The answer is here."""
        self._forget(request)
        self._heard(request, body)

    def orphaned(self, request: Hashable) -> None:
        """Its connection is gone, or was never opened."""
        self._orphaned(request)

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
