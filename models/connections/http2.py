"""A person's HTTP/2 connection to one origin, which all that asks there shares.

Every channel has a face to it (`Http2Requests`) that is asked as a pool of HTTP/1.1 connections is
(`http_pool`). What they send goes one behind the other over one TCP connection, so a lost packet
holds back all of them, and a lost connection is lost for all at once. TLS says in its own messages
that HTTP/2 will be spoken (ALPN, RFC 7301), and the client's first words go out with its first
request (RFC 9113 section 3.4): neither costs a round trip. An origin is the proxy before all
servers, else the servers that a channel is for; over those of API and gateways there are two.

Left out: bodies of one stream between those of another, which are written whole here; coalescing of
several host names (section 9.1.1). Bytes and packets are told with the channel that asked first.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from models.connections.http2_end import Control, Frames, Http2End, StreamEnd
from models.connections.http_pool import POST_HEADER_BYTES, Ask, Asker, HttpConnections, WebServer
from models.protocols.http import http2_wire as wire
from models.protocols.http.http2_client import (
    Answered,
    GoAway,
    Heard,
    Http2Client,
    Reset,
    ResetStream,
    SendPing,
    Settings,
    WriteStream,
)
from models.protocols.http.requests import (
    Cancel,
    CloseConn,
    ConnClosed,
    ConnOpened,
    DialConn,
    Orphaned,
    Request,
)
from models.protocols.machine import TIMEOUT
from sim.driver import Driver
from sim.transport.connection import CLIENT
from sim.transport.stream import Caller

if TYPE_CHECKING:
    from models.connections.endpoint import Endpoint
    from models.options import Options
    from sim.node import Node
    from sim.transport.handshake import Dial
    from sim.transport.stream import Cut, Stream


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
        "_again", "_asker", "_asks", "_endpoint", "_options", "_origin", "channel", "cut", "person",
        "web",
    )  # fmt: skip

    def __init__(self, endpoint: Endpoint, person: int, asker: Asker, web: WebServer) -> None:
        self._endpoint = endpoint
        self._asker = asker
        self._options = endpoint.options.http.pool
        self._asks: dict[Hashable, tuple[int, Ask]] = {}
        self._again: dict[Hashable, None] = {}  # requests that may be sent a second time
        self.web = web
        self.person = person
        self.channel = endpoint.channel
        self.cut: Cut | None = None  # by something on the way, since the last request
        origins, at = endpoint.origins, (person, endpoint.origin)
        if at not in origins:
            origins[at] = Origin(endpoint, person, web)
        self._origin = origins[at]
        self._origin.faces[self.channel] = self
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

    def written(self, request: Hashable, proven: bool) -> tuple[int, Ask]:
        """It goes out, on a connection that has brought something before if `proven`."""
        self.cut = None
        if self._options.resends == "reused":
            self._again.pop(request, None)
            if proven:
                self._again[request] = None
        return self._asks[request]

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
        for connection in self._origin.connections:
            for payload in connection.flying():
                if type(payload) is Frames and payload.channel == self.channel:
                    yield payload.content


class _Line:
    """One connection: what dials it, what it is, and what was said on it."""

    __slots__ = ("connection", "dial", "greeted", "proven", "tables")

    def __init__(self, dial: Dial) -> None:
        self.dial = dial
        self.connection: Stream | None = None
        self.tables = wire.HeaderTables()
        self.greeted = False  # the client has said its first words
        self.proven = False  # the server has


class Origin:
    """One person's connections to one origin: one, or a second while the first is being left."""

    __slots__ = (
        "_driver", "_endpoint", "_ends", "_lines", "_machine", "_moved_s", "_options", "_web",
        "connections", "faces", "keep_alive_s", "person",
    )  # fmt: skip

    def __init__(self, endpoint: Endpoint, person: int, web: WebServer) -> None:
        self._endpoint = endpoint
        self._web = web
        self.person = person
        self.keep_alive_s = web.keep_alive_s
        self._options = endpoint.options.http.http2_client
        self._machine = Http2Client(self._options)
        self._driver = Driver(endpoint.engine, self._machine, self._act, TIMEOUT)
        self._lines: dict[int, _Line] = {}
        self._ends: dict[Http2End, None] = {}
        self._moved_s = -1.0
        self.connections: list[Stream] = []  # all that there ever were
        self.faces: dict[int, Http2Requests] = {}

    def request(self, channel: int, request: Hashable) -> None:
        """A channel asks."""
        self._driver.feed(Request((channel, request)))

    def cancel(self, channel: int, request: Hashable) -> None:
        """A channel does not wait any more."""
        self._driver.feed(Cancel((channel, request)))

    def _act(self, action: Any) -> None:
        kind = type(action)
        if kind is DialConn:
            self._dial(action.conn)
        elif kind is WriteStream:
            self._write(action)
        elif kind is SendPing:
            self._say(action.conn, Control("PING"), wire.PING_BYTES)
        elif kind is ResetStream:
            reset = Control("RST_STREAM", action.stream)
            self._say(action.conn, reset, wire.RST_STREAM_BYTES)
        elif kind is CloseConn:
            self._close(action.conn)
        elif kind is Orphaned:
            self._orphaned(*action.request)

    def _orphaned(self, channel: int, request: Hashable) -> None:
        self.faces[channel].orphaned(request)

    def _write(self, action: WriteStream) -> None:
        line = self._lines[action.conn]
        named: tuple[int, Hashable] = action.request  # type: ignore[assignment]
        channel, request = named
        size_bytes, ask = self.faces[channel].written(request, line.proven)
        kind = wire.GET if ask.reads else wire.POST
        body_bytes = max(0, size_bytes - POST_HEADER_BYTES)
        framed_bytes = line.tables.request_bytes(kind, body_bytes)
        if not line.greeted:
            line.greeted = True
            framed_bytes += wire.PREFACE_BYTES + wire.settings_bytes(self._options.settings)
            framed_bytes += wire.WINDOW_UPDATE_BYTES
        self._say(action.conn, Frames(action.stream, channel, ask), framed_bytes)

    def _say(self, conn: int, payload: Frames | Control, size_bytes: int) -> None:
        connection = self._lines[conn].connection
        assert connection is not None
        connection.send(CLIENT, size_bytes, payload)

    # Connections come and go.

    def _dial(self, conn: int) -> None:
        endpoint = self._endpoint
        node = self._web.node or endpoint.balancer.pick(self.person)
        started_s = endpoint.engine.now_s
        dial = endpoint.dial(self.person, node, requests=True)
        self._lines[conn] = _Line(dial)
        dial.start(
            Caller(
                partial(self._opened, conn, node, started_s),
                partial(self._failed, conn, node, started_s),
                partial(self._accepted, self._lines[conn].tables, node),
            )
        )

    def _accepted(self, tables: wire.HeaderTables, node: Node, connection: Stream) -> None:
        self._endpoint.connections.append(connection)
        self.connections.append(connection)
        connection.dropped = [self._dropped, self._dropped]
        self._ends[Http2End(self._endpoint, node, connection, self, tables)] = None

    def serve(self, end: StreamEnd, ask: Ask) -> None:
        """A request has arrived: whoever its channel asks takes it."""
        self.faces[end.channel].web.serve(end, ask)

    def lost(self, frames: Frames) -> None:
        """A request or an answer certainly never arrives."""
        self.faces[frames.channel].lost(frames.content)

    def _dropped(self, payload: Frames | Control) -> None:
        if type(payload) is Frames:
            self.lost(payload)

    def _opened(self, conn: int, node: Node, started_s: float, connection: Stream) -> None:
        self._endpoint.attempted(self.person, node, "opened", started_s)
        self._lines[conn].connection = connection
        connection.receive[CLIENT] = partial(self._hear, conn)
        connection.closed[CLIENT] = partial(self._closed, conn)
        self._driver.feed(ConnOpened(conn))

    def _failed(self, conn: int, node: Node, started_s: float, outcome: str) -> None:
        self._endpoint.attempted(self.person, node, outcome, started_s)
        self._tell_cut(None)
        self._over(conn)

    def _closed(self, conn: int, _reason: str) -> None:
        if conn in self._lines:
            connection = self._lines[conn].connection
            self._tell_cut(None if connection is None else connection.cut)
            self._over(conn)

    def _over(self, conn: int) -> None:
        del self._lines[conn]
        self._driver.feed(ConnClosed(conn))

    def _close(self, conn: int) -> None:
        line = self._lines.pop(conn)
        if line.connection is not None:
            self._tell_cut(line.connection.cut)
            line.connection.close(CLIENT)

    def _tell_cut(self, cut: Cut | None) -> None:
        for face in self.faces.values():
            face.cut = cut

    # The server speaks.

    def _hear(self, conn: int, payload: Frames | Control) -> None:
        if conn not in self._lines:
            if type(payload) is Frames:
                self._dropped(payload)
            return
        self._lines[conn].proven = True
        if type(payload) is Frames:
            self._answered(conn, payload)
        else:
            self._told(conn, payload)  # type: ignore[arg-type]

    def _answered(self, conn: int, frames: Frames) -> None:
        waits = self._machine.carried(conn, frames.stream) is not None
        self._driver.feed(Answered(conn, frames.stream))
        if waits:
            self.faces[frames.channel].answered(frames.content.request, frames.content.body)
        else:  # reset meanwhile
            self._dropped(frames)

    def _told(self, conn: int, said: Control) -> None:
        if said.kind == "SETTINGS":
            self._say(conn, Control("SETTINGS ACK"), wire.settings_bytes(0))
            self._driver.feed(Settings(conn, said.value))
        elif said.kind == "RST_STREAM":
            self._driver.feed(Reset(conn, said.stream, refused=True))
        elif said.kind == "GOAWAY":
            self._driver.feed(GoAway(conn, said.stream))
        else:
            self._driver.feed(Heard(conn))

    # Faults.

    def reset(self) -> None:
        """A fault resets every connection at the server."""
        ends, self._ends = self._ends, {}
        for end in ends:
            end.reset()

    def move(self) -> None:
        """The device has a new address: its sockets are dead, no server is told, nothing resent.

        Every channel says so at that instant; the first one is heard.
        """
        if self._moved_s == self._endpoint.engine.now_s:
            return
        self._moved_s = self._endpoint.engine.now_s
        for face in self.faces.values():
            face.stays()
        for conn, line in list(self._lines.items()):
            if line.connection is None:
                line.dial.cancel()
                self._over(conn)
            else:
                line.connection.vanish(CLIENT)
                self._closed(conn, "link")
