"""An answer that never ends as a stream of a shared HTTP/2 connection: to its owners, a connection.

What the server writes are DATA frames of one stream, between those of the requests beside it, and
what ends the connection ends the stream. The client says no more than its request; probes of its
kernel, which belong to the connection below, are told on the stream.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterator
from itertools import count
from typing import TYPE_CHECKING, Any

from models.connections.asking import Ask
from models.connections.http2.end import Part, StreamEnd
from models.connections.http2.origin import face_at
from models.protocols.http import http2_wire as wire
from sim.transport.connection import CLIENT, SERVER, Passive
from sim.transport.stream import ignore

if TYPE_CHECKING:
    from models.connections.endpoint import Endpoint
    from models.connections.http2.origin import Origin
    from sim.node import Node
    from sim.transport.stream import Caller, Cut


class Streams:
    """One person's streams of one channel."""

    __slots__ = ("_numbers", "_open", "cut", "endpoint", "origin", "person")

    def __init__(self, endpoint: Endpoint, person: int) -> None:
        self.endpoint = endpoint
        self.person = person
        self._numbers = count(1)
        self._open: dict[Hashable, SharedStream] = {}
        self.cut: Cut | None = None
        self.origin: Origin = face_at(endpoint, person, self)

    def dial(self, node: Node) -> SharedStream:
        """A fresh attempt, not started yet; `node`: where a new connection would lead."""
        return SharedStream(self, ("stream", next(self._numbers)), node)

    def ask(self, stream: SharedStream) -> None:
        """Send the request of a stream."""
        self._open[stream.request] = stream
        self.origin.request(self.endpoint.channel, stream.request, stream.chosen)

    def leave(self, stream: SharedStream) -> None:
        """Its client does not read any more."""
        if self._open.pop(stream.request, None) is not None:
            self.origin.cancel(self.endpoint.channel, stream.request)

    # To the connection that all share.

    @property
    def keep_alive_s(self) -> float:
        """How long the server keeps a connection without a stream."""
        return self.endpoint.world.http_keep_alive_s

    def written(self, request: Hashable, proven: bool) -> tuple[str, int, Ask]:
        """The request goes out."""
        self.cut = None
        return wire.STREAM, 0, Ask(request, self._open[request])

    def serve(self, end: StreamEnd, ask: Ask) -> None:
        """It has arrived: whoever has to be asked is asked, and the answer begins."""
        stream: SharedStream = ask.body
        end.gone = stream.server_gone
        endpoint = self.endpoint
        cost_s = endpoint.costs.open_s + endpoint.world.scenario.servers.token_check_s
        end.node.work(cost_s, endpoint.admit, stream.begin, end)

    def part(self, request: Hashable, payload: Any) -> None:
        """Part of the answer has arrived."""
        self._open[request].heard(payload)

    def answered(self, request: Hashable, body: Any) -> None:
        """The answer is over after all."""
        self._open.pop(request).client_gone("fin")

    def orphaned(self, request: Hashable) -> None:
        """The connection is gone, or was never opened."""
        self._open.pop(request).client_gone("reset")

    def lost(self, content: Any) -> None:
        """A request or part of an answer certainly never arrives."""
        if type(content) is Part and content.payload is not None:
            content.stream.dropped[SERVER](content.payload)

    def stays(self) -> None:
        """Nothing goes out again by itself in any case."""


