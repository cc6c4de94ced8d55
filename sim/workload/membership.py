"""Who joins, leaves and is removed from conversations, and when: drawn before a run.

Changes come at constant rates in each group of three and more. Nobody comes back to a conversation
they have left, and the last two stay. `Workload.members` has everybody who is ever in a room; what
somebody would do in a room at a time at which they are not in it is not done.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import IntEnum
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.random import Generator

from sim import members as codes
from sim.workload.conversations import Conversations, from_pairs

if TYPE_CHECKING:
    from sim.workload.people import MembershipSpec

SMALLEST = 3
"""A conversation of two has no others that could remove anybody."""


class Kind(IntEnum):
    """Codes as stored in the history's table of changes."""

    JOINED = codes.JOINED
    LEFT = codes.LEFT
    """By their own will: their client knows at once."""
    REMOVED = codes.REMOVED
    """By somebody else: their client has to be told."""


class Change(NamedTuple):
    """One person's membership of one conversation begins or ends at `time_s`.

    `defiant`: the person's client keeps what it has when it is told to let go.
    """

    time_s: float
    room: int
    person: int
    kind: Kind
    defiant: bool = False

    @property
    def joins(self) -> bool:
        """Whether it begins."""
        return self.kind is Kind.JOINED


def draw_changes(
    spec: MembershipSpec, talk: Conversations, until_s: float, generator: Generator
) -> tuple[Change, ...]:
    """Changes of all conversations before `until_s`, by time."""
    found: list[Change] = []
    for room, members in enumerate(talk.members):
        if len(members) >= SMALLEST:
            found += _in_room(spec, room, members, len(talk.by_person), until_s, generator)
    return tuple(sorted(found))


def _in_room(
    spec: MembershipSpec, room: int, members: Sequence[int], people: int, until_s: float,
    generator: Generator,
) -> Iterator[Change]:  # fmt: skip
    rates = [spec.joins_per_minute, spec.leaves_per_minute, spec.removals_per_minute]
    each_s = 60.0 / sum(rates)
    present, never = list(members), sorted({*range(people)} - {*members})
    time_s = generator.exponential(each_s)
    while time_s < until_s:
        kind = Kind(int(generator.choice(3, p=np.array(rates) / sum(rates))))
        joins = kind is Kind.JOINED
        whom, least = (never, 1) if joins else (present, SMALLEST)
        luck, defies = generator.random(2)
        if len(whom) >= least:
            person = whom.pop(int(luck * len(whom)))
            defiant = kind is Kind.REMOVED and bool(defies < spec.defiant_share)
            yield Change(float(time_s), room, person, kind, defiant)
            if joins:
                present.append(person)
        time_s += generator.exponential(each_s)


def with_joiners(talk: Conversations, changes: Sequence[Change]) -> Conversations:
    """The same with everybody who ever joins among the members."""
    joiners = [(one.room, one.person) for one in changes if one.joins]
    if not joiners:
        return talk
    pairs = [(room, person) for room, people in enumerate(talk.members) for person in people]
    rooms, people = np.array([*pairs, *joiners]).T
    return from_pairs(rooms, people, len(talk.by_person))
