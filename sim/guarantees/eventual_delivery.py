"""Once every fault has healed, nothing stays under way: what is not lost arrives."""

from __future__ import annotations

from typing import Final

import numpy as np

from sim.guarantees.evidence import HELD, SHOWN, Evidence
from sim.guarantees.facts import Facts
from sim.guarantees.timeline import about_message
from sim.guarantees.verdict import Guarantee, Verdict, Witness


def judge(evidence: Evidence, bound_s: float = 0.0) -> Verdict:
    """Counts messages that were shown to somebody they were owed to, or held for one when the
    drain ended, and those that were held.

    Every fault heals before the drain, so what has not arrived by its end is stuck, or slower than
    the scenario allows. Loss is judged by `at-least-once`; here it is left out.
    """
    del bound_s
    if not evidence.history.meta["drain_s"]:
        return Verdict.unknown("the run gave nothing time to arrive: its drain is 0 s long")
    owed = evidence.owed
    stuck = np.flatnonzero(owed.fate == HELD)
    facts = Facts.of(len(evidence.rank), owed.message[owed.fate == SHOWN], owed.message[stuck])

    def witness() -> Witness:
        sent_s = evidence.messages["time_s"][owed.message[stuck]]
        at = stuck[np.lexsort((owed.person[stuck], owed.message[stuck], sent_s))[0]]
        message, person = owed.message[at], owed.person[at]
        what = (
            f"message {message} was still on its way to person {person} when the run ended at "
            f"{evidence.end_s:.3f} s"
        )
        return about_message(evidence, message, person, what)

    return facts.verdict(witness, untested="nothing that was owed was shown or under way")


GUARANTEE: Final = Guarantee(
    "eventual-delivery",
    "liveness",
    "Once every fault has healed, what is not lost is shown before the drain ends.",
    "messages shown or under way",
    judge,
)
