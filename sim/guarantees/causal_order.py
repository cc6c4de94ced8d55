"""Nobody is shown an answer before the message it could have been an answer to.

What a message depends on is said in `happened`, rooms and lists included. The history is walked
through only where something was overtaken after others knew of it. A list tells its reader what it
shows, but is no place in the order of the conversation: that one lacks something is for
`read-your-writes` and `monotonic-reads`.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from sim import history as record
from sim.guarantees.evidence import Evidence
from sim.guarantees.facts import Facts
from sim.guarantees.happened import chain, shown_late
from sim.guarantees.listed import answers
from sim.guarantees.timeline import about_message
from sim.guarantees.verdict import Guarantee, Verdict, Witness
from sim.history import Column
from sim.ordering import among, found_at, in_order, starts
from sim.spans import whole_us


def judge(evidence: Evidence, bound_s: float = 0.0) -> Verdict:
    """Counts messages that a reader was shown besides one whose sender knew them, and those that
    some reader was shown after one that depends on them."""
    del bound_s
    screens, late = evidence.screens, _late(evidence)
    facts = Facts.of(len(evidence.rank), _answered(evidence), screens.message[late])

    def witness() -> Witness:
        columns = (screens.person, screens.message, screens.time_s)
        at = late[np.lexsort([column[late] for column in columns])[0]]
        return _witness(evidence, screens.time_s[at], screens.message[at], screens.person[at])

    return facts.verdict(
        witness, untested="nobody was shown a message whose sender knew an earlier one in its room"
    )


def _answered(evidence: Evidence) -> Column:
    """Messages that a reader was shown besides the next that somebody who knew them sent there."""
    known = _known_before(evidence)
    seen = evidence.first_shown
    before = known[seen.message]
    rows = np.flatnonzero(before >= 0)
    both = np.isfinite(evidence.shown_s(before[rows], seen.person[rows]))
    return before[rows[both]]


def _known_before(evidence: Evidence) -> Column:
    """Per message: what its sender sent or was shown in its room last before it, -1 for nothing.

    Of one instant, sending comes first.
    """
    messages, views = evidence.messages, evidence.views
    rooms = int(messages["conversation"].max(initial=0)) + 1
    where = messages["actor"].astype("i8") * rooms + messages["conversation"]
    sends = np.flatnonzero(messages["action"] == record.SEND)
    sends = sends[np.lexsort((evidence.rank[sends], where[sends]))]
    sent_us = whole_us(messages["time_s"][sends])
    sent = np.full(len(sends), -1)
    again = np.flatnonzero(where[sends[1:]] == where[sends[:-1]])
    sent[again + 1] = again
    # What a sender was shown in a room is one stretch of the views: the last of it before sending.
    heads = np.flatnonzero(views.first)
    asked = views.person[heads].astype("i8") * rooms + views.room[heads]
    view = found_at(asked, where[sends])
    span_us = int(max(sent_us.max(initial=0), whole_us(views.time_s).max(initial=0))) + 1
    axis = (np.cumsum(views.first) - 1) * span_us + whole_us(views.time_s)
    shown = np.searchsorted(axis, view * span_us + sent_us) - 1
    is_there = (view >= 0) & (shown >= np.append(heads, 0)[view])
    shown_us = np.append(whole_us(views.time_s), 0)[shown]
    latest = is_there & ((sent < 0) | (shown_us >= sent_us[sent]))
    known = np.full(len(evidence.rank), -1)
    known[sends] = np.where(latest, np.append(views.message, -1)[shown], np.append(sends, -1)[sent])
    return known


def _late(evidence: Evidence) -> Column:
    """Rows of screens shown after something that depends on them."""
    suspects = _overtaken(evidence)
    if not len(suspects):
        return suspects
    by_own = _by_own(evidence, suspects)
    others = suspects[~by_own]
    if not len(others):
        return suspects
    walked = np.fromiter(shown_late(evidence, others), dtype="i8")
    return np.concatenate([suspects[by_own], walked])


def _by_own(evidence: Evidence, suspects: Column) -> Column:
    """Which of these rows were shown after a later message of the same sender: most of those that
    are late at all, and no walk is needed to see it."""
    screens = evidence.screens
    sender = evidence.messages["actor"][screens.message]
    pair = screens.person.astype("i8") * evidence.people + sender
    rows = np.flatnonzero(among(np.unique(pair[suspects]), pair))
    rows = rows[in_order(pair[rows])]
    base = np.cumsum(starts(pair[rows])) * (len(evidence.rank) + 1)
    axis = base + evidence.rank[screens.message[rows]]
    is_late = np.zeros(len(pair), dtype=bool)
    is_late[rows] = axis < np.maximum.accumulate(axis)
    return np.asarray(is_late[suspects])


def _overtaken(evidence: Evidence) -> Column:
    """Rows of screens shown after one that was sent when somebody could have known the row's
    message."""
    screens, count = evidence.screens, len(evidence.rank)
    base = np.cumsum(starts(screens.person)) * (count + 1)
    rank = evidence.rank[screens.message]
    latest = np.maximum.accumulate(base + rank) - base
    behind = np.flatnonzero(latest > rank)
    if not len(behind):
        return behind
    sent_s = np.sort(evidence.messages["time_s"])
    known = np.searchsorted(sent_s, _known_s(evidence))
    return np.asarray(behind[latest[behind] >= known[screens.message[behind]]])


def _known_s(evidence: Evidence) -> Column:
    """Per message: the first time that anything can depend on it, infinite for never.

    Its sender says something more, or anybody is shown it or finds it in a list.
    """
    messages, seen, found = evidence.messages, evidence.first_shown, answers(evidence)
    known_s = np.full(len(evidence.rank), np.inf)
    by = in_order(seen.message)
    first = np.flatnonzero(starts(seen.message[by]))
    if len(first):
        known_s[seen.message[by][first]] = np.minimum.reduceat(seen.time_s[by], first)
    held = found.holds != record.NOTHING
    np.minimum.at(known_s, found.holds[held], found.time_s[held])
    sends = np.flatnonzero(messages["action"] == record.SEND)
    order = sends[np.lexsort((evidence.rank[sends], messages["actor"][sends]))]
    more = messages["actor"][order[1:]] == messages["actor"][order[:-1]]
    next_s = messages["time_s"][order[1:][more]]
    np.minimum.at(known_s, order[:-1][more], next_s)
    return known_s


def _witness(evidence: Evidence, shown_s: float, message: int, person: int) -> Witness:
    """The first message that was shown too late, and how another came to depend on it."""
    _, *between, answer = chain(evidence, message, person)
    sender = evidence.messages["actor"][answer]
    answer_s = evidence.shown_s(np.array([answer]), np.array([person]))[0]
    through = f" through {', '.join(map(str, between))}" if between else ""
    what = (
        f"person {sender} knew message {message}{through} when sending {answer}; person {person} "
        f"was shown {answer} first, at {answer_s:.3f} s, and {message} at {shown_s:.3f} s"
    )
    return about_message(evidence, message, person, what, [answer, *between])


GUARANTEE: Final = Guarantee(
    "causal-order",
    "safety",
    "Nobody is shown a message before one that its sender knew, through others or other rooms too.",
    "messages that a later one depends on",
    judge,
)
