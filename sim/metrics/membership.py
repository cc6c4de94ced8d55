"""Joining and leaving: how long until whoever hands messages out goes by it, and what that costs.

A removed person receives until the removal is applied, a new one only from when their joining is.
A change that is not applied by the end of the run counts for as long as it was seen. Who joins with
the app closed waits for nothing; what they miss afterwards is counted.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from sim import history as record
from sim.history import Column
from sim.members import JOINED, gone_s, joined_s
from sim.metrics.judged import RARE, Judged, Metric, Rate, Shown, Value
from sim.metrics.spells import longest_s
from sim.metrics.survival import Durations


def _lag(judged: Judged, joins: bool) -> Value:
    """Mean seconds from a change of the measured window until it was applied."""
    rows = judged.history.tables["changes"]
    own = record.in_window(judged.history, rows["time_s"]) & ((rows["kind"] == JOINED) == joins)
    if joins:
        closes_s = record.session_end_s(judged.history, rows["person"], rows["time_s"])
        own &= np.isfinite(closes_s)
    begun_s, applied_s = rows["time_s"][own], rows["applied_s"][own]
    ended = np.isfinite(applied_s)
    until_s = np.where(ended, applied_s, judged.history.meta["end_s"])
    lasted = Durations(np.round(until_s - begun_s, 6), ended)
    return lasted.mean_s(longest_s(judged.history))


def leaked_after_removal(judged: Judged) -> Value:
    """Messages sent after somebody had left, once for each who had: those that reached them."""
    rows = judged.history.tables["changes"]
    gone = np.flatnonzero(rows["kind"] != JOINED)
    message, which = sends_in(judged, rows["conversation"][gone])
    person = rows["person"][gone][which]
    pairs = judged.messages["conversation"][message], person
    after = judged.messages["time_s"][message] >= gone_s(rows, pairs)
    message, person = message[after], person[after]
    return Rate.of(_reached(judged, message, person).sum(), len(message))


def missed_after_joining(judged: Judged) -> Value:
    """Owed receptions of people who joined `grace_s` before or later: those that never came."""
    sends, rows = judged.sends, judged.history.tables["changes"]
    pairs = judged.messages["conversation"][sends.message], sends.person
    since_s = sends.intended_s - joined_s(rows, pairs)
    new = since_s <= judged.history.meta["grace_s"]
    return Rate.of((new & ~sends.reached).sum(), new.sum())


def sends_in(judged: Judged, room: Column) -> tuple[Column, Column]:
    """Every measured send of each of these rooms, and which of them it is, room by room."""
    sends = judged.measured_sends
    order = sends[np.argsort(judged.messages["conversation"][sends], kind="stable")]
    rooms = judged.messages["conversation"][order]
    first = np.searchsorted(rooms, room, side="left")
    count = np.searchsorted(rooms, room, side="right") - first
    row = np.repeat(first - np.cumsum(count) + count, count) + np.arange(count.sum())
    return order[row], np.repeat(np.arange(len(room)), count)


def shown_to(judged: Judged, person: Column) -> tuple[Column, Column, Column]:
    """Message, person and time of every delivery to one of these people."""
    rows = judged.history.tables["deliveries"]
    asked = np.zeros(judged.people, dtype=bool)
    asked[person] = True
    theirs = np.flatnonzero(asked[rows["person"]])
    return rows["message"][theirs], rows["person"][theirs], rows["time_s"][theirs]


def _reached(judged: Judged, message: Column, person: Column) -> Column:
    shown, to, _ = shown_to(judged, person)
    people = judged.people
    return np.isin(message.astype("i8") * people + person, shown.astype("i8") * people + to)


METRICS: Final = (
    Metric(
        "join_lag",
        "s",
        "lower",
        "mean",
        "Mean time from joining a conversation, with the app open, until its messages are handed "
        "out to who joined.",
        lambda judged: _lag(judged, joins=True),
        shown=Shown("join lag", "mean time until who joins a conversation receives", "stale"),
    ),
    Metric(
        "revocation_lag",
        "s",
        "lower",
        "mean",
        "Mean time from leaving, or being removed, until nothing more is handed out.",
        lambda judged: _lag(judged, joins=False),
        shown=Shown("revocation lag", "mean time that who is removed goes on receiving", "stale"),
    ),
    Metric(
        "leaked_after_removal",
        "share",
        "lower",
        "rate",
        "Messages that reached somebody who had left the conversation before they were sent, of "
        "all that were sent there, once for each who had left.",
        leaked_after_removal,
        RARE,
        apart=True,
        shown=Shown("leaked", "messages that reached who had left before", "loss"),
    ),
    Metric(
        "missed_after_joining",
        "share",
        "lower",
        "rate",
        "Owed receptions that never came, of what was sent within grace_s of the reader's joining.",
        missed_after_joining,
        RARE,
        apart=True,
        shown=Shown("missed by new", "messages missed by who had just joined", "loss"),
    ),
)
