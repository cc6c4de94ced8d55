"""What happened before what: one walk through everything that was sent, shown and listed.

A message depends on what its sender had sent, had been shown or had found in a list before sending
it, in whichever room, and on whatever that depends on in turn (happened-before: Lamport 1978). What
somebody knows is a set of suspects, a bit each of one integer, and only of those that some reader
has still to be shown; what came in between is looked at when its reader says something and not
before.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, TypeAlias

import numpy as np

from sim import history as record
from sim.guarantees.evidence import Copies, Evidence
from sim.guarantees.listed import Answers, answers
from sim.history import Column
from sim.ordering import in_order, starts
from sim.spans import whole_us

SENT: Final = 0
SHOWN: Final = 1
LISTED: Final = 2
Step: TypeAlias = tuple[int, int, int, float]  # kind, person, message, seconds
AT_ONCE: Final = 1024  # suspects: what somebody knows is then 128 bytes at most
_Known: TypeAlias = int  # a set of suspects: a bit for each, by number


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


def shown_late(evidence: Evidence, suspects: Column) -> Iterator[int]:
    """Those of these rows of `evidence.screens` that were shown after something that depends on
    what they showed.

    Suspects are looked for together, so many at a time that what somebody knows of them stays
    small, in the order of sending: each walk is through the time in which they were on their way.
    """
    screens = evidence.screens
    checks = suspects[in_order(evidence.rank[screens.message[suspects]])]
    number = np.cumsum(starts(screens.message[checks])) - 1
    edges = np.searchsorted(number, np.arange(0, len(checks) and number[-1] + 1, AT_ONCE))
    shown, listed = _Feed.shown(evidence), _Feed.listed(evidence)
    for part in np.split(checks, edges[1:]) if len(checks) else ():
        yield from _walked(evidence, part, shown, listed)


def _walked(evidence: Evidence, rows: Column, shown: _Feed, listed: _Feed) -> Iterator[int]:
    """The same for rows of few messages, in one walk."""
    screens, sent_s = evidence.screens, evidence.messages["time_s"]
    checks = rows[np.lexsort((screens.place[rows], screens.time_s[rows]))]
    bit, forget = _bits(screens.message[checks], checks)
    from_s = float(sent_s[screens.message[checks]].min())
    on_screens, in_lists = _Inbox(shown, from_s), _Inbox(listed, from_s)
    said: list[_Known] = [0] * evidence.people  # what everybody's own messages were told by
    news: dict[int, _Known] = {}  # by message: what whoever gets it knows by it, itself too
    alive: _Known = 0
    for is_check, person, message, row, page in _events(evidence, from_s, checks, shown, listed):
        if is_check:
            if on_screens.known(person, row, news) >> bit[message] & 1:
                yield row
            alive &= ~forget.get(row, 0)
        elif alive or message in bit:
            known = said[person] | on_screens.known(person, row, news)
            if page:
                known |= in_lists.known(person, page, news)
            known &= alive
            if message in bit:
                alive |= 1 << bit[message]
                known |= 1 << bit[message]
            if known:
                news[message] = said[person] = known


def _bits(message: Column, rows: Column) -> tuple[dict[int, int], dict[int, _Known]]:
    """The number of each suspect, and by row what nobody needs to know of after it."""
    suspects: list[int] = message.tolist()
    bit = {one: number for number, one in enumerate(dict.fromkeys(suspects))}
    last = dict(zip(suspects, rows.tolist(), strict=True))
    return bit, {row: 1 << bit[one] for one, row in last.items()}


class _Feed:
    """What people were shown, or found in lists, by person and time."""

    def __init__(self, rows: Copies | Answers, message: Column, evidence: Evidence):
        self.people = evidence.people
        self.message: list[int] = message.tolist()
        # People side by side on one integer axis, so that one search serves everybody.
        latest_s = max(evidence.end_s, rows.time_s.max(initial=0.0))
        self._span_us = int(whole_us(np.array([latest_s]))[0]) + 1
        self._axis = self._on_axis(rows.person, rows.time_s)

    @classmethod
    def shown(cls, evidence: Evidence) -> _Feed:
        """What screens showed."""
        return cls(evidence.screens, evidence.screens.message, evidence)

    @classmethod
    def listed(cls, evidence: Evidence) -> _Feed:
        """What was in the lists that they showed."""
        found = answers(evidence)
        holding = np.flatnonzero(found.holds != record.NOTHING)
        found = found.where(holding[np.lexsort((found.time_s[holding], found.person[holding]))])
        return cls(found, found.holds, evidence)

    def _on_axis(self, person: Column, time_s: Column) -> Column:
        return np.asarray(person.astype("i8") * self._span_us + whole_us(time_s))

    def before(self, person: Column, time_s: Column) -> Column:
        """The rows up to which each of these got to know what they did before these times."""
        return np.searchsorted(self._axis, self._on_axis(person, time_s))


class _Inbox:
    """The news that a feed has brought to each person since some time."""

    def __init__(self, feed: _Feed, from_s: float) -> None:
        self._message = feed.message
        everybody = np.arange(feed.people)
        self._next = feed.before(everybody, np.full(feed.people, from_s)).tolist()
        self._known: list[_Known] = [0] * feed.people

    def known(self, person: int, row: int, news: Mapping[int, _Known]) -> _Known:
        """What the person knows by what came up to this row; rows are asked for in order."""
        known = self._known[person]
        for message in self._message[self._next[person] : row]:
            if message in news:
                known |= news[message]
        self._next[person], self._known[person] = row, known
        return known


def _events(
    evidence: Evidence, from_s: float, checks: Column, shown: _Feed, listed: _Feed
) -> Iterator[tuple[bool, int, int, int, int]]:
    """What is sent from a time on and what has to be checked, in order; of one instant, sending
    first.

    Of each: whether it is a check, the person, the message, and how many rows of what was shown,
    and of what was listed, came to the person before.
    """
    screens, messages = evidence.screens, evidence.messages
    until_s = screens.time_s[checks[-1]]
    is_within = (messages["time_s"] >= from_s) & (messages["time_s"] <= until_s)
    sends = np.flatnonzero(is_within & (messages["action"] == record.SEND))
    sender, sent_s = messages["actor"][sends], messages["time_s"][sends]
    is_check = np.repeat([False, True], [len(sends), len(checks)])
    place = np.concatenate([evidence.rank[sends], np.arange(len(checks))])
    order = np.lexsort((place, is_check, np.concatenate([sent_s, screens.time_s[checks]])))
    columns = (
        is_check,
        np.concatenate([sender, screens.person[checks]]),
        np.concatenate([sends, screens.message[checks]]),
        np.concatenate([shown.before(sender, sent_s), checks]),
        np.concatenate([listed.before(sender, sent_s), np.zeros(len(checks), dtype="i8")]),
    )
    yield from zip(*(column[order].tolist() for column in columns), strict=True)


def chain(evidence: Evidence, message: int, reader: int) -> list[int]:
    """From a message that was shown late to the first that depends on it and was shown to `reader`
    before it: the sender of each knew the one before."""
    heard: dict[int, int] = {int(evidence.messages["actor"][message]): message}
    before: dict[int, int] = {}
    begun_s = float(evidence.messages["time_s"][message])
    until_s = float(evidence.shown_s(np.array([message]), np.array([reader]))[0])
    for kind, person, one, _ in steps(evidence, begun_s, until_s):
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
