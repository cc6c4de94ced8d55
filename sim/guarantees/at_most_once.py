"""Nobody is shown the same message twice."""

from __future__ import annotations

from typing import Final

import numpy as np

from sim.guarantees.evidence import Evidence
from sim.guarantees.facts import Facts
from sim.guarantees.timeline import about_message
from sim.guarantees.verdict import Guarantee, Verdict, Witness

NOTHING_SHOWN: Final = "nobody was shown any message"


def judge(evidence: Evidence, bound_s: float = 0.0) -> Verdict:
    """Counts messages shown, and those that somebody was shown again, in the whole run."""
    del bound_s
    return facts(evidence).verdict(lambda: witness(evidence), untested=NOTHING_SHOWN)


def facts(evidence: Evidence) -> Facts:
    """The messages that were shown, and those that were shown again."""
    shown = evidence.shown.message
    return Facts.of(len(evidence.rank), shown, shown[~evidence.is_first])


def witness(evidence: Evidence) -> Witness:
    """The first repeat that was shown."""
    shown, repeats = evidence.shown, np.flatnonzero(~evidence.is_first)
    at = repeats[np.lexsort((shown.message[repeats], shown.time_s[repeats]))[0]]
    message, person, again_s = shown.message[at], shown.person[at], shown.time_s[at]
    what = (
        f"message {message} was shown twice to person {person}: "
        f"at {shown.time_s[at - 1]:.3f} s and again at {again_s:.3f} s"
    )
    return about_message(evidence, message, person, what)


GUARANTEE: Final = Guarantee(
    "at-most-once",
    "safety",
    "Nobody is shown the same message twice; a repeat that the client hides does not count.",
    "messages shown",
    judge,
)
