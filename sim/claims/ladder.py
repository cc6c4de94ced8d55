"""What each mechanism adds, when one is added after the other.

The effect of a step is the difference to the rung below, in the same replications and so under the
same luck. It is the effect of adding this mechanism to those before it; in another order it may be
another (`rtcsim attribute` averages over all orders).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sim.claims.spec import LadderSpec
from sim.experiment.statistics.comparisons import comparisons_of
from sim.experiment.statistics.entries import entry
from sim.experiment.statistics.figures import Figure, figures
from sim.experiment.statistics.intervals import LEVEL

if TYPE_CHECKING:
    from sim.experiment.runner import Measures


def climbed(spec: LadderSpec, measures: Measures) -> list[dict[str, Any]]:
    """A row for each rung: its figures, and the steps from the rung below, at 95 % each."""
    found = {rung.design: figures(measures[rung.design]) for rung in spec.rungs}
    below: dict[str, Figure] = {}
    rows: list[dict[str, Any]] = []
    for rung in spec.rungs:
        here = found[rung.design]
        rows.append(
            {
                "design": rung.design,
                "adds": rung.adds,
                "figures": {name: entry(here[name]) for name in spec.metrics if name in here},
                "steps": {
                    name: _step(name, below[name], here[name])
                    for name in spec.metrics
                    if name in here and name in below
                },
            }
        )
        below = here
    return rows


def _step(metric: str, below: Figure, here: Figure) -> dict[str, Any]:
    """Difference with its interval, and the verdict of a comparison on it."""
    [row] = comparisons_of({"below": {metric: below}, "here": {metric: here}}, LEVEL, {})
    return {key: row[key] for key in ("difference", "low", "high", "verdict", "needs")}
