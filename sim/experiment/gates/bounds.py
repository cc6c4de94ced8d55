"""How far a metric may really be from what was measured: one-sided bounds, either way.

Rates: Clopper-Pearson on pooled counts, where receptions of one message count as one trial at most:
what befalls a message befalls all its readers. That matters most when nothing was lost at all, for
then nothing is known of how losses clump. Quantiles and means: over replications, as elsewhere
(`sim.experiment.statistics`). Leaves out any limit (`decide`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sim.experiment.statistics import interval
from sim.metrics import METRICS

_SINGLE: Final = ("never_told", "list_lost", "gap_unfinished")
"""Rates whose trials are messages, requests or gaps, not receptions."""
_METRICS: Final = {one.name: one for one in METRICS}

Measure = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Bounds:
    """An estimate and where it may really be, each way at the same one-sided error."""

    value: float
    low: float
    high: float


def one_sided(metric: str, measures: Sequence[Measure], error: float) -> Bounds | str:
    """Bounds of a metric over replications, or the reason why there are none."""
    found = [one["metrics"][metric] for one in measures]
    known = [value for value in found if value is not None]
    is_rate = _METRICS[metric].kind == "rate"
    if not known or (len(known) < len(found) and not is_rate):
        # A design that delivered nothing has no latency: leaving it out would flatter it.
        return f"does not apply in {len(found) - len(known)} of {len(found)} replications"
    if is_rate:
        clump = 1.0 if metric in _SINGLE else _receptions_per_message(measures)
        known = [(hits / clump, trials / clump) for hits, trials in known]
    estimate = interval(_METRICS[metric], known, 1 - 2 * error)
    if estimate.low is None or estimate.high is None:
        return "one replication gives no interval"
    return Bounds(estimate.value, estimate.low, estimate.high)


def _receptions_per_message(measures: Sequence[Measure]) -> float:
    books = [one["conservation"] for one in measures]
    messages = int(sum(book["messages"] for book in books))
    receptions = int(sum(book["receptions_owed"] for book in books))
    return max(1.0, receptions / max(1, messages))
