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
from typing import Any, Final, Literal, TypeAlias

import numpy as np

from sim import history as record
from sim.history import Column, History, whole_us
from sim.metrics.spells import Spells, overdue


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


@dataclass(frozen=True, slots=True)
class Sample:
    """How long each of `owed` things took: `delay_s` of those that came; the rest never did."""

    owed: int
    delay_s: Column

    def quantile(self, share: float) -> float | None:
        """The delay that `share` of what was owed kept; infinite beyond what came, None of none."""
        at = rank(self.owed, share)
        if not self.owed:
            return None
        return float(np.partition(self.delay_s, at)[at]) if at < len(self.delay_s) else math.inf

    def packed(self) -> dict[str, Any]:
        """To be stored: distinct delays of `PACKED_DIGITS` digits, ascending, and their counts."""
        values_us, counts = np.unique(_cut(self.delay_s), return_counts=True)
        return {
            "owed": self.owed,
            "values_s": (values_us / 1e6).tolist(),
            "counts": counts.tolist(),
        }


PACKED_DIGITS: Final = 4  # half a thousandth at most: far below what any run can tell
_POWERS: Final = 10 ** np.arange(19, dtype="i8")


def _cut(delay_s: Column) -> Column:
    """Whole microseconds, those of many digits rounded; in integers, so equal everywhere."""
    whole_us = np.rint(delay_s * 1e6).astype("i8")
    digits = np.searchsorted(_POWERS, np.abs(whole_us), side="right")
    step = _POWERS[np.maximum(digits - PACKED_DIGITS, 0)]
    return np.asarray((whole_us + step // 2) // step * step)


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


@dataclass(frozen=True, slots=True)
class Receptions:
    """Rows of (message, person); `first_s` is nan for those that never arrived."""

    message: Column
    person: Column
    intended_s: Column
    first_s: Column

    @property
    def reached(self) -> Column:
        return ~np.isnan(self.first_s)

    @property
    def delay_s(self) -> Column:
        """From the intended time to the first arrival, for the receptions that arrived.

        Whole microseconds again: a difference of two such times is not quite one.
        """
        return np.round((self.first_s - self.intended_s)[self.reached], 6)


DELIVERED: Final = 0
UNDELIVERED: Final = 1
LOST: Final = 2
UNEXPLAINED: Final = 3
_TAKEN_FOR_REPEAT: Final = record.CAUSES.index("taken for a repeat")


class Judged:
    """A history with its joins, each computed when first asked for."""

    def __init__(self, history: History) -> None:
        self.history = history
        self.messages = history.tables["messages"]
        self.people = int(history.meta["people"])

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
        sends, tables = self.sends, self.history.tables
        held = self._matches(tables["pending"], sends)
        dropped = self.cause >= 0
        fates = [sends.reached, held, dropped | self._hidden]
        return np.select(fates, [DELIVERED, UNDELIVERED, LOST], default=UNEXPLAINED)

    @cached_property
    def cause(self) -> Column:
        """Per owed send reception: index of the last cause it was dropped for, -1 without one.

        One that arrived and was never shown was taken for a repeat, whatever came before.
        """
        causes = np.append(self.history.tables["drops"]["cause"].astype("i4"), -1)
        return np.where(self._hidden, _TAKEN_FOR_REPEAT, causes[self._drop])

    @cached_property
    def died_us(self) -> Column:
        """Per owed send reception: when it was last dropped, or first taken for a repeat.

        When it was meant, for one of which neither is true.
        """
        sends, copies = self.sends, self.copies
        dropped_us = np.append(whole_us(self.history.tables["drops"]["time_s"]), 0)[self._drop]
        died_us = np.where(self._drop < 0, whole_us(sends.intended_s), dropped_us)
        if not self._hidden.any():
            return died_us
        first = np.flatnonzero(starts(copies["key"]))
        keys, came_us = copies["key"][first], np.minimum.reduceat(whole_us(copies["time_s"]), first)
        at = np.searchsorted(keys, self._keys(sends.message, sends.person)[self._hidden])
        died_us[self._hidden] = came_us[at]
        return died_us

    @cached_property
    def _drop(self) -> Column:
        """Per owed send reception: row of the last drop that speaks of it, -1 without one."""
        drops, sends = self.history.tables["drops"], self.sends
        order = np.lexsort((drops["cause"], drops["time_s"], self._key(drops)))
        keys = self._key(drops)[order]
        found = np.full(len(sends.message), -1)
        for person in (np.full_like(sends.person, record.EVERYONE), sends.person):
            asked = self._keys(sends.message, person)
            at = np.searchsorted(keys, asked, side="right") - 1
            if len(keys):
                found = np.where((at >= 0) & (keys[at] == asked), order[at], found)
        return found

    @cached_property
    def _hidden(self) -> Column:
        """Per owed send reception: a copy arrived, and the screen showed none."""
        return ~self.sends.reached & self._matches(self.history.tables["deliveries"], self.sends)

    @cached_property
    def spells(self) -> Spells:
        """When each screen lacked something due; see `sim.metrics.spells`."""
        sends = self.sends
        return overdue(self.history, sends.person, sends.intended_s, sends.first_s)

    @cached_property
    def copies(self) -> dict[str, Column]:
        """Every copy of a measured send at anyone but its sender, by reception; hidden ones first,
        then in the order of the screen."""
        rows = self.history.tables["deliveries"]
        counted = np.zeros(len(self.messages["time_s"]), dtype=bool)
        counted[self.measured_sends] = True
        others = rows["person"] != self.messages["actor"][rows["message"]]
        kept = np.flatnonzero(counted[rows["message"]] & others)
        key = self._key(rows)[kept]
        order = np.lexsort((rows["order"][kept], key))
        chosen = kept[order]
        return {"key": key[order]} | {name: column[chosen] for name, column in rows.items()}

    @cached_property
    def arrivals(self) -> dict[str, Column]:
        """The copies that the screen showed, by reception, then in the order of the screen."""
        shown = self.copies["visible"]
        return {name: column[shown] for name, column in self.copies.items()}

    @cached_property
    def first_arrivals(self) -> tuple[Column, Column]:
        """`(key, time_s)` of the first arrival of every reception in the history, by key."""
        every = self.history.tables["deliveries"]
        rows = {name: column[every["visible"]] for name, column in every.items()}
        key = self._key(rows)
        order = np.lexsort((rows["time_s"], key))
        key, time_s = key[order], rows["time_s"][order]
        first = starts(key)
        return key[first], time_s[first]

    @cached_property
    def received(self) -> Column:
        """First arrivals in the whole run of sends at others than their sender, in seconds."""
        key, time_s = self.first_arrivals
        message, person = key // (self.people + 1), key % (self.people + 1) - 1
        sent = self.messages["action"][message] == record.SEND
        return np.asarray(time_s[sent & (person != self.messages["actor"][message])])

    def _owed(self, action: int) -> Receptions:
        return self._joined(*record.owed(self.history, action))

    def _joined(self, message: Column, person: Column) -> Receptions:
        keys, times_s = self.first_arrivals
        asked = self._keys(message, person)
        first_s = np.full(len(asked), np.nan)
        if len(keys):
            at = np.minimum(np.searchsorted(keys, asked), len(keys) - 1)
            first_s = np.where(keys[at] == asked, times_s[at], np.nan)
        return Receptions(message, person, self.messages["time_s"][message], first_s)

    def _matches(self, rows: Any, sends: Receptions) -> Column:
        keys = self._key(rows)
        anyone = np.full_like(sends.person, record.EVERYONE)
        everyone = np.isin(self._keys(sends.message, anyone), keys)
        return np.asarray(everyone | np.isin(self._keys(sends.message, sends.person), keys))

    def _key(self, rows: Any) -> Column:
        return self._keys(rows["message"], rows["person"])

    def _keys(self, message: Column, person: Column) -> Column:
        """One integer per (message, person); `EVERYONE` is person -1."""
        return message.astype("i8") * (self.people + 1) + person + 1


def starts(key: Column) -> Column:
    """Where each run of equal keys begins in a sorted column, as a mask."""
    return np.concatenate([np.ones(min(len(key), 1), dtype=bool), key[1:] != key[:-1]])


def rank(count: int, share: float) -> int:
    """Place, from 0, of the smallest of `count` values with at least `share` of all at or below.

    In whole thousandths, since 0.29 of 100 is not quite 29 in floats.
    """
    return -(-count * round(share * 1000) // 1000) - 1


def quantile(values: Column, share: float) -> float | None:
    """The smallest observed value with at least `share` of all at or below it; None of none."""
    if not len(values):
        return None
    at = rank(len(values), share)
    return float(np.partition(values, at)[at])


def mean(values: Column) -> float | None:
    """None of none."""
    return float(values.mean()) if len(values) else None
