"""What a gate's rule would say of replications like those seen, were the figure another one.

Gates are imagined in number, each with replications of its own, and every look of each is decided
by the rule of `bounds`. What is drawn, for each kind of figure:

* Rates whose hits have known causes: Poisson numbers of facts of the sizes seen, or as large as
  one cause can make them where none was seen. A look at which they happen to seem dependent, one
  in a hundred, decides nothing here.
* Other rates: Poisson numbers of bursts, as large as makes replications differ as they did.
* Means, times and quantiles: whole replications, drawn again, with their values multiplied.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt

from sim.experiment.gates.bounds import (
    Bounds,
    Unbounded,
    clump,
    mean_bounds,
    quantile_bounds,
    rate_at_look,
    samples_of,
)
from sim.experiment.statistics import LEAST
from sim.experiment.statistics.facts import RARE, Betting, Facts, Stakes, agree
from sim.experiment.statistics.quantiles import Pool
from sim.metrics import METRICS
from sim.metrics.judged import number
from sim.streams import Streams

PLAYED: Final = 400
"""Gates for rates of facts, which are played together."""
DRAWN: Final = 100
"""Gates for all else, one after the other; a share of them is known to five in a hundred."""
_METRICS: Final = {one.name: one for one in METRICS}
_SIZES: Final = 24  # of facts that are told apart
_NOTHING_LEFT: Final = -1e9  # logarithm of what is left of a lost stake, which times 0 is 0

NOTHING: Final = -math.inf, math.inf
"""Ends that exclude nothing."""
Said: TypeAlias = npt.NDArray[np.int8]
"""Of each gate at each look: 1 fails, -1 passes, 0 neither."""
Play: TypeAlias = Callable[[float], Said]
"""What gates say when the figure is so many times its limit."""
Again: TypeAlias = Callable[[npt.NDArray[np.int64]], Bounds | Unbounded]
"""The bounds that these of the replications seen would have; one may be there more than once."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A limit, the error of all looks together, and at how many replications one looks."""

    limit: float
    error: float
    looks: tuple[int, ...]


def play(metric: str, measures: Sequence[Mapping[str, Any]], rule: Rule) -> Play | None:
    """How gates like this one are played; None where these replications do not tell.

    They do not where fewer than `LEAST` had an occasion, or something never came.
    """
    known = [one for one in measures if one["metrics"].get(metric) is not None]
    if len(known) < LEAST:
        return None
    seen = len(known) / len(measures)
    of_known = replace(rule, looks=tuple(max(1, round(seen * look)) for look in rule.looks))
    if _METRICS[metric].kind == "rate":
        facts = Facts.of(metric, known)
        if facts is not None and facts.apart:
            return _Facts.of(facts, of_known).said
        counts = np.array([one["metrics"][metric] for one in known], dtype=float)
        return _Bursts(counts, clump(metric, measures), of_known).said
    return _scaled(metric, known, of_known)


def _luck(what: str) -> np.random.Generator:
    """The same at every call: equal results have equal curves."""
    return Streams(0, 0).generator(f"imagined {what}")


@dataclass(frozen=True, slots=True)
class _Facts:
    """Facts of some sizes, each with its share, in as many replications as the last look has."""

    trials: npt.NDArray[np.float64]
    stakes: Stakes
    sizes: npt.NDArray[np.float64]
    shares: npt.NDArray[np.float64]
    rule: Rule

    @classmethod
    def of(cls, facts: Facts, rule: Rule) -> _Facts:
        """Replications are those seen, in turn; facts no larger than what one cause exposes, and
        worth no more than facts of these sizes are."""
        at = np.arange(rule.looks[-1]) % len(facts.trials)
        sizes, shares = _sizes(facts)
        largest = facts.largest[at, None]
        sizes = np.minimum(sizes, largest)
        limits = largest * 0.5 ** np.arange(facts.worth.shape[1])
        costs = np.minimum(1.0, sizes[:, None] / limits[:, :, None]) @ shares
        worth = np.minimum(facts.worth[at], costs / (sizes @ shares)[:, None])
        return cls(facts.trials[at], Stakes.of(largest[:, 0], worth), sizes, shares, rule)

    def said(self, times: float) -> Said:
        """One round of `PLAYED` gates."""
        rate, looks = times * self.rule.limit, np.array(self.rule.looks)
        each = rate * self.trials / (self.sizes @ self.shares)
        shape = (PLAYED, *self.sizes.shape)
        facts = _luck("facts").poisson(each[:, None] * self.shares, shape).astype(float)
        rows = np.arange(len(self.trials))
        lost, won = self.stakes.made(rows[:, None], self.sizes)
        lost = np.maximum(lost, _NOTHING_LEFT)
        trials = self.trials[:, None]
        bets = Betting(
            (
                _at(looks, self.stakes.worth * trials, axis=0),
                _at(looks, np.einsum("grs,rsb->grb", facts, lost)),
            ),
            (
                _at(looks, self.stakes.gains * trials, axis=0),
                _at(looks, np.einsum("grs,rsb->grb", facts, won)),
            ),
        )
        above, below = bets.excludes(self.rule.limit, self.rule.error)
        share, apart = self._seen(facts, looks)
        fails = apart & below & (share > self.rule.limit)
        passes = apart & above & (share < self.rule.limit)
        return _states(fails, passes)

    def _seen(self, facts: npt.NDArray[np.float64], looks: npt.NDArray[np.int64]) -> Any:
        """The rate at each look, and whether facts count there, as in `Facts.apart`."""
        hits = (facts * self.sizes).sum(axis=-1)
        variance = _at(looks, (facts * self.sizes**2).sum(axis=-1))
        total = _at(looks, self.trials, axis=0)
        share = _at(looks, hits) / total
        products = _at(looks, hits * self.trials)
        between = _at(looks, hits**2) - 2 * share * products
        between += share**2 * _at(looks, self.trials**2, axis=0)
        counted = (looks >= LEAST) & (share <= RARE)
        return share, counted & agree(np.maximum(0.0, between), variance, np.maximum(looks, 2))


