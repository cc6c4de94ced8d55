"""A study of a rare loss from scenario to answer: checked, run on several processes, combined."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass

from sim.errors import InputError
from sim.experiment.rare.estimates import Rare, combine
from sim.experiment.rare.harm import PARTS, Harm, replicate
from sim.experiment.run import Design
from sim.experiment.runner import Progress
from sim.experiment.workers import default_workers, outcome, processes
from sim.network.spec import RenewalOutagesSpec
from sim.scenario.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Study:
    """What is asked: of the scenario's replications, for one of `PARTS`.

    Raises `InputError` when the scenario has no outages whose rate is known.
    """

    scenario: Scenario
    design: Design
    metric: str = "lost"

    def __post_init__(self) -> None:
        if self.metric not in PARTS:
            raise InputError([f"metric: '{self.metric}'; allowed: {', '.join(PARTS)}"])
        networks = enumerate(self.scenario.networks)
        renewal = [
            (at, of.outages) for at, of in networks if isinstance(of.outages, RenewalOutagesSpec)
        ]
        if not renewal:
            lack = f"none of {self.scenario.name} has outages of kind 'renewal'"
            raise InputError([f"networks: {lack}; allowed: one at least, whose rate is known"])
        for at, outages in renewal:
            if not outages.stationary:
                raise InputError([f"networks.{at}.outages.stationary: false; allowed: true"])

    def run(self, workers: int, progress: Progress) -> Rare:
        """Run every replication; `progress` hears of each that is done.

        Raises `InputError` when nothing is owed to anybody, `ReplicationError` when one crashes.
        """
        count = self.scenario.replications
        harms: list[Harm] = []
        progress(0, count)
        for one in self._each(min(workers or default_workers(), count)):
            harms.append(one)
            progress(len(harms), count)
        try:
            return combine((self.design.name, self.scenario.name, self.metric), harms)
        except ValueError as error:
            raise InputError(
                [f"{self.scenario.name}: {error}; allowed: messages to count"]
            ) from None

    def _each(self, workers: int) -> Iterator[Harm]:
        """In the order of numbers, whatever the number of workers."""
        jobs = [
            (self.scenario, self.design, number, self.metric)
            for number in range(self.scenario.replications)
        ]
        if workers == 1:
            yield from (replicate(*job) for job in jobs)
            return
        with processes(workers) as pool:
            futures: list[Future[Harm]] = [pool.submit(replicate, *job) for job in jobs]
            yield from map(outcome, futures)
