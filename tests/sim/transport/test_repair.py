"""Repair on rows against the objects that say what it means, write by write."""

from __future__ import annotations

import numpy as np
import pytest

from sim.core.lines import (
    ACKED_S,
    ARRIVE_S,
    DEPART_S,
    HELD,
    IN_USE,
    MOVED,
    MOVED_NEXT,
    NUMBERS,
    RTO_S,
    SENT_S,
    TIMES,
    LineRows,
)
from sim.core.links import LinkRows
from sim.network.delay import constant_delay
from sim.network.loss import Bernoulli, GilbertElliott, NoLoss
from sim.network.outages import Outages
from sim.network.path import Way
from sim.network.rate import ConstantRate
from sim.streams import Streams
from sim.transport import repair
from sim.transport.direction import Direction, Segment
from sim.transport.wire import mss_bytes

SEEDS = range(60)


class Rows:
    """A direction whose trouble is in rows, with what still flies held as a connection does."""

    def __init__(self, line: Direction, lines: LineRows) -> None:
        self.line = line
        self.lines = lines
        assert line.to_rows(0.0)
        assert line.repairs_in_rows

    def write(self, at_s: float, size_bytes: int, name: int) -> tuple[int, list[int]]:
        views = self.lines.shared.views
        if views.pool[IN_USE] >= len(views.segment) // NUMBERS:
            self.lines.more_segments(views.pool[IN_USE] + 1)
            views = self.lines.shared.views
        links = self.line.out.links
        segment = repair.send(views, links, self.line.row, at_s, size_bytes, name)
        repair.hold(views, segment)
        moved, found = views.pool[MOVED], []
        while moved >= 0:
            found.append(moved)
            moved = views.segment[moved * NUMBERS + MOVED_NEXT]
        return segment, found

    def times(self, segment: int) -> tuple[float, ...]:
        views = self.lines.shared.views
        columns = (SENT_S, DEPART_S, ARRIVE_S, ACKED_S, RTO_S)
        return tuple(views.times_s[segment * TIMES + column] for column in columns)


def told(segment: Segment) -> tuple[float, ...]:
    return (segment.sent_s, segment.depart_s, segment.arrive_s, segment.acked_s, segment.rto_s)


def direction(seed: int) -> tuple[Direction, LineRows]:
    """A lossy one with outages: the same for the same seed."""
    luck, streams = np.random.default_rng(seed), Streams(seed, 0)
    links, lines = LinkRows(), LineRows()
    losses = (
        NoLoss(),
        Bernoulli(0.3, streams.draws("loss-up", 1)),
        GilbertElliott(4.0, 2.0, 0.02, 0.7, streams.draws("loss-up", 1)),
    )
    up, down = losses[int(luck.integers(3))], Bernoulli(0.1, streams.draws("loss-down", 1))
    rate = None if luck.random() < 0.5 else ConstantRate(20_000.0)
    spans = [(begin_s, begin_s + luck.exponential(3.0)) for begin_s in luck.uniform(0, 200, 8)]
    if luck.random() < 0.2:
        spans.append((150.0, 2000.0))  # long enough to give up
    out = Way(constant_delay(luck.uniform(0.005, 0.2)), up, rate, links)
    back = Way(constant_delay(luck.uniform(0.005, 0.2)), down, rate, links)
    rtt_s = luck.uniform(0.01, 2.0)  # as the handshake saw it
    return Direction(out, back, Outages(spans), 52, rtt_s, lines), lines


def writes(seed: int) -> list[tuple[float, int, int]]:
    """Bursts and pauses, now and then of several segments."""
    luck = np.random.default_rng(seed + 1000)
    gaps_s = luck.exponential(luck.choice([0.02, 0.3, 2.0], size=300))
    sizes = luck.choice([6, 120, 20 * mss_bytes()], size=300, p=[0.5, 0.45, 0.05])
    return [
        (float(at_s), int(size), place << 2)
        for place, (at_s, size) in enumerate(zip(np.cumsum(gaps_s), sizes, strict=True))
    ]


