"""How far a metric may really be from what was measured: one-sided bounds, either way, which hold
at whatever number of replications one looks.

* Rates whose hits have known causes, and replications that bear it out: bets on independent facts
  (`sim.experiment.statistics.facts`).

For the rest the unit is the replication, since nothing smaller is known to be independent, and the
error of each look is that of `sim.experiment.statistics.sequential`:

* Means, peaks, times and quantiles: as in the summary (`sim.experiment.statistics`). One time that
  never came makes the mean infinite, and no further replication makes it finite again.
* Rates: Student's t for the logarithm of the pooled rate (delta method), which keeps its error
  where a few bursts make all the losses and a plain t interval does not. Only replications that
  lost anything say how losses clump, so they are the degrees of freedom; and hits are never taken
  for more independent than messages are.
* Rates without hits, or with hits in one replication only: nothing tells how much another
  replication could lose. What is bounded is the share of replications that lose anything
  (Clopper and Pearson 1934), and any of these might lose everything: 1 - (error / 2)^(1 / n) for
  no hits, where the other half of the error is for rates with some.

Leaves out any limit (`decide`), and what no number of replications shows: a burst, rarer and larger
than all that were seen.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from sim.experiment.statistics import LEAST, interval
from sim.experiment.statistics.facts import Betting, Facts
from sim.experiment.statistics.intervals import Interval
from sim.experiment.statistics.quantiles import Pool
from sim.experiment.statistics.sequential import error_of_look
from sim.metrics import METRICS, Metric
from sim.metrics.judged import number

MOST_REPLICATIONS: Final = 10**7
"""More than this are not proposed to anybody."""
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
    """Bounds of a metric over replications, or the reason why there are none.

    `error` is that of all looks together.
    """
    measured = [one["metrics"] for one in measures if metric in one["metrics"]]
    if len(measured) < len(measures):
        missing = len(measures) - len(measured)
        return Unbounded(f"not measured in {missing} of {len(measures)} replications", open=False)
    known = [one for one in measures if one["metrics"][metric] is not None]
    if not known:
        return Unbounded(f"no occasion in any of {len(measures)} replications", open=False)
    seldom = f"no occasion in {len(measures) - len(known)} of {len(measures)} replications"
    note = seldom if len(known) < len(measures) else ""
    facts = Facts.of(metric, known) if _METRICS[metric].kind == "rate" else None
    if facts is not None and facts.apart:
        bounds = _of_facts(facts, error)
        return replace(bounds, note=_joined(bounds.note, note))
    found = _bounds(metric, known, clump(metric, measures), error)
    if isinstance(found, Unbounded):
        return replace(found, reason=_joined(found.reason, note))
    return replace(found, note=_joined(found.note, note))


def _of_facts(facts: Facts, error: float) -> Bounds:
    bets, count = Betting.of(facts), len(facts.hits)

    def ends(more: int) -> tuple[float, float]:
        low, high = bets.ends(error, more / count)
        return min(low, facts.share), min(1.0, max(high, facts.share))

    seen, total = facts.number.sum(), facts.trials.sum()
    said = f"{seen:,.0f} independent cases" if seen else "none"
    return Bounds(facts.share, *ends(count), f"{said} in {total:,.0f}", count, ends)


def _bounds(
    metric: str, known: Sequence[Measure], together: float, error: float
) -> Bounds | Unbounded:
    """The same of replications that all had an occasion."""
    values = [one["metrics"][metric] for one in known]
    samples = samples_of(metric, known)
    if samples is not None:
        return quantile_bounds(_METRICS[metric], Pool.of(samples), error)
    never = sum(number(value) == math.inf for value in values)
    if never:
        return _never(f"in {never} of {len(values)} replications")
    if len(known) < LEAST:
        few = f"{len(known)} of {LEAST} replications that it takes to tell"
        return Unbounded(few, open=True)
    if _METRICS[metric].kind == "rate":
        return rate_at_look(values, together, error)
    return mean_bounds(_METRICS[metric], values, error)


def mean_bounds(metric: Metric, values: Sequence[float], error: float) -> Bounds | Unbounded:
    """Bounds of a mean, a peak or a time; `error` is that of all looks together."""
    at_look = error_of_look(error, len(values))
    return _of_interval(interval(metric, values, 1 - 2 * at_look), len(values))


def rate_at_look(counts: Sequence[tuple[float, float]], together: float, error: float) -> Bounds:
    """`rate_bounds` at one look; `error` is that of all looks together."""
    # No hit in any is seen at one look or at all of them: half of the error is for that.
    return rate_bounds(counts, together, error_of_look(error / 2, len(counts)), error / 2)


def samples_of(metric: str, known: Sequence[Measure]) -> list[Mapping[str, Any]] | None:
    """What a quantile over all replications is made of."""
    family = _METRICS[metric].family
    found = [one.get("samples", {}).get(family) for one in known]
    return None if _METRICS[metric].share is None or None in found else found


def quantile_bounds(metric: Metric, pool: Pool, error: float) -> Bounds | Unbounded:
    """Bounds of a quantile over a pool; `error` is that of all looks together."""
    assert metric.share is not None
    if refused := pool.refusal(metric.share, f"p{metric.share * 100:g}"):
        return Unbounded(refused, open=True)
    count = len(pool.owed)
    found = pool.interval(metric.share, 1 - 2 * error_of_look(error, count))
    if math.isinf(found.value):
        total, came = int(pool.owed.sum()), int(pool.came[-1]) if len(pool.came) else 0
        return _never(f"for {total - came:,} of {total:,}")
    return _of_interval(found, count)


def _never(note: str) -> Bounds:
    return Bounds(math.inf, math.inf, math.inf, note)


def _of_interval(found: Interval, count: int) -> Bounds | Unbounded:
    value, low, high = found.value, found.low, found.high
    if low is None or high is None:
        return Unbounded(found.method, open=True)

    def ends(more: int) -> tuple[float, float]:
        shrunk = math.sqrt(count / more)
        return value - (value - low) * shrunk, value + (high - value) * shrunk

    return Bounds(value, low, high, count=count, ends=ends)


def _joined(*parts: str) -> str:
    return "; ".join(filter(None, parts))


def rate_bounds(
    counts: Sequence[tuple[float, float]], together: float, error: float, none: float | None = None
) -> Bounds:
    """Bounds of a pooled rate from (hits, trials) of two or more replications.

    `together` trials share one fate, at least. `none`: the error where there are no hits at all.
    """
    of_none = error if none is None else none
    hits = math.fsum(one for one, _ in counts)
    trials = math.fsum(one for _, one in counts)
    share, count = hits / trials, len(counts)
    hit = sum(one > 0 for one, _ in counts)
    alone = (1 - min(1.0, share)) * together / hits if hits else 0.0
    between = math.fsum((one - share * many) ** 2 for one, many in counts)
    spread = math.sqrt(max(alone, between / hits**2 * count / (count - 1))) if hits else 0.0

    def ends(more: int) -> tuple[float, float]:
        if hit < 2:  # hits in one replication are seen in one of many more, too
            return 0.0, worst_share(hit, more, error if hit else of_none)
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
    if _METRICS[metric].apart:
        return 1.0
    books = [one["conservation"] for one in measures]
    messages = int(sum(book["messages"] for book in books))
    receptions = int(sum(book["receptions_owed"] for book in books))
    return max(1.0, receptions / max(1, messages))
