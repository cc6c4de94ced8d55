"""CPU, delivery and loss when a zone is lost, message by message in the smaller world of `scaled`.

There a message waits `times` times as long at a node as in the whole. So each reception is held
against the same one in a twin: the same people under the same luck, with nodes at their own speed
and no zone lost. What it took longer than there is what it waited, and is divided by `times`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from sim import history as record
from sim.experiment.run import run_replication
from sim.experiment.statistics import LEVEL, Interval, mean_interval
from sim.experiment.statistics.facts import Facts, rate_of
from sim.experiment.statistics.quantiles import Pool
from sim.metrics import METRICS, rounded
from sim.metrics.facts import facts
from sim.metrics.judged import Judged as Watched
from sim.metrics.sample import Sample
from sim.plans.judged import Judged, judged
from sim.plans.question import CPU, DELIVERY, LOSS
from sim.plans.scaled import LOST_NODE, STEADY_S, scale, twin, world
from sim.plans.world import changed

if TYPE_CHECKING:
    from sim.history import Column, History
    from sim.plans.bounds import Needs
    from sim.plans.question import Way
    from sim.plans.runs import Runs
    from sim.plans.storming import Stage

SHARE: Final = 0.99
_LOST: Final = "loss_pressed"
_LOSS: Final[Any] = next(one.compute for one in METRICS if one.name == _LOST)


@dataclass(slots=True)
class Exactly:
    """Plays exact runs; twins do not depend on the number of nodes, and are kept meanwhile."""

    stage: Stage
    needs: Needs
    runs: Runs
    _twins: dict[tuple[Any, int], Column] = field(default_factory=dict)

    def played(self, way: Way, nodes: int) -> list[Judged]:
        """CPU, delivery and loss with so many nodes, held to their limits."""
        question = self.stage.question
        people, limits = scale(question, nodes).people, question.limits
        name = f"exact-{way.slug}-{nodes}-{people}"
        found = self.runs.each(name, question.runs, lambda one: self._run(way, nodes, one))
        return [
            judged(CPU, mean_interval([one["cpu"] for one in found]), limits.cpu),
            judged(DELIVERY, delivery(found), limits.delivery),
            judged(LOSS, lost(found), limits.loss),
        ]

    def _run(self, way: Way, nodes: int, number: int) -> dict[str, Any]:
        question = self.stage.question
        design, scenario = changed(self.stage.design, self.stage.scenario, way)
        small = world(question, scenario, self.needs, way, nodes)
        history = run_replication(small, design, number)
        key = (small.time, small.people), number
        if key not in self._twins:
            self._twins[key] = took_s(run_replication(twin(small, scenario), design, number))
        return measured(history, self._twins[key], scale(question, nodes).times)


def took_s(history: History) -> Column:
    """How long each owed reception took, nan for those that never came."""
    sends = Watched(history).sends
    return np.asarray(sends.first_s - sends.intended_s)


def measured(history: History, calm_s: Column, times: float) -> dict[str, Any]:
    """The figures of one run; `delivery` is of those between people none of whom was cut off.

    calm_s: how long the same receptions took in the twin.
    """
    watched = Watched(history)
    loss, cut = _LOSS(watched), _cut(watched)
    sends = watched.sends
    touched = cut[sends.person] | cut[watched.messages["actor"][sends.message]]
    all_s = sends.first_s - sends.intended_s
    known = np.isfinite(calm_s) & (all_s > calm_s)
    all_s[known] = calm_s[known] + (all_s - calm_s)[known] / times
    kept_s = np.round(all_s[~touched & sends.reached], 6)
    return {
        "cpu": _cpu(history),
        "delivery": Sample(int((~touched).sum()), kept_s).packed(),
        "cut": int(cut.sum()),
        "touched": int(touched.sum()),
        "metrics": {_LOST: None if loss is None else [loss.hits, loss.trials]},
        "facts": rounded(facts(watched)),
    }


def delivery(found: Sequence[Mapping[str, Any]]) -> Interval:
    """The 99th percentile over all runs."""
    pool = Pool.of([one["delivery"] for one in found])
    if refused := pool.refusal(SHARE, "p99"):
        return Interval(np.nan, None, None, refused)
    return pool.interval(SHARE, LEVEL)


def lost(found: Sequence[Mapping[str, Any]]) -> Interval:
    """The share lost. Where none is in any run, people who were cut off are what is counted.

    Each of them lost nothing; given that a zone is lost they are taken to be independent, so of
    m people at most 1 - (alpha / 2)^(1 / m) lose anything, and no more than is sent to or by them.
    """
    counts = [tuple(one["metrics"][_LOST]) for one in found]
    hits, trials = (sum(one) for one in zip(*counts, strict=True))
    people = sum(one["cut"] for one in found)
    if hits or not people:
        return rate_of(counts, Facts.of(_LOST, found))
    share = sum(one["touched"] for one in found) / trials
    high = (1.0 - ((1.0 - LEVEL) / 2.0) ** (1.0 / people)) * share
    return Interval(0.0, 0.0, high, f"none by {people:,} people who were cut off")


def _cut(watched: Watched) -> Column:
    """By person: whether any connection was cut while it was measured."""
    cuts = watched.history.tables["episodes"]
    cut = np.zeros(watched.people, dtype=bool)
    cut[cuts["person"][record.in_window(watched.history, cuts["cut_s"])]] = True
    return cut


def _cpu(history: History) -> float:
    """Share of their cores that the gateways which are left are busy, in the last minute.

    Their mean: nodes of many people are more alike than these of few.
    """
    rows, until_s = history.tables["nodes"], record.measured_until_s(history)
    last = (rows["time_s"] > until_s - STEADY_S) & (rows["time_s"] <= until_s)
    kept = last & (rows["kind"] == record.GATEWAY) & (rows["node"] != LOST_NODE)
    return float(rows["busy_s"][kept].mean() / history.meta["cores"])
