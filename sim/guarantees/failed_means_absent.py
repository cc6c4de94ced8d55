"""What its sender was told has failed is shown to nobody.

Whoever is told that a message failed says it again; if somebody saw it all the same, the room has
it twice and no key can tell. A request that timed out may have been done, so a client that calls a
time-out a failure breaks this one.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from sim import history as record
from sim.guarantees.evidence import Evidence
from sim.guarantees.facts import Facts
from sim.guarantees.listed import answers
from sim.guarantees.timeline import about_message
from sim.guarantees.verdict import Guarantee, Verdict, Witness
from sim.history import Column

UNTESTED: Final = "no sender was told that a message failed"


def judge(evidence: Evidence, bound_s: float = 0.0) -> Verdict:
    """Counts messages that failed and were never acknowledged, and those of them that were shown,
    before or after the sender was told, by themselves or in a list, the sender's own too."""
    del bound_s
    failed = evidence.failed & (evidence.messages["action"] == record.SEND)
    if not failed.any():
        return Verdict.unknown(UNTESTED)
    message, person, time_s, request = _seen(evidence)
    rows = np.flatnonzero(failed[message])
    facts = Facts.of(len(evidence.rank), np.flatnonzero(failed), message[rows])

    def witness() -> Witness:
        columns = (request, person, message, time_s)
        at = rows[np.lexsort([column[rows] for column in columns])[0]]
        sender = evidence.messages["actor"][message[at]]
        inside = request[at] != record.NOTHING
        way = f" in the answer to request {request[at]}" * bool(inside)
        left = ", although it never left the device" * bool(evidence.definitely_failed[message[at]])
        what = (
            f"person {sender} was told at {evidence.messages['failed_s'][message[at]]:.3f} s that "
            f"message {message[at]} failed; person {person[at]} was shown it at "
            f"{time_s[at]:.3f} s{way}{left}"
        )
        others = [request[at]] if inside else []
        return about_message(evidence, message[at], person[at], what, others)

    return facts.verdict(witness, untested=UNTESTED)


def _seen(evidence: Evidence) -> tuple[Column, Column, Column, Column]:
    """Every message that anybody saw, to whom and when it was shown, and the request to whose
    answer it belonged; none for what came by itself."""
    seen, found = evidence.first_shown, answers(evidence)
    found = found.where(np.flatnonzero(found.holds != record.NOTHING))
    return (
        np.concatenate([seen.message, found.holds]),
        np.concatenate([seen.person, found.person]),
        np.concatenate([seen.time_s, found.time_s]),
        np.concatenate([np.full(len(seen.message), record.NOTHING), found.request]),
    )


GUARANTEE: Final = Guarantee(
    "failed-means-absent",
    "safety",
    "A message whose sender was told that it failed is shown to nobody.",
    "messages that failed",
    judge,
)
