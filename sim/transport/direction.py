"""One direction of a TCP connection as a recursion: when does this write arrive, when is it acked?

The fast lane of the transport. A chat message is one segment, so its fate follows from known
things: the path's delay, the packets that are lost, the outages (drawn beforehand), and Linux's
timers. Write i is handed over at ready_i and then, whatever the traffic,

    depart_i = max(ready_i, free, window)     the link has sent what is before it, and may send
    arrive_i = max(arrive_(i-1), depart_i + delay + repair_i)         in order, as TCP delivers
    acked_i  = arrive_i + delay back + repair of the acknowledgement

`free` is when the link has serialised what it was given before. `repair_i` is 0 for a packet that
survives, else the sum of the timers that its sender waits through: a tail-loss probe at
2 SRTT + 200 ms, then time-outs that double. So a lost packet costs time, holds back what was
written behind it (the max over arrive_(i-1): head-of-line blocking), and never loses a message.
The window never binds a thin stream, but for one case: after a time-out it is one segment, so that
what is written then leaves together at the acknowledgement (`Direction.slow`).

On a calm connection every term is known at once, so a write costs a few additions and no event
(`fast`). Where a repair is pending the recursion needs its state (`slow`), and a later write can
move earlier ones: its acknowledgement tells the sender of the hole before the timer does.

Exact enough for thin streams; left out: delayed ACKs, Nagle, the growth of the congestion window.
The segment-exact reference has them (`sim.transport.segment`).

While a connection is carried by the loop over calm ones, both steps are done on rows
(`sim.core.lines`, `sim.transport.repair`), and the state comes back here when it ends.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sim.core import lines as columns
from sim.core.arrays import Cell
from sim.core.lines import LineRows, transmit
from sim.transport.names import ACK, ATTEMPT, SEGMENT, SEGMENTS
from sim.transport.repair import SAMPLES_TO_CALM, let_go
from sim.transport.tcp import (
    INITIAL_WINDOW_SEGMENTS,
    RTO_MAX_S,
    RTO_MIN_S,
    RttEstimator,
    give_up_after_s,
    probe_delay_s,
    timer_fire_s,
)
from sim.transport.wire import mss_bytes

if TYPE_CHECKING:
    from sim.network.outages import Outages
    from sim.network.path import Way

_NEVER = math.inf
_GIVE_UP_S = give_up_after_s()
_MSS_BYTES = mss_bytes()


class Segment:
    """One write on its way: when it was sent for good, arrives, and is known to have arrived."""

    __slots__ = (
        "acked_s", "arrive_s", "depart_s", "floor_s", "packet", "payload", "rto_s", "sent_s",
        "size_bytes",
    )  # fmt: skip

    def __init__(self, payload: Any, size_bytes: int, floor_s: float = 0.0, name: int = 0) -> None:
        self.payload = payload
        self.packet = name  # of its next transmission
        self.size_bytes = size_bytes
        self.floor_s = floor_s  # when what was written before it arrives
        self.sent_s = self.depart_s = self.arrive_s = self.acked_s = self.rto_s = _NEVER


class Direction:
    """Data one way, acknowledgements the other. All times in seconds, sizes in bytes."""

    __slots__ = (
        "_lines", "back", "batch", "followers", "hole", "known", "out",
        "outages",
        "overhead_bytes", "probe_mark", "row", "rtt", "sampled",
    )  # fmt: skip

    def __init__(
        self, out: Way, back: Way, outages: Outages, overhead_bytes: int, rtt_s: float,
        lines: LineRows | None = None,
    ) -> None:  # fmt: skip
        self._lines = lines or LineRows()
        self.row = self._lines.add()
        self.out = out
        self.back = back
        self.outages = outages
        self.overhead_bytes = overhead_bytes
        self.rtt = RttEstimator()
        self.sampled = 0
        self._sample(rtt_s)
        self.hole: Segment | None = None
        self.batch: Segment | None = None
        self.followers: list[Segment] = []
        self.probe_mark = -1
        self._write_row()

    quiet_s = Cell(columns.QUIET_S, "until then something needs repair", float)
    last_s = Cell(columns.LAST_S, "when the last write arrives", float)
    next_down_s = Cell(columns.NEXT_DOWN_S, "when the link fails next, as far as is known", float)
    packets = Cell(columns.PACKETS, "packets that were sent", int)
    bytes = Cell(columns.SIZE_BYTES, "bytes that were written", int)
    messages = Cell(columns.WRITES, "writes", int)
    flying = Cell(columns.FLYING, "segments under repair in rows", int)
    flying_bytes = Cell(columns.FLYING_BYTES, "bytes that were written in them", int)

    def _write_row(self) -> None:
        out, back = self.out, self.back
        cells, at = self.cells, self.row
        self.known = out.known and back.known
        constant_rate = out.rate is None or out.rate.constant
        cells[at + columns.STEADY] = out.delay.constant and back.delay.constant and constant_rate
        cells[at + columns.BITS_PER_S] = out.rate.mean_bps if out.rate is not None else 0.0
        cells[at + columns.S_PER_BYTE] = 8.0 / out.rate.mean_bps if out.rate is not None else 0.0
        cells[at + columns.DELAY_S], cells[at + columns.BACK_S] = (
            out.delay.mean_s,
            back.delay.mean_s,
        )
        cells[at + columns.OVERHEAD_BYTES] = self.overhead_bytes
        cells[at + columns.OUT] = out.row
        cells[at + columns.BACK] = back.row
        lossy = out.loss.stationary_loss() + back.loss.stationary_loss() > 0.0
        cells[at + columns.LOSSY] = lossy and self.known
        cells[at + columns.NEXT_DOWN_S] = self.outages.next_down_s(0.0)
        self._lines.spans(at, self.outages)

    def to_rows(self, now_s: float) -> bool:
        """Send what is not calm on rows (`sim.transport.repair`) from now on, if that is possible.

        Not while something that objects carry may still be moved.
        """
        cells, at, rtt = self.cells, self.row, self.rtt
        hole, batch = self.hole, self.batch
        is_over = hole is None or now_s >= hole.acked_s
        is_over = is_over and (batch is None or now_s >= batch.sent_s)
        if not (is_over and self.known and cells[at + columns.STEADY]):
            return False
        self.hole, self.batch, self.followers = None, None, []
        cells[at + columns.REPAIRS] = 1.0
        cells[at + columns.PROBE_MARK] = self.probe_mark
        cells[at + columns.SAMPLED] = self.sampled
        cells[at + columns.SRTT_S] = rtt.srtt_s
        cells[at + columns.DEVIATION_S] = rtt.deviation_s
        cells[at + columns.DEVIATION_MAX_S], cells[at + columns.VARIANCE_S] = (
            rtt.deviation_max_s,
            rtt.variance_s,
        )
        cells[at + columns.WINDOW_END] = rtt.window_end
        return True

    def from_rows(self, made: Callable[[int], Segment]) -> None:
        """It is sent here again: `made` gives the segment for a place of the pool."""
        cells, at, rtt = self.cells, self.row, self.rtt
        if not cells[at + columns.REPAIRS]:
            return
        cells[at + columns.REPAIRS] = self.flying = self.flying_bytes = 0
        self.probe_mark, self.sampled = (
            int(cells[at + columns.PROBE_MARK]),
            int(cells[at + columns.SAMPLED]),
        )
        rtt.srtt_s, rtt.deviation_s = cells[at + columns.SRTT_S], cells[at + columns.DEVIATION_S]
        rtt.deviation_max_s, rtt.variance_s = (
            cells[at + columns.DEVIATION_MAX_S],
            cells[at + columns.VARIANCE_S],
        )
        rtt.window_end = int(cells[at + columns.WINDOW_END])
        lines = self._lines.shared.views
        hole, batch, one = (
            int(cells[at + column]) for column in (columns.HOLE, columns.BATCH, columns.FOLLOWER)
        )
        self.hole = made(hole) if hole >= 0 else None
        self.batch = made(batch) if batch >= 0 else None
        while one >= 0:
            self.followers.append(made(one))
            one = lines.segment[one * columns.NUMBERS + columns.NEXT]
        let_go(lines, at)

    @property
    def steady(self) -> bool:
        """Whether delay and rate never change."""
        return bool(self.cells[self.row + columns.STEADY])

    @property
    def repairs_in_rows(self) -> bool:
        """Whether what is not calm is sent on rows."""
        return bool(self.cells[self.row + columns.REPAIRS])

    @property
    def cells(self) -> Any:
        """The rows of all directions."""
        return self._lines.shared.views.row

    def fast(self, now_s: float, size_bytes: int, name: int = 0) -> float:
        """Arrival time of a write on an undisturbed connection, or -1.0 when it is not that calm.

        As `sim.core.lines.transmit` has it.
        """
        if size_bytes > _MSS_BYTES or not (self.known or self._spared(now_s, size_bytes, name)):
            return columns.NOT_CALM
        return transmit(self._lines.shared.views, self.out.links, self.row, now_s, size_bytes, name)

    def _spared(self, now_s: float, size_bytes: int, name: int) -> bool:
        """Whether laws that only this side knows lose neither a calm write nor its ACK."""
        cells, at = self.cells, self.row
        leave_s = now_s
        if cells[at + columns.S_PER_BYTE]:
            leave_s = max(now_s, self.out.free_s)
            leave_s += (size_bytes + self.overhead_bytes) * cells[at + columns.S_PER_BYTE]
        arrive_s = leave_s + cells[at + columns.DELAY_S]
        return not (
            now_s < self.quiet_s
            or arrive_s + cells[at + columns.BACK_S] >= self.outages.next_down_s(now_s)
            or self.out.lost(leave_s, name)
            or self.back.lost(arrive_s, name + ACK)
        )

    def slow(
        self, now_s: float, payload: Any, size_bytes: int, name: int = 0
    ) -> tuple[Segment, list[Segment]]:
        """Send a write through trouble: its segment, and earlier ones that now arrive sooner.

        The *hole* is the last segment that needed repair and is not acknowledged yet. A write
        meets one of four situations:

        - no hole: it is sent, and becomes the hole if it needs repair itself;
        - the hole's time-out has passed: the window is one segment (RFC 5681 section 3.1), so it
          leaves when the hole is acknowledged, as the *batch*;
        - a batch is waiting to leave: it joins, and shares its fate, as in one packet;
        - the hole waits for its first timer: it is sent at once and arrives, but is not
          delivered. Its selective acknowledgement proves the loss (RACK), so that the hole may be
          resent earlier than planned; then the *followers*, which waited for the hole alone,
          arrive with it. These are the earlier ones that are returned.
        """
        segment = Segment(payload, size_bytes, self.last_s, name)
        self._catch_up()
        self.messages += 1
        revised: list[Segment] = []
        if self.hole is not None and now_s >= self.hole.acked_s:
            self.hole, self.followers = None, []
        if self.batch is not None and now_s < self.batch.sent_s:
            self._join(segment, self.batch)
        elif self.hole is None:
            self._send(segment, now_s)
        elif now_s >= self.hole.rto_s:
            # after a time-out the window is one segment: wait for its ACK, then leave together
            free_s = self.out.free_s
            self._send(segment, self.hole.acked_s)
            self.out.free_s = free_s  # until then the link is free for the person's other traffic
            self.batch = segment
        else:
            revised = self._behind(segment, self.hole, now_s)
        self.last_s = segment.arrive_s = max(segment.arrive_s, self.last_s)
        self.quiet_s = max(self.quiet_s, segment.acked_s)
        return segment, revised

    def _sample(self, rtt_s: float) -> None:
        self.sampled += 1
        self.rtt.sample(rtt_s, self.sampled, self.sampled)

    def _catch_up(self) -> None:
        """Let the estimator see the calm round trips that the fast path did not report."""
        rtt_s = self.out.delay.mean_s + self.back.delay.mean_s
        if self.rtt.srtt_s == rtt_s and self.rtt.variance_s == RTO_MIN_S:
            self.sampled = self.packets
            return
        for _ in range(min(self.packets - self.sampled, SAMPLES_TO_CALM)):
            self._sample(rtt_s)
        self.sampled = self.packets

    def _join(self, segment: Segment, batch: Segment) -> None:
        segment.sent_s, segment.depart_s = batch.sent_s, batch.depart_s
        segment.arrive_s, segment.acked_s = batch.arrive_s, batch.acked_s
        self.bytes += segment.size_bytes
        if self.hole is batch:
            self.followers.append(segment)

    def _send(self, segment: Segment, start_s: float) -> None:
        """Transmit until acknowledged, as a lone segment: probe first, then doubling time-outs."""
        segment.sent_s = start_s
        if start_s == _NEVER:
            return
        self.bytes += segment.size_bytes
        first_s = self._leave_s(start_s, segment.size_bytes)
        at_s, tries, gap_s = first_s, 0, self.rtt.rto_s
        extra_s = self._bulk_s(segment, first_s)
        while at_s - first_s < _GIVE_UP_S:
            self._attempt(segment, at_s, extra_s)
            if segment.acked_s < _NEVER:
                break
            at_s, gap_s = self._next_try(segment, at_s, gap_s, tries)
            tries += 1
        if tries and segment.acked_s < _NEVER:
            self.probe_mark = self.packets
        if segment.depart_s > first_s:
            self.hole, self.followers = segment, []

    def _next_try(
        self, segment: Segment, at_s: float, gap_s: float, tries: int
    ) -> tuple[float, float]:
        """When the next transmission goes out, and the gap after it.

        A lone loss is resent at R, 2R, 4R, 8R after the first send (probe, then time-outs), or
        at R, 3R, 7R when no probe is allowed (net/ipv4/tcp_output.c, tcp_schedule_loss_probe).
        """
        if tries == 0 and self.packets - 1 > self.probe_mark:
            return timer_fire_s(at_s, probe_delay_s(self.rtt.srtt_s, 1, self.rtt.rto_s)), gap_s
        next_s = timer_fire_s(at_s, gap_s)
        segment.rto_s = min(segment.rto_s, next_s)
        return next_s, min(2.0 * gap_s, RTO_MAX_S)

    def _attempt(self, segment: Segment, at_s: float, extra_s: float) -> None:
        """One transmission at `at_s` and, if it gets through, the acknowledgement's way back."""
        self.packets += 1
        packet, segment.packet = segment.packet, segment.packet + ATTEMPT
        arrive_s = at_s + self.out.delay.draw() + extra_s
        if not self._survives(at_s, arrive_s, self.out, packet):
            return
        if segment.arrive_s == _NEVER:
            segment.depart_s, segment.arrive_s = at_s, arrive_s
        back_s = arrive_s + self.back.delay.draw()
        if self._survives(arrive_s, back_s, self.back, packet + ACK):
            segment.acked_s = back_s
            self._sample(back_s - at_s - extra_s)

    def _survives(self, enter_s: float, leave_s: float, way: Way, packet: int) -> bool:
        """The link is up at entry and exit, and the loss process spares the packet."""
        up = self.outages.is_up
        return up(enter_s) and up(leave_s) and not way.lost(enter_s, packet)

    def _leave_s(self, start_s: float, size_bytes: int) -> float:
        way = self.out
        if way.rate is None:
            return start_s
        way.free_s = way.rate.leave_s(max(start_s, way.free_s), size_bytes + self.overhead_bytes)
        return way.free_s

    def _bulk_s(self, segment: Segment, start_s: float) -> float:
        """Extra time of a reply of many segments: slow start from 10 segments, repairs on the way.

        RFC 6928 initial window, doubling each round trip (RFC 5681 section 3.1). A lost segment
        with others behind it is repaired one round trip later (RACK, RFC 8985).
        """
        segments = -(-segment.size_bytes // _MSS_BYTES)
        if segments <= 1:
            return 0.0
        self.packets += segments - 1
        rounds = max(0, math.ceil(math.log2(segments / INITIAL_WINDOW_SEGMENTS + 1.0)) - 1)
        lost = sum(
            self.out.lost(start_s, segment.packet + place % SEGMENTS * SEGMENT)
            for place in range(1, segments)
        )
        return (rounds + lost) * self.rtt.srtt_s

    def _behind(self, segment: Segment, hole: Segment, now_s: float) -> list[Segment]:
        """Send behind an unrepaired hole: the receiver's SACK has the hole resent at once."""
        self._send_behind(segment, now_s)
        sack_s = segment.acked_s
        fix_s = max(sack_s, hole.sent_s + 1.25 * self.rtt.srtt_s)
        revised: list[Segment] = []
        if fix_s < hole.depart_s:
            self.packets += 1
            packet, hole.packet = hole.packet, hole.packet + ATTEMPT
            arrive_s = fix_s + self.out.delay.draw()
            helps = arrive_s < hole.arrive_s  # under jitter the planned resend may overtake it
            if self._survives(fix_s, arrive_s, self.out, packet) and helps:
                revised = self._repair(hole, fix_s, arrive_s)
        self.followers.append(segment)
        segment.arrive_s = max(segment.arrive_s, hole.arrive_s)
        return revised

    def _send_behind(self, segment: Segment, now_s: float) -> None:
        hole, followers = self.hole, self.followers
        self._send(segment, now_s)
        self.hole, self.followers = hole, followers

    def _repair(self, hole: Segment, depart_s: float, arrive_s: float) -> list[Segment]:
        """The hole is filled earlier than planned: it and what waited behind it arrive then.

        What waits behind another loss still waits, and so does all that is behind that.
        """
        planned_s = hole.arrive_s
        self.last_s = max(arrive_s, hole.floor_s)
        hole.depart_s, hole.arrive_s = depart_s, self.last_s
        hole.acked_s = self.last_s + self.back.delay.mean_s
        hole.rto_s = _NEVER
        revised = [hole]
        for follower in self.followers:
            if follower.arrive_s == planned_s:
                follower.arrive_s = self.last_s
                follower.depart_s = min(follower.depart_s, depart_s)
                revised.append(follower)
            self.last_s = max(self.last_s, follower.arrive_s)
        return revised
