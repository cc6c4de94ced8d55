"""Nobody is shown the same message twice."""

from __future__ import annotations

from typing import Final

import numpy as np

from sim.guarantees.evidence import Evidence, starts
from sim.guarantees.timeline import about_message
from sim.guarantees.verdict import Guarantee, Verdict, Witness


def judge(evidence: Evidence, bound_s: float = 0.0) -> Verdict:
    """Counts receptions shown, and those shown more than once, in the whole run."""
    del bound_s
    shown = evidence.shown
    first = starts(evidence.keys(shown.message, shown.person))
    repeats = np.flatnonzero(~first)

    def witness() -> Witness:
        at = repeats[np.lexsort((shown.message[repeats], shown.time_s[repeats]))[0]]
        message, person, again_s = shown.message[at], shown.person[at], shown.time_s[at]
        before_s = shown.time_s[at - 1]
        what = (
            f"message {message} was shown twice to person {person}: "
            f"at {before_s:.3f} s and again at {again_s:.3f} s"
        )
        return about_message(evidence, message, person, what)

    twice = starts(evidence.keys(shown.message[repeats], shown.person[repeats])).sum()
    return Verdict.of(first.sum(), twice, witness, untested="nobody was shown any message")


GUARANTEE: Final = Guarantee(
    "at-most-once",
    "safety",
    "Nobody is shown the same message twice; a repeat that the client hides does not count.",
    "receptions shown",
    judge,
)
