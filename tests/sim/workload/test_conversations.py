"""Conversations: sizes as asked, everybody somewhere, both sides of membership agree."""

import numpy as np
import pytest
from numpy.random import default_rng

from sim.workload.conversations import (
    Conversations,
    draw_conversations,
    from_pairs,
    in_tabs,
)
from sim.workload.spec import ConversationsSpec, FixedSizeSpec, ListSizeSpec, ZipfSpec


def _draw(people: int, **changes: object) -> Conversations:
    return draw_conversations(ConversationsSpec(**changes), people, default_rng(7))


def _sizes(found: Conversations) -> list[int]:
    return sorted(len(members) for members in found.members)


def test_fixed_groups_have_exactly_that_size() -> None:
    found = _draw(100, direct_share=0.0, per_person=3.0, sizes=FixedSizeSpec(size=7))
    assert set(_sizes(found)) == {7}
    assert len(found.members) == round(300 / 7)
    assert {len(own) for own in found.by_person} <= {2, 3, 4}


def test_listed_sizes_come_in_turn() -> None:
    found = _draw(40, direct_share=0.0, per_person=2.0, sizes=ListSizeSpec(sizes=(30, 5, 5)))
    assert _sizes(found) == [5, 5, 5, 5, 30, 30]


def test_a_group_of_everybody() -> None:
    found = _draw(50, direct_share=0.0, per_person=1.0, sizes=FixedSizeSpec(size=50))
    assert found.members == (tuple(range(50)),)


def test_zipf_sizes_have_the_closed_forms_mean() -> None:
    spec = ZipfSpec(exponent=2.0, max_size=50)
    sizes = _sizes(_draw(2000, direct_share=0.0, per_person=20.0, sizes=spec))
    support = np.arange(3, 51)
    share = support**-2.0 / (support**-2.0).sum()
    mean = float((support * share).sum())
    deviation = float(np.sqrt((support**2 * share).sum() - mean**2))
    assert min(sizes) == 3
    assert max(sizes) <= 50
    assert abs(np.mean(sizes) - mean) < 4 * deviation / np.sqrt(len(sizes))


def test_direct_share_is_of_a_persons_conversations() -> None:
    found = _draw(1000, direct_share=0.6, per_person=5.0, sizes=FixedSizeSpec(size=10))
    assert _sizes(found).count(2) == 1500
    assert _sizes(found).count(10) == 200
    assert {len(own) for own in found.by_person} == {5}


def test_everybody_has_somebody_to_talk_to() -> None:
    # Rounding leaves fewer places than people: the rest is paired up.
    found = _draw(29, direct_share=0.0, per_person=1.0, sizes=FixedSizeSpec(size=20))
    assert min(len(own) for own in found.by_person) == 1
    assert _sizes(found) == [2] * 5 + [20]


def test_two_people() -> None:
    found = _draw(2, per_person=1.0)
    assert set(found.members) == {(0, 1)}


def test_pairs_make_both_sides_ascending() -> None:
    found = from_pairs(np.array([1, 0, 1, 1]), np.array([2, 1, 0, 2]), people=3)
    assert found.members == ((1,), (0, 2))
    assert found.by_person == ((1,), (0,), (1,))


def test_pick_is_uniform_over_ones_own() -> None:
    found = from_pairs(np.array([0, 1, 2, 2]), np.array([0, 0, 0, 1]), people=2)
    person = np.array([0, 0, 0, 0, 1])
    luck = np.array([0.0, 0.34, 0.67, np.nextafter(1.0, 0.0), np.nextafter(1.0, 0.0)])
    assert found.pick(person, luck).tolist() == [0, 1, 2, 2, 2]


@pytest.mark.parametrize("size", [2, 9, 10])
def test_nobody_twice_in_one_conversation(size: int) -> None:
    # Ten people and 30 rounds of cards: hands often reach across two decks.
    found = _draw(10, direct_share=0.0, per_person=30.0, sizes=FixedSizeSpec(size=size))
    assert set(_sizes(found)) == {size}


def test_tabs_of_a_user_are_in_the_same_conversations_side_by_side() -> None:
    users = _draw(20, direct_share=0.5, per_person=2.0, sizes=FixedSizeSpec(size=4))
    people = in_tabs(users, 3)
    assert [tuple(sorted({p // 3 for p in room})) for room in people.members] == [*users.members]
    assert [len(room) for room in people.members] == [3 * len(room) for room in users.members]
    assert people.by_person[0] == people.by_person[2] == users.by_person[0]
    assert in_tabs(users, 1) is users
