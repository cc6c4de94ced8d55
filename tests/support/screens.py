"""An oracle of stale screens that knows every message and every screen, and walks through a run
from one event to the next. Slow, and it shares nothing with `sim.metrics`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from sim.history import SEND, History

LATE_US = 1_000_000


@dataclass
class Person:
    """One person: when the app is open, and of each message owed when it was sent and shown."""

    screens: list[tuple[int, int]] = field(default_factory=list)
    owed: list[tuple[int, float]] = field(default_factory=list)  # inf: never shown

    def open_at(self, at_us: float) -> bool:
        return any(start <= at_us < end for start, end in self.screens)

    def missing_at(self, at_us: float) -> list[float]:
        """When each thing will be shown that should have been by now."""
        return [shown for sent, shown in self.owed if sent + LATE_US < at_us < shown]

    def moments(self, horizon_us: int) -> list[int]:
        """Every time at which anything can change, until the run's horizon."""
        edges = {edge for screen in self.screens for edge in screen}
        dues = {sent + LATE_US for sent, _ in self.owed}
        shown = {int(at) for _, at in self.owed if at < horizon_us}
        return sorted(at for at in edges | dues | shown | {horizon_us} if at <= horizon_us)


@dataclass(frozen=True)
class Screens:
    """What the oracle found: spells as (person, start, end, ended) and seconds in the window."""

    spells: list[tuple[int, int, int, bool]]
    stale_us: int
    lost_us: int
    open_us: int


def watch(history: History) -> Screens:
    """Walk through the run, person by person, from event to event."""
    meta = history.meta
    horizon_us, from_us = _us(meta["horizon_s"]), _us(meta["warmup_s"])
    until_us = from_us + _us(meta["measure_s"])
    spells, stale_us, lost_us, open_us = [], 0, 0, 0
    for number, person in enumerate(_people(history, until_us, horizon_us)):
        moments = person.moments(horizon_us)
        began: int | None = None
        for start, end in pairwise(moments):
            middle = (start + end) / 2
            missing = person.missing_at(middle) if person.open_at(middle) else []
            inside = max(0, min(end, until_us) - max(start, from_us))
            open_us += inside if person.open_at(middle) else 0
            stale_us += inside if missing else 0
            lost_us += inside if missing and all(at > horizon_us for at in missing) else 0
            if missing and began is None:
                began = start
            if began is not None and not missing:
                spells.append((number, began, start, not person.missing_at(start + 0.5)))
                began = None
        if began is not None:
            spells.append((number, began, horizon_us, False))
    return Screens(spells, stale_us, lost_us, open_us)


def _people(history: History, until_us: int, horizon_us: int) -> Iterator[Person]:
    people = [Person() for _ in range(history.meta["people"])]
    for row in _rows(history, "sessions"):
        start, end = _us(row["start_s"]), _us(row["end_s"])
        people[row["person"]].screens.append((start, horizon_us if end >= until_us else end))
    first: dict[tuple[int, int], int] = {}
    for row in _rows(history, "deliveries"):
        if row["visible"]:
            key, at = (row["message"], row["person"]), _us(row["time_s"])
            first[key] = min(at, first.get(key, at))
    members = [(row["conversation"], row["person"]) for row in _rows(history, "members")]
    for message, sent in enumerate(_rows(history, "messages")):
        for room, person in members:
            if room == sent["conversation"] and _owes(history, people[person], sent, person):
                shown = first.get((message, person), float("inf"))
                people[person].owed.append((_us(sent["time_s"]), shown))
    return iter(people)


def _owes(history: History, reader: Person, sent: dict[str, Any], person: int) -> bool:
    meta, at_us = history.meta, _us(sent["time_s"])
    from_us, until_us = _us(meta["warmup_s"]), _us(meta["warmup_s"]) + _us(meta["measure_s"])
    if sent["action"] != SEND or sent["actor"] == person or not from_us <= at_us < until_us:
        return False
    if meta["owed"] == "members":
        return True
    needed = min(at_us + _us(meta["grace_s"]), until_us)
    return any(start <= at_us and needed <= end for start, end in reader.screens)


def _rows(history: History, table: str) -> Iterator[dict[str, Any]]:
    columns = history.tables[table]
    for row in zip(*(column.tolist() for column in columns.values()), strict=True):
        yield dict(zip(columns, row, strict=True))


def _us(time_s: float) -> int:
    return round(time_s * 1e6)
