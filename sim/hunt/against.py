"""Two versions under the same schedules: what one breaks and the other keeps.

Schedules are drawn as in a hunt; every other round falls into the steps of the other version, so
that neither has all faults aligned with it. Each schedule is played on both and judged by all
guarantees. For each one that a version breaks and the other keeps under the same schedule, a
smallest such schedule is looked for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final, NamedTuple

from sim.experiment.workers import default_workers, outcome, processes
from sim.guarantees import GUARANTEES
from sim.hunt.judging import SearchTarget, judged
from sim.hunt.rounds import number_of, survey
from sim.hunt.schedule import Schedule
from sim.hunt.shrink import simplest

_ROUND: Final = 50
"""Schedules of one round: the two versions take turns often."""


class Pair(NamedTuple):
    """Two versions in the same world, with the same limits and the same seed."""

    one: SearchTarget
    other: SearchTarget


class Both(NamedTuple):
    """A schedule, and which guarantees each version breaks under it."""

    number: int
    schedule: Schedule
    one: tuple[str, ...]
    other: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Worse:
    """A guarantee that one version breaks, in `schedules` in which the other keeps it.

    `smallest`: the smallest schedule found in which that is so.
    """

    guarantee: str
    schedules: int
    smallest: Schedule


@dataclass(frozen=True, slots=True)
class Compared:
    """What was played: schedules on both, in how many both broke a guarantee, what is worse in one.

    `one` and `other` are worse in that version, in the order of `GUARANTEES`.
    """

    schedules: int = 0
    both: Mapping[str, int] = field(default_factory=dict)
    one: tuple[Worse, ...] = ()
    other: tuple[Worse, ...] = ()


Progress = Callable[[int], None]
"""Called with the number of schedules played so far."""


def compare(
    pair: Pair,
    names: Iterable[str],
    examples: int,
    workers: int = 0,
    progress: Progress = lambda _: None,
) -> Compared:
    """Play about `examples` different schedules on both; `names`: guarantees that are looked at.

    The result does not depend on the workers. Raises `DesignCrashed`.
    """
    played: dict[int, Both] = {}
    for found in _rounds(pair, examples, workers or default_workers()):
        for one in found:
            played.setdefault(one.number, one)
        progress(len(played))
    return _told(pair, names, list(played.values())[:examples])


def compare_one(pair: Pair, names: Iterable[str], schedule: Schedule) -> Compared:
    """This one schedule on both, as it is. Raises `DesignCrashed`."""
    broken = (judged(target, schedule).broken for target in pair)
    return _told(pair, names, [Both(number_of(schedule), schedule, *broken)], shrinks=False)


def _rounds(pair: Pair, examples: int, workers: int) -> Iterator[list[Both]]:
    count = -(-examples // _ROUND)
    sizes = [min(_ROUND, examples - number * _ROUND) for number in range(count)]
    if workers == 1 or count == 1:
        yield from map(partial(_round, pair), range(count), sizes)
        return
    with processes(min(workers, count)) as pool:
        begun = [pool.submit(_round, pair, *of) for of in enumerate(sizes)]
        yield from map(outcome, begun)


def _round(pair: Pair, number: int, examples: int) -> list[Both]:
    """One round: led by one version, followed by the other."""
    leads_other = number % 2
    leader, follower = (pair.other, pair.one) if leads_other else pair
    found = []
    for tried in survey(leader, number, examples):
        broken = (tried.broken, judged(follower, tried.schedule).broken)
        found.append(Both(tried.number, tried.schedule, *(broken[::-1] if leads_other else broken)))
    return found


def _told(pair: Pair, names: Iterable[str], played: list[Both], shrinks: bool = True) -> Compared:
    wanted = set(names)
    ordered = [name for name in GUARANTEES if name in wanted]
    both = Counter(name for one in played for name in one.one if name in one.other)
    swapped = [Both(one.number, one.schedule, one.other, one.one) for one in played]
    return Compared(
        len(played),
        {name: both[name] for name in ordered if both[name]},
        tuple(_worse(pair, ordered, played, shrinks)),
        tuple(_worse(Pair(pair.other, pair.one), ordered, swapped, shrinks)),
    )


def _worse(
    pair: Pair, names: Iterable[str], played: Sequence[Both], shrinks: bool
) -> Iterator[Worse]:
    """What is worse in the first of the pair."""
    for name in names:
        cases = [each.schedule for each in played if name in each.one and name not in each.other]
        if cases:
            first = min(cases, key=lambda schedule: schedule.size)
            least = simplest(first, partial(_differs, pair, name)) if shrinks else first
            yield Worse(name, len(cases), least)


def _differs(pair: Pair, name: str, schedule: Schedule) -> bool:
    """Whether the first breaks it under this schedule and the second keeps it."""
    other = judged(pair.other, schedule).broken
    return name not in other and name in judged(pair.one, schedule).broken
