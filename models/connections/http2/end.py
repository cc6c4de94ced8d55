"""The server's end of an HTTP/2 connection: streams come, are answered in any order, and go."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from models.connections.asking import Ask, Reply
from models.connections.http_pool import RESPONSE_HEADER_BYTES
from models.connections.server_end import Attachment
from models.protocols.http import http2_wire as wire
from models.protocols.http.http2_server import (
    Arrived,
    Close,
    Drain,
    Http2Server,
    Left,
    Opened,
    Refuse,
    Replied,
    SendGoAway,
    SendSettings,
    Serve,
    Stop,
)
from models.protocols.machine import TIMEOUT
from sim.driver import Driver
from sim.transport.connection import SERVER
from sim.transport.tapped import TappedConnection, TappedReference

if TYPE_CHECKING:
    from models.connections.endpoint import Endpoint
    from sim.node import Node
    from sim.transport.stream import Stream


class Part(NamedTuple):
    """Part of an answer that goes on; the payload None is its beginning. `stream`: whose it is."""

    stream: Any
    payload: Any

    @property
    def message(self) -> Any:
        """The number of what it brings, or its word."""
        return getattr(self.payload, "message", None)


class Frames(NamedTuple):
    """HEADERS and DATA of one stream: a request or an answer of that channel."""

    stream: int
    channel: int
    content: Ask | Reply | Part

    @property
    def message(self) -> Any:
        """The number that its content is called by on the wire (`sim.transport.names`)."""
        return self.content.message


class Control(NamedTuple):
    """A frame that carries no content: its type, the stream that it is about, and a value."""

    kind: str
    stream: int = 0
    value: float = 0.0

    def __str__(self) -> str:
        return f"{self.kind} (stream {self.stream})" if self.stream else self.kind


class StreamEnd:
    """A request on its stream: to whoever serves it, it is the connection.

    `gone()` and `let_go()` are those of `http_pool.WebEnd`. `reused`: nobody hangs up instead of an
    answer, since that would take the other streams along.
    """

    __slots__ = ("_end", "channel", "gone", "let_go", "node", "person", "stream")
    comes_back = False
    line = -1
    reused = False

    def __init__(self, end: Http2End, stream: int, channel: int) -> None:
        self._end = end
        self.node, self.person = end.node, end.person
        self.stream, self.channel = stream, channel
        self.gone: Callable[[], None] = _nothing
        self.let_go: Callable[[], None] = _nothing

    def reply(self, request: Hashable, size_bytes: int, body: Any) -> None:
        """Write the answer, whose size is given as it would be over HTTP/1.1."""
        self._end.reply(self, Reply(request, body), size_bytes)

    def headers(self, part: Part) -> None:
        """Begin an answer that goes on."""
        self._end.begin(self, part)

    def write(self, size_bytes: int, part: Part) -> None:
        """Write more of it, in a frame."""
        self._end.more(self, size_bytes, part)

    def finish(self, request: Hashable) -> None:
        """End it."""
        self._end.reply(self, Reply(request, None), RESPONSE_HEADER_BYTES, ends=True)

    def close(self) -> None:
        """Close the connection, with all its streams."""
        self._end.close()


class Owner(Protocol):
    """Whose connection it is at the other end, and what is behind this one."""

    person: int
    keep_alive_s: float

    def serve(self, end: StreamEnd, ask: Ask) -> None:
        """A request has arrived."""

    def lost(self, frames: Frames) -> None:
        """A request or an answer certainly never arrives."""


class Http2End(Attachment):
    """One connection at its node."""

    __slots__ = (
        "_arrived", "_driver", "_endpoint", "_machine", "_owner", "_settings", "_streams",
        "_tables",
    )  # fmt: skip
    comes_back = False

    def __init__(
        self, endpoint: Endpoint, node: Node, connection: Stream, owner: Owner,
        tables: wire.HeaderTables,
    ) -> None:  # fmt: skip
        super().__init__(owner.person, node, connection)
        options = endpoint.options.http.http2_server
        self._endpoint = endpoint
        self._owner = owner
        self._settings = options.settings
        self._tables = tables
        self._arrived: dict[int, Frames] = {}
        self._streams: dict[int, StreamEnd] = {}
        self._machine = Http2Server(options, owner.keep_alive_s)
        self._driver = Driver(endpoint.engine, self._machine, self._act, TIMEOUT)
        self._driver.process = node
        connection.receive[SERVER] = self._hear
        connection.closed[SERVER] = self._closed
        if isinstance(connection, TappedConnection | TappedReference):
            connection.under_way = self._has_streams
        self._driver.feed(Opened())

    def _has_streams(self) -> bool:
        return bool(self._streams)

    def _say(self, payload: Frames | Control, size_bytes: int) -> None:
        self.connection.send(SERVER, size_bytes, payload)

    def _hear(self, payload: Frames | Control) -> None:
        if type(payload) is Frames and type(payload.content) is Part:
            payload.content.stream.probed(payload.content.payload)
        elif type(payload) is Frames:
            self._arrived[payload.stream] = payload
            self._driver.feed(Arrived(payload.stream))
            self._arrived.pop(payload.stream, None)
        elif payload.kind == "RST_STREAM":  # type: ignore[union-attr]
            self._driver.feed(Left(payload.stream))
        elif payload.kind == "PING":  # type: ignore[union-attr]
            self.node.soon(self._endpoint.costs.message_out_s, self._pong)

    def _pong(self) -> None:
        self._say(Control("PING ACK"), wire.PING_BYTES)

    def _act(self, action: Any) -> None:
        kind = type(action)
        if kind is Serve:
            frames = self._arrived.pop(action.stream)
            self._streams[action.stream] = end = StreamEnd(self, action.stream, frames.channel)
            assert type(frames.content) is Ask
            self._owner.serve(end, frames.content)
        elif kind is Refuse:
            self._say(Control("RST_STREAM", action.stream), wire.RST_STREAM_BYTES)
        elif kind is SendSettings:
            said_bytes = wire.settings_bytes(self._settings) + wire.WINDOW_UPDATE_BYTES
            self._say(Control("SETTINGS", value=action.streams_max), said_bytes)
        elif kind is Stop:
            self._streams.pop(action.stream).gone()
        elif kind is SendGoAway and self in self.node.connections:
            self._say(Control("GOAWAY", action.last), wire.GOAWAY_BYTES)
        elif kind is Close and self in self.node.connections:
            self.close()

    def begin(self, end: StreamEnd, part: Part) -> None:
        """Write the headers of an answer that goes on."""
        self._say(Frames(end.stream, end.channel, part), self._tables.answer_bytes(0))

    def more(self, end: StreamEnd, size_bytes: int, part: Part) -> None:
        """Write a frame of it; nobody gets it who has reset the stream."""
        frames = Frames(end.stream, end.channel, part)
        if self._machine.is_open(end.stream):
            self._say(frames, wire.FRAME_HEADER_BYTES + size_bytes)
        else:
            self._owner.lost(frames)

    def reply(self, end: StreamEnd, reply: Reply, size_bytes: int, ends: bool = False) -> None:
        """Write the answer of a stream; nobody gets it who has reset the stream.

        `ends`: it has been written but for its end.
        """
        frames = Frames(end.stream, end.channel, reply)
        if not self._machine.is_open(end.stream):
            self._owner.lost(frames)
            return
        self._streams.pop(end.stream, None)
        body_bytes = max(0, size_bytes - RESPONSE_HEADER_BYTES)
        last_bytes = wire.FRAME_HEADER_BYTES if ends else self._tables.answer_bytes(body_bytes)
        self._say(frames, last_bytes)
        self._driver.feed(Replied(end.stream))
        if not self.node.accepting:
            self._driver.feed(Drain())

    def _closed(self, _reason: str) -> None:
        """The kernel knows that the client has closed; the process does when it looks."""
        self.node.soon(0.0, self.leave)

    def node_drains(self) -> None:
        """No new streams; held requests are let go, the others answered, then it closes."""
        self._driver.feed(Drain())
        for end in list(self._streams.values()):
            end.let_go()

    def leave(self) -> None:
        """The connection is over, also for whoever holds a request of it."""
        super().leave()
        streams = list(self._streams.values())
        self._streams.clear()
        for end in streams:
            end.gone()


def _nothing() -> None:
    """Nobody wants to know."""
