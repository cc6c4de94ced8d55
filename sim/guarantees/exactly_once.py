"""Everybody owed a message is shown it, and shown it once."""

from __future__ import annotations

from typing import Final

from sim.guarantees import at_least_once, at_most_once
from sim.guarantees.evidence import Evidence
from sim.guarantees.verdict import Guarantee, Verdict, Witness


def judge(evidence: Evidence, bound_s: float = 0.0) -> Verdict:
    """At least once and at most once together, as seen by the person.

    Either half alone is no evidence: a message counts that put both to the test, or broke one.
    """
    del bound_s
    counted = at_least_once.unless_failed(evidence)
    no_less, no_more = at_least_once.facts(evidence, counted), at_most_once.facts(evidence)

    def witness() -> Witness:
        found = []
        if no_less.violating.any():
            found.append(at_least_once.witness(evidence, counted))
        if no_more.violating.any():
            found.append(at_most_once.witness(evidence))
        return min(found, key=lambda one: one.begins_s)

    nobody_owed = at_least_once.NOTHING_OWED
    untested = at_most_once.NOTHING_SHOWN if no_less.tested.any() else nobody_owed
    return no_less.both(no_more).verdict(witness, untested=untested, doubt=at_least_once.UNDER_WAY)


GUARANTEE: Final = Guarantee(
    "exactly-once",
    "safety",
    "Everybody who is there to receive a message is shown it once: none is missed, none repeated.",
    "messages owed and shown",
    judge,
)
