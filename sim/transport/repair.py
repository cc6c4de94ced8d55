"""Writes that need repair, on rows: `sim.transport.direction.Direction.slow` for compiled code.

The same recursion, told there, where delay and rate never change and the laws of loss are known to
rows. A direction is a row of `sim.core.lines`; a segment is a place in the pool beside it, for as
long as anything refers to it: the direction, or an event at its arrival.
"""

from __future__ import annotations

from typing import Any, Final

from sim.core import links as ways
from sim.core.compiled import part
from sim.core.lines import (
    ACKED_S,
    ARRIVE_S,
    BACK,
    BACK_S,
    BATCH,
    BITS_PER_S,
    DELAY_S,
    DEPART_S,
    DEVIATION_MAX_S,
    DEVIATION_S,
    FLOOR_S,
    FOLLOWER,
    FREE,
    HELD,
    HOLE,
    IN_USE,
    LAST_FOLLOWER,
    LAST_S,
    MOVED,
    MOVED_NEXT,
    NEXT,
    NUMBERS,
    OUT,
    OVERHEAD_BYTES,
    PACKET,
    PACKETS,
    PROBE_MARK,
    QUIET_S,
    RTO_S,
    SAMPLED,
    SENT_S,
    SIZE,
    SIZE_BYTES,
    SRTT_S,
    TIMES,
    VARIANCE_S,
    WINDOW_END,
    WRITES,
    is_up,
)
from sim.transport.names import ACK, ATTEMPT, SEGMENT, SEGMENTS
from sim.transport.tcp import (
    INITIAL_WINDOW_SEGMENTS,
    RTO_MAX_S,
    RTO_MIN_S,
    give_up_after_s,
    probe_delay_s,
    timer_fire_s,
)
from sim.transport.wire import mss_bytes

NEVER: Final = float("inf")
GIVE_UP_S: Final = give_up_after_s()
MSS_BYTES: Final = mss_bytes()
SAMPLES_TO_CALM: Final = 40  # a quarter of the gap each: 0.75**40 is 1e-5 of it


@part
def hold(lines: Any, segment: int) -> None:
    """Something more refers to a segment."""
    lines.segment[segment * NUMBERS + HELD] += 1


@part
def release(lines: Any, segment: int) -> None:
    """Something no longer refers to it: when nothing does, its place is free."""
    whole, at = lines.segment, segment * NUMBERS
    whole[at + HELD] -= 1
    if whole[at + HELD] == 0:
        whole[at + NEXT] = lines.pool[FREE]
        lines.pool[FREE] = segment
        lines.pool[IN_USE] -= 1


@part
def new_segment(lines: Any, size_bytes: int, name: int, floor_s: float) -> int:
    """A segment that nothing refers to yet, and that is not sent."""
    whole, times = lines.segment, lines.times_s
    segment = lines.pool[FREE]
    at = segment * NUMBERS
    lines.pool[FREE] = whole[at + NEXT]
    lines.pool[IN_USE] += 1
    for column in range(NUMBERS):
        whole[at + column] = 0
    whole[at + PACKET], whole[at + SIZE] = name, size_bytes
    whole[at + NEXT] = whole[at + MOVED_NEXT] = -1
    for column in range(TIMES):
        times[segment * TIMES + column] = NEVER
    times[segment * TIMES + FLOOR_S] = floor_s
    return segment  # type: ignore[no-any-return]


