"""Messages shown out of order, against one sender's clock and against the servers' order.

Only the first time that a screen showed a message counts. What was shown first is the history's
word (`deliveries.order`), also for messages that came at one instant.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from sim.history import Column
from sim.metrics.judged import RARE, Judged, Metric, Rate, Shown, Value
from sim.ordering import grouped


def inversions(judged: Judged) -> Value:
    """Neighbouring messages of one sender, per reader and conversation, shown newest first."""
    messages, (message, person) = judged.messages, judged.screens
    sender = messages["conversation"].astype("i8") * judged.people + messages["actor"]
    return _backwards(message, person, sender, messages["time_s"])


def room_inversions(judged: Judged) -> Value:
    """Neighbours of any sender shown against the order in which servers accepted them."""
    messages, (message, person) = judged.messages, judged.screens
    accepted = np.isfinite(messages["accepted_s"])[message]
    shown = message[accepted], person[accepted]
    return _backwards(*shown, messages["conversation"], messages["accepted_s"])


def _backwards(message: Column, person: Column, group: Column, rightful_s: Column) -> Value:
    """Of neighbours on one screen in one group of messages: how often the later came first."""
    _, number = np.unique(group, return_inverse=True)  # dense, so that it can be counted
    of = number[message]
    row = grouped(of)
    of, person, rightful_s = of[row], person[row], rightful_s[message[row]]
    same = (of[1:] == of[:-1]) & (person[1:] == person[:-1])
    back = rightful_s[1:] < rightful_s[:-1]
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
