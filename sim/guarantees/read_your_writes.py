"""A list asked for after one's own message was acknowledged contains that message.

What an answer contained is in the history's table `listed`. An answer is one page of the newest
messages, so an own message older than all of the page is not missing.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from sim import history as record
from sim.guarantees.evidence import Evidence, ranges
from sim.guarantees.facts import matched
from sim.guarantees.listed import answers, missing, reaches_back_s, taken_s
from sim.guarantees.timeline import about_message
from sim.guarantees.verdict import Guarantee, Verdict, Witness
from sim.history import Column
from sim.spans import whole_us

UNRECORDED: Final = "the run does not record what the answers to requests contained"


def judge(evidence: Evidence, bound_s: float = 0.0) -> Verdict:
    """Counts own acknowledged messages that an answer's page reaches back to, and those missing."""
    del bound_s
    if not len(evidence.history.tables["listed"]["message"]):
        return Verdict.unknown(UNRECORDED)
    asked, own = _expected(evidence)
    lacking = missing(evidence, asked, own)

    def witness() -> Witness:
        at = lacking[np.lexsort((own[lacking], evidence.rank[asked[lacking]]))[0]]
        mine, request = own[at], asked[at]
        person = evidence.messages["actor"][request]
        what = (
            f"person {person} was told OK for message {mine} at "
            f"{evidence.messages['told_s'][mine]:.3f} s, asked for the list (request {request}) at "
            f"{evidence.messages['time_s'][request]:.3f} s, and did not find it there"
        )
        return about_message(evidence, mine, person, what, [request])

    untested = "nobody asked for a list after an own message in it had been acknowledged"
    facts = matched(asked, own), matched(asked[lacking], own[lacking])
    return Verdict.of(*facts, witness, untested=untested)


def _expected(evidence: Evidence) -> tuple[Column, Column]:
    """Pairs (request, own message that its answer should hold)."""
    found = answers(evidence)
    reach_s = reaches_back_s(evidence, found)
    asked, own = _before(evidence, np.unique(found.request), reach_s)
    reached = taken_s(evidence)[own] >= reach_s[asked]
    return asked[reached], own[reached]


def _before(evidence: Evidence, requests: Column, reach_s: Column) -> tuple[Column, Column]:
    """Each request with every own message in its room acknowledged before it was made.

    Left out are those acknowledged before the oldest on the page was taken: they are older still.
    """
    messages = evidence.messages
    mine = np.flatnonzero((messages["action"] == record.SEND) & evidence.acknowledged)
    rooms = int(messages["conversation"].max(initial=0)) + 1
    place = messages["actor"].astype("i8") * rooms + messages["conversation"]
    told_us, asked_us = whole_us(messages["told_s"][mine]), whole_us(messages["time_s"][requests])
    # People and rooms side by side on one integer axis, so that one search serves them all.
    span_us = int(max(told_us.max(initial=0), asked_us.max(initial=0))) + 1
    axis = place[mine] * span_us + told_us
    mine, axis = mine[order := np.argsort(axis)], axis[order]
    from_us = np.clip(whole_us(np.maximum(reach_s[requests], 0.0)), 0, asked_us)
    first, end = (
        np.searchsorted(axis, place[requests] * span_us + until_us)
        for until_us in (from_us, asked_us)
    )
    return np.repeat(requests, end - first), mine[ranges(first, end - first)]


GUARANTEE: Final = Guarantee(
    "read-your-writes",
    "safety",
    "Whoever asks for a list after their own message was acknowledged finds it there.",
    "own messages asked for",
    judge,
    asks=True,
)