def _at(looks: npt.NDArray[np.int64], values: npt.NDArray[np.float64], axis: int = 1) -> Any:
    """Sums over the replications up to each look."""
    return np.take(values.cumsum(axis=axis), looks - 1, axis=axis)


def _sizes(facts: Facts) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Sizes of facts and the share of each; many are told apart in groups of as many facts."""
    if not facts.sizes.size:
        return np.array([facts.unseen]), np.ones(1)
    sizes, where = np.unique(facts.sizes, return_inverse=True)
    many = np.bincount(where, facts.number)
    if len(sizes) > _SIZES:
        group = np.floor((many.cumsum() - many) / many.sum() * _SIZES).astype(int)
        _, group = np.unique(group, return_inverse=True)
        together = np.bincount(group, many)
        sizes, many = np.bincount(group, many * sizes) / together, together
    return sizes, many / many.sum()


@dataclass(frozen=True, slots=True)
class _Bursts:
    """Hits in bursts, replications with as many trials as those seen, in turn."""

    counts: npt.NDArray[np.float64]
    together: float
    rule: Rule

    def said(self, times: float) -> Said:
        """One round of `DRAWN` gates."""
        rate, most = times * self.rule.limit, self.rule.looks[-1]
        trials = self.counts[np.arange(most) % len(self.counts), 1]
        size = self._size()
        hits = size * _luck("bursts").poisson(rate * trials / size, (DRAWN, most))
        if (self.counts[:, 0] <= self.counts[:, 1]).all():
            hits = np.minimum(hits, trials)
        gates = [list(zip(one.tolist(), trials.tolist(), strict=True)) for one in hits]
        ends = [[self._ends(gate[:look]) for look in self.rule.looks] for gate in gates]
        return _decided(ends, self.rule.limit)

    def _ends(self, counts: Sequence[tuple[float, float]]) -> tuple[float, float]:
        if len(counts) < LEAST:
            return NOTHING
        return _ends(rate_at_look(counts, self.together, self.rule.error))

    def _size(self) -> float:
        """Hits of a burst: the variance between replications over their mean."""
        hits, trials = self.counts.T
        if not hits.any():
            return self.together
        apart = ((hits - hits.sum() / trials.sum() * trials) ** 2).sum()
        return float(max(self.together, apart / hits.sum() * len(hits) / (len(hits) - 1)))


def _scaled(metric: str, known: Sequence[Mapping[str, Any]], rule: Rule) -> Play | None:
    """Whole replications are drawn once; their values are multiplied by dividing the limit."""
    samples = samples_of(metric, known)
    if samples is None:
        value, again = _mean(metric, known, rule.error)
    else:
        value, again = _quantile(metric, Pool.of(samples), rule.error)
    if not 0 < value < math.inf:
        return None
    drawn = _luck("replications").integers(len(known), size=(DRAWN, rule.looks[-1]))
    ends = [[_ends(again(gate[:look])) for look in rule.looks] for gate in drawn]
    return lambda times: _decided(ends, value / times)


def _mean(metric: str, known: Sequence[Mapping[str, Any]], error: float) -> tuple[float, Again]:
    values = np.array([number(one["metrics"][metric]) for one in known], dtype=float)

    def again(at: npt.NDArray[np.int64]) -> Bounds | Unbounded:
        return mean_bounds(_METRICS[metric], values[at].tolist(), error)

    return float(values.mean()), again


def _quantile(metric: str, pool: Pool, error: float) -> tuple[float, Again]:
    share = _METRICS[metric].share
    assert share is not None

    def again(at: npt.NDArray[np.int64]) -> Bounds | Unbounded:
        return quantile_bounds(_METRICS[metric], pool.drawn(at), error)

    return pool.quantile(share), again


def _ends(found: Bounds | Unbounded) -> tuple[float, float]:
    """Both ends."""
    return NOTHING if isinstance(found, Unbounded) else (found.low, found.high)


def _decided(ends: Sequence[Sequence[tuple[float, float]]], limit: float) -> Said:
    low, high = np.moveaxis(np.array(ends), -1, 0)
    return _states(low > limit, high < limit)


def _states(fails: Any, passes: Any) -> Said:
    said: Said = np.subtract(fails, passes, dtype=np.int8)
    return said
