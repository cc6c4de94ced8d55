"""The figures of one design: each metric's interval, and what each replication adds to it.

Pooled figures (rates, quantiles) are not means of those of single replications. For comparing they
are taken apart to first order (linearisation, Woodruff 1971): values, one a replication, whose mean
is the pooled figure and whose spread gives its error.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sim.experiment.statistics.facts import Facts, rate_of
from sim.experiment.statistics.intervals import LEVEL, Interval, interval
from sim.experiment.statistics.quantiles import Pool
from sim.metrics import METRICS, Measure, Metric
from sim.metrics.judged import number


@dataclass(frozen=True, slots=True)
class Figure:
    """One metric of one design. By replication: `raw` is its own figure (infinite for never, None
    without an occasion), `parts` add up to the pooled one (None where that is infinite), `counts`
    are hits and trials of a rate, `facts` what is known of them; a quantile has its `pool`.
    `refused` says why the runs do not hold the figure.
    """

    metric: Metric
    interval: Interval
    raw: Mapping[int, float | None]
    parts: Mapping[int, float] | None
    counts: Mapping[int, tuple[int, int]] = field(default_factory=dict)
    pool: Pool | None = None
    refused: str = ""
    facts: Facts | None = None

    @property
    def n(self) -> int:
        """Replications with an occasion."""
        return sum(value is not None for value in self.raw.values())

    def later(self, value: float) -> dict[int, tuple[int, int]]:
        """Of a quantile, by replication: how many of those owed took longer than `value`."""
        assert self.pool is not None
        known = [place for place, one in self.raw.items() if one is not None]
        late, owed = self.pool.later(value).tolist(), self.pool.owed.tolist()
        return dict(zip(known, zip(late, owed, strict=True), strict=True))


def figures(measures: Sequence[Measure], level: float = LEVEL) -> dict[str, Figure]:
    """By metric; those without an occasion in any replication are left out."""
    pools: dict[str, Pool | None] = {}
    found: dict[str, Figure] = {}
    for metric in METRICS:
        stored = {one["replication"]: one["metrics"][metric.name] for one in measures}
        if all(number(value) is None for value in stored.values()):
            continue
        if metric.kind == "rate":
            found[metric.name] = _rate(metric, stored, measures, level)
        elif metric.share is not None and (pool := _pool(metric, measures, pools)) is not None:
            found[metric.name] = _quantile(metric, stored, pool, level)
        else:
            found[metric.name] = _plain(metric, stored, level)
    return found


def _pool(
    metric: Metric, measures: Sequence[Measure], pools: dict[str, Pool | None]
) -> Pool | None:
    """The samples of a metric's family; None for measures stored without them."""
    if metric.family not in pools:
        known = [m for m in measures if m["metrics"][metric.name] is not None]
        samples = [one.get("samples", {}).get(metric.family) for one in known]
        pools[metric.family] = None if None in samples else Pool.of(samples)
    return pools[metric.family]


def _plain(metric: Metric, stored: Mapping[int, Any], level: float) -> Figure:
    raw = {place: number(value) for place, value in stored.items()}
    known = {place: value for place, value in raw.items() if value is not None}
    finite = all(map(math.isfinite, known.values()))
    estimate = interval(metric, list(known.values()), level)
    return Figure(metric, estimate, raw, known if finite else None)


def _rate(
    metric: Metric, stored: Mapping[int, Any], measures: Sequence[Measure], level: float
) -> Figure:
    counts = {place: (pair[0], pair[1]) for place, pair in stored.items() if pair and pair[1]}
    raw = {place: number(pair) for place, pair in stored.items()}
    facts = Facts.of(metric.name, [one for one in measures if one["replication"] in counts])
    estimate = rate_of(list(counts.values()), facts, level)
    return Figure(metric, estimate, raw, rate_parts(counts), counts, facts=facts)


def rate_parts(counts: Mapping[int, tuple[int, int]]) -> dict[int, float]:
    """What each replication adds to the pooled rate: their mean is the rate."""
    hits, trials = (sum(one) for one in zip(*counts.values(), strict=True))
    share, mean = hits / trials, trials / len(counts)
    return {place: share + (h - share * t) / mean for place, (h, t) in counts.items()}


def _quantile(metric: Metric, stored: Mapping[int, Any], pool: Pool, level: float) -> Figure:
    share = metric.share
    assert share is not None
    raw = {place: number(value) for place, value in stored.items()}
    label = f"p{share * 100:g}"
    if refused := pool.refusal(share, label):
        return Figure(metric, Interval(math.nan, None, None, refused), raw, None, refused=refused)
    known = [place for place, value in raw.items() if value is not None]
    influences = pool.influences(share, level)
    parts = None if influences is None else dict(zip(known, influences.tolist(), strict=True))
    return Figure(metric, pool.interval(share, level), raw, parts, pool=pool)
