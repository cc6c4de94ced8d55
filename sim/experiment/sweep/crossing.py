"""Where two designs change places along a swept number, with an interval.

A crossing is told only between two points at each of which one design is better for certain, a
different one. Between points the figures of each replication are taken to run straight. The
interval holds every value at which the two designs, paired by replication, are not told apart at
the level: the inversion of the paired test (Fieller's way with a ratio). Where a figure is infinite
on the way, only the two points are known.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np

from sim.experiment.statistics.intervals import LEAST, LEVEL, Floats
from sim.experiment.statistics.paired import paired

_STEPS: Final = 8  # of a segment, before an end of the interval is looked for more closely
_HALVINGS: Final = 16


@dataclass(frozen=True, slots=True)
class Pair:
    """Two designs at one swept value `x`: what each replication, by its number, adds to either
    figure (None where that is infinite), and the least error of their difference.

    `better`: -1 when the first design is better for certain, 1 when the second is, 0 when neither.
    """

    x: float
    a: Mapping[int, float] | None
    b: Mapping[int, float] | None
    least_error: float
    better: int


@dataclass(frozen=True, slots=True)
class Crossing:
    """From `low` to `high` the designs are not told apart; `at` is where their figures are equal,
    None where that cannot be said. `better` is who is better beyond: 1 the second, -1 the first.
    """

    at: float | None
    low: float
    high: float
    better: int


def crossings(pairs: Sequence[Pair], is_log: bool = False) -> list[Crossing]:
    """Every place where the designs change places, in the order of x."""
    sure = [place for place, one in enumerate(pairs) if one.better]
    changes = [
        (left, right) for left, right in pairwise(sure) if pairs[left].better != pairs[right].better
    ]
    return [_crossing(pairs[left : right + 1], is_log) for left, right in changes]


def _crossing(pairs: Sequence[Pair], is_log: bool) -> Crossing:
    better = pairs[-1].better
    if (way := _way(pairs, is_log)) is None:
        return Crossing(None, pairs[0].x, pairs[-1].x, better)
    at = way.zero()
    low, high = way.first(at, forwards=True), way.first(at, forwards=False)
    return Crossing(way.x(at), way.x(low), way.x(high), better)


def _way(pairs: Sequence[Pair], is_log: bool) -> _Way | None:
    """The way by the replications that all its points have; None where there are too few."""
    if any(one.a is None or one.b is None for one in pairs):
        return None
    every = [of for one in pairs for of in (one.a, one.b) if of is not None]
    shared = sorted(set(every[0]).intersection(*every[1:]))
    if len(shared) < LEAST:
        return None
    values = [np.array([of[place] for place in shared]) for of in every]
    errors = [one.least_error for one in pairs]
    return _Way([one.x for one in pairs], values[::2], values[1::2], errors, is_log)


@dataclass(frozen=True)
class _Way:
    """From one sure point to the next; a place on it is a number of segments: 0 to their count."""

    xs: Sequence[float]
    a: Sequence[Floats]
    b: Sequence[Floats]
    errors: Sequence[float]
    is_log: bool

    def x(self, place: float) -> float:
        """The swept value at a place."""
        left, share = self._segment(place)
        low, high = self.xs[left : left + 2]
        return low * (high / low) ** share if self.is_log else (1 - share) * low + share * high

    def zero(self) -> float:
        """The first place where the mean difference is nothing."""
        apart = [float(np.mean(b - a)) for a, b in zip(self.a, self.b, strict=True)]
        for left, (here, there) in enumerate(pairwise(apart)):
            if here == 0:
                return float(left)
            if here * there < 0:
                return left + here / (here - there)
        return float(len(apart) - 1)

    def first(self, zero: float, *, forwards: bool) -> float:
        """The first place, from either end, where the designs are not told apart."""
        told = 0.0 if forwards else float(len(self.xs) - 1)
        for place in self._stations(zero, forwards):
            if not self._is_told_apart(place):
                return self._refined(told, place)
            told = place
        return zero

    def _stations(self, zero: float, forwards: bool) -> Iterator[float]:
        count = (len(self.xs) - 1) * _STEPS
        every = sorted([*(step / _STEPS for step in range(count + 1)), zero])
        yield from every if forwards else reversed(every)

    def _refined(self, told: float, not_told: float) -> float:
        for _ in range(_HALVINGS):
            middle = (told + not_told) / 2
            if self._is_told_apart(middle):
                told = middle
            else:
                not_told = middle
        return told

    def _is_told_apart(self, place: float) -> bool:
        left, share = self._segment(place)
        a, b = ((1 - share) * of[left] + share * of[left + 1] for of in (self.a, self.b))
        error = (1 - share) * self.errors[left] + share * self.errors[left + 1]
        return paired(a.tolist(), b.tolist(), error).p < 1 - LEVEL

    def _segment(self, place: float) -> tuple[int, float]:
        left = min(int(place), len(self.xs) - 2)
        return left, place - left
