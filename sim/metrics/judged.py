"""One history, joined once: what was owed, when it first arrived, and what became of the rest.

Every metric family reads a `Judged`, so the expensive sorts happen once per run. Everything is a
sort or a binary search over columns; nothing loops over rows in Python. The order of rows in the
history never changes a result. Only what the screen showed arrived: a copy that the client hid as a
repeat is no delivery.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, Literal, TypeAlias, TypeVar

import numpy as np

from sim import history as record
from sim.history import Column, History
from sim.metrics.sample import Sample, rank
from sim.metrics.spells import Spells, overdue
from sim.ordering import among, found_at, grouped, in_order, starts
from sim.spans import whole_us


@dataclass(frozen=True, slots=True)
class Rate:
    """`hits` out of `trials`. Hits may exceed trials where one trial can go wrong often."""

    hits: int
    trials: int

    @classmethod
    def of(cls, hits: Any, trials: Any) -> Rate | None:
        """None when there was nothing to count."""
        return cls(int(hits), int(trials)) if trials else None


Value: TypeAlias = float | Rate | None  # infinite: it never came; None: there was no occasion
NEVER: Final = "never"  # how an infinite value is stored: JSON has no infinity


def number(stored: Any) -> float | None:
    """A stored value as one number: a rate is hits per trial, what never came is infinite."""
    if stored is None or isinstance(stored, float | int):
        return stored
    if isinstance(stored, str):
        return math.inf
    hits, trials = stored
    return hits / trials if trials else None


@dataclass(frozen=True, slots=True)
class Margin:
    """The difference worth caring about: `absolute`, in the metric's unit, or this share of the
    larger figure, whichever is more."""

    absolute: float = 0.0
    relative: float = 0.0

    def of(self, *values: float) -> float:
        """The margin between figures of this size."""
        return max(self.absolute, self.relative * max(map(abs, values)))


RARE: Final = Margin(absolute=0.001, relative=0.05)
"""Of what should not happen at all: one in a thousand is one a week to who gets 150 a day."""


Table: TypeAlias = Literal[
    "latency", "loss", "order", "stale", "recovery", "return", "cost", "actions"
]


@dataclass(frozen=True, slots=True)
class Headline:
    """How a figure by which designs are chosen is shown on a terminal and above all others.

    `rank`: its weight in what decides a question, 1 the most. `column`: its place in the table.
    `head` is the column's; `note` explains it below the table.
    """

    rank: int
    column: int
    head: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """Under which words, and where, reports show a metric.

    `short` heads a column, `long` stands alone. It is in the details of `table`; with an `action`
    also among what people feel of that action, under a word there.
    """

    short: str
    long: str
    table: Table
    action: tuple[str, str] | None = None
    headline: Headline | None = None


@dataclass(frozen=True, slots=True)
class Metric:
    """One number of a run. `compute` answers None where there was no occasion, infinity where
    what was waited for never came.

    A `quantile` is one over everything owed in all replications together: `sample` gives what a
    run adds to it, `share` says which quantile. A `time` is one figure a replication. `live`: a
    limit on it is about good things not happening in time, as one on any time is; otherwise it is
    about bad things that happen. `apart`: the trials of a rate are messages, requests or spells,
    each with its own fate, and not the receptions of a message, which share one.
    """

    name: str
    unit: str
    better: Literal["lower", "higher", "none"]
    kind: Literal["mean", "quantile", "time", "rate", "peak"]
    help: str
    compute: Callable[[Judged], Value]
    margin: Margin = Margin(relative=0.05)  # noise of a deploy or a version hides less
    share: float | None = None
    sample: Callable[[Judged], Sample | None] | None = None
    live: bool = field(default=False, kw_only=True)
    apart: bool = field(default=False, kw_only=True)
    shown: Shown = field(kw_only=True)

    @property
    def family(self) -> str:
        """What metrics of one sample have in common: `latency` of `latency_p99`."""
        return self.name.rpartition("_p")[0]


@dataclass(frozen=True)
class Receptions:
    """Rows of (message, person); `first_s` is nan for those that never arrived."""

    message: Column
    person: Column
    intended_s: Column
    first_s: Column

    @cached_property
    def reached(self) -> Column:
        return ~np.isnan(self.first_s)

    @cached_property
    def delay_s(self) -> Column:
        """From the intended time to the first arrival, for the receptions that arrived.

        Whole microseconds again: a difference of two such times is not quite one.
        """
        return np.round((self.first_s - self.intended_s)[self.reached], 6)

    @cached_property
    def sample(self) -> Sample:
        """How long they took."""
        return Sample(len(self.message), self.delay_s)


DELIVERED: Final = 0
UNDELIVERED: Final = 1
LOST: Final = 2
UNEXPLAINED: Final = 3
_TAKEN_FOR_REPEAT: Final = record.CAUSES.index("taken for a repeat")


Made = TypeVar("Made")


class Judged:
    """A history with its joins, each computed when first asked for."""

    def __init__(self, history: History) -> None:
        self.history = history
        self.messages = history.tables["messages"]
        self.people = int(history.meta["people"])
        self._made: dict[Callable[[Judged], Any], Any] = {}

    def once(self, make: Callable[[Judged], Made]) -> Made:
        """What `make` says of this history, asked only the first time."""
        if make not in self._made:
            self._made[make] = make(self)
        made: Made = self._made[make]
        return made

    @cached_property
    def sends(self) -> Receptions:
        return self._owed(record.SEND)

    @cached_property
    def typing(self) -> Receptions:
        return self._owed(record.TYPING)

    @cached_property
    def seen(self) -> Receptions:
        return self._owed(record.SEEN)

    @cached_property
    def lists(self) -> Receptions:
        """Each measured list request and its answer back at the actor."""
        asked = record.measured(self.history) & (self.messages["action"] == record.LIST)
        message = np.flatnonzero(asked)
        return self._joined(message, self.messages["actor"][message])

    @cached_property
    def measured_sends(self) -> Column:
        """Ids of the messages sent in the measured window."""
        sent = self.messages["action"] == record.SEND
        return np.flatnonzero(record.measured(self.history) & sent)

    def offered(self, action: int) -> bool:
        """Whether the design carries this action at all: any was handed to a channel."""
        rows = self.messages["action"] == action
        return bool(np.isfinite(self.messages["sent_s"][rows]).any())

    @cached_property
    def fate(self) -> Column:
        """Per owed send reception: delivered, else still held, else dropped, else unexplained."""
        fate = np.full(len(self.sends.message), UNEXPLAINED)
        fate[(self.cause >= 0)] = LOST
        fate[self._matches(self.history.tables["pending"])] = UNDELIVERED
        fate[self.sends.reached] = DELIVERED
        return fate

    @cached_property
    def cause(self) -> Column:
        """Per owed send reception: index of the last cause it was dropped for, -1 without one.

        One that arrived and was never shown was taken for a repeat, whatever came before.
        """
        causes = np.append(self.history.tables["drops"]["cause"].astype("i4"), -1)[self._drop]
        causes[self._hidden] = _TAKEN_FOR_REPEAT
        return causes

    def died_us(self, rows: Column) -> Column:
        """When each of these send receptions was last dropped, or first taken for a repeat.

        When it was meant, for one of which neither is true.
        """
        sends, drop = self.sends, self._drop[rows]
        dropped_us = np.append(whole_us(self.history.tables["drops"]["time_s"]), 0)[drop]
        died_us = np.where(drop < 0, whole_us(sends.intended_s[rows]), dropped_us)
        hidden = self._hidden[rows]
        if hidden.any():
            copies, asked = self._hidden_copies, rows[hidden]
            came_us = np.minimum.reduceat(
                whole_us(copies["time_s"]), np.flatnonzero(starts(copies["key"]))
            )
            keys = copies["key"][starts(copies["key"])]
            at = found_at(keys, self._keys(sends.message[asked], sends.person[asked]))
            died_us[hidden] = came_us[at]
        return died_us

    @cached_property
    def _drop(self) -> Column:
        """Per owed send reception: row of the last drop that speaks of it, -1 without one."""
        drops, sends = self.history.tables["drops"], self.sends
        order = np.lexsort((drops["cause"], drops["time_s"], self._key(drops)))
        keys = self._key(drops)[order]
        found = np.full(len(sends.message), -1)
        rows = self._named(drops)
        for person in (record.EVERYONE, sends.person[rows]):
            asked = self._keys(sends.message[rows], person)
            at = np.searchsorted(keys, asked, side="right") - 1
            speaks = (at >= 0) & (keys[at] == asked)
            found[rows[speaks]] = order[at[speaks]]
        return found

    @cached_property
    def _hidden(self) -> Column:
        """Per owed send reception: a copy arrived, and the screen showed none."""
        return ~self.sends.reached & self._matches(self._hidden_copies)

    @cached_property
    def _hidden_copies(self) -> dict[str, Column]:
        hidden = ~self.deliveries["visible"]
        return {name: column[hidden] for name, column in self.deliveries.items()}

    @cached_property
    def spells(self) -> Spells:
        """When each screen lacked something due; see `sim.metrics.spells`."""
        sends = self.sends
        return overdue(self.history, sends.person, sends.intended_s, sends.first_s)

    @cached_property
    def deliveries(self) -> dict[str, Column]:
        """Every copy, by reception; hidden ones first, then in the order of the screen."""
        rows = self.history.tables["deliveries"]
        key = self._key(rows)
        by = in_order(key, rows["order"])
        return {"key": key[by]} | {name: column[by] for name, column in rows.items()}

    @cached_property
    def copies(self) -> dict[str, Column]:
        """The copies of measured sends at others than their sender, in that order."""
        rows, counted = self.deliveries, np.zeros(len(self.messages["time_s"]), dtype=bool)
        counted[self.measured_sends] = True
        kept = counted[rows["message"]]
        kept &= rows["person"] != self.messages["actor"][rows["message"]]
        return {name: column[kept] for name, column in rows.items()}

    @cached_property
    def arrivals(self) -> dict[str, Column]:
        """The copies that the screen showed, by reception, then in the order of the screen."""
        return _visible(self.copies)

    @cached_property
    def screens(self) -> tuple[Column, Column]:
        """`(message, person)` of `arrivals`, first times only, each person's in the order of the
        screen."""
        seen = self.arrivals
        first = np.flatnonzero(starts(seen["key"]))
        row = first[grouped(seen["person"][first])]
        row = row[in_order(seen["person"][row], seen["order"][row])]
        return seen["message"][row], seen["person"][row]

    @cached_property
    def first_arrivals(self) -> dict[str, Column]:
        """The first arrival of every reception in the history, by key: when, what and to whom."""
        rows = _visible(self.deliveries)
        first = np.flatnonzero(starts(rows["key"]))
        if len(first) == len(rows["key"]):
            return rows
        found = {name: rows[name][first] for name in ("key", "message", "person")}
        return found | {"time_s": np.minimum.reduceat(rows["time_s"], first)}

    @cached_property
    def received(self) -> Column:
        """First arrivals in the whole run of sends at others than their sender, in seconds."""
        rows = self.first_arrivals
        kept = self.messages["action"][rows["message"]] == record.SEND
        kept &= rows["person"] != self.messages["actor"][rows["message"]]
        return np.asarray(rows["time_s"][kept])

    def _owed(self, action: int) -> Receptions:
        return self._joined(*record.owed(self.history, action))

    def _joined(self, message: Column, person: Column) -> Receptions:
        at = found_at(self.first_arrivals["key"], self._keys(message, person))
        first_s = np.append(self.first_arrivals["time_s"], np.nan)[at]
        return Receptions(message, person, self.messages["time_s"][message], first_s)

    def _named(self, rows: Any) -> Column:
        """The owed send receptions of whose message these rows speak."""
        spoken_of = np.zeros(len(self.messages["time_s"]), dtype=bool)
        spoken_of[rows["message"]] = True
        return np.flatnonzero(spoken_of[self.sends.message])

    def _matches(self, rows: Any) -> Column:
        """Per owed send reception: whether these rows speak of it, for its person or everyone."""
        sends, keys = self.sends, np.sort(self._key(rows))
        found = np.zeros(len(sends.message), dtype=bool)
        some = self._named(rows)
        message = sends.message[some]
        found[some] = among(keys, self._keys(message, record.EVERYONE))
        found[some] |= among(keys, self._keys(message, sends.person[some]))
        return found

    def _key(self, rows: Any) -> Column:
        return self._keys(rows["message"], rows["person"])

    def _keys(self, message: Column, person: Column | int) -> Column:
        """One integer per (message, person); `EVERYONE` is person -1."""
        return message.astype("i8") * (self.people + 1) + person + 1


def _visible(rows: dict[str, Column]) -> dict[str, Column]:
    shown = rows["visible"]
    return rows if shown.all() else {name: column[shown] for name, column in rows.items()}


def quantile(values: Column, share: float) -> float | None:
    """The smallest observed value with at least `share` of all at or below it; None of none."""
    if not len(values):
        return None
    at = rank(len(values), share)
    return float(np.partition(values, at)[at])


def mean(values: Column) -> float | None:
    """None of none."""
    return float(values.mean()) if len(values) else None
