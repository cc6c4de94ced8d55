"""A figure as it stands in summary.json, and how sure it is."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final

from sim.experiment.statistics.figures import Figure

SHARE_FINE: Final = 0.001  # a rate known to a tenth of a percentage point needs no more runs
FEW: Final = 5  # replications to ask for when there is no interval to extrapolate from
_FAR: Final = 1e3  # times too wide; of wider intervals nothing is extrapolated


def entry(figure: Figure) -> dict[str, Any]:
    """`value`, `low` and `high` are numbers or None; where None stands for infinity the entry has
    `never`, `low_never` or `high_never`, and where the runs do not hold the figure `refused`."""
    estimate, metric = figure.interval, figure.metric
    found: dict[str, Any] = {
        "value": _finite(estimate.value),
        "low": _finite(estimate.low),
        "high": _finite(estimate.high),
        "unit": metric.unit,
        "n": figure.n,
        "better": metric.better,
        "kind": metric.kind,
        "method": estimate.method,
    }
    ends = {"never": estimate.value, "low_never": estimate.low, "high_never": estimate.high}
    found |= {key: True for key, end in ends.items() if end is not None and math.isinf(end)}
    if figure.refused:
        found["refused"] = figure.refused
    if figure.counts:
        hits, trials = zip(*figure.counts.values(), strict=True)
        found |= {"hits": sum(hits), "trials": sum(trials)}
    return found


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


def precision(entry: Mapping[str, Any]) -> float | None:
    """Half the interval over the value; None without an interval, around zero, or for never."""
    if entry["low"] is None or entry["high"] is None or not entry["value"]:
        return None
    return float((entry["high"] - entry["low"]) / 2 / abs(entry["value"]))


def more_replications(entry: Mapping[str, Any], target_ratio: float = 0.1) -> int:
    """How many more replications should bring the half width down to `target_ratio` of the value.

    0 when it is, for a rate when the half width is within `SHARE_FINE`, and where more of the same
    would not help: nothing seen, never, refused. Half widths shrink with the square root of the
    number of replications.
    """
    count = int(entry["n"])
    if not entry["value"]:
        return 0
    if entry["low"] is None or entry["high"] is None:
        return max(0, FEW - count)
    half, goal = (entry["high"] - entry["low"]) / 2, target_ratio * abs(entry["value"])
    if entry["kind"] == "rate":
        goal = max(goal, SHARE_FINE)
    return 0 if half <= goal else math.ceil(count * (min(half / goal, _FAR) ** 2 - 1))
