"""The segment-exact connection in the shape that a run needs: records, counts, can be asked.

Chosen instead of `sim.transport.connection` where streams are dense or answer each other at TCP's
time scale, and for every comparison with real software. It costs tens of microseconds a packet.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from sim.tape import ARRIVED, LOST, SENT, Mark
from sim.transport.connection import CLIENT, SERVER, Passive
from sim.transport.segment.connection import SegmentConnection
from sim.transport.segment.options import Counters, SegmentOptions
from sim.transport.segment.socket import FIN
from sim.transport.stream import Cut

if TYPE_CHECKING:
    from sim.engine import Engine
    from sim.ledger import Ledger
    from sim.network.path import Path


class ReferenceConnection(SegmentConnection):
    """A `SegmentConnection` with the methods of the fast `Connection`; opened by a handshake."""

    __slots__ = ("_clock", "_lanes", "_ledger", "_messages", "cut", "forgotten", "opened_s")

    def __init__(
        self,
        engine: Engine,
        path: Path,
        ledger: Ledger,
        options: SegmentOptions,
        lanes: tuple[str, str] = ("client", "server"),
    ) -> None:
        super().__init__(engine, path, options, established=False)
        self._lanes = lanes
        self._clock = engine
        self._ledger = ledger
        self._messages = [0, 0]
        self.opened_s = engine.now_s
        self.cut: Cut | None = None
        self.forgotten: Callable[[bool], bool] | None = None

    def _mark(self, kind: str, end: int, payload: Any) -> None:
        """Write on the run's tape, if it has one, what goes from `end` to the other."""
        if self._ledger.tape is not None:
            lanes = (self._lanes[end], self._lanes[1 - end])
            self._ledger.tape.append(Mark(self._clock.now_s, kind, *lanes, payload, math.nan))

    def _deliver(self, end: int, payload: Any) -> None:
        self._mark(ARRIVED, 1 - end, payload)
        if type(payload) is Passive:
            self._ledger.posted(payload.message, payload.person, self._clock.now_s)
        else:
            super()._deliver(end, payload)

    def post(self, size_bytes: int, message: int, person: int) -> None:
        """Send a delivery to `person` that nobody reacts to."""
        self.send(SERVER, size_bytes, Passive(message, person))

    def send(self, end: int, size_bytes: int, payload: Any) -> None:
        """Write `payload` to the socket at `end`; a closed socket drops it at once."""
        self._messages[end] += 1
        if self.is_open(end):
            self._mark(SENT, end, payload)
        super().send(end, size_bytes, payload)

    def _drop(self, end: int) -> None:
        for payload in list(self._flying_from(end)):
            self._mark(LOST, end, payload)
        super()._drop(end)

    def echo(self, end: int, size_bytes: int, payload: Any, answered: Callable[[], None]) -> bool:
        """Never: a ping is a message like any other here."""
        return False

    def close_for_lost(self, end: int) -> None:
        """Something before the vanished host at `end` closes in its place: a FIN goes out."""
        self._sockets[end].close_for_lost()

    def flying(self) -> Iterator[Any]:
        """Payloads written and not read, at either end, closing words left out."""
        for end in (CLIENT, SERVER):
            yield from self._flying_from(end)

    def _flying_from(self, end: int) -> Iterator[Any]:
        """The same of one end."""
        return (payload for _, payload in self._sockets[end].frames if payload is not FIN)

    def waiting_bytes(self, end: int) -> int:
        """Bytes written at this end that are not acknowledged."""
        sender = self._sockets[end].sender
        return sender.write_seq - sender.snd_una

    def settle(self) -> None:
        """Nothing is recorded before it happens here."""

    def traffic(self, end: int) -> tuple[int, int, int]:
        """Packets, bytes on the wire and writes that left this end."""
        counters = self.counters[end]
        return counters.packets, counters.bytes, self._messages[end]


def kernel_counters(counters: Iterator[Counters]) -> dict[str, int]:
    """Sums under the kernel's own names (/proc/net/snmp and netstat)."""
    names = {
        "RetransSegs": "retransmitted",
        "TCPTimeouts": "timeouts",
        "TCPLossProbes": "probes",
        "TCPFastRetrans": "fast_retransmitted",
        "TCPDSACKRecv": "duplicates_reported",
    }
    every = list(counters)
    return {name: sum(getattr(one, own) for one in every) for name, own in names.items()}
