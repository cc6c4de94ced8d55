"""When everybody is back, by storms: at first of a small crowd, then of all.

Where nodes share nothing, a storm of fewer nodes with as many clients each is the same storm
(`sim.storms.scaled.smaller`), and the search plays that; what it finds is played at full size.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from sim.errors import InputError
from sim.experiment.statistics import mean_interval
from sim.plans.bounds import Needs
from sim.plans.judged import Judged, judged
from sim.plans.question import MEMORY, RECOVERY
from sim.plans.world import changed
from sim.storms.figures import ENOUGH
from sim.storms.question import MOST_SECONDS, Failure, Storm, lost_nodes
from sim.storms.scaled import FEW, smaller

if TYPE_CHECKING:
    from sim.plans.question import Question, Way
    from sim.plans.runs import Runs
    from sim.scenario.designs import Design
    from sim.scenario.scenario import Scenario
    from sim.storms.outcome import Play

_WATCHED: Final = 4.0  # times the time allowed, so that a near miss is seen as one


@dataclass(frozen=True, slots=True)
class Stage:
    """What is played, and with what; `play` is the registry's."""

    question: Question
    design: Design
    scenario: Scenario
    play: Play

    def needs(self) -> Needs:
        """What a node of this design needs, read off the smallest storm there is."""
        servers, zones = self.scenario.servers, self.question.zones
        tiny = replace(storm_of(self.question, zones, 0), clients=zones, horizon_s=2)
        read = self.play(tiny, self.design, self.scenario, _unseen)
        return Needs(
            read.connection_bytes,
            read.idle_s,
            read.cores,
            read.capacity_per_s,
            servers.connections_limit,
        )

    def require_ways(self) -> None:
        """Raises `InputError` with every way to come back that this design cannot have."""
        wrong: list[str] = []
        for way in self.question.ways:
            try:
                changed(self.design, self.scenario, way)
            except InputError as error:
                wrong += error.messages
        if wrong:
            raise InputError(dict.fromkeys(wrong))

    @property
    def is_apart(self) -> bool:
        """Whether nodes share nothing that a dial asks."""
        return not self.scenario.authenticator.check_s and self.scenario.store.reads_per_s is None


def storm_of(question: Question, nodes: int, number: int) -> Storm:
    """The first zone of so many nodes is lost for good; run `number` has a seed of its own."""
    lost = lost_nodes(nodes, 0, question.zones, 0)
    horizon_s = min(math.ceil(_WATCHED * question.limits.recovery) + 60, MOST_SECONDS)
    return Storm(
        clients=question.clients,
        nodes=nodes,
        faults=Failure(question.how).of(lost),
        spread=question.spread,
        horizon_s=horizon_s,
        seed=question.seed + number,
    )


def stormed(stage: Stage, way: Way, nodes: int, runs: Runs, whole: bool) -> list[Judged]:
    """Recovery, and memory of the fullest node afterwards; `whole`: of all clients."""
    question = stage.question
    design, scenario = changed(stage.design, stage.scenario, way)

    def play(number: int) -> dict[str, Any]:
        storm = storm_of(question, nodes, number)
        if not whole and stage.is_apart:
            storm = smaller(storm, FEW)
        outcome = stage.play(storm, design, scenario, _unseen)
        took_s, fullest = outcome.back_after_s(ENOUGH), int(outcome.connections.max())
        return {
            "back_s": took_s if math.isfinite(took_s) else None,
            "memory": fullest * outcome.connection_bytes,
        }

    size = "whole" if whole or not stage.is_apart else "part"
    found = runs.each(f"storm-{size}-{way.slug}-{nodes}", question.runs, play)
    by_limit = {
        RECOVERY: [math.inf if one["back_s"] is None else one["back_s"] for one in found],
        MEMORY: [one["memory"] for one in found],
    }
    limits = question.limits
    return [judged(name, mean_interval(of), limits.of(name)) for name, of in by_limit.items()]


def _unseen(done: int, total: int) -> None:
    """A run has no progress of its own."""
