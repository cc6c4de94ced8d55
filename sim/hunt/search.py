"""The hunt: generate schedules, play each one, shrink the first that breaks the guarantee.

Hypothesis generates and shrinks. A hunt is a row of rounds with seeds of their own, so that it can
be spread over processes and still finds the same: the violation of the earliest round counts.
Leaves out what a schedule looks like (`space`) and what is said about it (`wording`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Final, Protocol

from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings

from sim.experiment.designs import Design
from sim.experiment.run import run_replication
from sim.experiment.runner import default_workers, processes
from sim.experiment.scenario import Scenario
from sim.guarantees import GUARANTEES, Verdict
from sim.hunt.schedule import Schedule
from sim.hunt.space import Limits, schedules

ROUND: Final = 250
"""Schedules of one round: a second of work, and enough for Hypothesis to vary what it has tried."""


@dataclass(frozen=True, slots=True)
class Quarry:
    """What is hunted: the design, the guarantee with its bound, the world, the space, the seed."""

    design: Design
    guarantee: str
    stage: Scenario
    limits: Limits = Limits()
    bound_s: float | None = None
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Found:
    """The smallest violation: its schedule, its verdict, and what it took to get there."""

    schedule: Schedule
    verdict: Verdict
    first: Schedule
    shrinking: int


@dataclass(frozen=True, slots=True)
class Searched:
    """What was tried: schedules, those that put the guarantee to the test and it held, facts."""

    schedules: int = 0
    held: int = 0
    facts: int = 0
    reason: str = ""
    found: Found | None = None

    def also(self, later: Searched) -> Searched:
        """Both together; the earlier finding counts."""
        return Searched(
            self.schedules + later.schedules,
            self.held + later.held,
            self.facts + later.facts,
            self.reason or later.reason,
            self.found or later.found,
        )


class DesignCrashed(Exception):
    """A schedule made the simulation fail: a mistake in the design or in the program."""


class _Violated(Exception):
    """Tells Hypothesis that this schedule is what is looked for."""


class Progress(Protocol):
    """Called after every round with what was searched so far; False stops the hunt."""

    def __call__(self, so_far: Searched) -> bool: ...


def play(quarry: Quarry, schedule: Schedule) -> Verdict:
    """The verdict on one schedule. Raises `DesignCrashed`."""
    try:
        history = run_replication(schedule.scenario(quarry.stage), quarry.design, 0)
    except Exception as error:
        words = f"{type(error).__name__}: {error}"
        message = f"{quarry.design.name} under --schedule '{schedule}': {words}"
        raise DesignCrashed(message) from error
    return GUARANTEES[quarry.guarantee].check(history, quarry.bound_s)


def hunt(
    quarry: Quarry, examples: int, workers: int = 0, progress: Progress = lambda so_far: True
) -> Searched:
    """Try `examples` schedules, fewer when one of them breaks the guarantee or `progress` stops.

    The result depends on neither the workers nor the pace, except where `progress` stops it.
    """
    total = Searched()
    for searched in _rounds(quarry, examples, workers or default_workers()):
        total = total.also(searched)
        if total.found is not None or not progress(total):
            break
    return total


def _rounds(quarry: Quarry, examples: int, workers: int) -> Iterator[Searched]:
    """Rounds in order, each as soon as it and all before it are done."""
    sizes = [min(ROUND, examples - begun) for begun in range(0, examples, ROUND)]
    if workers == 1 or len(sizes) == 1:
        for number, size in enumerate(sizes):
            yield search(quarry, number, size)
        return
    with processes(workers) as pool:
        ahead: list[Future[Searched]] = []
        for number, size in enumerate(sizes):
            ahead.append(pool.submit(search, quarry, number, size))
            if len(ahead) > workers:
                yield ahead.pop(0).result()
        for future in ahead:
            yield future.result()


def search(quarry: Quarry, number: int, examples: int) -> Searched:
    """One round: as many schedules, or up to the first violation, which is then shrunk."""
    ledger = _Ledger(quarry)

    @seed(_seed(quarry.seed, number))
    @settings(
        max_examples=examples,
        phases=(Phase.generate, Phase.shrink),
        database=None,
        deadline=None,
        print_blob=False,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
        verbosity=Verbosity.quiet,
    )
    @given(schedules(quarry.limits))
    def trial(schedule: Schedule) -> None:
        ledger.judge(schedule)

    try:
        trial()
    except _Violated:
        return ledger.closed()
    return ledger.searched


def _seed(base: int, number: int) -> int:
    """Seeds of rounds are far apart, so that no two hunts try the same."""
    return int.from_bytes(sha256(f"{base}/{number}".encode()).digest()[:8], "big")


class _Ledger:
    """Counts what a round tries, and keeps what it finds."""

    def __init__(self, quarry: Quarry) -> None:
        self._quarry = quarry
        self.searched = Searched()
        self._first: Schedule | None = None
        self._best: tuple[Schedule, Verdict] | None = None
        self._shrinking = 0

    def judge(self, schedule: Schedule) -> None:
        """Play one schedule. Raises `_Violated` when the guarantee is."""
        verdict = play(self._quarry, schedule)
        if self._first is None:
            self._count(verdict)
        else:
            self._shrinking += 1
        if verdict.violations:
            self._first = self._first or schedule
            if self._best is None or schedule.size <= self._best[0].size:
                self._best = (schedule, verdict)
            raise _Violated

    def _count(self, verdict: Verdict) -> None:
        so_far = self.searched
        self.searched = replace(
            so_far,
            schedules=so_far.schedules + 1,
            held=so_far.held + (verdict.state == "holds"),
            facts=so_far.facts + verdict.checked,
            reason=so_far.reason or verdict.reason,
        )

    def closed(self) -> Searched:
        """The round with its finding."""
        assert self._best is not None
        assert self._first is not None
        found = Found(*self._best, self._first, self._shrinking)
        return replace(self.searched, found=found)


Clock = Callable[[], float]
