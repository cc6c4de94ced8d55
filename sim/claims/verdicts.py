"""From decided inequalities to the word on a claim, and the search for where it changes."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from sim.claims.deciding import FAILS, HOLDS
from sim.claims.spec import CONDITIONAL, DEMONSTRATED, REFUTED, TOO_FEW, BoundarySpec

ERROR = 0.05
"""The chance that any interval of a claim misses: Bonferroni's share of it goes to each."""


def verdict(states: Iterable[str]) -> str:
    """Demonstrated when all hold, refuted when one fails, else too few runs.

    >>> verdict(["holds", "holds"]), verdict(["holds", "fails"]), verdict(["holds", "open"])
    ('demonstrated', 'refuted', 'too few runs')
    """
    found = list(states)
    if FAILS in found:
        return REFUTED
    return DEMONSTRATED if found and all(one == HOLDS for one in found) else TOO_FEW


def over_choices(words: Iterable[str]) -> str:
    """Of a claim that was looked at with several choices: theirs, or that it depends on them.

    >>> over_choices(["demonstrated", "refuted"]), over_choices(["refuted", "refuted"])
    ('conditional', 'refuted')
    """
    found = set(words)
    if TOO_FEW in found:
        return TOO_FEW
    return CONDITIONAL if len(found) > 1 else found.pop()


def level(inequalities: int, points: int) -> float:
    """Of each interval, so that all intervals of a claim hold together with 95 %."""
    return 1 - ERROR / (max(1, inequalities) * max(1, points))


@dataclass(frozen=True, slots=True)
class Boundary:
    """Where a claim stops being true: it has `below` at `low` and `above` at `high`.

    In between nothing was told: neither side of a boundary is told by runs near it. `looked` is
    every point with its verdict, in order.
    """

    verdict: str
    low: float
    high: float
    below: str
    above: str
    looked: tuple[tuple[float, str], ...]


def search(spec: BoundarySpec, at: Callable[[float], str]) -> Boundary:
    """Halve the range in which the verdict changes, `spec.steps` times.

    `at` tells the verdict at a value. With one verdict at both ends it is that of the whole range;
    where an end cannot be told, runs are too few. Takes for granted that it changes once.
    """
    low, high = spec.between
    ends = {low: at(low), high: at(high)}
    words = set(ends.values())
    if len(words) == 1 or TOO_FEW in words:
        word = words.pop() if len(words) == 1 else TOO_FEW
        return Boundary(word, low, high, ends[low], ends[high], tuple(sorted(ends.items())))
    found = _Range(low, high, low, high, False)
    for _ in range(spec.steps):
        point = found.next(spec)
        if point is None or point in ends:
            break
        ends[point] = at(point)
        found = found.narrowed(point, ends[point], (ends[low], ends[high]))
    looked = tuple(sorted(ends.items()))
    return Boundary(CONDITIONAL, found.low, found.high, ends[low], ends[high], looked)


@dataclass(frozen=True, slots=True)
class _Range:
    """What is between two verdicts; `first` to `last` in it was looked at and could not be told."""

    low: float
    high: float
    first: float
    last: float
    is_open: bool

    def next(self, spec: BoundarySpec) -> float | None:
        """The middle; beside what could not be told, that of the wider part."""
        if not self.is_open:
            return _middle(self.low, self.high, spec)
        parts = [(self.low, self.first), (self.last, self.high)]
        low, high = max(parts, key=lambda part: _width(part[0], part[1], spec))
        return _middle(low, high, spec)

    def narrowed(self, point: float, word: str, ends: tuple[str, str]) -> _Range:
        """With what was found at a point."""
        if word == TOO_FEW:
            if not self.is_open:
                return replace(self, first=point, last=point, is_open=True)
            return replace(self, first=min(self.first, point), last=max(self.last, point))
        if word == ends[0]:
            return replace(self, low=point, is_open=self.is_open and point < self.first)
        return replace(self, high=point, is_open=self.is_open and point > self.last)


def _width(low: float, high: float, spec: BoundarySpec) -> float:
    return math.log(high / low) if spec.scale == "log" else high - low


def _middle(low: float, high: float, spec: BoundarySpec) -> float | None:
    middle = math.sqrt(low * high) if spec.scale == "log" else (low + high) / 2
    if spec.whole:
        middle = float(round(middle))
        return None if middle in (low, high) else middle
    return float(f"{middle:.3g}")