@part
def send(lines: Any, links: Any, at: int, now_s: float, size_bytes: int, name: int) -> int:
    """Send a write through trouble: its segment, which the caller is to hold at once.

    Earlier ones that now arrive sooner are the chain from `pool[MOVED]` by `MOVED_NEXT`.
    """
    row, times = lines.row, lines.times_s
    segment = new_segment(lines, size_bytes, name, row[at + LAST_S])
    _catch_up(lines, at)
    row[at + WRITES] += 1.0
    lines.pool[MOVED] = -1
    if row[at + HOLE] >= 0.0 and now_s >= times[int(row[at + HOLE]) * TIMES + ACKED_S]:
        _let_go(lines, at)
    hole, batch = int(row[at + HOLE]), int(row[at + BATCH])
    if batch >= 0 and now_s < times[batch * TIMES + SENT_S]:
        _join(lines, at, segment, batch)
    elif hole < 0:
        _send(lines, links, at, segment, now_s, True)
    elif now_s >= times[hole * TIMES + RTO_S]:
        _send_as_batch(lines, links, at, segment, times[hole * TIMES + ACKED_S])
    else:
        _behind(lines, links, at, segment, now_s)
    row[at + LAST_S] = max(times[segment * TIMES + ARRIVE_S], row[at + LAST_S])
    times[segment * TIMES + ARRIVE_S] = row[at + LAST_S]
    row[at + QUIET_S] = max(row[at + QUIET_S], times[segment * TIMES + ACKED_S])
    return segment


@part
def let_go(lines: Any, at: int) -> None:
    """The direction refers to no segment any more."""
    _let_go(lines, at)
    if lines.row[at + BATCH] >= 0.0:
        release(lines, int(lines.row[at + BATCH]))
        lines.row[at + BATCH] = -1.0


@part
def _let_go(lines: Any, at: int) -> None:
    """There is no hole any more, and nothing waits behind it."""
    row, one = lines.row, int(lines.row[at + FOLLOWER])
    while one >= 0:
        behind = lines.segment[one * NUMBERS + NEXT]
        release(lines, one)
        one = behind
    row[at + FOLLOWER] = row[at + LAST_FOLLOWER] = -1.0
    if row[at + HOLE] >= 0.0:
        release(lines, int(row[at + HOLE]))
        row[at + HOLE] = -1.0


@part
def _follow(lines: Any, at: int, segment: int) -> None:
    """A segment waits behind the hole, the last of all."""
    row = lines.row
    hold(lines, segment)
    lines.segment[segment * NUMBERS + NEXT] = -1
    if row[at + FOLLOWER] < 0.0:
        row[at + FOLLOWER] = segment
    else:
        lines.segment[int(row[at + LAST_FOLLOWER]) * NUMBERS + NEXT] = segment
    row[at + LAST_FOLLOWER] = segment


@part
def sample(row: Any, at: int, rtt_s: float) -> None:
    """`RttEstimator.sample` for a direction: each round trip is a window of its own."""
    row[at + SAMPLED] += 1.0
    error_s = rtt_s - row[at + SRTT_S]
    row[at + SRTT_S] += error_s / 8.0
    surplus_s = abs(error_s) - row[at + DEVIATION_S] / 4.0
    if error_s < 0.0 and surplus_s > 0.0:
        surplus_s /= 8.0
    row[at + DEVIATION_S] += surplus_s
    if row[at + DEVIATION_S] > row[at + DEVIATION_MAX_S]:
        row[at + DEVIATION_MAX_S] = row[at + DEVIATION_S]
        row[at + VARIANCE_S] = max(row[at + VARIANCE_S], row[at + DEVIATION_MAX_S])
    if row[at + SAMPLED] > row[at + WINDOW_END]:
        gap_s = row[at + VARIANCE_S] - row[at + DEVIATION_MAX_S]
        if gap_s > 0.0:
            row[at + VARIANCE_S] -= gap_s / 4.0
        row[at + WINDOW_END] = row[at + SAMPLED]
        row[at + DEVIATION_MAX_S] = RTO_MIN_S


@part
def _rto_s(row: Any, at: int) -> float:
    return min(row[at + SRTT_S] + row[at + VARIANCE_S], RTO_MAX_S)  # type: ignore[no-any-return]


@part
def _catch_up(lines: Any, at: int) -> None:
    """Let the estimator see the calm round trips that nobody reported."""
    row = lines.row
    rtt_s = row[at + DELAY_S] + row[at + BACK_S]
    if row[at + SRTT_S] != rtt_s or row[at + VARIANCE_S] != RTO_MIN_S:
        unseen = int(min(row[at + PACKETS] - row[at + SAMPLED], SAMPLES_TO_CALM))
        for _ in range(unseen):
            sample(row, at, rtt_s)
    row[at + SAMPLED] = row[at + PACKETS]


