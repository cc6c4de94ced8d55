"""A person's HTTP/2 connection to one origin, which all that asks there shares.

What channels send goes one behind the other over one TCP connection, so a lost packet holds back
all of them, and a lost connection is lost for all at once. TLS says in its own messages that HTTP/2
will be spoken (ALPN, RFC 7301), and the client's first words go out with its first request (RFC
9113 section 3.4): neither costs a round trip. An origin is the proxy before all servers, else the
servers that a channel is for; over those of API and gateways there are two.

Left out: bodies of one stream between those of another, which are written whole here; coalescing of
several host names (section 9.1.1). Bytes and packets are told with the channel that asked first.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from models.connections.asking import Ask, Reply
from models.connections.http2.end import Control, Frames, Http2End, Part, StreamEnd
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
    from sim.node import Node
    from sim.transport.handshake import Dial
    from sim.transport.stream import Cut, Stream


class Face(Protocol):
    """A channel, to the connection that it shares."""

    cut: Cut | None

    @property
    def keep_alive_s(self) -> float:
        """How long the server keeps a connection without a stream."""

    def written(self, request: Hashable, proven: bool) -> tuple[str, int, Ask]:
        """A request goes out: its kind, bytes of its body, and what it is.

        `proven`: the connection has brought something before.
        """

    def serve(self, end: StreamEnd, ask: Ask) -> None:
        """It has arrived."""

    def part(self, request: Hashable, payload: Any) -> None:
        """Part of an answer that goes on has arrived."""

    def answered(self, request: Hashable, body: Any) -> None:
        """The answer is here, to its end."""

    def orphaned(self, request: Hashable) -> None:
        """The connection of a request is gone, or was never opened."""

    def lost(self, content: Any) -> None:
        """A request or an answer certainly never arrives."""

    def stays(self) -> None:
        """The device has moved: nothing goes out again by itself."""


def face_at(endpoint: Endpoint, person: int, face: Face, node: Node | None = None) -> Origin:
    """The connection that this channel shares; `node`: the one that all requests go to."""
    origins, at = endpoint.origins, (person, endpoint.origin)
    if at not in origins:
        origins[at] = Origin(endpoint, person, face.keep_alive_s, node)
    origin: Origin = origins[at]
    origin.faces[endpoint.channel] = face
    return origin


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
        "_chosen", "_driver", "_endpoint", "_ends", "_lines", "_machine", "_moved_s", "_node",
        "_options", "connections", "faces", "keep_alive_s", "person",
    )  # fmt: skip

    def __init__(
        self, endpoint: Endpoint, person: int, keep_alive_s: float, node: Node | None
    ) -> None:
        self._endpoint = endpoint
        self._node = node
        self._chosen: Node | None = None
        self.person = person
        self.keep_alive_s = keep_alive_s
        self._options = endpoint.options.http.http2_client
        self._machine = Http2Client(self._options)
        self._driver = Driver(endpoint.engine, self._machine, self._act, TIMEOUT)
        self._lines: dict[int, _Line] = {}
        self._ends: dict[Http2End, None] = {}
        self._moved_s = -1.0
        self.connections: list[Stream] = []  # all that there ever were
        self.faces: dict[int, Face] = {}

    def request(self, channel: int, request: Hashable, node: Node | None = None) -> None:
        """A channel asks; `node`: where a new connection would lead that was chosen already."""
        self._chosen = node
        self._driver.feed(Request((channel, request)))
        self._chosen = None

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
        kind, body_bytes, ask = self.faces[channel].written(request, line.proven)
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
        node = endpoint.leads_to(self.person, self._node or self._chosen)
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
        self.faces[end.channel].serve(end, ask)

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
        content, face = frames.content, self.faces[frames.channel]
        waits = self._machine.carried(conn, frames.stream) is not None
        goes_on = type(content) is Part
        self._driver.feed(Heard(conn, frames.stream) if goes_on else Answered(conn, frames.stream))
        if not waits:  # reset meanwhile
            self._dropped(frames)
        elif type(content) is Part:
            face.part(content.stream.request, content.payload)
        elif type(content) is Reply:
            face.answered(content.request, content.body)

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

    def probe(self, channel: int, request: Hashable, size_bytes: int, part: Part) -> None:
        """The kernel of a client that reads a stream asks whether anybody is there."""
        for conn, line in self._lines.items():
            for stream in self._machine.streams_of(conn, (channel, request)):
                if line.connection is not None:
                    self._say(conn, Frames(stream, channel, part), size_bytes)

    def flying(self, channel: int) -> Iterator[Any]:
        """Requests and answers of a channel on the wire."""
        for connection in self.connections:
            for payload in connection.flying():
                if type(payload) is Frames and payload.channel == channel:
                    yield payload.content

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
