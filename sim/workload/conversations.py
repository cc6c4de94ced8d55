"""Who talks with whom: direct and group conversations, dealt like cards.

Everybody is in nearly the same number of conversations and meets strangers uniformly; circles of
friends, and people who know everybody, are left out.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from sim.workload.sessions import Floats, Ints
from sim.workload.spec import (
    ConversationsSpec,
    FixedSizeSpec,
    ListSizeSpec,
    OneWayPairsSpec,
    ZipfSpec,
)


@dataclass(frozen=True, slots=True, eq=False)
class Conversations:
    """Membership from both sides, ids ascending."""

    members: tuple[tuple[int, ...], ...]
    by_person: tuple[tuple[int, ...], ...]

    def pick(self, person: Ints, luck: Floats) -> Ints:
        """For each person one of his conversations, all equally likely; luck in [0, 1)."""
        counts = np.array([len(own) for own in self.by_person], dtype=np.int64)
        flat = np.array([c for own in self.by_person for c in own], dtype=np.int64)
        first = np.cumsum(counts) - counts
        return np.asarray(flat[first[person] + (luck * counts[person]).astype(np.int64)])


def from_pairs(conversation: Ints, person: Ints, people: int) -> Conversations:
    """Conversations from (conversation, person) rows in any order; repeated rows count once."""
    pairs = np.unique(np.asarray(conversation, dtype=np.int64) * people + person)
    conversation, person = np.divmod(pairs, people)
    members = _grouped(conversation, person, int(conversation[-1]) + 1)
    order = np.argsort(person, kind="stable")
    return Conversations(members, _grouped(person[order], conversation[order], people))


def in_tabs(users: Conversations, tabs: int) -> Conversations:
    """The same with every user as so many people in a row.

    >>> in_tabs(Conversations(((0, 2),), ((0,), (), (0,))), 2).members
    ((0, 1, 4, 5),)
    """
    if tabs == 1:
        return users
    members = tuple(
        tuple(user * tabs + tab for user in room for tab in range(tabs)) for room in users.members
    )
    return Conversations(members, tuple(own for own in users.by_person for _ in range(tabs)))


def draw_conversations(spec: ConversationsSpec, people: int, generator: Generator) -> Conversations:
    """Conversations of at least two people, about `per_person` each and at least one."""
    if isinstance(spec.sizes, OneWayPairsSpec):
        return _one_way_pairs(people)
    places = spec.per_person * people
    sizes = np.concatenate(
        (
            _group_sizes(spec.sizes, places * (1.0 - spec.direct_share), people, generator),
            np.full(round(places * spec.direct_share / 2), 2),
        )
    )
    missing = max(0, people - int(sizes.sum()))  # one round of cards serves everybody
    sizes = np.concatenate((sizes, np.full(math.ceil(missing / 2), 2)))
    sizes = generator.permutation(sizes)
    person = _deal(sizes.tolist(), people, generator)
    return from_pairs(np.repeat(np.arange(len(sizes)), sizes), person, people)


def _one_way_pairs(people: int) -> Conversations:
    """Conversation i: person i of the first half and his reader in the second."""
    half = people // 2
    person = np.arange(2 * half)
    return from_pairs(person % half, person, people)


def _group_sizes(
    spec: ZipfSpec | FixedSizeSpec | ListSizeSpec, places: float, people: int, generator: Generator
) -> Ints:
    """Sizes whose sum comes as near to `places` as the next group allows."""
    match spec:
        case ZipfSpec():
            sizes = _zipf(spec, places, people, generator)
        case FixedSizeSpec():
            sizes = np.full(math.ceil(places / spec.size), spec.size)
        case ListSizeSpec():
            rounds = math.ceil(places / sum(spec.sizes))
            sizes = np.tile(np.array(spec.sizes), rounds)
    sums = np.concatenate(([0], np.cumsum(sizes)))
    return np.asarray(sizes[: int(np.argmin(np.abs(sums - places)))])


def _zipf(spec: ZipfSpec, places: float, people: int, generator: Generator) -> Ints:
    largest = min(spec.max_size, people)
    support = np.arange(min(3, largest), largest + 1)  # two people are a direct conversation
    share = support.astype(np.float64) ** -spec.exponent
    edges = np.cumsum(share / share.sum())[:-1]
    sizes = np.empty(0, dtype=np.int64)
    while sizes.sum() < places:
        block = generator.random(1024)
        sizes = np.concatenate((sizes, support[np.searchsorted(edges, block, side="right")]))
    return sizes


def _deal(sizes: Sequence[int], people: int, generator: Generator) -> Ints:
    """Hands of the given sizes from one shuffled deck after another, nobody twice in a hand."""
    deck, top = generator.permutation(people), 0
    hands = []
    for size in sizes:
        hand, top = deck[top : top + size], top + size
        if len(hand) < size:
            deck = generator.permutation(people)
            held = np.isin(deck, hand)
            deck = np.concatenate((deck[~held], deck[held]))
            top = size - len(hand)
            hand = np.concatenate((hand, deck[:top]))
        hands.append(hand)
    return np.concatenate(hands)


def _grouped(key: Ints, value: Ints, keys: int) -> tuple[tuple[int, ...], ...]:
    edges = np.searchsorted(key, np.arange(keys + 1)).tolist()
    values = value.tolist()
    return tuple(tuple(values[edges[k] : edges[k + 1]]) for k in range(keys))