@pytest.mark.parametrize("seed", SEEDS)
def test_rows_repair_as_objects_do(seed):
    """Arrivals, acknowledgements, time-outs, what is moved: all equal, to the last bit."""
    objects, (line, lines) = direction(seed)[0], direction(seed)
    rows, pairs, seen = Rows(line, lines), dict[Segment, int](), 0
    for at_s, size_bytes, name in writes(seed):
        arrive_s = objects.fast(at_s, size_bytes, name)
        assert line.fast(at_s, size_bytes, name) == arrive_s
        if arrive_s >= 0.0:
            continue
        segment, revised = objects.slow(at_s, None, size_bytes, name)
        pairs[segment], moved = rows.write(at_s, size_bytes, name)
        assert moved == [pairs[one] for one in revised]
        for one in (segment, *revised):
            assert rows.times(pairs[one]) == told(one)
        assert (line.last_s, line.quiet_s) == (objects.last_s, objects.quiet_s)
        assert (line.packets, line.bytes, line.messages) == (
            objects.packets, objects.bytes, objects.messages,
        )  # fmt: skip
        seen += 1
    assert seen > 10


@pytest.mark.parametrize("seed", SEEDS)
def test_what_comes_back_from_rows_goes_on_as_if_it_had_never_been_there(seed):
    objects, (line, lines) = direction(seed)[0], direction(seed)
    rows, back = Rows(line, lines), int(np.random.default_rng(seed).integers(20, 280))

    def made(place: int) -> Segment:
        segment = Segment(None, 0)
        (segment.sent_s, segment.depart_s, segment.arrive_s, segment.acked_s,
         segment.rto_s) = rows.times(place)  # fmt: skip
        at, views = place * NUMBERS, lines.shared.views
        segment.packet, segment.floor_s = views.segment[at], views.times_s[place * TIMES + 5]
        return known.setdefault(place, segment)

    known: dict[int, Segment] = {}
    for number, (at_s, size_bytes, name) in enumerate(writes(seed)):
        if number == back:
            line.from_rows(made)
        if objects.fast(at_s, size_bytes, name) >= 0.0:
            assert line.fast(at_s, size_bytes, name) >= 0.0
        elif number < back:
            objects.slow(at_s, None, size_bytes, name)
            rows.write(at_s, size_bytes, name)
        else:
            segment, revised = objects.slow(at_s, None, size_bytes, name)
            again, moved = line.slow(at_s, None, size_bytes, name)
            assert [told(one) for one in moved] == [told(one) for one in revised]
            assert told(again) == told(segment)
    assert line.rtt == objects.rtt


def test_rows_take_over_when_nothing_of_the_objects_can_be_moved_any_more():
    line, _ = direction(3)
    hole = next(
        hole
        for at_s, size_bytes, name in writes(3)
        if line.fast(at_s, size_bytes, name) < 0.0
        and line.slow(at_s, None, size_bytes, name)
        and (hole := line.hole)
    )
    assert not line.to_rows(hole.sent_s)
    assert not line.repairs_in_rows
    assert line.to_rows(hole.acked_s)
    assert (line.hole, line.batch, line.followers) == (None, None, [])


def test_a_segment_that_nothing_refers_to_is_free_again():
    line, lines = direction(3)
    rows = Rows(line, lines)
    for at_s, size_bytes, name in writes(3):
        if line.fast(at_s, size_bytes, name) < 0.0:
            repair.release(lines.shared.views, rows.write(at_s, size_bytes, name)[0])
    views = lines.shared.views
    assert len(views.segment) // NUMBERS == 64  # it has never needed more
    repair.let_go(views, line.row)
    assert views.pool[IN_USE] == 0
    assert not any(views.segment[HELD::NUMBERS])