@part
def _join(lines: Any, at: int, segment: int, batch: int) -> None:
    """It leaves and arrives with those that wait for the same acknowledgement."""
    row, times = lines.row, lines.times_s
    for column in (SENT_S, DEPART_S, ARRIVE_S, ACKED_S):
        times[segment * TIMES + column] = times[batch * TIMES + column]
    row[at + SIZE_BYTES] += lines.segment[segment * NUMBERS + SIZE]
    if int(row[at + HOLE]) == batch:
        _follow(lines, at, segment)


@part
def _send_as_batch(lines: Any, links: Any, at: int, segment: int, acked_s: float) -> None:
    """After a time-out the window is one segment: wait for the hole's acknowledgement."""
    row, free = lines.row, int(lines.row[at + OUT]) + ways.FREE_S
    free_s = links.row[free]
    _send(lines, links, at, segment, acked_s, True)
    links.row[free] = free_s  # until then the link is free for the person's other traffic
    hold(lines, segment)
    if row[at + BATCH] >= 0.0:
        release(lines, int(row[at + BATCH]))
    row[at + BATCH] = segment


@part
def _send(lines: Any, links: Any, at: int, segment: int, start_s: float, opens: bool) -> None:
    """Transmit until acknowledged; `opens`: it becomes the hole if it needs repair."""
    row, times, place = lines.row, lines.times_s, segment * TIMES
    times[place + SENT_S] = start_s
    if start_s == NEVER:
        return
    size_bytes = lines.segment[segment * NUMBERS + SIZE]
    row[at + SIZE_BYTES] += size_bytes
    first_s = start_s
    if row[at + BITS_PER_S] > 0.0:
        free = int(row[at + OUT]) + ways.FREE_S
        wire_bytes = size_bytes + row[at + OVERHEAD_BYTES]
        first_s = max(start_s, links.row[free]) + wire_bytes * 8.0 / row[at + BITS_PER_S]
        links.row[free] = first_s
    at_s, tries, gap_s = first_s, 0, _rto_s(row, at)
    extra_s = _bulk_s(lines, links, at, segment, first_s)
    while at_s - first_s < GIVE_UP_S:
        _attempt(lines, links, at, segment, at_s, extra_s)
        if times[place + ACKED_S] < NEVER:
            break
        # resent at R, 2R, 4R, 8R after the first send, or at R, 3R, 7R when no probe is allowed
        if tries == 0 and row[at + PACKETS] - 1.0 > row[at + PROBE_MARK]:
            at_s = timer_fire_s(at_s, probe_delay_s(row[at + SRTT_S], 1, _rto_s(row, at)))
        else:
            at_s = timer_fire_s(at_s, gap_s)
            times[place + RTO_S] = min(times[place + RTO_S], at_s)
            gap_s = min(2.0 * gap_s, RTO_MAX_S)
        tries += 1
    if tries > 0 and times[place + ACKED_S] < NEVER:
        row[at + PROBE_MARK] = row[at + PACKETS]
    if opens and times[place + DEPART_S] > first_s:
        hold(lines, segment)
        _let_go(lines, at)
        row[at + HOLE] = segment


