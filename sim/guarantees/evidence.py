"""One history, joined once for all checks: who was owed what, and what each reader was shown.

What counts is what a person saw: a copy that the client hid as a repeat was not shown. Checks of
what must not happen look at the whole run; checks of what must arrive look at the receptions owed
in the measured window, as metrics do. Everything is a sort or a search over columns.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np

from sim import history as record
from sim.history import Column, History
from sim.ordering import Rows, among, found_at, grouped, in_order, starts

SHOWN: Final = 0
HELD: Final = 1
LOST: Final = 2
WAITING: Final = 3  # for somebody whose app is closed: nobody failed, nobody can tell


@dataclass(frozen=True, slots=True)
class Copies:
    """Rows of sends arriving at others than their sender, by reception and then by time.

    `place` is where the person's screen showed it, among all that it showed; hidden ones have none.
    """

    message: Column
    person: Column
    time_s: Column
    visible: Column
    place: Column

    def where(self, kept: Rows) -> Copies:
        """The rows that `kept` picks."""
        if isinstance(kept, np.ndarray) and kept.dtype == bool and kept.all():
            return self
        columns = (self.message, self.person, self.time_s, self.visible, self.place)
        return Copies(*(column[kept] for column in columns))


@dataclass(frozen=True, slots=True)
class Owed:
    """Receptions owed, one row each; `shown_s` is nan for those never shown."""

    message: Column
    person: Column
    shown_s: Column
    fate: Column


@dataclass(frozen=True, slots=True)
class Views:
    """What each reader was shown in each room, in order: first visible copies of sends.

    Sorted by reader, room and place on the screen, which knows no ties: what came at one instant
    stands in the order in which the screen showed it. `first` marks where a view begins.
    """

    message: Column
    person: Column
    room: Column
    time_s: Column
    first: Column


class Evidence:
    """A history with its joins, each made when first asked for."""

    def __init__(self, history: History) -> None:
        self.history = history
        self.messages = history.tables["messages"]
        self.people = int(history.meta["people"])

    @cached_property
    def rank(self) -> Column:
        """Place of every message in the order of sending."""
        time_s = self.messages["time_s"]
        rank = np.empty(len(time_s), dtype="i8")
        rank[np.argsort(time_s, kind="stable")] = np.arange(len(time_s))
        return rank

    @cached_property
    def copies(self) -> Copies:
        """Every arrival of a send at anyone but its sender, hidden repeats included."""
        rows = self.history.tables["deliveries"]
        kept = (self.messages["action"] == record.SEND)[rows["message"]]
        kept &= rows["person"] != self.messages["actor"][rows["message"]]
        names = ("message", "person", "time_s", "visible", "order")
        copies = Copies(*(rows[name][kept] for name in names))
        key = self.keys(copies.message, copies.person)
        # Of two copies at one instant the visible one counts as first.
        return copies.where(in_order(key, copies.time_s, ~copies.visible, copies.place))

    @cached_property
    def shown(self) -> Copies:
        """The copies that a person saw."""
        return self.copies.where(self.copies.visible)

    @cached_property
    def is_first(self) -> Column:
        """Of each row of `shown`, whether it is the first of its reception."""
        return starts(self.keys(self.shown.message, self.shown.person))

    @cached_property
    def first_shown(self) -> Copies:
        """The first copy of each reception that a person saw, by reception."""
        return self.shown.where(self.is_first)

    @cached_property
    def views(self) -> Views:
        """First visible copies as each reader saw them, room by room."""
        screens = self.screens
        room = self.messages["conversation"][screens.message]
        order = grouped(room)
        order = order[grouped(screens.person[order])]
        person, room = screens.person[order], room[order]
        first = starts(person) | starts(room)
        return Views(screens.message[order], person, room, screens.time_s[order], first)

    @cached_property
    def screens(self) -> Copies:
        """First visible copies as each reader saw them, all rooms together."""
        seen = self.first_shown
        rows = grouped(seen.person)
        return seen.where(rows[in_order(seen.person[rows], seen.place[rows])])

    @cached_property
    def owed(self) -> Owed:
        """Every owed reception of a send with its fate."""
        message, person = record.owed(self.history)
        shown_s = self.shown_s(message, person)
        pending = self.history.tables["pending"]
        held = self._listed(pending, message, person)
        unsent = np.isnan(self.messages["accepted_s"][message])
        away = ~self.present[person] | (unsent & ~self.present[self.messages["actor"][message]])
        fate = np.full(len(message), LOST)
        fate[held] = HELD
        fate[held & away] = WAITING
        fate[~np.isnan(shown_s)] = SHOWN
        return Owed(message, person, shown_s, fate)

    @cached_property
    def acknowledged(self) -> Column:
        """Per message: its sender was told that all is well."""
        return np.asarray(np.isfinite(self.messages["told_s"]))

    @cached_property
    def failed(self) -> Column:
        """Per message: its sender was told that it failed, and never that all is well."""
        return np.asarray(np.isfinite(self.messages["failed_s"]) & ~self.acknowledged)

    @cached_property
    def definitely_failed(self) -> Column:
        """Failed before it was handed to any channel: it cannot have happened.

        A failure after that is indefinite: a request that timed out may have been done.
        """
        return np.asarray(self.failed & np.isnan(self.messages["sent_s"]))

    @cached_property
    def present(self) -> Column:
        """Per person: the app is open at the end of the measured window, and stays so."""
        everyone = np.arange(self.people)
        until_s = np.full(self.people, record.measured_until_s(self.history))
        return record.in_session(self.history, everyone, until_s, until_s)

    def closes_s(self, person: Column, time_s: Column) -> Column:
        """When the app that is open at a time is closed, nan without one; row by row.

        Nobody closes it once measuring is over.
        """
        until_s = record.measured_until_s(self.history)
        closes_s = record.session_end_s(self.history, person, np.minimum(time_s, until_s))
        return np.where(closes_s >= until_s, self.end_s, closes_s)

    @property
    def end_s(self) -> float:
        """When the run ended."""
        return float(self.history.meta["end_s"])

    def shown_s(self, message: Column, person: Column) -> Column:
        """When each of these was first shown to each of these; nan for never."""
        seen = self.first_shown
        keys, asked = self.keys(seen.message, seen.person), self.keys(message, person)
        return np.append(seen.time_s, np.nan)[found_at(keys, asked)]

    def keys(self, message: Column, person: Column | int) -> Column:
        """One integer per (message, person); `EVERYONE` is person -1."""
        return message.astype("i8") * (self.people + 1) + person + 1

    def _listed(self, rows: Any, message: Column, person: Column) -> Column:
        """Which receptions `rows` name, for their person or for everyone."""
        found = np.zeros(len(message), dtype=bool)
        if not len(rows["message"]):
            return found
        keys = np.sort(self.keys(rows["message"], rows["person"]))
        spoken_of = np.zeros(len(self.rank), dtype=bool)
        spoken_of[rows["message"]] = True
        some = np.flatnonzero(spoken_of[message])
        found[some] = among(keys, self.keys(message[some], person[some]))
        found[some] |= among(keys, self.keys(message[some], record.EVERYONE))
        return found


def ranges(first: Column, count: Column) -> Column:
    """`first[i], first[i] + 1, ...`, `count[i]` long, one after the other."""
    total = np.cumsum(count)
    return np.repeat(first - total + count, count) + np.arange(total[-1] if len(total) else 0)
