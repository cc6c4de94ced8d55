"""Everybody owed a message is shown it, and shown it once."""

from __future__ import annotations

from typing import Final

from sim.guarantees import at_least_once, at_most_once
from sim.guarantees.evidence import Evidence
from sim.guarantees.verdict import Guarantee, Verdict


def judge(evidence: Evidence, bound_s: float = 0.0) -> Verdict:
    """At least once and at most once together, as seen by the person.

    Either half alone is no evidence: unless one is violated, both must have been put to the test.
    """
    halves = [half.judge(evidence, bound_s) for half in (at_least_once, at_most_once)]
    both = halves[0].also(halves[1])
    for half in halves:
        if not both.violations and not half.checked and not half.undecided:
            return Verdict.unknown(half.reason)
    return both


GUARANTEE: Final = Guarantee(
    "exactly-once",
    "safety",
    "Everybody who is there to receive a message is shown it once: none is missed, none repeated.",
    "receptions owed or shown",
    judge,
)