class SharedStream:
    """One stream: a `Dial` that becomes a `Stream`."""

    __slots__ = (
        "_caller", "_end", "_over", "_streams", "chosen", "closed", "cut", "dropped", "opened_s",
        "receive", "request",
    )  # fmt: skip

    def __init__(self, streams: Streams, request: Hashable, chosen: Node) -> None:
        self._streams = streams
        self._caller: Caller | None = None
        self._end: StreamEnd | None = None
        self._over = [False, False]
        self.request = request
        self.chosen = chosen
        self.receive: list[Callable[[Any], None]] = [ignore, ignore]
        self.closed: list[Callable[[str], None]] = [ignore, ignore]
        self.dropped: list[Callable[[Any], None]] = [ignore, ignore]
        self.opened_s = math.nan
        self.cut: Cut | None = None

    # An attempt.

    def start(self, caller: Caller) -> None:
        """Ask for it."""
        self._caller = caller
        self._streams.ask(self)

    def cancel(self) -> None:
        """Give up: nothing is reported any more."""
        self._caller = None
        self._leave(CLIENT)

    def begin(self, end: StreamEnd) -> None:
        """The server begins its answer, unless the stream is gone."""
        if self._over[SERVER] or self._caller is None:
            return
        self._end = end
        end.headers(Part(self, None))
        self._caller.accepted(self)

    def heard(self, payload: Any) -> None:
        """Something has arrived at the client; None: the headers of the answer."""
        if payload is None:
            caller, self._caller = self._caller, None
            self.opened_s = self._streams.endpoint.engine.now_s
            if caller is not None:
                caller.opened(self)
        elif type(payload) is Passive:
            self._streams.endpoint.ledger.shown(payload.message, payload.person)
        else:
            self.receive[CLIENT](payload)

    def probed(self, payload: Any) -> None:
        """Something has arrived at the server."""
        self.receive[SERVER](payload)

    # It ends.

    def client_gone(self, reason: str) -> None:
        """The client hears that it is over."""
        self._over[CLIENT] = True
        self.cut = self._streams.cut
        caller, self._caller = self._caller, None
        if caller is not None:
            caller.failed("lost")
        self.closed[CLIENT](reason)

    def server_gone(self) -> None:
        """The server hears that nobody reads."""
        if not self._over[SERVER]:
            self._over[SERVER] = True
            self.closed[SERVER]("fin")

    def _leave(self, end: int) -> None:
        self.closed[end] = ignore
        self._over[end] = True
        if end == CLIENT:
            self._streams.leave(self)

    # A stream, to those above.

    @property
    def node(self) -> Node | None:
        """Where the connection leads that carries it."""
        return None if self._end is None else self._end.node

    def is_open(self, end: int) -> bool:
        """Whether this end believes that it can read and write."""
        return not self._over[end]

    def send(self, end: int, size_bytes: int, payload: Any) -> None:
        """Write; a stream that is over drops it at once."""
        if self._over[end] or self._end is None:
            self.dropped[end](payload)
        elif end == SERVER:
            self._end.write(size_bytes, Part(self, payload))
        else:
            self._streams.origin.probe(self._streams.endpoint.channel, self.request, size_bytes,
                                       Part(self, payload))  # fmt: skip

    def post(self, size_bytes: int, message: int, person: int) -> None:
        """Send a delivery that nobody reacts to."""
        self.send(SERVER, size_bytes, Passive(message, person))

    def echo(self, end: int, size_bytes: int, payload: Any, answered: Callable[[], None]) -> bool:
        """A ping cannot be answered by itself here."""
        return False

    def close(self, end: int) -> None:
        """The server ends its answer; the client resets the stream."""
        ends = end == SERVER and not self._over[SERVER] and self._end is not None
        self._leave(end)
        if ends and self._end is not None:
            self._end.finish(self.request)

    def abort(self, end: int) -> None:
        """Reset the connection, with all its streams."""
        self._leave(end)
        self._streams.origin.reset()

    def vanish(self, end: int) -> None:
        """The host or the address at this end is gone; the connection sees to it."""
        self.closed[end] = ignore
        self._over[end] = True
        if end == CLIENT:
            self._streams.origin.move()

    def returned(self, end: int) -> None:
        """The connection below sees to it."""

    def flying(self) -> Iterator[Any]:
        """Payloads written and not arrived."""
        for content in self._streams.origin.flying(self._streams.endpoint.channel):
            if type(content) is Part and content.stream is self and content.payload is not None:
                yield content.payload

    def waiting_bytes(self, end: int) -> int:
        """Counted at the connection."""
        return 0

    def settle(self) -> None:
        """Nothing is recorded before it happens."""

    def traffic(self, end: int) -> tuple[int, int, int]:
        """Counted at the connection."""
        return (0, 0, 0)
