"""How far a metric may really be from what was measured: one-sided bounds, either way.

The unit is the replication, since nothing smaller is known to be independent: what befalls a
connection befalls many messages, and what befalls a message befalls all its readers.

* Means, peaks and times: Student's t over replications. One that never came makes the mean
  infinite, and no further replication makes it finite again.
* Quantiles: as elsewhere (`sim.experiment.statistics`).
* Rates: Student's t for the logarithm of the pooled rate (delta method), which keeps its error
  where a few bursts make all the losses and a plain t interval does not. Only replications that
  lost anything say how losses clump, so they are the degrees of freedom; and hits are never taken
  for more independent than messages are.
* Rates without hits, or with hits in one replication only: nothing tells how much another
  replication could lose. What is bounded is the share of replications that lose anything
  (Clopper and Pearson 1934), and any of these might lose everything: 1 - error^(1 / n) for no hits.

Leaves out any limit (`decide`), and what no number of replications shows: a burst, rarer and larger
than all that were seen.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from sim.experiment.statistics import interval
from sim.metrics import METRICS
from sim.metrics.judged import number

LEAST: Final = 3
"""Replications below which nothing is decided: two tell next to nothing of how much they vary."""
MOST_REPLICATIONS: Final = 10**7
"""More than this are not proposed to anybody."""
_SINGLE: Final = ("never_told", "list_lost", "gap_unfinished")
"""Rates whose trials are messages, requests or gaps, not receptions."""
_METRICS: Final = {one.name: one for one in METRICS}
_HUGE: Final = 700.0  # exp of more is no float

Measure = Mapping[str, Any]
Ends = Callable[[int], tuple[float, float]]
"""The two ends, had as many replications shown what these showed."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """An estimate and where it may really be, each way at the same one-sided error.

    `note` says what else to know of the estimate; `ends` foresees more replications.
    """

    value: float
    low: float
    high: float
    note: str = ""
    count: int = field(default=0, compare=False)
    ends: Ends = field(default=lambda count: (-math.inf, math.inf), compare=False)

    def needed(self, limit: float) -> int | None:
        """How many replications like these would decide; None when none would."""

        def decides(count: int) -> bool:
            low, high = self.ends(count)
            return low > limit or high < limit

        many = max(LEAST, self.count)
        while not decides(many):
            many *= 2
            if many > MOST_REPLICATIONS:
                return None
        few = many // 2
        while many - few > 1:
            middle = (few + many) // 2
            few, many = (few, middle) if decides(middle) else (middle, many)
        return many


@dataclass(frozen=True, slots=True)
class Unbounded:
    """Why there are no bounds, and whether more replications could give some."""

    reason: str
    open: bool


def one_sided(metric: str, measures: Sequence[Measure], error: float) -> Bounds | Unbounded:
    """Bounds of a metric over replications, or the reason why there are none."""
    measured = [one["metrics"] for one in measures if metric in one["metrics"]]
    if len(measured) < len(measures):
        missing = len(measures) - len(measured)
        return Unbounded(f"not measured in {missing} of {len(measures)} replications", open=False)
    known = [one for one in measures if one["metrics"][metric] is not None]
    if not known:
        return Unbounded(f"no occasion in any of {len(measures)} replications", open=False)
    seldom = f"no occasion in {len(measures) - len(known)} of {len(measures)} replications"
    note = seldom if len(known) < len(measures) else ""
    values = [one["metrics"][metric] for one in known]
    never = sum(number(value) == math.inf for value in values)
    if never:
        said = f"in {never} of {len(values)} replications"
        return Bounds(math.inf, math.inf, math.inf, "; ".join(filter(None, (said, note))))
    if len(known) < LEAST:
        said = f"{len(known)} of {LEAST} replications that it takes to tell"
        return Unbounded("; ".join(filter(None, (said, note))), open=True)
    if _METRICS[metric].kind == "rate":
        found = rate_bounds(values, clump(metric, measures), error)
        return replace(found, note="; ".join(filter(None, (found.note, note))))
    return _mean(metric, values, error, note)


def _mean(metric: str, values: Sequence[float], error: float, note: str) -> Bounds:
    estimate = interval(_METRICS[metric], values, 1 - 2 * error)
    low, high, count = estimate.low, estimate.high, len(values)
    assert low is not None
    assert high is not None
    value = estimate.value

    def ends(more: int) -> tuple[float, float]:
        shrunk = math.sqrt(count / more)
        # No metric can be negative.
        return max(0.0, value - (value - low) * shrunk), value + (high - value) * shrunk

    return Bounds(value, *ends(count), note, count, ends)


def rate_bounds(counts: Sequence[tuple[float, float]], together: float, error: float) -> Bounds:
    """Bounds of a pooled rate from (hits, trials) of two or more replications.

    `together` trials share one fate, at least.
    """
    hits = math.fsum(one for one, _ in counts)
    trials = math.fsum(one for _, one in counts)
    share, count = hits / trials, len(counts)
    hit = sum(one > 0 for one, _ in counts)
    alone = (1 - min(1.0, share)) * together / hits if hits else 0.0
    between = math.fsum((one - share * many) ** 2 for one, many in counts)
    spread = math.sqrt(max(alone, between / hits**2 * count / (count - 1))) if hits else 0.0

    def ends(more: int) -> tuple[float, float]:
        if hit < 2:  # hits in one replication are seen in one of many more, too
            return 0.0, worst_share(hit, more, error)
        often, shrunk = hit * more / count, spread * math.sqrt(count / more)
        low = share / _grown(shrunk, often - 1, error)
        high = share * _grown(shrunk, often - 1, error / 2)
        # Two bounds of which the better one is taken share the error.
        return low, min(high, worst_share(often, more, error / 2) if share <= 1 else high)

    return Bounds(share, *ends(count), "" if hits else f"none in {trials:,.0f}", count, ends)


def worst_share(hit: float, count: int, error: float) -> float:
    """Upper bound of a share in [0, 1] of which only `hit` in `count` replications had any."""
    from scipy.special import betaincinv

    return float(betaincinv(hit + 1, count - hit, 1 - error)) if hit < count else 1.0


def _grown(spread: float, degrees: float, error: float) -> float:
    from scipy.special import stdtrit

    return math.exp(min(_HUGE, -float(stdtrit(degrees, error)) * spread))


def clump(metric: str, measures: Sequence[Measure]) -> float:
    """How many trials of a rate share one fate: the receptions of a message, on average."""
    if metric in _SINGLE:
        return 1.0
    books = [one["conservation"] for one in measures]
    messages = int(sum(book["messages"] for book in books))
    receptions = int(sum(book["receptions_owed"] for book in books))
    return max(1.0, receptions / max(1, messages))
