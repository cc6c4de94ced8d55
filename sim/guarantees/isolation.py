"""Nothing reaches anybody outside the conversation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from sim import history as record
from sim.guarantees.evidence import Evidence, ranges
from sim.guarantees.facts import Facts
from sim.guarantees.timeline import about_message
from sim.guarantees.verdict import Guarantee, Verdict, Witness
from sim.history import NOTHING, Column
from sim.members import JOINED, gone_s
from sim.ordering import among


def judge(evidence: Evidence, bound_s: float = 0.0) -> Verdict:
    """Counts what arrived anywhere and could have reached an outsider, and what did.

    Arrivals of every kind, hidden ones too, and what is inside the answers that arrived. The
    answer to a request is for who asked, member or not.
    """
    del bound_s
    if not _open_to(evidence).any():
        return Verdict.unknown("every conversation holds everybody: nobody is outside")
    reached = _reached(evidence)
    leaked = np.flatnonzero(outside(evidence, reached.message, reached.person))
    came = np.bincount(reached.message, minlength=len(evidence.rank)) > 0
    could = np.flatnonzero(came & _open_to(evidence))
    facts = Facts.of(len(evidence.rank), could, reached.message[leaked])

    def witness() -> Witness:
        columns = (reached.person, reached.message, reached.inside, reached.time_s)
        at = leaked[np.lexsort([column[leaked] for column in columns])[0]]
        message, person, inside = reached.message[at], reached.person[at], reached.inside[at]
        way = f" inside the answer to request {inside}" if inside != NOTHING else ""
        what = (
            f"message {message} of conversation {evidence.messages['conversation'][message]} "
            f"reached person {person}, who is not in it, at {reached.time_s[at]:.3f} s{way}"
        )
        others = [inside] if inside != NOTHING else []
        return about_message(evidence, message, person, what, others)

    return facts.verdict(witness, untested="nothing arrived anywhere")


@dataclass(frozen=True, slots=True)
class _Reached:
    """What came to whom and when, by itself or `inside` the answer to a request."""

    message: Column
    person: Column
    time_s: Column
    inside: Column


def _reached(evidence: Evidence) -> _Reached:
    rows, listed = evidence.history.tables["deliveries"], evidence.history.tables["listed"]
    alone = np.full(len(rows["message"]), NOTHING)
    if not len(listed["message"]):
        return _Reached(rows["message"], rows["person"], rows["time_s"], alone)
    order = np.argsort(listed["message"], kind="stable")
    holds = listed["holds"][order]
    size = np.bincount(listed["message"], minlength=len(evidence.rank))
    answers = np.flatnonzero((size > 0)[rows["message"]])
    request = rows["message"][answers]
    first, count = (np.cumsum(size) - size)[request], size[request]
    row = np.repeat(answers, count)
    inside = holds[ranges(first, count)]
    row, inside = row[inside != NOTHING], inside[inside != NOTHING]
    return _Reached(
        np.concatenate([rows["message"], inside]),
        np.concatenate([rows["person"], rows["person"][row]]),
        np.concatenate([rows["time_s"], rows["time_s"][row]]),
        np.concatenate([alone, rows["message"][row]]),
    )


def _open_to(evidence: Evidence) -> Column:
    """Per message: there is somebody who has no business with it."""
    messages, members = evidence.messages, evidence.history.tables["members"]
    room = messages["conversation"]
    asked = messages["action"] == record.LIST
    gone = np.isin(room, _left_by(evidence))
    counts = np.bincount(members["conversation"], minlength=int(room.max(initial=0)) + 1)
    return np.where(asked, evidence.people > 1, gone | (counts[room] < evidence.people))


def _left_by(evidence: Evidence) -> Column:
    """Rooms that somebody has left."""
    changes = evidence.history.tables["changes"]
    return np.asarray(changes["conversation"][changes["kind"] != JOINED])


def outside(evidence: Evidence, message: Column, person: Column) -> Column:
    """Which of these people have no business with which of these messages.

    Who has left has none with what is said from then on; who joins, with what was said before.
    """
    messages, members = evidence.messages, evidence.history.tables["members"]
    room = messages["conversation"].astype("i8") * evidence.people
    belong = members["conversation"].astype("i8") * evidence.people + members["person"]
    inside = among(np.sort(belong), room[message] + person)
    if len((changes := evidence.history.tables["changes"])["person"]):
        pairs = messages["conversation"][message], person
        inside &= gone_s(changes, pairs) > messages["time_s"][message]
    asked = (messages["action"] == record.LIST)[message]
    return np.where(asked, person != messages["actor"][message], ~inside)


GUARANTEE: Final = Guarantee(
    "isolation",
    "safety",
    "Nothing said, typed or seen in a conversation reaches anybody who is not in it.",
    "messages with somebody outside",
    judge,
)
