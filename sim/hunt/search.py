"""The hunt: generate schedules, play each one, shrink the first that breaks the guarantee.

Hypothesis generates and shrinks. A hunt is a row of rounds with seeds of their own, so that it can
be spread over processes and still finds the same: the violation of the earliest round counts. What
was found is then made smaller (`shrink`), and the space of still smaller schedules is searched.
Leaves out what a schedule looks like (`space`) and what is said about it (`wording`).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Final, Protocol

from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from hypothesis.configuration import set_hypothesis_home_dir

from sim.experiment.run import run_replication
from sim.experiment.workers import default_workers, processes
from sim.guarantees import GUARANTEES, Evidence, Verdict
from sim.hunt.schedule import Schedule
from sim.hunt.shrink import simplest
from sim.hunt.space import Limits, schedules
from sim.scenario.designs import Design
from sim.scenario.scenario import Scenario

ROUND: Final = 250
"""Schedules of one round: a second of work, and enough for Hypothesis to vary what it has tried."""
STUCK: Final = "eventual-delivery"
"""What a hunt for a safety guarantee judges besides: what never arrives is not lost, and yet no
schedule in which nothing was found."""
_SMALLER: Final = 2 * ROUND
"""Schedules tried of those with one fault, message or person less than the finding."""
_CALM: Final = 25
"""And of those without any fault, which hardly differ."""
_SMALLER_ROUND: Final = 1_000_000  # numbers of those rounds: far from those of the hunt


@dataclass(frozen=True, slots=True)
class SearchTarget:
    """What is hunted: the design, the guarantee with its bound, the world, the space, the seed."""

    design: Design
    guarantee: str
    stage: Scenario
    limits: Limits = field(default_factory=Limits)
    bound_s: float | None = None
    seed: int = 1

    @property
    def safety(self) -> bool:
        """Whether what is hunted says that something must never happen."""
        return GUARANTEES[self.guarantee].kind == "safety"

    @property
    def stuck(self) -> SearchTarget:
        """The same hunt for what never arrives."""
        return replace(self, guarantee=STUCK, bound_s=None)

    def __post_init__(self) -> None:
        if GUARANTEES[self.guarantee].asks:
            object.__setattr__(self, "limits", replace(self.limits, asks=True))


@dataclass(frozen=True, slots=True)
class Found:
    """The smallest violation: its schedule, its verdict, and what was found first.

    `shrinking` is how many more schedules were played to get from one to the other; `broken` the
    guarantee that is, empty for the one that was hunted.
    """

    schedule: Schedule
    verdict: Verdict
    first: Schedule
    shrinking: int
    broken: str = ""


@dataclass(frozen=True, slots=True)
class Searched:
    """What was tried: schedules, those that put the guarantee to the test and it held, facts.

    `undecided` schedules left it open, for the reason `doubt`; `reason` says why the first of
    those that put nothing to the test did not. In `stuck` of all schedules something never
    arrived though everything had healed; `halted` is the first of these. `found` breaks the
    guarantee, or `STUCK` when that alone was broken.
    """

    schedules: int = 0
    held: int = 0
    facts: int = 0
    reason: str = ""
    found: Found | None = None
    undecided: int = 0
    doubt: str = ""
    stuck: int = 0
    halted: Schedule | None = None

    @property
    def untested(self) -> int:
        """Schedules that put nothing to the test."""
        broken = self.found is not None and not self.found.broken
        return self.schedules - self.held - self.undecided - broken

    def also(self, later: Searched) -> Searched:
        """Both together; the earlier finding counts."""
        return Searched(
            self.schedules + later.schedules,
            self.held + later.held,
            self.facts + later.facts,
            self.reason or later.reason,
            self.found or later.found,
            self.undecided + later.undecided,
            self.doubt or later.doubt,
            self.stuck + later.stuck,
            self.halted or later.halted,
        )


class DesignCrashed(Exception):
    """A schedule made the simulation fail: a mistake in the design or in the program."""


class _Violated(Exception):
    """Tells Hypothesis that this schedule is what is looked for."""


class Progress(Protocol):
    """Called after every round with what was searched so far; False stops the hunt."""

    def __call__(self, so_far: Searched) -> bool: ...


@dataclass(frozen=True, slots=True)
class Played:
    """One schedule judged: its verdict, and whether something never arrived in it."""

    verdict: Verdict
    stuck: bool


def play(target: SearchTarget, schedule: Schedule) -> Verdict:
    """The verdict on one schedule. Raises `DesignCrashed`."""
    return _judged(target, schedule).verdict


def _judged(target: SearchTarget, schedule: Schedule) -> Played:
    try:
        history = run_replication(schedule.scenario(target.stage), target.design, 0)
    except Exception as error:
        words = f"{type(error).__name__}: {error}"
        message = f"{target.design.name} under --schedule '{schedule}': {words}"
        raise DesignCrashed(message) from error
    evidence = Evidence(history)
    verdict = GUARANTEES[target.guarantee].on(evidence, target.bound_s)
    stuck = target.safety and GUARANTEES[STUCK].on(evidence).state == "violated"
    return Played(verdict, stuck)


def only(target: SearchTarget, schedule: Schedule) -> Searched:
    """This one schedule, as it is."""
    ledger = _Ledger(target)
    if not ledger.breaks(schedule) and ledger.searched.stuck:
        other = _Ledger(target.stuck)
        other.breaks(schedule)
        found = other.result().found
        assert found is not None, "the same schedule halts again"
        return replace(ledger.searched, found=replace(found, broken=STUCK))
    return ledger.result()


def hunt(
    target: SearchTarget, examples: int, workers: int = 0, progress: Progress = lambda so_far: True
) -> Searched:
    """Try `examples` schedules, fewer when one of them breaks the guarantee or `progress` stops.

    The result depends on neither the workers nor the pace, except where `progress` stops it.
    """
    total = Searched()
    for searched in _rounds(target, examples, workers or default_workers()):
        total = total.also(searched)
        if total.found is not None:
            return replace(total, found=_smallest(target, total.found))
        if not progress(total):
            break
    return total if total.halted is None else replace(total, found=_halting(target, total.halted))


def _halting(target: SearchTarget, schedule: Schedule) -> Found:
    """The smallest schedule found in which something never arrives."""
    ledger = _Ledger(target.stuck)
    ledger.breaks(schedule)
    simplest(schedule, ledger.breaks)
    found = ledger.result().found
    assert found is not None, "the same schedule halts again"
    return replace(_smallest(target.stuck, found), broken=STUCK)


def _rounds(target: SearchTarget, examples: int, workers: int) -> Iterator[Searched]:
    """Rounds in order, each as soon as it and all before it are done."""
    rounds = ((n, min(ROUND, examples - n * ROUND)) for n in range(-(-examples // ROUND)))
    if workers == 1 or examples <= ROUND:
        yield from (search(target, number, size) for number, size in rounds)
        return
    with processes(workers) as pool:
        ahead: list[Future[Searched]] = []
        for number, size in rounds:
            ahead.append(pool.submit(search, target, number, size))
            if len(ahead) > workers:
                yield ahead.pop(0).result()
        for future in ahead:
            yield future.result()


def _smallest(target: SearchTarget, found: Found) -> Found:
    """Search among schedules with one fault, message or person less, until there are none."""
    again = True
    while again:
        again = False
        for number, limits in enumerate(_less(target.limits, found.schedule)):
            narrow = replace(target, limits=limits)
            examples = _SMALLER if limits.faults else _CALM
            searched = search(narrow, _SMALLER_ROUND + number, examples)
            played = found.shrinking + searched.schedules
            found = replace(found, shrinking=played)
            if searched.found is not None:
                played += searched.found.shrinking
                found = replace(searched.found, first=found.first, shrinking=played)
                again = True
                break
    return found


def _less(limits: Limits, schedule: Schedule) -> Iterator[Limits]:
    people, sends = schedule.people, len(schedule.sends)
    faults = len(schedule.faults)
    if faults:
        yield replace(limits, people=people, messages=sends, faults=faults - 1)
    if sends > 1:
        yield replace(limits, people=people, messages=sends - 1, faults=faults)
    if people > 2:
        yield replace(limits, people=people - 1, messages=sends, faults=faults)


def search(target: SearchTarget, number: int, examples: int) -> Searched:
    """One round: as many schedules, or up to the first violation, which is then shrunk."""
    ledger = _Ledger(target)

    def trial(schedule: Schedule) -> None:
        if ledger.breaks(schedule):
            raise _Violated

    try:
        _generate(target.limits, f"{target.seed}/{number}", examples, trial)
    except _Violated:
        simplest(ledger.best, ledger.breaks)
    return ledger.result()


def drawn(limits: Limits, luck: str, count: int) -> list[Schedule]:
    """Up to `count` schedules within `limits`, as few as there are; equal luck, equal schedules."""
    found: list[Schedule] = []
    _generate(limits, luck, count, found.append)
    return found


def _generate(limits: Limits, luck: str, count: int, trial: Callable[[Schedule], None]) -> None:
    """Call `trial` with up to `count` schedules, and with smaller ones once it raises."""
    base = int.from_bytes(sha256(luck.encode()).digest()[:8], "big")

    @seed(base)
    @settings(
        max_examples=count,
        phases=(Phase.generate, Phase.shrink),
        database=None,
        deadline=None,
        print_blob=False,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
        verbosity=Verbosity.quiet,
    )
    @given(schedules(limits))
    def test(schedule: Schedule) -> None:
        trial(schedule)

    with _leaving_no_files():
        test()


@contextmanager
def _leaving_no_files() -> Iterator[None]:
    """Hypothesis keeps notes on the source code around it in a folder of its own: not here."""
    set_hypothesis_home_dir(os.devnull)
    try:
        yield
    finally:
        set_hypothesis_home_dir(None)


@dataclass(slots=True)
class _Ledger:
    """Counts what a round tries, and keeps what it finds."""

    target: SearchTarget
    searched: Searched = Searched()
    first: Schedule | None = None
    known: dict[str, Verdict] = field(default_factory=dict)  # while shrinking
    violations: list[tuple[Schedule, Verdict]] = field(default_factory=list)

    def breaks(self, schedule: Schedule) -> bool:
        """Play one schedule: whether it violates the guarantee."""
        name = str(schedule)
        verdict = self.known.get(name)
        if verdict is None:
            played = _judged(self.target, schedule)
            verdict = played.verdict
            if self.first is None:
                self._count(schedule, played)
            else:
                self.known[name] = verdict
        if verdict.violations:
            self.first = self.first or schedule
            self.violations.append((schedule, verdict))
        return bool(verdict.violations)

    def _count(self, schedule: Schedule, played: Played) -> None:
        verdict = played.verdict
        undecided = verdict.state == "unknown" and verdict.undecided > 0
        one = Searched(
            1,
            int(verdict.state == "holds"),
            verdict.checked,
            "" if undecided else verdict.reason,
            undecided=int(undecided),
            doubt=verdict.reason if undecided else "",
            stuck=int(played.stuck),
            halted=schedule if played.stuck else None,
        )
        self.searched = self.searched.also(one)

    @property
    def best(self) -> Schedule:
        """The smallest violating schedule so far."""
        return min((schedule for schedule, _ in self.violations), key=lambda one: one.size)

    def result(self) -> Searched:
        """What was tried, with the last finding: the one that could not be made smaller."""
        if self.first is None:
            return self.searched
        schedule, verdict = self.violations[-1]
        found = Found(schedule, verdict, self.first, len(self.known))
        return replace(self.searched, found=found)
