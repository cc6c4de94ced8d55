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
from sim.guarantees.listed import answers, reaches_back_s, taken_s
from sim.guarantees.timeline import about_message
from sim.guarantees.verdict import Guarantee, Verdict, Witness
from sim.history import Column

UNRECORDED: Final = "the run does not record what the answers to requests contained"


def judge(evidence: Evidence, bound_s: float = 0.0) -> Verdict:
    """Counts own acknowledged messages that an answer's page reaches back to, and those missing."""
    del bound_s
    if not len(evidence.history.tables["listed"]["message"]):
        return Verdict.unknown(UNRECORDED)
    asked, own = _expected(evidence)
    listed = evidence.history.tables["listed"]
    count = len(evidence.rank)
    contents = listed["message"].astype("i8") * count + listed["holds"]
    missing = np.flatnonzero(~np.isin(asked.astype("i8") * count + own, contents))

    def witness() -> Witness:
        at = missing[np.lexsort((own[missing], evidence.rank[asked[missing]]))[0]]
        mine, request = own[at], asked[at]
        person = evidence.messages["actor"][request]
        what = (
            f"person {person} was told OK for message {mine} at "
            f"{evidence.messages['told_s'][mine]:.3f} s, asked for the list (request {request}) at "
            f"{evidence.messages['time_s'][request]:.3f} s, and did not find it there"
        )
        return about_message(evidence, mine, person, what, [request])

    untested = "nobody asked for a list after an own message in it had been acknowledged"
    facts = matched(asked, own), matched(asked[missing], own[missing])
    return Verdict.of(*facts, witness, untested=untested)


def _expected(evidence: Evidence) -> tuple[Column, Column]:
    """Pairs (request, own message that its answer should hold)."""
    found = answers(evidence)
    mine = np.flatnonzero((evidence.messages["action"] == record.SEND) & evidence.acknowledged)
    asked, own = _before(evidence, np.unique(found.request), mine)
    reached = taken_s(evidence)[own] >= reaches_back_s(evidence, found)[asked]
    return asked[reached], own[reached]


def _before(evidence: Evidence, requests: Column, mine: Column) -> tuple[Column, Column]:
    """Each request with every own message in its room acknowledged before it was made."""
    messages = evidence.messages
    rooms = int(messages["conversation"].max(initial=0)) + 1
    place = messages["actor"].astype("i8") * rooms + messages["conversation"]
    # Positions on one axis of (person, room, time): acknowledgements and requests, merged.
    when_s = np.concatenate([messages["told_s"][mine], messages["time_s"][requests]])
    where = np.concatenate([place[mine], place[requests]])
    is_request = np.repeat([False, True], [len(mine), len(requests)])
    order = np.lexsort((~is_request, when_s, where))  # told in the very instant of asking: after
    before = np.cumsum(~is_request[order])
    asked = np.flatnonzero(is_request[order])
    sorted_mine = mine[order[~is_request[order]]]
    first = np.searchsorted(place[sorted_mine], where[order[asked]])
    count = np.maximum(before[asked] - first, 0)
    ids = np.concatenate([mine, requests])[order]
    return np.repeat(ids[asked], count), sorted_mine[ranges(first, count)]


GUARANTEE: Final = Guarantee(
    "read-your-writes",
    "safety",
    "Whoever asks for a list after their own message was acknowledged finds it there.",
    "own messages asked for",
    judge,
    asks=True,
)
