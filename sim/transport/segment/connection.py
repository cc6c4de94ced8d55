"""A TCP connection simulated packet by packet, both directions, with Linux's timers as events.

The reference: use it where streams are dense or answer each other (delayed acknowledgements,
Nagle, fast retransmit, the congestion window), and to check `sim.transport.connection`, which it
can replace. A message arrives when its last byte is in order. Left out: receive windows, ECN,
reordering by the path.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from sim.transport.names import ACK, ATTEMPT, ATTEMPTS, SEGMENT, SEGMENTS, named, of_place, of_word
from sim.transport.segment.opening import Caller, Opening
from sim.transport.segment.options import Counters, SegmentOptions, Settings
from sim.transport.segment.packet import DATA, RESET, SYN, SYN_ACK, Packet, clock_ms
from sim.transport.segment.socket import DEAD, FIN, OPEN, OPENING, Fate, Socket
from sim.transport.stream import ignore
from sim.transport.wire import header_bytes, mss_bytes, refusal_bytes, sack_bytes, syn_bytes

if TYPE_CHECKING:
    from sim.engine import Engine
    from sim.network.path import Path

CLIENT: Final = 0
SERVER: Final = 1
_WORDS: Final = {SYN: "SYN", SYN_ACK: "SYN-ACK", RESET: "reset"}


class SegmentConnection:
    """A connection between a client (end 0) and a server (end 1).

    It is established from the start, or by `open` if made with `established=False`. Owners set
    the callbacks per end: `receive(payload)` for each payload that arrives, in order;
    `closed(reason)` once, when this end learns that the connection is over ("fin", "reset",
    "timeout"); `dropped(payload)` at the sending end for what certainly never arrives.
    `luck` gives uniforms in [0, 1); only the option `ahead_share` needs it.
    """

    __slots__ = (
        "_engine", "_header_bytes", "_last_arrival_s", "_luck", "_opening", "_options", "_path",
        "_sockets", "_ways", "closed", "dropped", "receive",
    )  # fmt: skip

    def __init__(
        self,
        engine: Engine,
        path: Path,
        options: SegmentOptions | None = None,
        established: bool = True,
        luck: Callable[[], float] | None = None,
    ) -> None:
        self._luck = luck
        self._engine = engine
        self._path = path
        self._options = options or SegmentOptions()
        if self._options.ahead_share and luck is None:
            raise ValueError("luck is None; allowed with ahead_share > 0: a source of uniforms")
        self._ways = (path.up, path.down)
        self._header_bytes = header_bytes(self._options.ipv6)
        self._last_arrival_s = [0.0, 0.0]
        self._opening: Opening | None = None
        self.receive: list[Callable[[Any], None]] = [ignore, ignore]
        self.closed: list[Callable[[str], None]] = [ignore, ignore]
        self.dropped: list[Callable[[Any], None]] = [ignore, ignore]
        self._sockets = (self._socket(CLIENT), self._socket(SERVER))
        for end, socket in enumerate(self._sockets):
            socket.peer = self._sockets[1 - end]
        if established:
            rtt_s = path.up.delay.mean_s + path.down.delay.mean_s
            now_ms = clock_ms(engine.now_s)
            for socket in self._sockets:
                socket.establish(rtt_s, now_ms)

    def _socket(self, end: int) -> Socket:
        options = self._options
        settings = Settings(
            mss_bytes(options.ipv6),
            not options.nodelay[end],
            options.user_timeout_s[end],
            options.hz,
            self._wheel_is_ahead,
        )
        fate = Fate(
            emit=partial(self._ship, end),
            deliver=partial(self._deliver, end),
            over=partial(self._over, end),
            deaf=partial(self._drop, 1 - end),
            mute=partial(self._settle, end),
        )
        return Socket(self._engine, settings, fate)

    def _wheel_is_ahead(self) -> bool:
        return self._luck is not None and self._luck() < self._options.ahead_share

    def _deliver(self, end: int, payload: Any) -> None:
        self.receive[end](payload)

    def _over(self, end: int, reason: str) -> None:
        self.closed[end](reason)

    # -- for the application --------------------------------------------------------------------

    @property
    def counters(self) -> tuple[Counters, Counters]:
        """What the kernels of client and server have counted for this connection."""
        return self._sockets[CLIENT].counters, self._sockets[SERVER].counters

    def is_open(self, end: int) -> bool:
        """Whether this end believes that it can read and write."""
        return self._sockets[end].state == OPEN

    def open(self, caller: Caller) -> None:
        """Do the handshake, from a connection made with `established=False`."""
        self._opening = Opening(
            self._engine, self._sockets, self._options.kernel, caller, self._ship
        )
        self._opening.start()

    def send(self, end: int, size_bytes: int, payload: Any) -> None:
        """Write `payload` to the socket at `end`; a closed socket drops it at once."""
        if self._sockets[end].state != OPEN:
            self.dropped[end](payload)
            return
        self._sockets[end].write(size_bytes + self._options.record_bytes, payload)
        if self._sockets[1 - end].state not in (OPEN, OPENING):
            self._drop(end)

    def close(self, end: int) -> None:
        """Orderly close: what was written before still goes out, then a FIN."""
        if self._sockets[end].state == OPEN:
            self._sockets[end].close()

    def abort(self, end: int) -> None:
        """Reset: what was not yet acknowledged is not repeated; an RST tells the peer."""
        socket = self._sockets[end]
        if socket.state == OPEN:
            socket.abort()
        elif socket.state == OPENING:
            socket.state = DEAD

    def vanish(self, end: int) -> None:
        """The host or the address at this end is gone: nothing is sent or answered any more."""
        self._sockets[end].vanish()

    def heard_s(self, end: int) -> float:
        """When this end last heard anything; infinity while it waits for an acknowledgement."""
        socket = self._sockets[end]
        waits = socket.sender.write_seq > socket.sender.snd_una
        return math.inf if waits else socket.heard_s

    def probe(self, end: int) -> None:
        """The kernel at this end asks whether the other is there."""
        self._sockets[end].probe()

    def give_up(self, end: int) -> None:
        """The kernel at this end takes the other for dead."""
        self._sockets[end].give_up()

    def returned(self, end: int) -> None:
        """The host is back and knows nothing of this connection: what reaches it is reset."""
        self._sockets[end].forget()

    # -- the path -------------------------------------------------------------------------------

    def _ship(self, end: int, packet: Packet) -> None:
        size_bytes = self._size_bytes(end, packet)
        counters = self._sockets[end].counters
        counters.packets += 1
        counters.bytes += size_bytes
        now_s = self._engine.now_s
        way, outages = self._ways[end], self._path.outages
        if outages and not outages.is_up(now_s):
            return
        leave_s = now_s
        if way.rate is not None:
            leave_s = way.free_s = way.rate.leave_s(max(now_s, way.free_s), size_bytes)
        if way.lost(now_s, self._name(end, packet)):
            return
        arrive_s = max(leave_s + way.delay.draw(), self._last_arrival_s[end])
        if outages and not outages.is_up(arrive_s):
            return
        self._last_arrival_s[end] = arrive_s
        self._engine.at(arrive_s, self._arrive, 1 - end, packet)

    def _name(self, end: int, packet: Packet) -> int:
        """Data is called by the write that its last byte belongs to, how far that is from its end
        and how often this end has resent anything; the rest by its place among its packets."""
        counters = self._sockets[end].counters
        if packet.kind != DATA:
            return of_word(_WORDS[packet.kind]) + counters.packets % ATTEMPTS * ATTEMPT
        if packet.end_seq > packet.seq:
            frames = self._sockets[end].frames
            at = bisect_left(frames, (packet.end_seq,))
            if at < len(frames):
                end_seq, payload = frames[at]
                rest = (end_seq - packet.end_seq) % SEGMENTS * SEGMENT
                return named(payload, end_seq) + rest + counters.retransmitted % ATTEMPTS * ATTEMPT
        return of_place(counters.packets) + ACK

    def _arrive(self, end: int, packet: Packet) -> None:
        if self._opening is None or not self._opening.takes(end, packet):
            self._sockets[end].arrive(packet)

    def _size_bytes(self, end: int, packet: Packet) -> int:
        if packet.kind == DATA:
            size = packet.end_seq - packet.seq
            if size and self._ends_with_fin(end, packet.end_seq):
                size -= 1
            return self._header_bytes + size + sack_bytes(len(packet.blocks))
        if packet.kind == RESET:
            return refusal_bytes(self._options.ipv6)
        return syn_bytes(self._options.ipv6)

    def _ends_with_fin(self, end: int, end_seq: int) -> bool:
        sender = self._sockets[end].sender
        return sender.fin_queued and end_seq == sender.write_seq

    # -- what never arrives ---------------------------------------------------------------------

    def _drop(self, end: int) -> None:
        """Nobody will read what `end` wrote and the peer has not read."""
        frames = self._sockets[end].frames
        lost = [payload for _, payload in frames if payload is not FIN]
        fins = [frame for frame in frames if frame[1] is FIN]
        frames.clear()
        frames.extend(fins)
        for payload in lost:
            self.dropped[end](payload)

    def _settle(self, end: int) -> None:
        """`end` sends no more: what its last packets do not bring is lost."""
        if self._sockets[end].frames:
            last_s = max(self._last_arrival_s[end], self._engine.now_s)
            self._engine.at(last_s, self._drop, end)