@part
def _bulk_s(lines: Any, links: Any, at: int, segment: int, start_s: float) -> float:
    """Extra time of a write of many segments: slow start, a round trip for each that is lost."""
    size_bytes = lines.segment[segment * NUMBERS + SIZE]
    segments = -(-size_bytes // MSS_BYTES)
    if segments <= 1:
        return 0.0
    row = lines.row
    row[at + PACKETS] += segments - 1
    sent, rounds = INITIAL_WINDOW_SEGMENTS, 0
    while sent < segments:
        rounds += 1
        sent += INITIAL_WINDOW_SEGMENTS << rounds
    packet, out = lines.segment[segment * NUMBERS + PACKET], int(row[at + OUT])
    for place in range(1, segments):
        if ways.lost(links, out, start_s, packet + place % SEGMENTS * SEGMENT):
            rounds += 1
    return rounds * row[at + SRTT_S]  # type: ignore[no-any-return]


@part
def _attempt(lines: Any, links: Any, at: int, segment: int, at_s: float, extra_s: float) -> None:
    """One transmission at `at_s` and, if it gets through, the acknowledgement's way back."""
    row, times, place = lines.row, lines.times_s, segment * TIMES
    row[at + PACKETS] += 1.0
    packet = lines.segment[segment * NUMBERS + PACKET]
    lines.segment[segment * NUMBERS + PACKET] = packet + ATTEMPT
    arrive_s = at_s + row[at + DELAY_S] + extra_s
    if not (is_up(lines, at, at_s) and is_up(lines, at, arrive_s)):
        return
    if ways.lost(links, int(row[at + OUT]), at_s, packet):
        return
    if times[place + ARRIVE_S] == NEVER:
        times[place + DEPART_S], times[place + ARRIVE_S] = at_s, arrive_s
    back_s = arrive_s + row[at + BACK_S]
    if not is_up(lines, at, back_s):
        return
    if not ways.lost(links, int(row[at + BACK]), arrive_s, packet + ACK):
        times[place + ACKED_S] = back_s
        sample(row, at, back_s - at_s - extra_s)


@part
def _behind(lines: Any, links: Any, at: int, segment: int, now_s: float) -> None:
    """Send behind an unrepaired hole: the receiver's SACK has the hole resent at once."""
    row, times, hole = lines.row, lines.times_s, int(lines.row[at + HOLE])
    place = hole * TIMES
    _send(lines, links, at, segment, now_s, False)
    fix_s = max(times[segment * TIMES + ACKED_S], times[place + SENT_S] + 1.25 * row[at + SRTT_S])
    if fix_s < times[place + DEPART_S]:
        row[at + PACKETS] += 1.0
        packet = lines.segment[hole * NUMBERS + PACKET]
        lines.segment[hole * NUMBERS + PACKET] = packet + ATTEMPT
        arrive_s = fix_s + row[at + DELAY_S]
        survives = is_up(lines, at, fix_s) and is_up(lines, at, arrive_s)
        if (
            survives
            and arrive_s < times[place + ARRIVE_S]
            and not ways.lost(links, int(row[at + OUT]), fix_s, packet)
        ):
            _repair(lines, at, hole, fix_s, arrive_s)
    _follow(lines, at, segment)
    times[segment * TIMES + ARRIVE_S] = max(
        times[segment * TIMES + ARRIVE_S], times[place + ARRIVE_S]
    )


@part
def _repair(lines: Any, at: int, hole: int, depart_s: float, arrive_s: float) -> None:
    """The hole is filled earlier than planned: it and what waited behind it arrive then."""
    row, times, whole, place = lines.row, lines.times_s, lines.segment, hole * TIMES
    planned_s = times[place + ARRIVE_S]
    last_s = max(arrive_s, times[place + FLOOR_S])
    times[place + DEPART_S], times[place + ARRIVE_S] = depart_s, last_s
    times[place + ACKED_S] = last_s + row[at + BACK_S]
    times[place + RTO_S] = NEVER
    lines.pool[MOVED] = moved = hole
    one = int(row[at + FOLLOWER])
    while one >= 0:
        if times[one * TIMES + ARRIVE_S] == planned_s:
            times[one * TIMES + ARRIVE_S] = last_s
            times[one * TIMES + DEPART_S] = min(times[one * TIMES + DEPART_S], depart_s)
            whole[moved * NUMBERS + MOVED_NEXT] = one
            moved = one
        last_s = max(last_s, times[one * TIMES + ARRIVE_S])
        one = whole[one * NUMBERS + NEXT]
    whole[moved * NUMBERS + MOVED_NEXT] = -1
    row[at + LAST_S] = last_s
