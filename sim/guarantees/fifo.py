"""Messages of one sender in one room are shown in the order in which they were sent."""

from __future__ import annotations

from typing import Final

import numpy as np

from sim.guarantees.evidence import Evidence
from sim.guarantees.timeline import about_message
from sim.guarantees.verdict import Guarantee, Verdict, Witness


def judge(evidence: Evidence, bound_s: float = 0.0) -> Verdict:
    """Counts neighbouring messages of one sender, per reader and room, that are the wrong way.

    A view in which no two neighbours are the wrong way round is in order throughout. Order among
    what was shown; what is missing is no matter of order.
    """
    del bound_s
    views = evidence.views
    sender = evidence.messages["actor"][views.message]
    order = np.lexsort((np.arange(len(sender)), sender, views.room, views.person))
    message, time_s = views.message[order], views.time_s[order]
    groups = [column[order] for column in (views.person, views.room, sender)]
    same = np.logical_and.reduce([column[1:] == column[:-1] for column in groups])
    back = np.flatnonzero(same & (np.diff(evidence.rank[message]) < 0))

    def witness() -> Witness:
        at = back[np.lexsort((message[back], time_s[back]))[0]]
        later, earlier, person = message[at], message[at + 1], groups[0][at]
        what = (
            f"person {groups[2][at]} sent message {earlier} before {later}; person {person} was "
            f"shown {later} first, at {time_s[at]:.3f} s, and {earlier} at {time_s[at + 1]:.3f} s"
        )
        return about_message(evidence, earlier, person, what, [later])

    untested = "nobody was shown two messages of one sender in one room"
    return Verdict.of(same.sum(), len(back), witness, untested=untested)


GUARANTEE: Final = Guarantee(
    "fifo",
    "safety",
    "In each room, everybody is shown the messages of one sender in the order they were sent.",
    "neighbouring messages",
    judge,
)
