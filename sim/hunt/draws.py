"""Draws schedules by luck: who talks when, one more fault, the same with one thing different.

A hunt swarms: each line of schedules has a mix of fault classes of its own, any mix being as likely
as any other, and grows fault by fault to the most that is allowed, so that every depth is tried as
often. Where a later fault falls is told by whoever has played the schedule so far
(`rehearsal.steps_s`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeVar

from numpy.random import Generator

from sim.faults import FORMS, Fault
from sim.faults.base import exact
from sim.hunt.schedule import (
    FIRST_FAULT_S,
    FIRST_SEND_S,
    PERSONAL,
    Schedule,
    Send,
    closed_to,
    made,
    remade,
    span_s,
)
from sim.hunt.space import ASKS_S, GAPS_S, LUCK, OFFSETS_S, SPANS_S, Limits
from sim.streams import Streams

T = TypeVar("T")
_TRIES: Final = 16  # until one fits; where none does, the schedule stays as it is
_ALIGNED: Final = 0.75  # share of later faults that fall between two steps of the run so far
_NUDGES_S: Final = (-0.05, -0.01, -0.001, 0.001, 0.01, 0.05)


@dataclass(frozen=True, slots=True)
class Draws:
    """Schedules within `limits`, from one source of luck."""

    limits: Limits
    luck: Generator

    @classmethod
    def of(cls, limits: Limits, luck: str) -> Draws:
        """Equal words of luck, equal schedules."""
        return cls(limits, Streams(0, 0).generator(f"hunt {luck}"))

    def one_of(self, values: Sequence[T]) -> T:
        """Each as likely as any other."""
        return values[int(self.luck.integers(len(values)))]

    def often(self, share: float) -> bool:
        """True in `share` of all cases."""
        return bool(self.luck.random() < share)

    def talk(self) -> Schedule:
        """People and their messages; nothing breaks."""
        limits = self.limits
        people = self.one_of(range(2, limits.people + 1))
        count = self.one_of(range(1, limits.messages + 1))
        rooms: tuple[tuple[int, ...], ...] = (tuple(range(people)),)
        if people > 2 and self.often(0.5):
            rooms = (*rooms, rooms[0][:-1])
        sends: list[Send] = []
        at_s = FIRST_SEND_S
        for _ in range(count):
            at_s = exact(at_s + self.one_of(GAPS_S))
            sends.append(self._send(rooms, at_s))
        if not any(send.room for send in sends):
            rooms = rooms[:1]
        ask_s = self.one_of(ASKS_S) if limits.asks else 0.0
        return Schedule(people, rooms, tuple(sends), (), self.one_of(range(LUCK)), ask_s)

    def _send(self, rooms: tuple[tuple[int, ...], ...], at_s: float) -> Send:
        room = self.one_of(range(len(rooms)))
        return Send(at_s, self.one_of(rooms[room]), room)

    def mix(self) -> tuple[str, ...]:
        """Some of the classes: every mix is as likely, but none of nothing."""
        classes = self.limits.classes
        chosen = int(self.luck.integers(1, 2 ** len(classes)))
        return tuple(name for place, name in enumerate(classes) if chosen >> place & 1)

    def worse(
        self, schedule: Schedule, classes: Sequence[str], steps_s: Sequence[float] = ()
    ) -> Schedule:
        """One fault more, mostly at one of `steps_s`, times of the run; itself where none fits."""
        for _ in range(_TRIES):
            kind = self.one_of(classes)
            near_s, span_s = self._when_s(schedule, steps_s), self.one_of(SPANS_S)
            if FORMS[kind][1].lasts and self.often(0.5):  # it is the end that is near
                near_s -= span_s
            count = schedule.people if kind in PERSONAL else self.limits.nodes
            whom = self.one_of(range(count))
            fault = made(kind, whom, max(near_s, FIRST_FAULT_S), span_s)
            found = with_faults(schedule, (*schedule.faults, fault))
            if found is not None:
                return found
        return schedule

    def _when_s(self, schedule: Schedule, steps_s: Sequence[float]) -> float:
        if steps_s and self.often(_ALIGNED):
            return self.one_of(steps_s)
        moments_s = self.limits.moments_s
        known = bool(moments_s) and self.often(0.5)
        return self.one_of(schedule.sends).at_s + self.one_of(moments_s if known else OFFSETS_S)

    def varied(self, schedule: Schedule, classes: Sequence[str]) -> Schedule:
        """The same with one thing different; itself where that does not fit."""
        change = self.one_of((self._nudged, self._longer, self._replaced, self._retold))
        return change(schedule, classes)

    def _nudged(self, schedule: Schedule, _: Sequence[str]) -> Schedule:
        """One fault a little earlier or later."""

        def moved(fault: Fault) -> Fault:
            at_s = max(exact(fault.begins_s + self.one_of(_NUDGES_S)), FIRST_FAULT_S)
            return remade(fault, fault.whom, at_s, span_s(fault))

        return self._changed(schedule, moved)

    def _longer(self, schedule: Schedule, _: Sequence[str]) -> Schedule:
        """One fault of another length."""
        return self._changed(
            schedule,
            lambda fault: remade(fault, fault.whom, fault.begins_s, self.one_of(SPANS_S)),
        )

    def _changed(self, schedule: Schedule, change: Callable[[Fault], Fault]) -> Schedule:
        faults = list(schedule.faults)
        place = self.one_of(range(len(faults)))
        faults[place] = change(faults[place])
        return with_faults(schedule, faults) or schedule

    def _replaced(self, schedule: Schedule, classes: Sequence[str]) -> Schedule:
        """Another fault in the place of one of them."""
        place = self.one_of(range(len(schedule.faults)))
        fewer = replace(schedule, faults=schedule.faults[:place] + schedule.faults[place + 1 :])
        return self.worse(fewer, classes)

    def _retold(self, schedule: Schedule, _: Sequence[str]) -> Schedule:
        """The same faults on other talk of as many people."""
        at_s = exact(self.one_of(schedule.sends).at_s + self.one_of(GAPS_S))
        sends = [*schedule.sends, self._send(schedule.rooms, at_s)]
        if len(sends) > self.limits.messages:
            del sends[self.one_of(range(len(sends) - 1))]
        in_order = tuple(sorted(sends, key=lambda send: send.at_s))
        changed = replace(schedule, sends=in_order, luck=self.one_of(range(LUCK)))
        return with_faults(changed, changed.faults) or schedule


def with_faults(schedule: Schedule, faults: Sequence[Fault]) -> Schedule | None:
    """The same with these faults in order of time; None where they cannot be together.

    A node that is down already cannot fail a second time there; who has closed the app does
    nothing.
    """
    in_order = tuple(sorted(faults, key=lambda one: one.begins_s))
    down_until_s: dict[int, float] = {}
    for fault in in_order:
        if fault.target == "node":
            if fault.begins_s <= down_until_s.get(fault.whom, 0.0):
                return None
            down_until_s[fault.whom] = fault.healed_s(0)
    found = replace(schedule, faults=in_order)
    return None if any(closed_to(found)) else found


def drawn(limits: Limits, luck: str, count: int) -> list[Schedule]:
    """Up to `count` different schedules, as few as there are; equal luck, equal schedules.

    Every later fault falls around a message, since nothing is played.
    """
    draws = Draws.of(limits, luck)
    found: dict[str, Schedule] = {}
    missed = 0
    while len(found) < count and missed < MISSES:
        schedule = draws.talk()
        classes = draws.mix() if limits.depth else ()
        for _ in range(draws.one_of(range(1, limits.depth + 1)) if limits.depth else 0):
            schedule = draws.worse(schedule, classes)
        missed = missed + 1 if str(schedule) in found else 0
        found.setdefault(str(schedule), schedule)
    return list(found.values())


MISSES: Final = 200
"""So many repeats one after the other: there is hardly anything left to draw."""
