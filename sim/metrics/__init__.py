"""Every number of a run, as pure functions of its history.

A metric is one function and one `Metric` line in the module of its family: latency, loss,
duplicates, order, recovery, cost. `measure` computes them all.
"""

from __future__ import annotations

from typing import Any, Final, TypeAlias

from sim.history import History
from sim.metrics import cost, duplicates, latency, loss, order, recovery
from sim.metrics.conservation import conservation
from sim.metrics.judged import Judged, Metric, Rate, Value
from sim.metrics.series import series

__all__ = ["HEADLINE", "METRICS", "Judged", "Measure", "Metric", "Rate", "measure"]

Measure: TypeAlias = dict[str, Any]

METRICS: Final[tuple[Metric, ...]] = (
    *loss.METRICS,
    *latency.METRICS,
    *duplicates.METRICS,
    *order.METRICS,
    *recovery.METRICS,
    *cost.METRICS,
)
# What a design is chosen by: one figure per question people ask of it.
HEADLINE: Final = (
    "loss_pressed",
    "duplicates_visible",
    "inversions",
    "latency_p50",
    "latency_p99",
    "gap_mean",
    "back_t95",
    "bytes_per_delivery",
    "cpu_busiest",
)
_DIGITS: Final = 9  # enough for any reader; hides last-bit differences between machines


def measure(history: History) -> Measure:
    """All metrics of one run, JSON-able: floats to nine digits, a rate as [hits, trials]."""
    judged = Judged(history)
    meta = history.meta
    measured = {
        "design": meta["design"],
        "replication": meta["replication"],
        "digest": history.digest(),
        "drained": meta["drained"],
        "metrics": {metric.name: _plain(metric.compute(judged)) for metric in METRICS},
        "conservation": conservation(judged),
        "series": series(judged),
        "ccdf": latency.later_than(judged),
    }
    return {name: rounded(part) for name, part in measured.items()}


def _plain(value: Value) -> float | list[int] | None:
    return [value.hits, value.trials] if isinstance(value, Rate) else value


def rounded(value: Any) -> Any:
    """The same structure with every float cut to nine significant digits."""
    if isinstance(value, float):
        return float(f"{value:.{_DIGITS}g}")
    if isinstance(value, dict):
        return {key: rounded(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [rounded(part) for part in value]
    return value
