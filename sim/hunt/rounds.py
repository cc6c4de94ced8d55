"""One round of a hunt: lines of schedules, each played before the next fault is added to it.

A line begins with fresh talk and one fault. Each later fault falls mostly between two steps of the
run *with* the faults before it: in the recovery from them. Every schedule of a line is judged. A
round has luck of its own and is told what earlier rounds found, so rounds can be played anywhere.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final, NamedTuple

from sim.guarantees import Verdict
from sim.hunt.draws import MISSES, Draws
from sim.hunt.judging import Played, SearchTarget, judged, play
from sim.hunt.rehearsal import steps_s
from sim.hunt.schedule import Schedule
from sim.hunt.shrink import simplest
from sim.tape import Tape

ROUND: Final = 250
"""Schedules of one round: a few seconds of work."""


class Tried(NamedTuple):
    """One schedule, and what was seen of it. `number` stands for its text."""

    number: int
    schedule: Schedule
    verdict: Verdict
    broken: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """What a round is told of those before it: the numbers of schedules tried."""

    tried: frozenset[int] = frozenset()


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
class Round:
    """What a round tried, no schedule twice, up to the first violation, which was then shrunk."""

    tried: tuple[Tried, ...]
    found: Found | None = None


def search(target: SearchTarget, number: int, examples: int, known: Known | None = None) -> Round:
    """One round: as many schedules as are new, or up to the first violation.

    Raises `DesignCrashed`.
    """
    line = _Lines(target, Draws.of(target.limits, f"{target.seed}/{number}"), known or Known())
    while len(line.tried) < examples and line.missed < MISSES:
        if line.broken_after(examples):
            (*_, last) = line.tried
            return Round(tuple(line.tried), smaller(target, last.schedule, last.verdict))
    return Round(tuple(line.tried))


def smaller(target: SearchTarget, first: Schedule, verdict: Verdict) -> Found:
    """The same violation without whatever it does not need."""
    known = {str(first): verdict}
    played = 0

    def breaks(schedule: Schedule) -> bool:
        nonlocal played
        if (name := str(schedule)) not in known:
            known[name] = play(target, schedule)
            played += 1
        return bool(known[name].violations)

    least = simplest(first, breaks)
    return Found(least, known[str(least)], first, played)


def number_of(schedule: Schedule) -> int:
    """Eight bytes that stand for a schedule."""
    return int.from_bytes(sha256(str(schedule).encode()).digest()[:8], "big")


@dataclass(slots=True)
class _Lines:
    """Draws lines of schedules and plays them."""

    target: SearchTarget
    draws: Draws
    known: Known
    tried: list[Tried] = field(default_factory=list)
    numbers: set[int] = field(default_factory=set)
    missed: int = 0  # schedules in a row that had been tried before

    def broken_after(self, examples: int) -> bool:
        """Play one line, until there are `examples`: whether its last schedule is a violation."""
        depth = self.target.limits.depth
        classes = self.draws.mix() if depth else ()
        schedule = self.draws.talk()
        if depth:
            schedule = self.draws.worse(schedule, classes)
        while self._is_new(schedule) and len(self.tried) < examples:
            deeper = len(schedule.faults) < depth
            tape = Tape() if deeper else None  # a run with a tape is a little slower
            if self._play(schedule, tape).verdict.violations:
                return True
            if tape is None:
                break
            schedule = self.draws.worse(schedule, classes, steps_s(schedule, tape))
        return False

    def _is_new(self, schedule: Schedule) -> bool:
        number = number_of(schedule)
        new = number not in self.numbers and number not in self.known.tried
        self.missed = 0 if new else self.missed + 1
        return new

    def _play(self, schedule: Schedule, tape: Tape | None) -> Played:
        played = judged(self.target, schedule, tape)
        number = number_of(schedule)
        self.numbers.add(number)
        self.tried.append(Tried(number, schedule, played.verdict, played.broken))
        return played
