"""What a screen lacks, or has twice, because a list and a subscription are two things.

Whoever opens the app asks for a page of a conversation, and connects; what is sent at that moment
may be on neither, or on both. Looked at is what others send within `AROUND_S` of an opening, where
the page arrived and the app stays open as long. Needs pages that are taken down whole
(`actions.list.taken_down`).
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from sim import history as record
from sim.history import Column
from sim.metrics.judged import RARE, Judged, Metric, Rate, Shown, Value
from sim.metrics.membership import sends_in, shown_to
from sim.spans import whole_us

AROUND_S: Final = 2.0  # longer than a handshake and a page take over any profile without an outage


class _Races(NamedTuple):
    """One row for each message around an opening: it is on the page, it came by itself."""

    listed: Column
    came_before: Column
    came_after: Column


def _openings(judged: Judged) -> Column:
    """Requests made when a session begins, of those that were answered and stay."""
    messages, sessions = judged.messages, judged.history.tables["sessions"]
    asked = judged.lists.message[judged.lists.reached]
    person, time_s = messages["actor"][asked], messages["time_s"][asked]
    begins_us = whole_us(sessions["start_s"])
    starts = np.unique(sessions["person"].astype("i8") * 2**44 + begins_us)
    opens = np.isin(person.astype("i8") * 2**44 + whole_us(time_s), starts)
    return asked[opens & record.in_session(judged.history, person, time_s, time_s + AROUND_S)]


def _races(judged: Judged) -> _Races:
    messages, opening = judged.messages, judged.once(_openings)
    message, which = sends_in(judged, messages["conversation"][opening])
    asked, person = opening[which], messages["actor"][opening][which]
    near = np.abs(messages["time_s"][message] - messages["time_s"][asked]) <= AROUND_S
    near &= np.isfinite(messages["accepted_s"][message]) & (messages["actor"][message] != person)
    message, asked, person = message[near], asked[near], person[near]
    listed = judged.history.tables["listed"]
    shown, to, shown_s = shown_to(judged, person)
    count = len(messages["time_s"])
    held = listed["message"].astype("i8") * count + listed["holds"]
    on_page = np.isin(asked.astype("i8") * count + message, held)
    key = message.astype("i8") * judged.people + person
    came = shown.astype("i8") * judged.people + to
    order = np.lexsort((shown_s, came))
    last = np.searchsorted(came[order], key, side="right") - 1
    there = (last >= 0) & (came[order][last] == key)
    at_s = np.where(there, shown_s[order][last], np.nan)
    return _Races(on_page, at_s < messages["time_s"][asked], at_s >= messages["time_s"][asked])


def opening_missed(judged: Judged) -> Value:
    """Messages around an opening that are neither on the page nor came by themselves."""
    races = judged.once(_races)
    missed = ~(races.listed | races.came_before | races.came_after)
    return _of_pages(judged, missed)


def opening_twice(judged: Judged) -> Value:
    """Messages around an opening that are on the page, and came by themselves after it."""
    races = judged.once(_races)
    return _of_pages(judged, races.listed & races.came_after)


def _of_pages(judged: Judged, hits: Column) -> Rate | None:
    pages = len(judged.history.tables["listed"]["message"])  # none without a store
    if not (judged.history.meta.get("whole_pages") and pages):
        return None
    return Rate.of(hits.sum(), len(hits))


METRICS: Final = (
    Metric(
        "opening_missed",
        "share",
        "lower",
        "rate",
        "Messages sent within 2 s of an opening of the app that are neither on the page that was "
        "asked for then nor came by themselves; with actions.list.taken_down = 'page'.",
        opening_missed,
        RARE,
        apart=True,
        shown=Shown("missed on opening", "messages around an opening that were missed", "loss"),
    ),
    Metric(
        "opening_twice",
        "share",
        "lower",
        "rate",
        "The same that are on the page and came by themselves as well.",
        opening_twice,
        RARE,
        apart=True,
        shown=Shown("twice on opening", "messages around an opening that came twice", "loss"),
    ),
)
