"""Outages as sets of instants: every operation against a brute-force look at each instant."""

from math import exp, inf, sqrt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.network.durations import Duration, exponential, fixed, lognormal, uniform
from sim.network.outages import NO_OUTAGES, Outages, renewal
from sim.streams import Streams

instants = st.integers(0, 40).map(float)
intervals = st.lists(
    st.tuples(instants, instants).map(lambda pair: (min(pair), max(pair))), max_size=6
)
HALVES = [half / 2 for half in range(90)]


def down(parts: list[tuple[float, float]], time_s: float) -> bool:
    return any(start_s <= time_s < end_s for start_s, end_s in parts)


@given(intervals)
def test_is_sorted_disjoint_and_true_to_the_intervals(parts: list[tuple[float, float]]) -> None:
    outages = Outages(parts)
    edges = [edge for pair in outages for edge in pair]
    assert edges == sorted(set(edges))
    assert [outages.is_up(time_s) for time_s in HALVES] == [
        not down(parts, time_s) for time_s in HALVES
    ]


@given(intervals)
def test_next_down(parts: list[tuple[float, float]]) -> None:
    outages = Outages(parts)
    for time_s in HALVES:
        down_s = outages.next_down_s(time_s)
        assert down_s == next(
            (at_s for at_s in HALVES if at_s >= time_s and down(parts, at_s)), inf
        )


@given(intervals, intervals)
def test_merge_is_down_whenever_either_is(
    one: list[tuple[float, float]], other: list[tuple[float, float]]
) -> None:
    assert Outages(one).merge(Outages(other)) == Outages(one + other)


@given(intervals, instants)
def test_clipped_keeps_what_is_before(parts: list[tuple[float, float]], until_s: float) -> None:
    clipped = Outages(parts).clipped(until_s)
    for time_s in HALVES:
        assert clipped.is_up(time_s) == (not down(parts, time_s) or time_s >= until_s)


@given(intervals, st.integers(1, 12).map(float), instants)
def test_repeated_plays_the_round_over_and_over(
    parts: list[tuple[float, float]], period_s: float, offset_s: float
) -> None:
    played = Outages(parts).repeated(period_s, offset_s, until_s=35.0)
    for time_s in HALVES:
        if time_s < 35.0:
            assert played.is_up(time_s) == (not down(parts, (time_s + offset_s) % period_s))


def test_touching_outages_are_one_and_empty_ones_vanish() -> None:
    outages = Outages([(5.0, 7.0), (1.0, 3.0), (3.0, 4.0), (9.0, 9.0)])
    assert list(outages) == [(1.0, 4.0), (5.0, 7.0)]
    assert len(outages) == 2
    assert outages != NO_OUTAGES
    assert hash(outages) == hash(Outages([(1.0, 4.0), (5.0, 7.0)]))


def test_an_outage_may_never_end() -> None:
    outages = Outages([(5.0, inf), (7.0, 8.0)])
    assert not outages.is_up(1e9)
    assert list(outages.clipped(10.0)) == [(5.0, 10.0)]


def test_no_outages() -> None:
    assert NO_OUTAGES.is_up(0.0)
    assert NO_OUTAGES.next_down_s(3.0) == inf
    assert NO_OUTAGES.repeated(1.0, 0.0, 1e9) == NO_OUTAGES
    some = Outages([(1.0, 2.0)])
    assert some.merge(NO_OUTAGES) is some
    assert NO_OUTAGES.merge(some) is some


@pytest.mark.parametrize(
    "interval", [(-1.0, 2.0), (3.0, 2.0), (inf, inf), (float("nan"), 1.0), (1.0, float("nan"))]
)
def test_impossible_intervals_are_refused(interval: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match=r"outage is \(.*allowed: 0 <= start <= end"):
        Outages([interval])


@pytest.mark.parametrize(("period_s", "offset_s"), [(0.0, 1.0), (1.0, -1.0)])
def test_impossible_repetition_is_refused(period_s: float, offset_s: float) -> None:
    with pytest.raises(ValueError, match=r"allowed: finite and >"):
        NO_OUTAGES.repeated(period_s, offset_s, 10.0)


def renewed(up: Duration, down: Duration, horizon_s: float, **options: Any) -> Outages:
    return renewal(up, down, horizon_s, Streams(1, 0).draws("outages"), **options)


def test_renewal_alternates_starting_up() -> None:
    outages = renewed(fixed(10.0), fixed(2.0), 30.0, stationary=False)
    assert list(outages) == [(10.0, 12.0), (22.0, 24.0)]


def test_a_longer_horizon_extends_the_same_timeline() -> None:
    short, long = (renewed(exponential(10.0), lognormal(2.0, 1.0), end) for end in (200.0, 2_000.0))
    assert list(long)[: len(short)] == list(short)
    assert short.starts_s[-1] < 200.0 <= long.starts_s[len(short)]


@pytest.mark.parametrize(
    ("up", "down"),
    [
        (exponential(10.0), exponential(5.0)),
        (fixed(10.0), uniform(2.0, 8.0)),
        (lognormal(10.0 * exp(-0.125), 0.5), fixed(5.0)),
    ],
)
@pytest.mark.parametrize("time_s", [0.0, 3.0, 11.0])
def test_stationary_links_are_down_equally_often_at_any_time(
    up: Duration, down: Duration, time_s: float
) -> None:
    """A third of the time, 5 / (10 + 5), from the very start."""
    count = 2_000
    streams = Streams(1, 0)
    are_down = sum(
        not renewal(up, down, 20.0, streams.draws("outages", person)).is_up(time_s)
        for person in range(count)
    )
    assert abs(are_down / count - 1 / 3) < 5 * sqrt(2 / 9 / count)
