"""Trials of a search: a storm with something changed, as small as it may be, or of all clients."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sim.numbers import written
from sim.storms.figures import ENOUGH
from sim.storms.scaled import FEW, slowed, smaller, times_slower

if TYPE_CHECKING:
    from sim.scenario.designs import Design
    from sim.scenario.scenario import Scenario
    from sim.storms.outcome import Outcome, Play, Progress
    from sim.storms.question import Storm


@dataclass(frozen=True, slots=True)
class Hearing:
    """Who hears of a search: lines, and how many trials of how many are done.

    took_s: how long it took to play the storm that is not back; 0 when nobody looked.
    """

    tell: Callable[[str], None]
    progress: Progress
    took_s: float = 0.0


@dataclass(slots=True)
class Trials:
    """At most about `most` of them, with what `play` plays; `done` are over."""

    outcome: Outcome
    play: Play
    hearing: Hearing
    most: int
    done: int = 0

    def took_s(self, design: Design, scenario: Scenario, whole: bool = False) -> float:
        """After so many seconds 99 % of those cut off are back; inf: not within the horizon."""
        self.done += 1
        self.hearing.progress(self.done, max(self.done, self.most))
        if self._is_hopeless(scenario):
            return math.inf
        storm = self.outcome.storm
        if not whole:
            storm, scenario = self._small(scenario)
        storm = replace(storm, enough=ENOUGH)  # the rest changes nothing
        return self.play(storm, design, scenario, _unseen).back_after_s(ENOUGH)

    def estimate(self, scenario: Scenario, wholes: int) -> str:
        """How many trials of how many clients, and how long they take with `wholes` of all."""
        clients, all_clients = self._small(scenario)[0].clients, self.outcome.storm.clients
        found = f"at most {self.most} trials of {clients:,} clients"
        if not self.hearing.took_s:
            return found
        each_s = self.hearing.took_s / all_clients
        needed_s = each_s * (self.most * clients + wholes * all_clients)
        return f"{found}, about {written(max(needed_s, 1.0), 2)} s"

    def _small(self, scenario: Scenario) -> tuple[Storm, Scenario]:
        storm = self.outcome.storm
        if not scenario.authenticator.check_s and scenario.store.reads_per_s is None:
            storm = smaller(storm, FEW)
        times = times_slower(storm, scenario, self.outcome.patience_s)
        return slowed(storm, scenario, times)

    def _is_hopeless(self, scenario: Scenario) -> bool:
        """Whether nodes lack the room for enough clients, or their authenticator the time."""
        outcome, checks = self.outcome, scenario.authenticator
        room = replace(outcome, connections_limit=scenario.servers.connections_limit)
        checks_s = ENOUGH * outcome.cut * checks.check_s / checks.cores
        return bool(
            room.kept_out > (1.0 - ENOUGH) * outcome.cut
            or checks_s > outcome.storm.horizon_s - outcome.began_s
        )


def _unseen(done: int, total: int) -> None:
    """A trial has no progress of its own."""
