"""A message reaches everybody it is owed to, unless its sender is told that it failed."""

from __future__ import annotations

from typing import Final

import numpy as np

from sim.guarantees.evidence import HELD, LOST, WAITING, Evidence
from sim.guarantees.timeline import about_message
from sim.guarantees.verdict import Guarantee, Verdict, Witness
from sim.history import Column

UNDER_WAY: Final = "were still under way when the run ended; a longer drain would tell"


def judge(evidence: Evidence, bound_s: float = 0.0) -> Verdict:
    """Counts receptions owed and never shown, from the moment the sender pressed send."""
    del bound_s
    told_failure = evidence.failed[evidence.owed.message]
    return lost(evidence, ~told_failure, "nothing was owed to anybody in the measured window")


def lost(evidence: Evidence, counted: Column, untested: str) -> Verdict:
    """The same among the owed receptions that `counted` picks.

    What is held for somebody who has closed the app is left out: it may still arrive.
    """
    owed = evidence.owed
    counted = counted & (owed.fate != WAITING)
    gone = np.flatnonzero(counted & (owed.fate == LOST))
    held = counted & (owed.fate == HELD)

    def witness() -> Witness:
        sent_s = evidence.messages["time_s"][owed.message[gone]]
        at = gone[np.lexsort((owed.person[gone], owed.message[gone], sent_s))[0]]
        message, person = owed.message[at], owed.person[at]
        ok = "its sender was told OK and it" if evidence.acknowledged[message] else "it"
        what = f"message {message} was owed to person {person}; {ok} was never shown"
        return about_message(evidence, message, person, what)

    return Verdict.of(
        (counted & ~held).sum(),
        len(gone),
        witness,
        untested=untested,
        undecided=held.sum(),
        doubt=UNDER_WAY,
    )


GUARANTEE: Final = Guarantee(
    "at-least-once",
    "safety",
    "A message reaches everybody who is there to receive it, unless its sender is told it failed.",
    "receptions owed",
    judge,
)
