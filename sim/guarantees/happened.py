"""What happened before what: one walk through everything that was sent, shown and listed.

A message depends on what its sender had sent, had been shown or had found in a list before sending
it, in whichever room, and on whatever that depends on in turn (happened-before: Lamport 1978). As
the messages of one sender depend on each other, what somebody knows is one message per sender, the
latest (vector clocks: Fidge 1988, Mattern 1989). Such a clock is kept of suspects alone, and only
until the last of their readers was shown them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, TypeAlias

import numpy as np

from sim import history as record
from sim.guarantees.evidence import Evidence
from sim.guarantees.listed import answers
from sim.history import Column
from sim.ordering import starts

SENT: Final = 0
SHOWN: Final = 1
LISTED: Final = 2
Step: TypeAlias = tuple[int, int, int, float]  # kind, person, message, seconds
_Clock: TypeAlias = dict[int, int]  # sender -> the latest of its messages that is known


def steps(evidence: Evidence, from_s: float, until_s: float) -> Iterator[Step]:
    """All of them within this time, in order.

    Of what happens at one instant, sending comes first: nobody answers what comes that moment.
    What one person sends at one instant is in the order in which it was recorded.
    """
    messages, seen, found = evidence.messages, evidence.first_shown, answers(evidence)
    sends = np.flatnonzero(messages["action"] == record.SEND)
    holding = np.flatnonzero(found.holds != record.NOTHING)
    kind = np.repeat([SENT, SHOWN, LISTED], [len(sends), len(seen.message), len(holding)])
    person = np.concatenate([messages["actor"][sends], seen.person, found.person[holding]])
    message = np.concatenate([sends, seen.message, found.holds[holding]])
    time_s = np.concatenate([messages["time_s"][sends], seen.time_s, found.time_s[holding]])
    place = np.concatenate([evidence.rank[sends], seen.place, found.place[holding]])
    kept = np.flatnonzero((time_s >= from_s) & (time_s <= until_s))
    order = kept[np.lexsort((message[kept], place[kept], kind[kept] > SENT, time_s[kept]))]
    yield from zip(
        *(column[order].tolist() for column in (kind, person, message, time_s)), strict=True
    )


def shown_late(evidence: Evidence, last_s: Column) -> Iterator[tuple[int, int]]:
    """Receptions (message, person) shown after something that depends on the message.

    `last_s`: per message when its last reader was shown it, for those that are suspected of having
    been overtaken, minus infinity for the others.
    """
    suspects = np.flatnonzero(np.isfinite(last_s))
    from_s, until_s = evidence.messages["time_s"][suspects].min(), last_s[suspects].max()
    rank: list[int] = evidence.rank.tolist()
    actor: list[int] = evidence.messages["actor"].tolist()
    expires_s: list[float] = _expiry_s(evidence, last_s).tolist()
    news: dict[int, _Clock] = {}  # per message: what whoever gets it knows by it, itself too
    seen: list[_Clock] = [{} for _ in range(evidence.people)]  # what nothing may come after
    lists = len(evidence.history.tables["listed"]["message"]) > 0
    known = [{} for _ in seen] if lists else seen  # besides, what lists told
    for kind, person, message, now_s in steps(evidence, from_s, until_s):
        if kind == SENT:
            live = {who: one for who, one in known[person].items() if expires_s[one] >= now_s}
            if expires_s[message] >= now_s:
                live[person] = message
            if live:
                news[message] = live
                _learn(known[person], live, rank)
            continue
        if kind == SHOWN:
            latest = seen[person].get(actor[message])
            if latest is not None and rank[latest] >= rank[message]:
                yield message, person
        if (told := news.get(message)) is not None:
            _learn(known[person], told, rank)
            if lists and kind == SHOWN:
                _learn(seen[person], told, rank)


def _learn(clock: _Clock, told: _Clock, rank: list[int]) -> None:
    for who, one in told.items():
        before = clock.get(who)
        if before is None or rank[before] < rank[one]:
            clock[who] = one


def _expiry_s(evidence: Evidence, last_s: Column) -> Column:
    """Per message: when the last suspect of its sender up to it has been shown to its last reader.

    Afterwards nobody needs to know of it any more.
    """
    actor = evidence.messages["actor"]
    order = np.lexsort((evidence.rank, actor))
    times_s, place = np.unique(last_s[order], return_inverse=True)
    group = np.cumsum(starts(actor[order])) * len(times_s)
    expires_s = np.empty(len(last_s))
    expires_s[order] = times_s[np.maximum.accumulate(group + place) - group]
    return expires_s


def chain(evidence: Evidence, message: int, reader: int) -> list[int]:
    """From a message that was shown late to the first that depends on it and was shown to `reader`
    before it: the sender of each knew the one before."""
    heard: dict[int, int] = {int(evidence.messages["actor"][message]): message}
    before: dict[int, int] = {}
    begun_s = float(evidence.messages["time_s"][message])
    for kind, person, one, _ in steps(evidence, begun_s, np.inf):
        if kind == SENT:
            if person in heard and one != message:
                before[one] = heard[person]
        elif one == message or one in before:
            if kind == SHOWN and person == reader and one != message:
                return _back(before, one)
            heard.setdefault(person, one)
    raise AssertionError(f"message {message} was not shown late to person {reader}")


def _back(before: dict[int, int], last: int) -> list[int]:
    found = [last]
    while found[0] in before:
        found.insert(0, before[found[0]])
    return found
