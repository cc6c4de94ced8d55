"""From replications to statements: intervals, paired comparisons, verdicts.

Replications are independent; within one, all designs meet the same luck (common random numbers),
so designs are compared by their difference within each replication. What happens to one person or
node happens to many receptions at once, so the replication, never the reception, is what is
counted as independent. Leaves out the words around the figures (`sim.experiment.answer`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sim.experiment.statistics.comparisons import comparisons, pairs_of
from sim.experiment.statistics.entries import entry, more_replications, precision
from sim.experiment.statistics.figures import Figure, figures
from sim.experiment.statistics.intervals import (
    LEAST,
    LEVEL,
    Interval,
    interval,
    mean_interval,
    rate_interval,
)
from sim.experiment.statistics.paired import Paired, paired
from sim.experiment.statistics.selection import selected, unbeaten
from sim.experiment.statistics.sequential import level_of_look
from sim.experiment.statistics.several import benjamini_hochberg, holm
from sim.metrics import METRICS, Measure, rounded
from sim.metrics.judged import number

__all__ = [
    "LEAST",
    "LEVEL",
    "Interval",
    "Paired",
    "benjamini_hochberg",
    "holm",
    "interval",
    "level_of_look",
    "mean_interval",
    "more_replications",
    "number",
    "paired",
    "precision",
    "rate_interval",
    "summarise",
]

Entry = Mapping[str, Any]


def summarise(
    measures_by_design: Mapping[str, Sequence[Measure]],
    level: float = LEVEL,
    margins: Mapping[str, float] | None = None,
) -> dict[str, Any]:
    """`designs`, `comparisons`, `verdicts`, `selected` and `unbeaten` as in summary.json; the first
    design is reference.

    `margins` replaces the difference worth caring about of the metrics it names. A comparison's
    difference and verdict speak of `b` against `a`. Metrics that never apply are left out; a
    comparison that cannot be made is "unknown" and has its `reason`. Raises `ValueError` without
    designs.
    """
    if not measures_by_design:
        raise ValueError("nothing to summarise: no design was measured")
    found = {design: figures(ones, level) for design, ones in measures_by_design.items()}
    pairs = list(pairs_of(found, level, margins or {}))
    rows = comparisons(pairs, level)
    summary = {
        "designs": {design: _entries(of) for design, of in found.items()},
        "comparisons": rows,
        "verdicts": _verdicts(found, rows),
        "selected": selected(found, pairs, 1 - level),
        "unbeaten": unbeaten(found, pairs, 1 - level),
    }
    return {name: rounded(part) for name, part in summary.items()}


def _entries(found: Mapping[str, Figure]) -> dict[str, dict[str, Any]]:
    return {metric.name: entry(found[metric.name]) for metric in METRICS if metric.name in found}


def _verdicts(
    found: Mapping[str, Mapping[str, Figure]], rows: Sequence[Mapping[str, Any]]
) -> dict[str, dict[str, str]]:
    reference = next(iter(found))
    verdicts: dict[str, dict[str, str]] = {design: {} for design in found}
    verdicts[reference] = dict.fromkeys(found[reference], "reference")
    for row in rows:
        if row["a"] == reference:
            verdicts[row["b"]][row["metric"]] = row["verdict"]
    return verdicts
