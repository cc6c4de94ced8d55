"""A repeat that arrives within the window after the first copy is hidden from the person."""

from __future__ import annotations

from typing import Final

import numpy as np

from sim.guarantees.evidence import Evidence
from sim.guarantees.facts import Facts
from sim.guarantees.timeline import about_message
from sim.guarantees.verdict import Guarantee, Verdict, Witness
from sim.ordering import starts

WINDOW_S: Final = 300.0
"""Amazon SQS FIFO queues know a message again for 5 minutes (developer guide, exactly-once
processing); brokers and APIs that say anything say something of this size."""


def judge(evidence: Evidence, bound_s: float = WINDOW_S) -> Verdict:
    """Counts messages of which a repeat arrived within `bound_s` of the first copy, and those of
    which one was shown.

    Repeats that a server recognised never arrive, so they are no evidence here. Later repeats are
    left out: nothing is promised about them.
    """
    copies = evidence.copies
    untested = f"no repeat arrived at anybody within {bound_s:g} s of the first copy"
    first = starts(evidence.keys(copies.message, copies.person))
    if first.all():
        return Verdict.unknown(untested)
    heads = np.flatnonzero(first)
    reception = np.cumsum(first) - 1
    began_s = copies.time_s[heads][reception]
    repeats = ~first & (np.round(copies.time_s - began_s, 6) <= bound_s)
    # The first copy shown is the message itself, even where an earlier one was hidden.
    shown = np.cumsum(copies.visible) - copies.visible
    shown_before = shown - shown[heads][reception]
    again = np.flatnonzero(repeats & copies.visible & (shown_before > 0))

    def witness() -> Witness:
        at = again[np.lexsort((copies.message[again], copies.time_s[again]))[0]]
        message, person = copies.message[at], copies.person[at]
        what = (
            f"message {message} was shown to person {person} again at {copies.time_s[at]:.3f} s, "
            f"{copies.time_s[at] - began_s[at]:.3f} s after the first copy"
        )
        return about_message(evidence, message, person, what)

    facts = Facts.of(len(evidence.rank), copies.message[repeats], copies.message[again])
    return facts.verdict(witness, untested=untested)


GUARANTEE: Final = Guarantee(
    "dedup-window",
    "safety",
    "A repeat that arrives within the window after the first copy is not shown.",
    "messages that came again within the window",
    judge,
    WINDOW_S,
)
