"""A scenario moved in time as a whole: a cell began at no special moment of its host's clock.

Kernel timers end on buckets of up to 2 s, and some clients' time-outs on whole seconds of their
clock, so what an outage costs depends on when it strikes within them. Each replication therefore
starts at a drawn moment; senders, loss, outages and faults move with it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from sim.network.spec import (
    ListedOutagesSpec,
    LossSpec,
    NetworkSpec,
    NoLossSpec,
    PerDirectionLossSpec,
)
from sim.scenario.scenario import Scenario
from sim.streams import Streams
from sim.validation.quantities import Outage
from sim.workload.spec import PeriodicSpec

BUCKET_S: Final = 2.048  # the timer wheel's third coarsest bucket at 250 Hz: delays up to 129 s


def moment_s(scenario: Scenario, replication: int) -> float:
    """How much later this replication begins."""
    luck = Streams(scenario.seed, replication).generator("moment")
    return round(float(luck.random()) * BUCKET_S, 6)


def shifted(scenario: Scenario, by_s: float) -> Scenario:
    """The same, with everything that has a time `by_s` later."""
    time = scenario.time.model_copy(update={"warmup_s": scenario.time.warmup_s + by_s})
    changes: dict[str, object] = {
        "time": time,
        "networks": tuple(_network(one, by_s) for one in scenario.networks),
        "faults": tuple(
            one.model_copy(update={"at_s": one.at_s + by_s}) if hasattr(one, "at_s") else one
            for one in scenario.faults
        ),
    }
    if isinstance(scenario.arrivals, PeriodicSpec):
        from_s = scenario.arrivals.from_s + by_s
        changes["arrivals"] = scenario.arrivals.model_copy(update={"from_s": from_s})
    return scenario.model_copy(update=changes)


def outages_shifted(outages: tuple[Outage, ...], by_s: float) -> tuple[Outage, ...]:
    """The faults of a twin, likewise."""
    return tuple(replace(one, start_s=one.start_s + by_s) for one in outages)


def _network(network: NetworkSpec, by_s: float) -> NetworkSpec:
    changes: dict[str, object] = {"loss": _loss(network.loss, by_s)}
    if isinstance(network.outages, ListedOutagesSpec):
        spans = tuple(
            (start_s + by_s, end_s + by_s) for start_s, end_s in network.outages.intervals
        )
        changes["outages"] = network.outages.model_copy(update={"intervals": spans})
    return network.model_copy(update=changes)


def _loss(loss: LossSpec, by_s: float) -> LossSpec:
    if isinstance(loss, NoLossSpec):
        return loss
    if isinstance(loss, PerDirectionLossSpec):
        up, down = _loss(loss.up, by_s), _loss(loss.down, by_s)
        return loss.model_copy(update={"up": up, "down": down})
    return loss.model_copy(update={"from_s": loss.from_s + by_s})
