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
    no_less, no_more = at_least_once.judge(evidence, bound_s), at_most_once.judge(evidence, bound_s)
    for half in (no_less, no_more):
        untested = not half.checked and not half.undecided
        if untested and not no_less.violations and not no_more.violations:
            return Verdict.unknown(half.reason)
    return no_less.also(no_more)


GUARANTEE: Final = Guarantee(
    "exactly-once",
    "safety",
    "Everybody who is there to receive a message is shown it once: none is missed, none repeated.",
    "receptions owed or shown",
    judge,
)
