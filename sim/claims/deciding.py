"""Whether an inequality between figures holds, fails, or cannot be told from so few runs.

It holds when the whole interval of how far the figure is above (or below) lies on the right side,
and fails when the whole interval lies on the wrong one. Replications are paired: they meet the same
luck in every world. Where pairs bound nothing (a percentile that never came, nothing in most
replications), the intervals of the two figures are taken for themselves, which is wider.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from sim.claims.spec import Inequality, Side
from sim.experiment.statistics import LEAST, Interval, paired
from sim.experiment.statistics.comparisons import comparisons_of
from sim.experiment.statistics.entries import entry
from sim.experiment.statistics.figures import Figure, figures
from sim.experiment.statistics.intervals import Floats
from sim.metrics import Measure

HOLDS: Final = "holds"
FAILS: Final = "fails"
OPEN: Final = "open"

Ends = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Decision:
    """One inequality: its state, and the figures it was decided by.

    `above` bounds how far the figure is above what it is held against, `by` included; None where
    nothing bounds it, and then `reason` says why.
    """

    inequality: Inequality
    state: str
    figure: Figure | None
    other: Figure | None = None
    above: Ends | None = None
    reason: str = ""

    def as_json(self) -> dict[str, Any]:
        """Everything it says, as it is stored."""
        one = self.inequality
        ends = self.above and [end if math.isfinite(end) else None for end in self.above]
        return {
            "says": one.says,
            "why": one.why,
            "metric": one.metric,
            "relation": one.relation,
            "times": one.times,
            "by": one.by,
            "limit": one.limit,
            "state": self.state,
            "reason": self.reason,
            "figure": _side(one.figure, self.figure),
            "other": None if one.other is None else _side(one.other, self.other),
            "above": ends,
        }


@dataclass(frozen=True, slots=True)
class Measured:
    """Replications of every design, by world; all intervals are at `level`."""

    worlds: Mapping[str, Mapping[str, Sequence[Measure]]]
    level: float

    def figure(self, side: Side, metric: str) -> Figure | None:
        """A design's figure; None where it has no occasion for it."""
        world = side.world or next(iter(self.worlds))
        return figures(self.worlds[world][side.design], self.level).get(metric)


def decide(one: Inequality, measured: Measured) -> Decision:
    """Look at the figures and say whether the inequality holds."""
    left = measured.figure(one.figure, one.metric)
    right = None if one.other is None else measured.figure(one.other, one.metric)
    if reason := _lacking(one, left, right):
        return Decision(one, OPEN, left, right, reason=reason)
    assert left is not None
    above = _above_limit(one, left) if right is None else _above(one, left, right, measured.level)
    if above is None:
        return Decision(one, OPEN, left, right, reason="nothing bounds it")
    return Decision(one, _state(one, above), left, right, above)


def _lacking(one: Inequality, left: Figure | None, right: Figure | None) -> str:
    """Why the figures cannot be held against each other; "" when they can."""
    sides = [(one.figure, left)] if one.other is None else [(one.figure, left), (one.other, right)]
    for side, figure in sides:
        if figure is None:
            return f"{side.design} has no occasion for it"
        if figure.refused:
            return figure.refused
        if figure.n < LEAST:
            return f"{side.design} has an occasion in {figure.n} replications only"
    return ""


def _side(side: Side, figure: Figure | None) -> dict[str, Any]:
    return {"design": side.design, "world": side.world, "entry": figure and entry(figure)}


def _state(one: Inequality, above: Ends) -> str:
    """`above` bounds the figure less the other (times its factor, less `by` unless within)."""
    low, high = above
    match one.relation:
        case "above":
            right, wrong = low > 0, high <= 0
        case "below":
            right, wrong = high < 0, low >= 0
        case _:
            right, wrong = max(-low, high) <= one.by, low > one.by or high < -one.by
    return HOLDS if right else FAILS if wrong else OPEN


def _shift(one: Inequality) -> float:
    return 0.0 if one.relation == "within" else one.by


def _above_limit(one: Inequality, left: Figure) -> Ends | None:
    assert one.limit is not None
    limit = one.limit + _shift(one)
    ends = _ends(left.interval)
    return None if ends is None else (ends[0] - limit, ends[1] - limit)


def _above(one: Inequality, left: Figure, right: Figure, level: float) -> Ends | None:
    """By pairs where they bound it, else by the two intervals."""
    found = _paired(one, left, right, level)
    if math.isinf(left.interval.value) and math.isinf(right.interval.value):
        return None  # neither came
    if found is None:
        mine, others = _ends(left.interval), _ends(right.interval)
        if mine is None or others is None:
            return None
        found = mine[0] - one.times * others[1], mine[1] - one.times * others[0]
    return found[0] - _shift(one), found[1] - _shift(one)


def _ends(found: Interval) -> Ends | None:
    if found.low is None or found.high is None:
        return None
    return found.low, found.high


def _paired(one: Inequality, left: Figure, right: Figure, level: float) -> Ends | None:
    if one.times == 1.0:
        sides = {"right": {one.metric: right}, "left": {one.metric: left}}
        rows: list[dict[str, Any]] = comparisons_of(sides, level, {})
        if not rows or rows[0]["low"] is None or rows[0]["p"] is None:
            return None
        return float(rows[0]["low"]), float(rows[0]["high"])
    if left.pool is not None or left.parts is None or right.parts is None:
        return None
    return _scaled(one.times, left, right, level)


def _scaled(times: float, left: Figure, right: Figure, level: float) -> Ends | None:
    """The same for a multiple of the other's figure; of percentiles there is no such thing."""
    assert left.parts is not None
    assert right.parts is not None
    both = sorted(left.parts.keys() & right.parts.keys())
    first, second = [times * right.parts[at] for at in both], [left.parts[at] for at in both]
    error = 0.0
    if left.counts and right.counts:
        error = _error_of_rates(times, _hits(left, both), _hits(right, both))
    found = paired(first, second, error, level)
    return None if found.low is None or found.high is None else (found.low, found.high)


def _hits(figure: Figure, places: Sequence[int]) -> Floats:
    """Hits and trials, a row for each replication."""
    return np.array([figure.counts[at] for at in places], dtype=float)


def _error_of_rates(times: float, left: Floats, right: Floats) -> float:
    """Least error of a rate less a multiple of another.

    A multiple hides how few cases there are on the rarer side. So the spread is widened for being
    seen in few replications, as that of a rate is (`intervals.design_effect`), and to the share of
    replications without a case one more burst is added, of the size that the other side has them.
    """
    shares = [side[:, 0] / side[:, 1].mean() for side in (left, right)]
    count, apart = len(left), shares[0] - times * shares[1]
    seen = max(1, min(int(np.count_nonzero(side[:, 0])) for side in (left, right)))
    variance = float(apart.var(ddof=1)) / count * (seen + 1) / seen
    burst = max(_burst(left), _burst(right))
    for factor, side in ((1.0, left), (times, right)):
        empty = 1.0 - np.count_nonzero(side[:, 0]) / count
        variance += empty * (factor * burst / float(side[:, 1].sum())) ** 2
    return math.sqrt(variance)


def _burst(side: Floats) -> float:
    """Hits that come together: variance over mean of what replications had, at least 1."""
    mean = float(side[:, 0].mean())
    return max(1.0, float(side[:, 0].var(ddof=1)) / mean) if mean else 1.0
