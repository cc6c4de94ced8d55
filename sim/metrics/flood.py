"""How much of one client's flood the servers took, and how soon they did no longer.

A flood is what one person sends while a fault of that kind lasts. A message is taken when the
servers have accepted it, whoever was told. Leaves out what the flood did to everybody else: that is
in all other figures.
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np

from sim.history import SEND, Column
from sim.metrics.judged import Judged, Margin, Metric, Rate, Shown, Value
from sim.metrics.spells import LATE_S
from sim.spans import whole_us


class _Flood(NamedTuple):
    """One flood: when its messages were sent and taken (nan: never), and its two ends."""

    sent_s: Column
    taken_s: Column
    start_s: float
    end_s: float


def _floods(judged: Judged) -> list[_Flood]:
    messages, found = judged.messages, []
    for person, start_s, end_s in judged.history.meta.get("floods", ()):
        time_s = messages["time_s"]
        own = (messages["actor"] == person) & (messages["action"] == SEND)
        own &= (time_s >= start_s) & (time_s < end_s)
        if own.any():
            found.append(_Flood(time_s[own], messages["accepted_s"][own], start_s, end_s))
    return found


def flood_taken(judged: Judged) -> Value:
    """What was taken before the flood was over, of all that was sent in it."""
    floods = judged.once(_floods)
    taken = sum(int(np.sum(one.taken_s < one.end_s)) for one in floods)
    return Rate.of(taken, sum(len(one.sent_s) for one in floods))


def flood_stopped(judged: Judged) -> Value:
    """Until the first that was not taken within a second; of several floods the longest."""
    floods = judged.once(_floods)
    return max((_stopped_s(one) for one in floods), default=None)


def _stopped_s(one: _Flood) -> float:
    waits_us = whole_us(one.taken_s) - whole_us(one.sent_s)
    late = np.isnan(one.taken_s) | (waits_us > whole_us(np.array(LATE_S)))
    return float(one.sent_s[late].min()) - one.start_s if late.any() else math.inf


METRICS: Final = (
    Metric(
        "flood_taken",
        "share",
        "lower",
        "rate",
        "Messages of one client's flood (a fault) that the servers took before it was over, of all "
        "that it sent.",
        flood_taken,
        Margin(absolute=0.01),
        apart=True,
        shown=Shown("flood taken", "messages of a flood that the servers took meanwhile", "loss"),
    ),
    Metric(
        "flood_stopped",
        "s",
        "lower",
        "time",
        "From the begin of one client's flood until the first of its messages that the servers did "
        "not take within a second; never where they took all.",
        flood_stopped,
        Margin(absolute=0.1),
        shown=Shown("flood stopped", "until the servers no longer took all of a flood", "loss"),
    ),
)
