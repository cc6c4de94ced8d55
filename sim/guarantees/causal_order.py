"""Nobody is shown an answer before the message it could have been an answer to.

What a message depends on is said in `happened`, rooms and lists included. The history is walked
through only where something was overtaken after others knew of it. A list tells its reader what it
shows, but is no place in the order of the conversation: that one lacks something is for
`read-your-writes` and `monotonic-reads`.
"""

from __future__ import annotations

from dataclasses import dataclass
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
from sim.ordering import starts


def judge(evidence: Evidence, bound_s: float = 0.0) -> Verdict:
    """Counts messages that a reader was shown besides one whose sender knew them, and those that
    some reader was shown after one that depends on them."""
    del bound_s
    late = _late(evidence)
    violating = np.array([message for _, message, _ in late], dtype=int)
    facts = Facts.of(len(evidence.rank), _answered(evidence), violating)
    return facts.verdict(
        lambda: _witness(evidence, *min(late)),
        untested="nobody was shown a message whose sender knew an earlier one in its room",
    )


def _answered(evidence: Evidence) -> Column:
    """Messages that a reader was shown besides the next that somebody who knew them sent there."""
    messages, seen = evidence.messages, evidence.first_shown
    sends = np.flatnonzero(messages["action"] == record.SEND)
    rooms = int(messages["conversation"].max(initial=0)) + 1
    # What somebody sent in a room or was shown there, in order; of one instant, sending first.
    who = np.concatenate([messages["actor"][sends], seen.person]).astype("i8")
    what = np.concatenate([sends, seen.message])
    when_s = np.concatenate([messages["time_s"][sends], seen.time_s])
    shown = np.repeat([False, True], [len(sends), len(seen.message)])
    then = np.concatenate([evidence.rank[sends], seen.place])
    where = who * rooms + messages["conversation"][what]
    order = np.lexsort((then, shown, when_s, where))
    after = np.flatnonzero(~shown[order] & ~starts(where[order]))
    known = np.full(len(evidence.rank), -1)
    known[what[order[after]]] = what[order[after - 1]]
    before = known[seen.message]
    rows = np.flatnonzero(before >= 0)
    both = np.isfinite(evidence.shown_s(before[rows], seen.person[rows]))
    return before[rows[both]]


def _late(evidence: Evidence) -> list[tuple[float, int, int]]:
    """What was shown after something that depends on it: when, which message, to whom."""
    screens = _screens(evidence)
    suspects = _overtaken(evidence, screens)
    if not len(suspects):
        return []
    last_s = np.full(len(evidence.rank), -np.inf)
    np.maximum.at(last_s, screens.message[suspects], screens.time_s[suspects])
    found = np.array(list(shown_late(evidence, last_s)), dtype=int).reshape(-1, 2)
    time_s = evidence.shown_s(found[:, 0], found[:, 1])
    return [(time, *pair) for time, pair in zip(time_s.tolist(), found.tolist(), strict=True)]


@dataclass(frozen=True, slots=True)
class _Screens:
    """First visible copies in the order in which each person saw them, all rooms together."""

    message: Column
    person: Column
    time_s: Column


def _screens(evidence: Evidence) -> _Screens:
    seen = evidence.first_shown
    order = np.lexsort((seen.place, seen.person))
    return _Screens(seen.message[order], seen.person[order], seen.time_s[order])


def _overtaken(evidence: Evidence, screens: _Screens) -> Column:
    """Rows shown after one that was sent when somebody could have known the row's message."""
    count = len(evidence.rank)
    base = np.cumsum(starts(screens.person)) * (count + 1)
    rank = evidence.rank[screens.message]
    latest = np.maximum.accumulate(base + rank) - base
    sent_s = np.sort(evidence.messages["time_s"])
    known = np.searchsorted(sent_s, _known_s(evidence)[screens.message])
    return np.flatnonzero((latest > rank) & (latest >= known))


def _known_s(evidence: Evidence) -> Column:
    """Per message: the first time that anything can depend on it, infinite for never.

    Its sender says something more, or anybody is shown it or finds it in a list.
    """
    messages, seen, found = evidence.messages, evidence.first_shown, answers(evidence)
    known_s = np.full(len(evidence.rank), np.inf)
    np.minimum.at(known_s, seen.message, seen.time_s)
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
