"""Simpler schedules: what could be left out of a schedule, or be rounder, one thing at a time.

So that nothing is left in a finding that it does not need. Whatever else a schedule or a fault says
stays as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final, TypeVar

from sim.faults import Fault
from sim.faults.base import exact
from sim.hunt.schedule import (
    FIRST_FAULT_S,
    FIRST_SEND_S,
    Schedule,
    closed_to,
    remade,
    span_s,
)
from sim.hunt.space import ASKS_S, GAPS_S, SPANS_S

T = TypeVar("T")
_STEPS_S: Final = (1.0, 0.1, 0.05, 0.01, 0.005, 0.001, 0.0001)
_AROUND_S: Final = 0.5  # faults so near to a message move with it
_FAR_S: Final = 1.0


def simplest(schedule: Schedule, breaks: Callable[[Schedule], bool]) -> Schedule:
    """The same as long as anything can go or be rounder and it still `breaks`."""
    while True:
        for candidate in simpler(schedule):
            if not any(closed_to(candidate)) and breaks(candidate):
                schedule = candidate
                break
        else:
            return schedule


def simpler(schedule: Schedule) -> Iterator[Schedule]:
    """Schedules with one thing less, then with one thing rounder."""
    faults, sends = schedule.faults, schedule.sends
    for place in range(len(faults)):
        yield replace(schedule, faults=_without(faults, place))
    if len(sends) > 1:
        for place in range(len(sends)):
            yield replace(schedule, sends=_without(sends, place))
    if len(schedule.rooms) > 1:
        everybody = (tuple(range(schedule.people)),)
        yield replace(schedule, rooms=everybody, sends=tuple(replace(s, room=0) for s in sends))
    if schedule.people > 2:
        for person in reversed(range(schedule.people)):
            yield _without_person(schedule, person)
    if schedule.luck:
        yield replace(schedule, luck=0)
    if schedule.ask_s:
        rungs = ASKS_S[: ASKS_S.index(schedule.ask_s)] if schedule.ask_s in ASKS_S else ASKS_S
        yield from (replace(schedule, ask_s=ask_s) for ask_s in (0.0, *rungs))
    yield from _first_people(schedule)
    yield from _sooner(schedule)
    for place in range(len(faults)):
        yield from (
            replace(schedule, faults=(*faults[:place], fault, *faults[place + 1 :]))
            for fault in (*_nearer(schedule, faults[place]), *_rounder(faults[place]))
        )


def _without(items: tuple[T, ...], place: int) -> tuple[T, ...]:
    return items[:place] + items[place + 1 :]


def _renamed(schedule: Schedule, name: Callable[[int], int], people: int) -> Schedule:
    """People under other numbers; all else stays, whatever it is."""
    rooms = tuple(tuple(sorted(map(name, members))) for members in schedule.rooms)
    sends = tuple(replace(send, sender=name(send.sender)) for send in schedule.sends)
    faults = tuple(
        fault.model_copy(update={"person": name(fault.whom)}) if fault.target == "person" else fault
        for fault in schedule.faults
    )
    return replace(schedule, people=people, rooms=rooms, sends=sends, faults=faults)


def _without_person(schedule: Schedule, person: int) -> Schedule:
    """Somebody less; what that person did falls to the one before, or to the next."""
    last = schedule.people - 2

    def name(one: int) -> int:
        return min(one - 1 if one > person else one, last)

    fewer = _renamed(schedule, name, schedule.people - 1)
    rooms = tuple(tuple(sorted(dict.fromkeys(members))) for members in fewer.rooms)
    if any(len(members) < 2 for members in rooms):
        rooms = (tuple(range(fewer.people)),) * len(rooms)
    return replace(fewer, rooms=rooms)


def _exchanged(schedule: Schedule, person: int) -> Schedule:
    """The same with this person and person 0 in each other's place."""
    swap = {0: person, person: 0}
    return _renamed(schedule, lambda one: swap.get(one, one), schedule.people)


def _first_people(schedule: Schedule) -> Iterator[Schedule]:
    """The same done by, or done to, whoever has the lowest number."""
    sends, faults = schedule.sends, schedule.faults
    if sends[0].sender:
        yield _exchanged(schedule, sends[0].sender)
    for place, send in enumerate(sends):
        first = schedule.rooms[send.room][0]
        if send.sender != first:
            other = replace(send, sender=first)
            yield replace(schedule, sends=(*sends[:place], other, *sends[place + 1 :]))
    for place, fault in enumerate(faults):
        if fault.whom:
            hit = remade(fault, 0, fault.begins_s, span_s(fault))
            yield replace(schedule, faults=(*faults[:place], hit, *faults[place + 1 :]))


def _sooner(schedule: Schedule) -> Iterator[Schedule]:
    """Each pause before a message shorter or rounder; all that follows moves along."""
    before_s = FIRST_SEND_S
    for send in schedule.sends:
        gap_s = exact(send.at_s - before_s)
        choices = GAPS_S[: GAPS_S.index(gap_s)] if gap_s in GAPS_S else GAPS_S
        for choice_s in choices:
            yield _shifted(schedule, send.at_s, exact(choice_s - gap_s))
        before_s = send.at_s


def _shifted(schedule: Schedule, from_s: float, by_s: float) -> Schedule:
    """What happens from a little before `from_s` on happens `by_s` later."""

    def later(fault: Fault) -> Fault:
        at_s, for_s = fault.begins_s, span_s(fault)
        if at_s + for_s >= from_s - _AROUND_S:
            at_s = max(at_s + by_s, FIRST_FAULT_S)
        return remade(fault, fault.whom, at_s, for_s)

    sends = tuple(
        replace(send, at_s=exact(send.at_s + by_s)) if send.at_s >= from_s else send
        for send in schedule.sends
    )
    in_order = tuple(sorted(sends, key=lambda send: send.at_s))
    return replace(schedule, sends=in_order, faults=tuple(map(later, schedule.faults)))


def _nearer(schedule: Schedule, fault: Fault) -> Iterator[Fault]:
    """What begins long before or after every message begins with one instead."""
    sends_s = dict.fromkeys(send.at_s for send in schedule.sends)
    if all(abs(fault.begins_s - at_s) > _FAR_S for at_s in sends_s):
        yield from (remade(fault, fault.whom, at_s, span_s(fault)) for at_s in sends_s)


def _rounder(fault: Fault) -> Iterator[Fault]:
    """The same fault with a simpler duration, or beginning at a rounder time near its own."""
    hit, at_s, for_s = fault.whom, fault.begins_s, span_s(fault)
    for choice_s in SPANS_S[: SPANS_S.index(for_s)] if for_s in SPANS_S else SPANS_S:
        if for_s:
            yield remade(fault, hit, at_s, choice_s)
    for step_s in _STEPS_S:
        low_s = exact(at_s // step_s * step_s)
        if exact(at_s - low_s) in (0.0, step_s):
            return
        for near_s in (low_s, exact(low_s + step_s)):
            if near_s >= FIRST_FAULT_S:
                yield remade(fault, hit, near_s, for_s)
