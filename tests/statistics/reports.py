"""Measures of designs from a known truth, clustered as real ones are.

A replication has its own luck, which all designs share in part: outages that hit many receptions at
once, a network that is slower for everybody. A design is a set of `Traits`; two with the same
traits differ by chance alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.metrics import METRICS
from sim.metrics.judged import Rate
from sim.metrics.sample import Sample

OWED = 400
FAMILIES = tuple(dict.fromkeys(one.family for one in METRICS if one.sample is not None))


@dataclass(frozen=True)
class Traits:
    """What a design does: seconds of delay, bursts a replication and their mean size, its cost."""

    delay_s: float = 0.05
    bursts: float = 0.5
    size: float = 20.0
    cost: float = 800.0


@dataclass(frozen=True)
class Luck:
    """What all designs of one replication meet."""

    slow: float
    bursts: float


def report(traits: list[Traits], replications: int, rng: np.random.Generator) -> dict[str, Any]:
    """Measures by design, ready to be summarised."""
    lucks = [Luck(rng.lognormal(0, 0.1), rng.gamma(2, 0.5)) for _ in range(replications)]
    return {
        f"design-{place}": [_measure(one, luck, at, rng) for at, luck in enumerate(lucks)]
        for place, one in enumerate(traits)
    }


def _measure(
    traits: Traits, luck: Luck, replication: int, rng: np.random.Generator
) -> dict[str, Any]:
    samples = {name: _sample(traits, luck, rng) for name in FAMILIES}
    metrics = {one.name: _value(one, traits, luck, samples, rng) for one in METRICS}
    packed = {name: one.packed() for name, one in samples.items()}
    return {"replication": replication, "metrics": metrics, "samples": packed}


def _sample(traits: Traits, luck: Luck, rng: np.random.Generator) -> Sample:
    """Forty people of unlike delays; some messages wait for an outage to end, some never come."""
    person = rng.lognormal(0, 0.5, 40)[rng.integers(0, 40, OWED)]
    delay_s = traits.delay_s * luck.slow * person * rng.lognormal(0, 0.3, OWED)
    waits = burst_hits(luck.bursts * traits.bursts, traits.size, 1, rng)[0]
    delay_s[: min(waits, OWED)] += rng.uniform(0, 30)
    lost = min(OWED, burst_hits(luck.bursts * traits.bursts, traits.size, 1, rng)[0])
    return Sample(OWED, np.sort(rng.permutation(delay_s)[lost:]))


def burst_hits(bursts: float, size: float, count: int, rng: np.random.Generator) -> Any:
    """Hits in each of `count` replications: a Poisson number of bursts of geometric sizes."""
    seen = rng.poisson(bursts, count)
    extra = rng.negative_binomial(np.maximum(seen, 1), 1 / size)
    return np.where(seen > 0, seen + extra, 0)


def _value(
    metric: Any, traits: Traits, luck: Luck, samples: dict[str, Sample], rng: np.random.Generator
) -> Any:
    if metric.share is not None:
        found = samples[metric.family].quantile(metric.share)
        return "never" if found is None or np.isinf(found) else found
    hits = int(burst_hits(luck.bursts * traits.bursts, traits.size, 1, rng)[0])
    if metric.kind == "rate":
        rate = Rate(min(hits, OWED), OWED)
        return [rate.hits, rate.trials]
    if metric.kind == "peak":
        return float(rng.poisson(12 * luck.slow))
    if metric.kind == "time":
        return float(rng.choice([25.0, 25.0, 40.0])) if rng.random() < 0.9 else "never"
    if metric.unit == "s":
        return float(hits * rng.exponential(0.5))
    return float(traits.cost * luck.slow * rng.lognormal(0, 0.02))
