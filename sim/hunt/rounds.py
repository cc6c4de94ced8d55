"""One round of a hunt: lines of schedules, each played before the next fault is added to it.

A line begins with fresh talk and one fault. Each later fault falls mostly between two steps of the
run *with* the faults before it: in the recovery from them. Every schedule of a line is judged. A
schedule that reached a transition of the protocols first (`coverage`) is kept, and some lines begin
with a variation of one. A round has luck of its own and is told what earlier rounds found, so
rounds can be played anywhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final, NamedTuple

from sim.experiment.collecting import rarely_collecting
from sim.guarantees import Verdict
from sim.hunt.coverage import transitions
from sim.hunt.draws import MISSES, Draws
from sim.hunt.judging import Played, SearchTarget, judged, play
from sim.hunt.rehearsal import steps_s
from sim.hunt.schedule import Schedule
from sim.hunt.shrink import simplest
from sim.tape import Tape

ROUND: Final = 250
"""Schedules of one round: a few seconds of work."""
MOST_KEPT: Final = 200
"""So many schedules are handed on for variations: those that reached something new last."""
_VARIED: Final = 0.33  # share of lines that vary what was kept
_WATCHED: Final = 0.25  # share of schedules that are not to grow and have a tape nevertheless


class Tried(NamedTuple):
    """One schedule, and what was seen of it. `number` stands for its text."""

    number: int
    schedule: Schedule
    verdict: Verdict
    broken: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """What a round is told of those before it.

    The numbers of schedules `tried`; the transitions that were `reached`, and the schedules `kept`
    because they reached one first, of which only the last ones are worth handing on.
    """

    tried: frozenset[int] = frozenset()
    reached: frozenset[str] = frozenset()
    kept: tuple[Schedule, ...] = ()

    def after(self, one: Round) -> Known:
        """With what a later round found."""
        kept = tuple(schedule for schedule, found in one.kept if not found <= self.reached)
        return Known(
            self.tried | {tried.number for tried in one.tried},
            self.reached.union(*(found for _, found in one.kept)),
            (*self.kept, *kept)[-MOST_KEPT:],
        )


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
    """What a round tried, no schedule twice, up to the first violation, which was then shrunk.

    `kept`: schedules that reached transitions nobody had reached, with these.
    """

    tried: tuple[Tried, ...]
    kept: tuple[tuple[Schedule, frozenset[str]], ...] = ()
    found: Found | None = None


@rarely_collecting()
def search(target: SearchTarget, number: int, examples: int, known: Known | None = None) -> Round:
    """One round: as many schedules as are new, or up to the first violation.

    Raises `DesignCrashed`.
    """
    lines = _Lines.of(target, number, known or Known())
    while lines.go_on(examples):
        if lines.broken_after(examples):
            (*_, last) = lines.tried
            found = smaller(target, last.schedule, last.verdict)
            return Round(tuple(lines.tried), tuple(lines.kept), found)
    return Round(tuple(lines.tried), tuple(lines.kept))


@rarely_collecting()
def survey(target: SearchTarget, number: int, examples: int) -> tuple[Tried, ...]:
    """One round of as many schedules, whatever breaks in them. Raises `DesignCrashed`."""
    lines = _Lines.of(target, number, Known(), stops=False)
    while lines.go_on(examples):
        lines.broken_after(examples)
    return tuple(lines.tried)


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
    """Draws lines of schedules and plays them; each `stops` at a violation, or does not."""

    target: SearchTarget
    draws: Draws
    known: Known
    stops: bool = True
    tried: list[Tried] = field(default_factory=list)
    numbers: set[int] = field(default_factory=set)
    missed: int = 0  # schedules in a row that had been tried before
    reached: set[str] = field(default_factory=set)
    kept: list[tuple[Schedule, frozenset[str]]] = field(default_factory=list)

    @classmethod
    def of(cls, target: SearchTarget, number: int, known: Known, stops: bool = True) -> _Lines:
        """With the luck of the round `number`."""
        return cls(target, Draws.of(target.limits, f"{target.seed}/{number}"), known, stops)

    def go_on(self, examples: int) -> bool:
        """Whether there are fewer schedules than `examples`, and more to be drawn."""
        return len(self.tried) < examples and self.missed < MISSES

    def broken_after(self, examples: int) -> bool:
        """Play one line, until there are `examples`: whether its last schedule is a violation."""
        depth = self.target.limits.depth
        classes = self.draws.mix() if depth else ()
        schedule = self._begun(classes)
        while self._is_new(schedule) and len(self.tried) < examples:
            deeper = len(schedule.faults) < depth
            # A run with a tape has objects throughout; without, the rows that users get.
            tape = Tape() if deeper or self.draws.often(_WATCHED) else None
            if self._play(schedule, tape).verdict.violations and self.stops:
                return True
            if tape is not None:
                self._keep(schedule, tape)
            if tape is None or not deeper:
                break
            schedule = self.draws.worse(schedule, classes, steps_s(schedule, tape))
        return False

    def _begun(self, classes: Sequence[str]) -> Schedule:
        """Fresh talk with one fault, or a variation of what reached something new."""
        kept = [*self.known.kept, *(schedule for schedule, _ in self.kept)]
        if classes and kept and self.draws.often(_VARIED):
            return self.draws.varied(self.draws.one_of(kept), classes)
        schedule = self.draws.talk()
        return self.draws.worse(schedule, classes) if classes else schedule

    def _keep(self, schedule: Schedule, tape: Tape) -> None:
        new = transitions(tape) - self.known.reached - self.reached
        if new and schedule.faults:
            self.kept.append((schedule, new))
            self.reached |= new

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
