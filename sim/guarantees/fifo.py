"""Messages of one sender in one room are shown in the order in which they were sent."""

from __future__ import annotations

from typing import Final

import numpy as np

from sim.guarantees.evidence import Evidence
from sim.guarantees.facts import Facts
from sim.guarantees.timeline import about_message
from sim.guarantees.verdict import Guarantee, Verdict, Witness
from sim.history import Column
from sim.ordering import grouped, starts


def judge(evidence: Evidence, bound_s: float = 0.0) -> Verdict:
    """Counts messages that a reader was shown besides a later one of the same sender and room, and
    those that some reader was shown after such a later one.

    Order among what was shown; what is missing is no matter of order.
    """
    del bound_s
    screens, stream = evidence.screens, _streams(evidence)
    order = grouped(stream[screens.message])
    order = order[grouped(screens.person[order])]
    message, person, time_s = (
        column[order] for column in (screens.message, screens.person, screens.time_s)
    )
    heads = starts(person) | starts(stream[message])
    rank = evidence.rank[message]
    # All groups lie side by side on one axis, so that one running maximum serves them all.
    axis = (np.cumsum(heads) - 1) * (len(evidence.rank) + 1) + rank
    latest = np.maximum.accumulate(axis)
    last = latest[np.append(np.flatnonzero(heads)[1:], len(axis)) - 1] if len(axis) else axis
    followed = axis < last[np.cumsum(heads) - 1]
    facts = Facts.of(len(evidence.rank), message[followed], message[axis < latest])

    def witness() -> Witness:
        back = np.flatnonzero(~heads[1:] & (np.diff(rank) < 0))
        at = back[np.lexsort((message[back], time_s[back]))[0]]
        later, earlier, reader = message[at], message[at + 1], person[at]
        sender = evidence.messages["actor"][later]
        what = (
            f"person {sender} sent message {earlier} before {later}; person {reader} was "
            f"shown {later} first, at {time_s[at]:.3f} s, and {earlier} at {time_s[at + 1]:.3f} s"
        )
        return about_message(evidence, earlier, reader, what, [later])

    return facts.verdict(
        witness, untested="nobody was shown two messages of one sender in one room"
    )


def _streams(evidence: Evidence) -> Column:
    """Per message the number of its room and sender together, by room and then sender."""
    messages = evidence.messages
    both = messages["conversation"].astype("i8") * evidence.people + messages["actor"]
    return np.asarray(np.unique(both, return_inverse=True)[1])


GUARANTEE: Final = Guarantee(
    "fifo",
    "safety",
    "In each room, everybody is shown the messages of one sender in the order they were sent.",
    "neighbouring messages",
    judge,
)
