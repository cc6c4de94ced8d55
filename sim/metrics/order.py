"""Messages shown out of order, against one sender's clock and against the servers' order.

Only the first time that a screen showed a message counts. What was shown first is the history's
word (`deliveries.order`), also for messages that came at one instant.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from sim.history import Column
from sim.metrics.judged import RARE, Judged, Metric, Rate, Shown, Value, starts


def inversions(judged: Judged) -> Value:
    """Neighbouring messages of one sender, per reader and conversation, shown newest first."""
    message, person, order = _shown(judged)
    sender = judged.messages["actor"][message]
    return _backwards(judged, (message, person, order), judged.messages["time_s"], sender)


def room_inversions(judged: Judged) -> Value:
    """Neighbours of any sender shown against the order in which servers accepted them."""
    message, person, order = _shown(judged)
    accepted = np.isfinite(judged.messages["accepted_s"][message])
    shown = (message[accepted], person[accepted], order[accepted])
    return _backwards(judged, shown, judged.messages["accepted_s"], np.zeros(accepted.sum()))


def _shown(judged: Judged) -> tuple[Column, Column, Column]:
    seen = judged.arrivals
    first = starts(seen["key"])
    return seen["message"][first], seen["person"][first], seen["order"][first]


def _backwards(
    judged: Judged, shown: tuple[Column, Column, Column], rightful_s: Column, sender: Column
) -> Value:
    message, person, order = shown
    room = judged.messages["conversation"][message]
    row = np.lexsort((order, sender, room, person))
    groups = [column[row] for column in (person, room, sender)]
    same = np.logical_and.reduce([column[1:] == column[:-1] for column in groups])
    back = np.diff(rightful_s[message][row]) < 0
    return Rate.of((same & back).sum(), same.sum())


METRICS: Final = (
    Metric(
        "inversions",
        "share",
        "lower",
        "rate",
        "Neighbouring messages of one sender, as one reader first saw them in a conversation, "
        "where the later-sent one came first.",
        inversions,
        RARE,
        shown=Shown("out of order, per sender", "order inversions within one sender", "order"),
    ),
    Metric(
        "room_inversions",
        "share",
        "lower",
        "rate",
        "Neighbouring messages of a conversation, as one reader first saw them, against the "
        "order in which servers accepted them.",
        room_inversions,
        RARE,
        shown=Shown("out of order, per room", "order inversions within a room", "order"),
    ),
)
