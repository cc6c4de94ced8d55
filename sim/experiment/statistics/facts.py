"""How sure a rate is, counted in independent facts: the one rule for reports and gates.

Hits that share a cause are one fact (`sim.metrics.facts`). Facts strike like a compound Poisson
process: how many is Poisson distributed, and each brings hits of its own. So what bounds a rate is
not how many trials there were, but how many facts, and what each may cost.

* Both ends of an interval: the gamma distribution with the mean and variance of the sum of hits,
  the upper one with one fact more than was seen (Fay and Feuer 1997, Stat. in Medicine 16:791).
  How large that one is: the mean of those seen and of the largest that could have been, which is
  the latter where nothing was seen; never less than the largest seen.
* Over any number of looks with one error (a gate): `Betting`, a test martingale.

Facts are only what is counted when replications agree: these are independent by construction. Where
they differ more, or less, than so many independent facts would (the chi-squared test of
dispersion), or where causes are not known, the replication is the unit (`intervals`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from sim.experiment.statistics.intervals import LEAST, LEVEL, Floats, Interval, rate_interval

DISPERSED: Final = 0.005  # chance, each way, that independent facts are taken for dependent ones
RARE: Final = 0.5  # hits of a rate beyond are no longer rare: a fixed number of trials bounds them
_PARTS: Final = 0.5 ** np.arange(1, 9)  # of the stake that a largest fact just cannot lose
_SOONEST: Final = 0.4  # of the capital is on the bet that decides first when nothing is ever lost
_GAINS: Final = 0.5 ** np.arange(-4, 12)  # stakes on more hits, over one by the largest fact


@dataclass(frozen=True, slots=True)
class Facts:
    """Hits of a rate in each replication, and the facts behind them.

    `largest`, most trials that one cause exposes, and `worth` are by replication, as told by
    `sim.metrics.facts`. `sizes` and `number`, by row of the replication in `at`: so many facts of
    so many hits.
    """

    hits: Floats
    trials: Floats
    largest: Floats
    worth: Floats
    at: Any
    sizes: Floats
    number: Floats

    @classmethod
    def of(cls, metric: str, measures: Sequence[Mapping[str, Any]]) -> Facts | None:
        """Of replications that all had trials; None where one does not know its facts."""
        told = [one.get("facts", {}).get(metric) for one in measures]
        if not told or None in told:
            return None
        hits, trials = np.array([one["metrics"][metric] for one in measures], dtype=float).T
        rows = [(at, *pair) for at, one in enumerate(told) for pair in one["sizes"]]
        at, sizes, number = np.array(rows, dtype=float).reshape(-1, 3).T
        largest = np.array([one["largest"] for one in told], dtype=float)
        worth = np.array([one["worth"] for one in told], dtype=float)
        return cls(hits, trials, largest, worth, at.astype(int), sizes, number)

    @property
    def share(self) -> float:
        """The rate over all replications."""
        return float(self.hits.sum() / self.trials.sum())

    @property
    def variance(self) -> float:
        """Of all hits together, were facts independent."""
        return float((self.number * self.sizes**2).sum())

    @property
    def unseen(self) -> float:
        """Hits of a fact that was not seen."""
        could, seen = self.largest.max(), self.number.sum()
        mean = (self.hits.sum() + could) / (seen + 1)
        return float(max(mean, self.sizes.max(initial=0.0)))

    @property
    def apart(self) -> bool:
        """Whether replications bear out that facts are independent, and rare enough to count."""
        if len(self.hits) < LEAST or self.share > RARE:
            return False
        between = ((self.hits - self.share * self.trials) ** 2).sum()
        return bool(agree(between, self.variance, len(self.hits)))

    def interval(self, level: float = LEVEL) -> Interval:
        """The rate, and where it may lie."""
        from scipy.special import gammaincinv

        error, total = (1 - level) / 2, float(self.trials.sum())
        hits, variance, more = float(self.hits.sum()), self.variance, self.unseen
        mean, spread = hits + more, variance + more**2
        high = float(gammaincinv(mean**2 / spread, 1 - error)) * spread / mean / total
        low = 0.0
        if hits:
            low = float(gammaincinv(hits**2 / variance, error)) * variance / hits / total
        seen = int(self.number.sum())
        said = f"{seen:,} independent cases" if seen else "no case"
        return Interval(self.share, low, min(1.0, high), said)


def agree(between: Any, variance: Any, count: Any) -> Any:
    """Whether `count` replications differ as so many independent facts would, or have none.

    `between`: squares of what their hits are apart from the rate, added; `variance` of all hits
    together, were facts independent. Numbers or arrays.
    """
    from scipy.special import chdtr

    some = np.greater(variance, 0)
    chance = chdtr(count - 1, between * count / np.where(some, variance, 1.0))
    return ~some | ((chance >= DISPERSED) & (chance <= 1 - DISPERSED))


def rate_of(
    counts: Sequence[tuple[float, float]], facts: Facts | None, level: float = LEVEL
) -> Interval:
    """Interval of a pooled rate by its facts; by its replications where these are the unit."""
    if facts is None or not facts.apart:
        return rate_interval(counts, level)
    found = facts.interval(level)
    whole = rate_interval(counts, level) if not facts.hits.any() else found
    return whole if (whole.high or 0.0) < (found.high or 0.0) else found


@dataclass(frozen=True, slots=True)
class Betting:
    """Bets on what the rate is not, for any number of looks.

    Let facts be Poisson distributed, or each of given causes become one independently of others.
    Then, for a rate of x or less, exp(-stake x trials) times the product of (1 + stake size) over
    the facts of a replication is a bet that gains nothing on average. For x or more so is
    exp(worth x trials) times the product of max(0, 1 - size / b), where `worth` is what a fact
    costs per hit: 1 / b for a b that no fact exceeds; with a smaller b it is less, as causes that
    expose more lose no more than 1 (`sim.metrics.facts`). What a cause exposes is known beforehand,
    and what is exposed is lost in proportion at most.

    What gains, multiplied over replications, passes 1 / error with a chance of at most the error,
    whenever one looks (Ville's inequality; Ramdas and others 2023, Statistical Science 38:576).
    The mean of several such bets is one, too.
    """

    less: tuple[Floats, Floats]
    more: tuple[Floats, Floats]

    @classmethod
    def of(cls, facts: Facts) -> Betting:
        """Over these replications, in their order: for each bet its stakes on trials, added, and
        the logarithm of what facts made of it."""
        stakes = Stakes.of(facts.largest, facts.worth)
        lost, won = stakes.made(facts.at, facts.sizes)
        trials, number = facts.trials[:, None], facts.number[:, None]
        less = (stakes.worth * trials).sum(axis=0), (number * lost).sum(axis=0)
        return cls(less, ((stakes.gains * trials).sum(axis=0), (number * won).sum(axis=0)))

    def excludes(self, rate: float, error: float) -> tuple[Any, Any]:
        """Whether this rate is more than the bets leave, and whether it is less: below the low end
        of `ends`, or above the high one. An array each where there are many players of the bets,
        whose stakes and results have the bet as their last axis."""
        from scipy.special import logsumexp

        slope, start = self.less
        capital = np.log(error * _capital(slope.shape[-1]))
        above = logsumexp(slope * rate + start + capital, axis=-1)
        slope, start = self.more
        below = logsumexp(start - slope * rate + math.log(error / len(_GAINS)), axis=-1)
        return above >= 0, below >= 0

    def ends(self, error: float, times: float = 1.0) -> tuple[float, float]:
        """Rates that no bet excludes, each way at this error; `times` as many replications like
        these."""
        slope, start = self.less
        high = _crossing(times * slope, times * start, -np.log(error * _capital(len(slope))))
        slope, start = self.more
        even = np.full(len(_GAINS), math.log(len(_GAINS) / error))
        low = -_crossing(times * slope, times * start, even)
        return max(0.0, low), high


@dataclass(frozen=True, slots=True)
class Stakes:
    """Of every bet in every replication: what it costs per hit and is `worth` per trial when it is
    that the rate is less, and what it gains per hit when it is that the rate is more."""

    costs: Floats
    worth: Floats
    gains: Floats

    @classmethod
    def of(cls, largest: Floats, worth: Floats) -> Stakes:
        """From what is told of each replication."""
        per_hit = _PARTS / largest[:, None]
        limits = largest[:, None] * 0.5 ** np.arange(worth.shape[1])
        costs = np.concatenate([per_hit, 1 / limits], axis=1)
        return cls(costs, np.concatenate([per_hit, worth], axis=1), _GAINS / largest[:, None])

    def made(self, at: Any, sizes: Floats) -> tuple[Floats, Floats]:
        """Logarithms of what facts of these sizes, in these replications, make of either bet."""
        size = sizes[..., None]
        with np.errstate(divide="ignore"):
            lost = np.log(np.maximum(0.0, 1 - self.costs[at] * size))
        return lost, np.log1p(self.gains[at] * size)


def _capital(bets: int) -> Floats:
    """How what is staked is spread over the bets that the rate is less."""
    capital = np.full(bets, (1 - _SOONEST) / (bets - 1))
    capital[-1] = _SOONEST
    return capital


def _crossing(slope: Floats, start: Floats, gain: Floats) -> float:
    """Where the sum of exp(slope x + start - gain) reaches 1, by Newton's method.

    Its logarithm is convex and increasing, so that steps from the right never overshoot.
    """
    at = float(np.min((gain - start) / slope))
    if not math.isfinite(at):
        return math.inf
    for _ in range(60):
        terms = slope * at + start - gain
        most = terms.max()
        parts = np.exp(terms - most)
        step = (most + math.log(parts.sum())) / float((parts * slope).sum() / parts.sum())
        at -= step
        if abs(step) <= 1e-12 * abs(at):
            break
    return at
