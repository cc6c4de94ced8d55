"""Nothing reaches anybody outside the conversation."""

from __future__ import annotations

from typing import Final

import numpy as np

from sim import history as record
from sim.guarantees.evidence import Evidence
from sim.guarantees.timeline import about_message
from sim.guarantees.verdict import Guarantee, Verdict, Witness
from sim.history import Column


def judge(evidence: Evidence, bound_s: float = 0.0) -> Verdict:
    """Counts arrivals of every kind, hidden ones too, and those at people who are no members.

    The answer to a request is for who asked, member or not.
    """
    del bound_s
    rows = evidence.history.tables["deliveries"]
    if not _outsiders(evidence):
        return Verdict.unknown("every conversation holds everybody: nobody is outside")
    leaked = np.flatnonzero(outside(evidence, rows["message"], rows["person"]))

    def witness() -> Witness:
        order = (rows["person"][leaked], rows["message"][leaked], rows["time_s"][leaked])
        at = leaked[np.lexsort(order)[0]]
        message, person, time_s = rows["message"][at], rows["person"][at], rows["time_s"][at]
        what = (
            f"message {message} of conversation {evidence.messages['conversation'][message]} "
            f"reached person {person}, who is not in it, at {time_s:.3f} s"
        )
        return about_message(evidence, message, person, what)

    untested = "nothing arrived anywhere"
    return Verdict.of(len(rows["message"]), len(leaked), witness, untested=untested)


def _outsiders(evidence: Evidence) -> bool:
    """Whether any conversation has somebody outside it."""
    counts = np.bincount(evidence.history.tables["members"]["conversation"])
    return bool((counts[counts > 0] < evidence.people).any())


def outside(evidence: Evidence, message: Column, person: Column) -> Column:
    """Which of these people have no business with which of these messages."""
    messages, members = evidence.messages, evidence.history.tables["members"]
    room = messages["conversation"][message].astype("i8")
    rooms = members["conversation"].astype("i8")
    inside = np.isin(room * evidence.people + person, rooms * evidence.people + members["person"])
    asked = messages["action"][message] == record.LIST
    return np.where(asked, person != messages["actor"][message], ~inside)


GUARANTEE: Final = Guarantee(
    "isolation",
    "safety",
    "Nothing said, typed or seen in a conversation reaches anybody who is not in it.",
    "arrivals",
    judge,
)
