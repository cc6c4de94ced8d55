"""Every number of a run, as pure functions of its history.

A metric is one function and one `Metric` entry in the file of its family, or in a file of its own:
whatever file of this folder has `METRICS` takes part. The entry has all that others need of it, its
words and its place in reports among it. `measure` computes them all.
"""

from __future__ import annotations

import math
from importlib import import_module
from pkgutil import iter_modules
from typing import Any, Final, TypeAlias

from sim.history import History
from sim.metrics.conservation import conservation
from sim.metrics.facts import facts
from sim.metrics.incidents import costs
from sim.metrics.judged import NEVER, Judged, Margin, Metric, Rate, Value
from sim.metrics.latency import later_than
from sim.metrics.series import series

__all__ = [
    "COLUMNS",
    "HEADLINE",
    "METRICS",
    "Judged",
    "Margin",
    "Measure",
    "Metric",
    "Rate",
    "measure",
]

Measure: TypeAlias = dict[str, Any]

_FIRST: Final = ("loss", "latency", "duplicates", "order", "stale", "recovery", "cost")


def _families() -> list[str]:
    """Files of this folder: those that every report has known first, others by name."""
    found = sorted(one.name for one in iter_modules(__path__))
    return [*_FIRST, *(name for name in found if name not in _FIRST)]


METRICS: Final[tuple[Metric, ...]] = tuple(
    metric
    for name in _families()
    for metric in getattr(import_module(f"{__name__}.{name}"), "METRICS", ())
)
# What a design is chosen by: one figure per question people ask of it. A high percentile is not
# in it: counted over everything owed it is "never" for whoever loses more than that, and the share
# not there after a second says by how much.
_CHOSEN_BY: Final = [(one.name, one.shown.headline) for one in METRICS if one.shown.headline]
HEADLINE: Final = tuple(name for name, place in sorted(_CHOSEN_BY, key=lambda one: one[1].rank))
COLUMNS: Final = tuple(name for name, place in sorted(_CHOSEN_BY, key=lambda one: one[1].column))
"""The same, as they stand side by side in tables."""
_SHORT: Final = 16  # hexadecimal digits, 64 bits: two workloads of one study never share them
_DIGITS: Final = 9  # enough for any reader; hides last-bit differences between machines


def measure(history: History) -> Measure:
    """All metrics of one run, JSON-able: floats to nine digits, a rate as [hits, trials], infinity
    as "never", and the samples of which quantiles over several runs are made.

    >>> import sim
    >>> world = sim.load_scenario(changes={"people.count": 20, "time.measure_s": 20})
    >>> history = sim.run_replication(world, sim.designs()["hybrid"], 0)
    >>> "latency_p50" in sim.measure(history)["metrics"]
    True
    """
    judged = Judged(history)
    meta = history.meta
    measured = {
        "design": meta["design"],
        "replication": meta["replication"],
        "digest": history.digest(),
        "intended": history.intended()[:_SHORT],
        "drained": meta["drained"],
        "metrics": {metric.name: _plain(metric.compute(judged)) for metric in METRICS},
        "conservation": conservation(judged),
        "incidents": costs(judged),
        "facts": facts(judged),
        "series": series(judged),
        "ccdf": later_than(judged),
    }
    # What is packed has few digits already.
    return {name: rounded(part) for name, part in measured.items()} | {"samples": _samples(judged)}


def _samples(judged: Judged) -> dict[str, Any]:
    pick = {one.family: one.sample for one in METRICS if one.sample is not None}
    found = {family: judged.once(sample) for family, sample in pick.items()}
    return {family: one.packed() for family, one in found.items() if one is not None}


def _plain(value: Value) -> float | str | list[int] | None:
    if isinstance(value, Rate):
        return [value.hits, value.trials]
    return NEVER if value is not None and math.isinf(value) else value


def rounded(value: Any) -> Any:
    """The same structure with every float cut to nine significant digits."""
    if isinstance(value, float):
        return float(f"{value:.{_DIGITS}g}")
    if isinstance(value, dict):
        return {key: rounded(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [rounded(part) for part in value]
    return value
