"""Nobody is shown an answer before the message it could have been an answer to.

A message depends on what its sender had sent, or had been shown, in the same room before sending
it. Only a message that was overtaken in the order of sending can break that, so the work is a sort
plus one look at each overtaking. Leaves out dependencies between rooms, and those that run through
a message which the reader was never shown.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from sim import history as record
from sim.guarantees.evidence import Evidence, ranges, starts
from sim.guarantees.timeline import about_message
from sim.guarantees.verdict import Guarantee, Verdict, Witness
from sim.history import Column

PAIRS_AT_ONCE: Final = 4_000_000  # bounds the memory for a history that is badly out of order


def judge(evidence: Evidence, bound_s: float = 0.0) -> Verdict:
    """Counts receptions of messages whose sender knew an earlier one, and those of them that came
    before such an earlier one."""
    del bound_s
    views = evidence.views
    found = [(views.message[:0], views.message[:0])]
    for behind, ahead in _overtakings(evidence):
        knew = _knew(evidence, views.message[ahead], views.message[behind])
        found.append((behind[knew], ahead[knew]))
    late, early = (np.concatenate(rows) for rows in zip(*found, strict=True))

    def witness() -> Witness:
        at = np.lexsort((late, views.time_s[early]))[0]
        row, before = late[at], early[at]
        message, answer, person = views.message[row], views.message[before], views.person[row]
        sender = evidence.messages["actor"][answer]
        what = (
            f"person {sender} knew message {message} when sending {answer}; person {person} was "
            f"shown {answer} first, at {views.time_s[before]:.3f} s, "
            f"and {message} at {views.time_s[row]:.3f} s"
        )
        return about_message(evidence, message, person, what, [answer])

    untested = "nobody was shown a message whose sender knew an earlier one in its room"
    informed = _informed(evidence)[views.message]
    return Verdict.of(informed.sum(), len(np.unique(early)), witness, untested=untested)


def _informed(evidence: Evidence) -> Column:
    """Per message: its sender had sent or been shown another in the same room before."""
    messages, views = evidence.messages, evidence.views
    rooms = int(messages["conversation"].max(initial=0)) + 1
    sends = np.flatnonzero(messages["action"] == record.SEND)
    place = messages["actor"].astype("i8") * rooms + messages["conversation"]
    heads = views.first
    where = np.concatenate([place[sends], (views.person.astype("i8") * rooms + views.room)[heads]])
    when = np.concatenate([messages["time_s"][sends], views.time_s[heads]])
    order = np.lexsort((when, where))
    first = starts(where[order])
    where, when = where[order][first], when[order][first]
    known = np.zeros(len(place), dtype=bool)
    known[sends] = when[np.searchsorted(where, place[sends])] < messages["time_s"][sends]
    return known


def _overtakings(evidence: Evidence) -> Iterator[tuple[Column, Column]]:
    """Pairs of view rows: a message, and one sent later that the reader was shown before it."""
    views = evidence.views
    rank = evidence.rank[views.message]
    view = (np.cumsum(views.first) - 1) * (len(evidence.rank) + 1)
    latest = np.maximum.accumulate(view + rank)
    behind = np.flatnonzero(latest > view + rank)
    # The first row of the view that was sent later; between it and the message lie all that were.
    first = np.searchsorted(latest, (view + rank)[behind], side="right")
    count = behind - first
    cuts = np.flatnonzero(np.diff(np.cumsum(count) // PAIRS_AT_ONCE)) + 1
    for part in np.split(np.arange(len(behind)), cuts):
        late = np.repeat(behind[part], count[part])
        early = ranges(first[part], count[part])
        overtaken = rank[early] > rank[late]
        yield late[overtaken], early[overtaken]


def _knew(evidence: Evidence, answer: Column, message: Column) -> Column:
    """Whether the sender of `answer` had sent `message` or been shown it before."""
    messages = evidence.messages
    sender, sent_s = messages["actor"][answer], messages["time_s"][answer]
    own = (messages["actor"][message] == sender) & (messages["time_s"][message] < sent_s)
    return np.asarray(own | (evidence.shown_s(message, sender) < sent_s))


GUARANTEE: Final = Guarantee(
    "causal-order",
    "safety",
    "Nobody is shown a message before one that its sender had sent or seen in that room before it.",
    "receptions whose sender knew an earlier message",
    judge,
)
