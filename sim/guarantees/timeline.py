"""What the history knows of a message and of the people it concerns, in the order of time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from sim import history as record
from sim.guarantees.evidence import Evidence
from sim.guarantees.verdict import NO_MESSAGE, Moment, Witness
from sim.history import Column

_HIDDEN = "the client hid it as a repeat"
_LIFE = (
    ("time_s", "person {actor} acts: {action} {message} in conversation {room}"),
    ("sent_s", "{message} is handed to a channel"),
    ("accepted_s", "a server takes {message}"),
    ("told_s", "person {actor} is told OK for {message}"),
    ("failed_s", "person {actor} is told that {message} failed"),
)
_ACTIONS = {
    record.LIST: "request",
    record.SEND: "message",
    record.TYPING: "typing notice",
    record.SEEN: "seen mark",
}
_EPISODE = (
    ("cut_s", "person {person}'s connection stops working ({reason})"),
    ("noticed_s", "person {person}'s client notices"),
    ("open_s", "person {person} is connected again"),
    ("synced_s", "person {person} has caught up"),
)


def about_message(
    evidence: Evidence, message: int, person: int, what: str, others: Sequence[int] = ()
) -> Witness:
    """A witness for what `person` was shown, or not, of `message` (and of `others`)."""
    ids = [int(message), *map(int, others)]
    return Witness(
        ids[0],
        int(person),
        tuple(ids[1:]),
        what,
        cause(evidence, ids[0], int(person)),
        between(evidence, ids, [int(person)]),
    )


def about_person(
    evidence: Evidence, person: int, span_s: tuple[float, float], what: str, why: str
) -> Witness:
    """A witness for what happened to a person's connection during `span_s`."""
    moments = sorted(_of_person(evidence, person, *span_s), key=_when)
    return Witness(NO_MESSAGE, int(person), (), what, why, tuple(moments))


def between(
    evidence: Evidence, messages: Sequence[int], readers: Sequence[int]
) -> tuple[Moment, ...]:
    """Everything about these messages and readers, and the connections of all involved."""
    moments = list(_arrivals(evidence, messages, readers))
    moments += [one for message in messages for one in _of_message(evidence, message, readers)]
    start_s, end_s = min(map(_when, moments)), max(map(_when, moments))
    senders = [int(evidence.messages["actor"][message]) for message in messages]
    for person in dict.fromkeys([*senders, *readers]):
        moments += _of_person(evidence, person, start_s, end_s)
    return tuple(sorted(moments, key=_when))


def cause(evidence: Evidence, message: int, person: int) -> str:
    """Why `message` was not shown to `person`, as recorded last; empty when nothing was."""
    copies = evidence.copies
    arrived = (copies.message == message) & (copies.person == person)
    if arrived.any():
        return "" if copies.visible[arrived].any() else _HIDDEN
    for whose in (person, record.EVERYONE):
        rows = _rows(evidence, "drops", message, [whose])
        if len(rows["time_s"]):
            return record.CAUSES[rows["cause"][np.lexsort((rows["cause"], rows["time_s"]))[-1]]]
    return ""


def _arrivals(
    evidence: Evidence, messages: Sequence[int], readers: Sequence[int]
) -> Iterator[Moment]:
    """What came to these readers; of one instant, in the order in which the screen showed it."""
    rows = evidence.history.tables["deliveries"]
    rows = _pick(rows, np.isin(rows["message"], messages) & np.isin(rows["person"], readers))
    order = np.lexsort((rows["message"], rows["order"], rows["person"], rows["time_s"]))
    names = ("message", "person", "time_s", "via", "visible")
    for message, person, time_s, via, visible in zip(
        *(rows[name][order].tolist() for name in names), strict=True
    ):
        how = " (replayed)" if via == record.REPLAYED else ""
        seen = "is shown to" if visible else "arrives as a repeat and is hidden from"
        yield Moment(time_s, f"{message} {seen} person {person}{how}")


def _of_message(evidence: Evidence, message: int, readers: Sequence[int]) -> Iterator[Moment]:
    yield from _life(evidence, message)
    names = [*readers, record.EVERYONE]
    rows = _rows(evidence, "drops", message, names)
    for person, time_s, why in _tuples(rows, "person", "time_s", "cause"):
        yield Moment(time_s, f"{message} is lost for {_whom(person)}: {record.CAUSES[why]}")
    for (person,) in _tuples(_rows(evidence, "pending", message, names), "person"):
        yield Moment(evidence.end_s, f"{message} is still held for {_whom(person)}")


def _life(evidence: Evidence, message: int) -> Iterator[Moment]:
    row = {name: column[message].item() for name, column in evidence.messages.items()}
    names = {
        "message": message,
        "actor": row["actor"],
        "room": row["conversation"],
        "action": _ACTIONS[row["action"]],
    }
    for column, words in _LIFE:
        if not np.isnan(row[column]):
            yield Moment(row[column], words.format(**names))


def _of_person(evidence: Evidence, person: int, start_s: float, end_s: float) -> Iterator[Moment]:
    """Cuts and dead links of a person that reach into a span of time."""
    tables = evidence.history.tables
    rows = tables["episodes"]
    over_s = np.fmin(rows["synced_s"], evidence.end_s)
    kept = (rows["person"] == person) & (rows["cut_s"] <= end_s) & (over_s >= start_s)
    for *times_s, reason in _tuples(_pick(rows, kept), *(name for name, _ in _EPISODE), "reason"):
        names = {"person": person, "reason": record.REASONS[reason]}
        for time_s, (_, words) in zip(times_s, _EPISODE, strict=True):
            if not np.isnan(time_s):
                yield Moment(time_s, words.format(**names))
    rows = tables["outages"]
    kept = (rows["person"] == person) & (rows["start_s"] <= end_s) & (rows["end_s"] >= start_s)
    for down_s, up_s in _tuples(_pick(rows, kept), "start_s", "end_s"):
        yield Moment(down_s, f"person {person}'s network goes down")
        yield Moment(up_s, f"person {person}'s network is up again")


def _rows(evidence: Evidence, table: str, message: int, people: Sequence[int]) -> dict[str, Column]:
    rows = evidence.history.tables[table]
    return _pick(rows, (rows["message"] == message) & np.isin(rows["person"], people))


def _pick(rows: Any, kept: Column) -> dict[str, Column]:
    return {name: column[kept] for name, column in rows.items()}


def _tuples(rows: dict[str, Column], *names: str) -> list[tuple[Any, ...]]:
    """Rows as plain values, in an order that does not hang on the history's."""
    return sorted(zip(*(rows[name].tolist() for name in names), strict=True), key=str)


def _whom(person: int) -> str:
    return "everyone not yet served" if person == record.EVERYONE else f"person {person}"


def _when(moment: Moment) -> float:
    return moment.time_s
