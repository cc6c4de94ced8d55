"""The figures of a sweep: every design at every point, with intervals, and every pair of designs.

A metric's comparisons are corrected together, over all pairs and points (Holm): where all designs
are alike, a sweep says of a metric that one is better somewhere in at most one case of twenty.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Final, TypeAlias

from sim.experiment.statistics import holm
from sim.experiment.statistics.comparisons import comparisons_of, counting_error
from sim.experiment.statistics.figures import Figure, figures
from sim.experiment.statistics.intervals import LEVEL
from sim.experiment.sweep.crossing import Pair
from sim.metrics import METRICS, Measure

Found: TypeAlias = Mapping[tuple[int, str], Mapping[str, Figure]]
"""(point, design) -> metric -> figure."""
Row: TypeAlias = Mapping[str, Any]
BETTER: Final = {metric.name: metric.better for metric in METRICS}
_SURE: Final = ("better", "worse")


def found_figures(
    measures: Mapping[tuple[int, str], Sequence[Measure]], metrics: Sequence[str]
) -> Found:
    """The figures of these metrics, those without an occasion left out."""
    return {at: figures([_only(one, metrics) for one in of]) for at, of in measures.items()}


def _only(measure: Measure, metrics: Sequence[str]) -> Measure:
    """The measure as if nothing else had an occasion, which is quicker."""
    kept = {name: value if name in metrics else None for name, value in measure["metrics"].items()}
    return {**measure, "metrics": kept}


@dataclass(frozen=True, slots=True)
class Compared:
    """Every pair of designs at every point, on one metric: `rows` as in summary.json, with their
    `point` and, in `p_corrected`, corrected over all of them."""

    rows: Mapping[tuple[int, str, str], Row]

    def better(self, point: int, a: str, b: str) -> int:
        """-1 when `a` is better for certain, 1 when `b` is, else 0."""
        if (row := self.rows.get((point, b, a))) is not None:
            return -_better(row)
        return _better(self.rows[point, a, b])


def compared(
    found: Found, metric: str, designs: Sequence[str], count: int, margins: Mapping[str, float]
) -> Compared:
    """All comparisons of one metric."""
    rows = [
        {"point": point, **row}
        for point in range(count)
        for a, b in combinations(designs, 2)
        for row in _row(found, metric, (point, a, b), margins)
    ]
    tested = [one for one in rows if one["p_corrected"] is not None]
    for row, chance in zip(tested, holm([one["p"] for one in tested]), strict=True):
        row["p_corrected"] = chance
        if row["verdict"] in _SURE and chance >= 1 - LEVEL:
            row["verdict"] = "not distinguishable"
    return Compared({(one["point"], one["a"], one["b"]): one for one in rows})


def _row(
    found: Found, metric: str, at: tuple[int, str, str], margins: Mapping[str, float]
) -> Iterator[dict[str, Any]]:
    point, a, b = at
    two = {name: {metric: of[metric]} for name in (a, b) if metric in (of := found[point, name])}
    if len(two) < 2:
        yield {"metric": metric, "a": a, "b": b, "p": None, "p_corrected": None,
               "difference": None, "low": None, "high": None, "n": 0, "verdict": "unknown",
               "reason": "does not apply to both designs"}  # fmt: skip
        return
    for row in comparisons_of(two, LEVEL, margins):
        kept = ("metric", "a", "b", "difference", "low", "high", "p", "p_corrected", "n",
                "verdict", "reason")  # fmt: skip
        yield {name: row[name] for name in kept}


def _better(row: Row) -> int:
    return {"better": 1, "worse": -1}.get(row["verdict"], 0)


def pair_at(found: Found, metric: str, x: float, at: tuple[int, str, str], better: int) -> Pair:
    """Two designs at one point, as a crossing is looked for."""
    point, a, b = at
    first, second = (found[point, name].get(metric) for name in (a, b))
    if first is None or second is None or first.parts is None or second.parts is None:
        return Pair(x, None, None, 0.0, better)
    shared = sorted(first.parts.keys() & second.parts.keys())
    error = counting_error(first.counts, second.counts, shared) if shared else 0.0
    return Pair(x, first.parts, second.parts, error, better)
