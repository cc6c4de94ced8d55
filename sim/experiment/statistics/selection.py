"""Which design is best in a figure, and within what; and which designs no other beats in all.

Of several designs one is shown as best, and how much worse than the best it may be after all: an
upper bound of its difference to each other one, all together (multiple comparisons with the best;
Hsu 1984, Annals of Statistics 12:1136), from pairs that met the same luck, whatever their spread
(Clark and Yang 1986, Naval Research Logistics 33:555). Once that is within the difference worth
caring about, the design is selected in the sense of an indifference zone: it is the best, or as
good as it. Unlike a verdict on every pair this comes to an end however little designs differ.

Where two designs do not differ enough to tell by how much, as where neither lost anything, the
bound is what the design itself may have at most: nobody has less than nothing.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sim.experiment.statistics.comparisons import Pair
from sim.experiment.statistics.facts import rate_of
from sim.experiment.statistics.figures import Figure
from sim.experiment.statistics.intervals import LEAST, t_quantile
from sim.report.selection import TRADED

Found = Mapping[str, Mapping[str, Figure]]


def selected(found: Found, pairs: Iterable[Pair], error: float) -> list[dict[str, Any]]:
    """Of each metric the `best` design, `within` what it is that, and the `margin` worth caring
    about (0 for none). `within` is None where nothing bounds it; then `reason` says why, and `open`
    whether more replications may.

    All bounds of a metric hold together but for `error`.
    """
    of_metric: dict[str, list[Pair]] = {}
    for pair in pairs:
        of_metric.setdefault(pair.metric.name, []).append(pair)
    return [_selected(found, of_metric[name], error) for name in of_metric]


def _selected(found: Found, pairs: Sequence[Pair], error: float) -> dict[str, Any]:
    metric = pairs[0].metric
    values = {
        name: of[metric.name].interval.value for name, of in found.items() if metric.name in of
    }
    side = 1 if metric.better == "lower" else -1
    best = min(values, key=lambda name: side * values[name])
    mine = [pair for pair in pairs if best in (pair.a, pair.b)]
    told: dict[str, Any] = {"metric": metric.name, "best": best, "within": None, "margin": None}
    if reason := next((pair.reason for pair in mine if pair.reason), ""):
        return told | {"reason": reason, "open": False}
    told["margin"] = min((pair.margin for pair in mine if math.isfinite(pair.margin)), default=0.0)
    # Whichever design is really best, its bound to the chosen one is one of these; and each design
    # may be chosen, with a bound of its own.
    bounds = Bounds(found, error / (len(values) - 1 + len(values)))
    within = max(bounds.worse(pair, best) for pair in mine)
    if math.isinf(within):
        return told | {"reason": "too few replications, or too few that differ", "open": True}
    return told | {"within": max(0.0, within), "reason": "", "open": False}


@dataclass(frozen=True, slots=True)
class Bounds:
    """Upper bounds of differences, each with this one-sided error."""

    found: Found
    error: float

    def worse(self, pair: Pair, design: str) -> float:
        """How much worse `design` may be than the other of the pair; infinite where that is not
        bounded, negative where it is better for sure."""
        met = pair.found
        if pair.reason or met is None or met.n < LEAST:
            return math.inf
        side = 1 if (pair.metric.better == "lower") == (pair.b == design) else -1
        if math.isinf(met.error):
            return side * met.difference if met.p < self.error else math.inf
        figure = self.found[design][pair.metric.name]
        # A rate of which neither has a case: their difference has no spread.
        unseen = met.error == 0.0 and not any(hits for hits, _ in figure.counts.values())
        if met.low is None or (unseen and figure.counts) or met.floor > 2 * self.error:
            return self._alone(figure)
        return side * met.difference + t_quantile(1 - self.error, met.n - 1) * met.error

    def _alone(self, figure: Figure) -> float:
        """What a rate may be at most, as it is no more than that worse than any other."""
        if not figure.counts or figure.metric.better != "lower":
            return math.inf
        high = rate_of([*figure.counts.values()], figure.facts, 1 - 2 * self.error).high
        return math.inf if high is None else high


def unbeaten(found: Found, pairs: Iterable[Pair], error: float) -> list[str]:
    """Designs that no other beats in what is `TRADED` (a Pareto set): none is known to be no worse
    than they are in all of it, within the margins, and better in some of it.

    One that belongs here is left out with a chance of at most `error`. Empty for a design alone.
    """
    traded = [pair for pair in pairs if pair.metric.name in TRADED]
    if not traded:
        return []
    bounds = Bounds(found, error / (len(TRADED) * len(found) ** 2))
    kept = []
    for design in found:
        others: dict[str, list[tuple[float, float]]] = {}
        for pair in traded:
            if design in (pair.a, pair.b):
                other = pair.b if pair.a == design else pair.a
                others.setdefault(other, []).append((bounds.worse(pair, other), pair.margin))
        if not any(_beats(rows) for rows in others.values()):
            kept.append(design)
    return kept


def _beats(rows: Sequence[tuple[float, float]]) -> bool:
    """Of how much worse one is at most, and what is worth caring about: in all that is traded."""
    all_of_it = len(rows) == len(TRADED)
    return all_of_it and all(high <= m for high, m in rows) and any(high < 0 for high, _ in rows)
