"""The hunt: round after round of schedules; the first that breaks the guarantee is made small.

A hunt is a row of rounds with luck of their own, so that it can be spread over processes and still
finds the same: the violation of the earliest round counts, and a round is told only of those that
are `LAG` before it. What was found is made smaller (`shrink`), and the space of still smaller
schedules is searched. Leaves out what is in a round (`rounds`) and what is said (`wording`).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from typing import Final, Protocol

from sim.experiment.workers import default_workers, outcome, processes
from sim.hunt.judging import STUCK, SearchTarget, judged, play
from sim.hunt.rounds import ROUND, Found, Known, Round, Tried, number_of, search, smaller
from sim.hunt.schedule import Schedule
from sim.hunt.space import Limits

LAG: Final = 16
"""So many rounds can be under way at once: none waits for one that is less far behind it."""
_SMALLER: Final = 2 * ROUND
"""Schedules tried of those with one fault, message or person less than the finding."""
_CALM: Final = 25
"""And of those without any fault, which hardly differ."""
_SMALLER_ROUND: Final = 1_000_000  # numbers of those rounds: far from those of the hunt


@dataclass(frozen=True, slots=True)
class Seen:
    """In how many schedules a guarantee was broken, and the first of them."""

    schedules: int
    first: Schedule


@dataclass(frozen=True, slots=True)
class Searched:
    """What was tried: schedules, those that put the guarantee to the test and it held, facts.

    No schedule counts twice. `undecided` ones left it open, for the reason `doubt`; `reason` says
    why the first of those that put nothing to the test did not. In `stuck` of all schedules
    something never arrived though everything had healed; `halted` is the first of these. `found`
    breaks the guarantee, or `STUCK` when that alone was broken. `seen`: every guarantee that any
    schedule broke.
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
    seen: Mapping[str, Seen] = field(default_factory=dict)

    @property
    def untested(self) -> int:
        """Schedules that put nothing to the test."""
        broken = self.found is not None and not self.found.broken
        return self.schedules - self.held - self.undecided - broken

    def after(self, tried: Tried, safety: bool) -> Searched:
        """With one schedule more; one that is stuck counts in a hunt for `safety`."""
        verdict = tried.verdict
        undecided = verdict.state == "unknown" and verdict.undecided > 0
        stuck = safety and STUCK in tried.broken
        seen = dict(self.seen)
        for name in tried.broken:
            before = self.seen.get(name, Seen(0, tried.schedule))
            seen[name] = Seen(before.schedules + 1, before.first)
        return Searched(
            self.schedules + 1,
            self.held + (verdict.state == "holds"),
            self.facts + verdict.checked,
            self.reason or ("" if undecided else verdict.reason),
            self.found,
            self.undecided + undecided,
            self.doubt or (verdict.reason if undecided else ""),
            self.stuck + stuck,
            self.halted or (tried.schedule if stuck else None),
            seen,
        )


class Progress(Protocol):
    """Called after every round with what was searched so far; False stops the hunt.

    What was found is not yet as small as it will be.
    """

    def __call__(self, so_far: Searched) -> bool: ...


def only(target: SearchTarget, schedule: Schedule) -> Searched:
    """This one schedule, as it is. Raises `DesignCrashed`."""
    played = judged(target, schedule)
    tried = Tried(number_of(schedule), schedule, played.verdict, played.broken)
    searched = Searched().after(tried, target.safety)
    if played.verdict.violations:
        found = Found(schedule, played.verdict, schedule, 0)
    elif searched.stuck:
        found = Found(schedule, play(target.stuck, schedule), schedule, 0, STUCK)
    else:
        return searched
    return replace(searched, found=found)


def hunt(
    target: SearchTarget, examples: int, workers: int = 0, progress: Progress = lambda so_far: True
) -> Searched:
    """Try `examples` different schedules, fewer when there are no more, when one of them breaks
    the guarantee, or when `progress` stops.

    The result depends on neither the workers nor the pace, except where `progress` stops it.
    Raises `DesignCrashed`.
    """
    total = Searched()
    for total in _totals(target, examples, workers or default_workers()):
        goes_on = progress(total)
        if total.found is not None:
            return replace(total, found=_smallest(target, total.found))
        if not goes_on:
            break
    return total if total.halted is None else replace(total, found=_halting(target, total.halted))


def _halting(target: SearchTarget, schedule: Schedule) -> Found:
    """The smallest schedule found in which something never arrives."""
    found = smaller(target.stuck, schedule, play(target.stuck, schedule))
    return replace(_smallest(target.stuck, found), broken=STUCK)


def _totals(target: SearchTarget, examples: int, workers: int) -> Iterator[Searched]:
    """What was searched after each round: those planned, then some for what had been repeated."""
    merged = _Merged(target.safety)
    planned = -(-examples // ROUND)
    for one in _planned(target, examples, workers, merged):
        merged.take(one)
        yield merged.total
    while merged.total.schedules < examples:
        before = merged.total.schedules
        merged.take(search(target, planned, examples - before, merged.known))
        if merged.total.schedules == before:
            return
        planned += 1
        yield merged.total


def _planned(target: SearchTarget, examples: int, workers: int, merged: _Merged) -> Iterator[Round]:
    """Rounds in order, each as soon as it and all before it are done."""
    sizes = ((n, min(ROUND, examples - n * ROUND)) for n in range(-(-examples // ROUND)))
    if workers == 1 or examples <= ROUND:
        for number, size in sizes:
            yield search(target, number, size, merged.before(number))
        return
    with processes(workers) as pool:
        ahead: deque[Future[Round]] = deque()
        for number, size in sizes:
            ahead.append(pool.submit(search, target, number, size, merged.before(number)))
            if len(ahead) >= min(workers + 1, LAG):
                yield outcome(ahead.popleft())
        yield from map(outcome, ahead)


@dataclass(slots=True)
class _Merged:
    """All rounds so far together, and what a later one is told of them."""

    safety: bool
    total: Searched = field(default_factory=Searched)
    known: Known = field(default_factory=Known)
    _earlier: deque[Known] = field(default_factory=lambda: deque([Known()], maxlen=LAG))
    _taken: int = 0

    def take(self, one: Round) -> None:
        """The next round; what an earlier one had tried does not count again."""
        for tried in one.tried:
            if tried.number not in self.known.tried:
                self.total = self.total.after(tried, self.safety)
        self.total = replace(self.total, found=self.total.found or one.found)
        self.known = self.known.after(one)
        self._earlier.append(self.known)
        self._taken += 1

    def before(self, number: int) -> Known:
        """What round `number` may know: rounds at least `LAG` before it."""
        last = number - LAG
        return Known() if last < 0 else self._earlier[last - self._taken]


def _smallest(target: SearchTarget, found: Found) -> Found:
    """Search among schedules with one fault, message or person less, until there are none."""
    again = True
    while again:
        again = False
        for number, limits in enumerate(_less(target.limits, found.schedule)):
            narrow = replace(target, limits=limits)
            examples = _SMALLER if limits.depth else _CALM
            one = search(narrow, _SMALLER_ROUND + number, examples)
            played = found.shrinking + len(one.tried)
            found = replace(found, shrinking=played)
            if one.found is not None:
                played += one.found.shrinking
                found = replace(one.found, first=found.first, shrinking=played)
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
