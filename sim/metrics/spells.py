"""When a screen lacked something that it should have shown, and for how long.

A reception is due `LATE_S` after the moment its sender meant to send. A spell is the time during
which a person has the app open and something due has not been shown. It begins when the first
such thing is due, or when the app is opened and finds something due; it ends when everything due is
shown. No connection, heartbeat or client has a say in it: the same people miss the same things
whether or not anybody notices. Closing the app, and the end of the run, cut a spell off unfinished.

All in whole microseconds, so that sums are exact.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from sim.history import Column, History, in_window, measured_until_s
from sim.spans import whole_us

# One second is about the limit for an unbroken flow of thought (Nielsen, Usability Engineering,
# 1993, section 5.5).
LATE_S: Final = 1.0


@dataclass(frozen=True, slots=True)
class Spells:
    """Disjoint spans [start, end) of people, by person and time; `ended`: not cut off."""

    person: Column
    start_us: Column
    end_us: Column
    ended: Column

    def where(self, kept: Column) -> Spells:
        """The rows that `kept` picks."""
        return Spells(*(column[kept] for column in self._columns))

    def inside_us(self, start_s: float, end_s: float) -> int:
        """How much of all spells lies between two moments of the run, in microseconds."""
        start_us, end_us = whole_us(np.array([start_s, end_s]))
        inside_us = np.minimum(self.end_us, end_us) - np.maximum(self.start_us, start_us)
        return int(np.maximum(inside_us, 0).sum())

    @property
    def _columns(self) -> tuple[Column, ...]:
        return self.person, self.start_us, self.end_us, self.ended


def overdue(history: History, person: Column, intended_s: Column, shown_s: Column) -> Spells:
    """The spells that these receptions make; `shown_s` is nan for what never was."""
    late = ~(shown_s <= intended_s + LATE_S)  # nan: never
    person, intended_s, shown_s = person[late], intended_s[late], shown_s[late]
    horizon_us = whole_us(np.array([history.meta["horizon_s"]]))[0]
    never = np.isnan(shown_s)
    end_us = np.where(never, horizon_us, np.minimum(whole_us(shown_s), horizon_us))
    rows = merged(Spells(person, whole_us(intended_s + LATE_S), end_us, ~never))
    return _within(rows, open_screens(history))


def open_screens(history: History) -> Spells:
    """When people have the app open. Nobody closes it any more once the measuring has ended."""
    rows = history.tables["sessions"]
    until_s, horizon_s = measured_until_s(history), history.meta["horizon_s"]
    end_s = np.where(rows["end_s"] >= until_s, horizon_s, rows["end_s"])
    ended = np.ones(len(end_s), dtype=bool)
    return merged(Spells(rows["person"], whole_us(rows["start_s"]), whole_us(end_s), ended))


def open_hours(history: History) -> float:
    """Person-hours of open app in the measured window."""
    return measured_us(history, open_screens(history)) / 3.6e9


def measured_us(history: History, spells: Spells) -> int:
    """How much of these lies in the measured window, in microseconds."""
    return spells.inside_us(history.meta["warmup_s"], measured_until_s(history))


def longest_s(history: History) -> float:
    """The longest that anything which begins in the measured window can be watched."""
    return float(history.meta["horizon_s"] - history.meta["warmup_s"])


def begun_in_window(history: History, spells: Spells) -> Spells:
    """The spells that begin in the measured window."""
    return spells.where(in_window(history, spells.start_us / 1e6))


def merged(spans: Spells) -> Spells:
    """Spans of a person run together where they meet or overlap; empty ones vanish.

    One that was cut off cuts off the whole that it belongs to.
    """
    spans = spans.where(spans.end_us > spans.start_us)
    order = np.lexsort((spans.start_us, spans.person))
    spans = spans.where(order)
    if not len(order):
        return spans
    start, end = _on_one_axis(spans, spans.end_us.max() + 1)
    reach = np.maximum.accumulate(end)
    first = np.concatenate([[True], start[1:] > reach[:-1]])
    begins = np.flatnonzero(first)
    return Spells(
        spans.person[begins],
        spans.start_us[begins],
        np.maximum.reduceat(spans.end_us, begins),
        np.logical_and.reduceat(spans.ended, begins),
    )


def _within(spells: Spells, screens: Spells) -> Spells:
    """The parts of spells during which a screen was open."""
    if not len(spells.person) or not len(screens.person):
        return spells.where(np.zeros(len(spells.person), dtype=bool))
    span_us = max(spells.end_us.max(), screens.end_us.max()) + 1
    start, end = _on_one_axis(spells, span_us)
    opens, closes = _on_one_axis(screens, span_us)
    first = np.searchsorted(closes, start, side="right")
    count = np.maximum(np.searchsorted(opens, end, side="left") - first, 0)
    row = np.repeat(np.arange(len(count)), count)
    screen = first[row] + np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)
    found = spells.where(row)
    open_us, close_us = screens.start_us[screen], screens.end_us[screen]
    return Spells(
        found.person,
        np.maximum(found.start_us, open_us),
        np.minimum(found.end_us, close_us),
        found.ended & (found.end_us <= close_us),
    )


def _on_one_axis(spans: Spells, span_us: Any) -> tuple[Column, Column]:
    """People side by side on one integer axis, so that one search serves everybody."""
    offset = spans.person.astype("i8") * span_us
    return spans.start_us + offset, spans.end_us + offset
