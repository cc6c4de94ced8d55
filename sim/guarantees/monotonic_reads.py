"""A list never shows less than an earlier one showed to the same person.

Of two answers the later is the one that the screen showed later (monotonic reads: Terry et al.,
Session guarantees for weakly consistent replicated data, 1994). An answer is one page of the
newest messages, so one that is older than all of the later page is not missing from it.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterator
from itertools import groupby
from math import isnan
from operator import itemgetter
from typing import Final

import numpy as np

from sim.guarantees.evidence import Evidence
from sim.guarantees.facts import matched
from sim.guarantees.listed import Answers, answers, missing, reaches_back_s, taken_s
from sim.guarantees.read_your_writes import UNRECORDED
from sim.guarantees.timeline import about_message
from sim.guarantees.verdict import Guarantee, Verdict, Witness
from sim.history import NOTHING, Column
from sim.ordering import starts


def judge(evidence: Evidence, bound_s: float = 0.0) -> Verdict:
    """Counts messages that a person found in a list and that a later page reaches back to, and
    those missing there."""
    del bound_s
    if not len(evidence.history.tables["listed"]["message"]):
        return Verdict.unknown(UNRECORDED)
    found = answers(evidence)
    again = list(_again(evidence, found))
    asked, message = np.array(again, dtype="i8").reshape(-1, 2).T
    lacking = missing(evidence, asked, message)

    def witness() -> Witness:
        return _witness(evidence, found, asked[lacking], message[lacking])

    facts = matched(asked, message), matched(asked[lacking], message[lacking])
    untested = "nobody found a message in a list and was then shown the list again"
    return Verdict.of(*facts, witness, untested=untested)


def _again(evidence: Evidence, found: Answers) -> Iterator[tuple[int, int]]:
    """Pairs (request, message that an earlier list showed and its page reaches back to)."""
    since_s = taken_s(evidence).tolist()
    reach_s = reaches_back_s(evidence, found).tolist()
    room = evidence.messages["conversation"][found.request]
    order = np.lexsort((found.place, room, found.person))
    heads = np.flatnonzero(starts(found.person[order]) | starts(room[order]))
    for rows in np.split(order, heads[1:]) if len(order) else ():
        known: list[tuple[float, int]] = []  # by the time when a server took it
        met = {NOTHING}
        listed = zip(found.request[rows].tolist(), found.holds[rows].tolist(), strict=True)
        for request, page in groupby(listed, key=itemgetter(0)):
            reached = bisect_left(known, (reach_s[request], NOTHING))
            yield from ((request, message) for _, message in known[reached:])
            for _, message in page:
                if message not in met and not isnan(since_s[message]):
                    insort(known, (since_s[message], message))
                met.add(message)


def _witness(evidence: Evidence, found: Answers, asked: Column, message: Column) -> Witness:
    """The first answer that the screen showed without what an earlier one had held."""
    pairs = (found.request, found.time_s)
    shown_s = {int(request): float(at) for request, at in zip(*pairs, strict=True)}
    at = min(range(len(asked)), key=lambda row: (shown_s[int(asked[row])], message[row]))
    request, gone = int(asked[at]), int(message[at])
    person = int(evidence.messages["actor"][request])
    earlier = (found.person == person) & (found.holds == gone) & (found.request != request)
    before = int(found.request[earlier][np.argmin(found.place[earlier])])
    what = (
        f"person {person} found message {gone} in the answer to request {before} at "
        f"{shown_s[before]:.3f} s, and no more in that to request {request} at "
        f"{shown_s[request]:.3f} s"
    )
    return about_message(evidence, gone, person, what, [before, request])


GUARANTEE: Final = Guarantee(
    "monotonic-reads",
    "safety",
    "A list never lacks what an earlier answer showed the same person, as far back as it reaches.",
    "messages listed again",
    judge,
    asks=True,
)
