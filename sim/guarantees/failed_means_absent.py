"""What its sender was told has failed is shown to nobody.

Whoever is told that a message failed says it again; if somebody saw it all the same, the room has
it twice and no key can tell. A request that timed out may have been done, so a client that calls a
time-out a failure breaks this one.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from sim.guarantees.evidence import Evidence
from sim.guarantees.facts import Facts
from sim.guarantees.timeline import about_message
from sim.guarantees.verdict import Guarantee, Verdict, Witness


def judge(evidence: Evidence, bound_s: float = 0.0) -> Verdict:
    """Counts messages that failed and were never acknowledged, and those of them that were shown,
    before or after the sender was told."""
    del bound_s
    seen = evidence.first_shown
    rows = np.flatnonzero(evidence.failed[seen.message])
    facts = Facts.of(len(evidence.rank), np.flatnonzero(evidence.failed), seen.message[rows])

    def witness() -> Witness:
        at = rows[np.lexsort((seen.person[rows], seen.message[rows], seen.time_s[rows]))[0]]
        message, person = seen.message[at], seen.person[at]
        sender = evidence.messages["actor"][message]
        left = ", although it never left the device" * bool(evidence.definitely_failed[message])
        what = (
            f"person {sender} was told at {evidence.messages['failed_s'][message]:.3f} s that "
            f"message {message} failed; person {person} was shown it at "
            f"{seen.time_s[at]:.3f} s{left}"
        )
        return about_message(evidence, message, person, what)

    return facts.verdict(witness, untested="no sender was told that a message failed")


GUARANTEE: Final = Guarantee(
    "failed-means-absent",
    "safety",
    "A message whose sender was told that it failed is shown to nobody.",
    "messages that failed",
    judge,
)
