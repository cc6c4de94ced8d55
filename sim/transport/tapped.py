"""Both lanes, told of by the bytes that pass the servers' end of the path: for what stands there.

A box on the way (see `sim.path`) stands at the servers' end of the access link, so that what a
client writes passes it on arrival and what a server writes passes it at once. It hears of each
write through `passed(end, time_s)`, by the end that wrote it; a ping that is answered by itself is
told when it is booked, with the time at which it will pass, which is at most one delay ahead.

Of TCP's keep-alive probes and their answers it hears through `probe_passed`. Left out: other bare
acknowledgements and what is sent again, which boxes of layer 4 count, too; in the exact lane an
answer of a client to the server's probe, and that a box ends TCP.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from sim.transport.connection import CLIENT, SERVER, Connection
from sim.transport.direction import Segment
from sim.transport.reference import ReferenceConnection
from sim.transport.segment.options import SegmentOptions
from sim.transport.segment.packet import DATA, Packet
from sim.transport.stream import Cut, Stream, ignore

if TYPE_CHECKING:
    from sim.engine import Engine
    from sim.ledger import Ledger
    from sim.network.path import Path
    from sim.node import Node

Passed = Callable[[int, float], None]


class Tapped(Stream, Protocol):
    """A stream whose bytes somebody watches, and which remembers who cut it."""

    passed: Passed
    under_way: Callable[[], bool]  # something that was asked before is not answered
    probe_passed: Passed  # a keep-alive probe or its answer
    terminated: bool  # something on the way ends TCP and answers probes in either end's place
    cut: Cut | None
    forgotten: Callable[[bool], bool] | None  # see `sim.transport.probing`

    def seen_s(self, end: int) -> float:
        """When something of that end passed without being told of; -1: never."""

    def close_for_lost(self, end: int) -> None:
        """Something before the vanished host at `end` closes in its place: a FIN goes out."""


class Boxes(Protocol):
    """What stands on people's paths."""

    def attach(
        self, connection: Tapped, person: int, ends: tuple[Node, Node], requests: bool
    ) -> None:
        """`connection` stands; `ends`: who took it, and to which node it leads.

        `requests`: it carries HTTP requests.
        """


def nothing() -> bool:
    """What carries one request at a time needs nobody to count."""
    return False


def wire(connection: Any) -> Any:
    """The connection that ends at the client: of a tunnel the part outside (`sim.path.tunnel`)."""
    return getattr(connection, "outside", connection)


class TappedConnection(Connection):
    """The recursion, watched."""

    __slots__ = ("passed", "probe_passed", "under_way")

    def __init__(
        self,
        engine: Engine,
        path: Path,
        ledger: Ledger,
        tls_bytes: int = 0,
        lanes: tuple[str, str] = ("client", "server"),
    ) -> None:
        super().__init__(engine, path, ledger, tls_bytes, lanes)
        self.passed: Passed = ignore
        self.probe_passed: Passed = ignore
        self.under_way = nothing

    def probe(self, end: int) -> None:
        """One packet to the other end; to what ends TCP on the way it is no way at all."""
        if end == SERVER and self.terminated:
            self.answered(SERVER)
            return
        super().probe(end)
        if end == SERVER:
            self.probe_passed(SERVER, self._engine.now_s)

    def probed(self, end: int) -> None:
        """A probe arrives at this end's kernel."""
        if end == SERVER:
            self.probe_passed(CLIENT, self._engine.now_s)
        super().probed(end)

    def answered(self, end: int) -> None:
        """The other kernel's acknowledgement is here."""
        super().answered(end)
        if end == SERVER:
            self.probe_passed(CLIENT, self._engine.now_s)

    def post(self, size_bytes: int, message: int, person: int) -> None:
        """Send a delivery to `person` that nobody reacts to."""
        super().post(size_bytes, message, person)
        self.passed(SERVER, self._engine.now_s)

    def send(self, end: int, size_bytes: int, payload: Any) -> None:
        """Write `payload` to the socket at `end`; a closed socket drops it at once."""
        super().send(end, size_bytes, payload)
        if end == SERVER:
            self.passed(SERVER, self._engine.now_s)

    def echo(self, end: int, size_bytes: int, payload: Any, answered: Callable[[], None]) -> bool:
        """Ping from `end` that is answered by itself; False when the connection is not calm."""
        if not super().echo(end, size_bytes, payload, answered):
            return False
        if end == SERVER:
            self.passed(SERVER, self._engine.now_s)
        else:
            self.passed(CLIENT, self.directions[CLIENT].last_s)
        return True

    def echoed(self, end: int, heard_s: float, answered: Callable[[], None]) -> None:
        """The pong is back, if the peer was there when the ping arrived."""
        super().echoed(end, heard_s, partial(self._ponged, answered) if end == SERVER else answered)

    def seen_s(self, end: int) -> float:
        """When something of that end passed in rows."""
        rows: Any = self.rows
        return -1.0 if rows is None else float(rows.seen_s(self, end))

    def receive_repaired(self, end: int, payload: Any) -> None:
        """What objects have sent from `end`, and rows have repaired, has arrived."""
        if end == CLIENT:
            self.passed(CLIENT, self._engine.now_s)
        super().receive_repaired(end, payload)

    def _ponged(self, answered: Callable[[], None]) -> None:
        self.passed(CLIENT, self._engine.now_s)
        answered()

    def _arrive(self, end: int, segment: Segment, booked_s: float) -> None:
        if end == CLIENT and segment.arrive_s == booked_s and segment in self._flying:
            self.passed(CLIENT, booked_s)
        super()._arrive(end, segment, booked_s)


class TappedReference(ReferenceConnection):
    """The segment-exact reference, watched packet by packet."""

    __slots__ = ("_seen", "passed", "probe_passed", "terminated", "under_way")

    def __init__(
        self,
        engine: Engine,
        path: Path,
        ledger: Ledger,
        options: SegmentOptions,
        lanes: tuple[str, str] = ("client", "server"),
    ) -> None:
        super().__init__(engine, path, ledger, options, lanes)
        self._seen = 0  # how far the client's bytes have passed
        self.passed: Passed = ignore
        self.probe_passed: Passed = ignore
        self.terminated = False
        self.under_way = nothing

    def send(self, end: int, size_bytes: int, payload: Any) -> None:
        """Write `payload` to the socket at `end`; a closed socket drops it at once."""
        super().send(end, size_bytes, payload)
        if end == SERVER:
            self.passed(SERVER, self._clock.now_s)

    def seen_s(self, end: int) -> float:
        """All of it is told."""
        return -1.0

    def probe(self, end: int) -> None:
        """The kernel at this end asks whether the other is there."""
        if end == SERVER and self.terminated:
            self._sockets[SERVER].heard_s = self._clock.now_s
            return
        super().probe(end)
        if end == SERVER:
            self.probe_passed(SERVER, self._clock.now_s)

    def _arrive(self, end: int, packet: Packet) -> None:
        if end == SERVER and packet.kind == DATA and packet.end_seq < self._seen:
            self.probe_passed(CLIENT, self._clock.now_s)
        if end == SERVER and packet.end_seq > max(packet.seq, self._seen):
            self._seen = packet.end_seq
            self.passed(CLIENT, self._clock.now_s)
        super()._arrive(end, packet)
