"""The fewest nodes of each way to come back, looked for from below.

Only what `bounds` says is certain to hold for all numbers below. That the rest gets no worse with
more nodes is likely and not proven (a crowd may fall into step), so what the answer rests on is
played: so many nodes hold, one fewer in each zone do not, and so do one and two more in each zone.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from sim.plans.bounds import certainly, fewest
from sim.plans.exactly import Exactly
from sim.plans.judged import FAILS, FEW, HOLDS, Judged
from sim.plans.question import LIMITS, RECOVERY
from sim.plans.storming import stormed

if TYPE_CHECKING:
    from sim.plans.bounds import Needs
    from sim.plans.question import Question, Way
    from sim.plans.runs import Runs
    from sim.plans.storming import Stage

_MOST_STEP: Final = 4.0  # times as many nodes at once, however far off a figure is
_BEYOND: Final = (1, 2)  # nodes more in each zone, played to see whether more are no worse


@dataclass(frozen=True, slots=True)
class Tried:
    """What so many nodes are found to be with one way to come back, as far as it was looked at."""

    nodes: int
    found: tuple[Judged, ...]

    @property
    def state(self) -> str:
        """That of the worst figure."""
        states = [one.state for one in self.found]
        return FAILS if FAILS in states else FEW if FEW in states else HOLDS

    @property
    def binding(self) -> Judged | None:
        """Of those that do not hold, the one that is furthest beyond its limit."""
        wrong = [one for one in self.found if one.state != HOLDS]
        return max(wrong, key=lambda one: one.excess, default=None)

    @property
    def excess(self) -> float:
        """How many times its limit that one is; 0 where all hold."""
        return 0.0 if self.binding is None else self.binding.excess

    def figure(self, name: str) -> Judged | None:
        """The figure of this limit: the last one, which is the most thorough."""
        return next((one for one in reversed(self.found) if one.name == name), None)

    @property
    def figures(self) -> list[Judged]:
        """One of each limit that was looked at, in their order."""
        found = (self.figure(name) for name in LIMITS)
        return [one for one in found if one is not None]


@dataclass(slots=True)
class Row:
    """One way: its fewest nodes, what binds there, and everything that was tried.

    nodes None: none of those allowed hold. is_whole: everything was looked at, else recovery,
    memory and pings alone, and so many nodes are a bound from below.
    """

    way: Way
    nodes: int | None = None
    is_whole: bool = False
    binding: str | None = None
    tried: dict[int, Tried] = field(default_factory=dict)
    not_monotone: tuple[int, ...] = ()

    @property
    def best(self) -> Tried | None:
        """What was found of its fewest nodes."""
        return None if self.nodes is None else self.tried.get(self.nodes)

    @property
    def nearest(self) -> Tried:
        """Of those that do not hold, the one that came furthest, by the least."""
        missed = [one for one in self.tried.values() if one.state != HOLDS]
        return min(missed, key=lambda one: (-len(one.figures), one.excess, one.nodes))


@dataclass(frozen=True, slots=True)
class Search:
    """Looks for the fewest nodes; everything that is played goes through `runs`."""

    stage: Stage
    needs: Needs
    runs: Runs
    exactly: Exactly

    @property
    def question(self) -> Question:
        """What is asked."""
        return self.stage.question

    def rows(self) -> list[Row]:
        """A row for each way, the cheapest first; exact runs only where a way may be the best."""
        rows = [self._by_storms(way) for way in self.question.ways]
        rows.sort(key=_order)
        best: Row | None = None
        for row in rows:
            if row.nodes is not None and (best is None or row.nodes <= _nodes(best)):
                self._completed(row, best)
                if row.is_whole and row.nodes is not None:
                    best = row if best is None or _order(row) < _order(best) else best
        if best is not None:
            self._looked_beyond(best)
        return sorted(rows, key=_order)

    def _by_storms(self, way: Way) -> Row:
        row = Row(way)
        first = fewest(self.question, self.needs, way)
        if first is None:
            self._try(row, self.question.numbers_of_nodes[-1], whole=False)
        else:
            row.nodes = self._fewest(row, first, whole=False)
        self._bind(row, first)
        return row

    def _completed(self, row: Row, best: Row | None) -> None:
        """Everything is looked at; with a `best`, only whether this way does with fewer nodes."""
        first, step = row.nodes, self.question.zones
        assert first is not None
        if best is not None and first < _nodes(best):
            below = _nodes(best) - step
            if self._try(row, below, whole=True).state != HOLDS:
                row.nodes, first = _nodes(best), _nodes(best)
                self._bind(row, first)
                return
        row.nodes, row.is_whole = self._fewest(row, first, whole=True), True
        self._bind(row, first)

    def _fewest(self, row: Row, first: int, whole: bool) -> int | None:
        """The fewest from `first` on that hold; None when even the most do not.

        The next guess is what a figure would need if it fell as clients a node do.
        """
        step, most = self.question.zones, self.question.numbers_of_nodes[-1]
        low, high, guess = first - step, None, first
        while high is None or high - low > step:
            tried = self._try(row, guess, whole)
            if tried.state == HOLDS:
                high, down = guess, guess - step
                guess = down if down > low and high - low <= 4 * step else _middle(low, high, step)
                continue
            low = guess
            if low >= most:
                return None
            guess = min(max(_hint(tried, step), low + step), most if high is None else high - step)
        return high

    def _try(self, row: Row, nodes: int, whole: bool) -> Tried:
        """Look at so many nodes, no further than the first thing that does not hold."""
        found: list[Judged] = []
        for part in self._parts(row.way, nodes, whole):
            found += part()
            if any(one.state != HOLDS for one in found):
                break
        tried = Tried(nodes, tuple(found))
        row.tried[nodes] = tried
        return tried

    def _parts(self, way: Way, nodes: int, whole: bool) -> Iterator[Callable[[], list[Judged]]]:
        stage, runs = self.stage, self.runs
        yield lambda: list(certainly(self.question, self.needs, way, nodes))
        yield lambda: stormed(stage, way, nodes, runs, whole=False)
        if whole:
            yield lambda: self.exactly.played(way, nodes)
            yield lambda: stormed(stage, way, nodes, runs, whole=True)

    def _bind(self, row: Row, first: int | None) -> None:
        """Name what keeps it from fewer nodes: what one fewer in each zone break."""
        step = self.question.zones
        if row.nodes is None:
            last = row.tried.get(self.question.numbers_of_nodes[-1])
            row.binding = last.binding.name if last is not None and last.binding else None
        elif row.nodes - step < step:
            row.binding = None  # there is no smaller one
        else:
            below = row.tried.get(row.nodes - step) or self._try(
                row, row.nodes - step, row.is_whole
            )
            row.binding = below.binding.name if below.binding else None

    def _looked_beyond(self, row: Row) -> None:
        step, most = self.question.zones, self.question.numbers_of_nodes[-1]
        more = [_nodes(row) + times * step for times in _BEYOND]
        found = [self._try(row, one, whole=False) for one in more if one <= most]
        row.not_monotone = tuple(one.nodes for one in found if one.state != HOLDS)


def _nodes(row: Row) -> int:
    assert row.nodes is not None
    return row.nodes


def _order(row: Row) -> tuple[Any, ...]:
    """The fewest nodes first, then what was looked at in full, then the soonest back."""
    best = row.best
    took = best.figure(RECOVERY) if best is not None else None
    nodes = math.inf if row.nodes is None else row.nodes
    return nodes, not row.is_whole, took.value if took is not None else math.inf


def _middle(low: int, high: int, step: int) -> int:
    return low + max((high - low) // (2 * step), 1) * step


def _hint(tried: Tried, step: int) -> int:
    return math.ceil(tried.nodes * min(tried.excess, _MOST_STEP) / step) * step
