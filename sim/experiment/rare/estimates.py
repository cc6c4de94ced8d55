"""From replications with outages made in them to a rate, its interval, and what it saved."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.experiment.rare.harm import Harm
from sim.experiment.statistics import LEVEL, rate_interval
from sim.experiment.statistics.intervals import LEAST, Interval, mean_interval, too_few


@dataclass(frozen=True, slots=True)
class Rare:
    """How often something goes wrong with a reception that is owed.

    Attributes:
        design, scenario, metric: what was asked for.
        outages: the share of receptions that outages cost, with its interval.
        besides: the share that goes wrong with no outage to explain it, counted as it came.
        replications: how many were run.
        made, harmful: outages that were made in them, and those that cost anything.
        expected: receptions owed in one replication, on average.
        plain_replications: how many plain ones would know `outages` as well; None when it is not
            known how well it is known.
        crowding: share of time that links of people are down on top of what the scenario has.
    """

    design: str
    scenario: str
    metric: str
    outages: Interval
    besides: Interval
    replications: int
    made: int
    harmful: int
    expected: float
    trials: int
    plain_replications: float | None
    crowding: float

    @property
    def total(self) -> Interval:
        """The share of receptions in all. `besides` adds to its value what was seen, and to its far
        end what may be; no interval where one of the two has none.

        Of two independent estimates, by the method of variance estimates recovery (Zou and Donner,
        Statistics in Medicine 27, 2008): squared distances of the ends add up.
        """
        parts = self.outages, self.besides
        value = math.fsum(one.value for one in parts)
        lows = [one.value - one.low for one in parts if one.low is not None]
        highs = [one.high - one.value for one in parts if one.high is not None]
        if len(lows) < len(parts) or len(highs) < len(parts):
            return Interval(value, None, None, "one of two parts is not bounded")
        low, high = value - math.hypot(*lows), value + math.hypot(*highs)
        return Interval(value, max(0.0, low), high, "squared distances of two parts")

    @property
    def harmful_at_most(self) -> float:
        """With 95 % confidence at most this share of outages costs anything, where none did.

        Of the outages that were made; an outage is made at least half as often as it should be.
        """
        return min(1.0, 2.0 * _none_in(self.made))

    def plain(self) -> dict[str, Any]:
        """The same for JSON."""
        return {
            "design": self.design,
            "scenario": self.scenario,
            "metric": self.metric,
            "total": _plain(self.total),
            "outages": _plain(self.outages),
            "besides": _plain(self.besides) | {"trials": self.trials},
            "replications": self.replications,
            "plain_replications": self.plain_replications,
            "outages_made": self.made,
            "outages_harmful": self.harmful,
            "crowding": self.crowding,
        }


def combine(names: tuple[str, str, str], harms: Sequence[Harm]) -> Rare:
    """What these replications say. `names`: design, scenario, metric.

    Raises `ValueError` when nothing was owed to anybody.
    """
    owed = np.array([one.owed for one in harms], dtype=float)
    cost = np.array([one.cost for one in harms])
    if not owed.sum():
        raise ValueError("no reception was owed to anybody")
    outages = _ratio(cost, owed)
    return Rare(
        *names,
        outages,
        _besides(harms),
        len(harms),
        made=sum(one.made for one in harms),
        harmful=sum(one.harmful for one in harms),
        expected=float(owed.mean()),
        trials=sum(one.trials for one in harms),
        plain_replications=_plain_replications(harms),
        crowding=float(np.mean([one.crowding for one in harms])),
    )


def _ratio(cost: Any, owed: Any) -> Interval:
    """Cost per reception owed, over replications; what is owed varies little between them."""
    value = float(cost.sum() / owed.sum())
    if len(cost) < LEAST:
        return Interval(value, None, None, too_few(len(cost)))
    if not cost.any():
        return Interval(0.0, None, None, "no outage cost anything")
    return mean_interval([*(cost / owed.mean())])


def _besides(harms: Sequence[Harm]) -> Interval:
    """What went wrong without an outage: over replications where anything did, else a bound for
    receptions that go wrong each for itself."""
    counts = [(one.besides, one.trials) for one in harms if one.trials]
    if any(hits for hits, _ in counts):
        return rate_interval(counts)
    trials = sum(count for _, count in counts)
    return Interval(0.0, 0.0, _none_in(trials), f"none in {trials:,} receptions")


def _none_in(count: int) -> float:
    """The probability that is ruled out by so many independent cases without one."""
    return 1.0 - (1.0 - LEVEL) ** (1.0 / count) if count else 1.0


def _plain_replications(harms: Sequence[Harm]) -> float | None:
    """Plain replications whose mean would have the variance that these have.

    In a plain run outages come by themselves, almost independently where they are rare: what they
    cost has the variance of a compound Poisson sum, the expected sum of squares.
    """
    spread = float(np.var([one.cost for one in harms], ddof=1)) if len(harms) >= LEAST else 0.0
    squares = math.fsum(one.squares for one in harms) / len(harms)
    return squares / spread * len(harms) if spread else None


def _plain(found: Interval) -> dict[str, Any]:
    return {"value": found.value, "low": found.low, "high": found.high, "method": found.method}
