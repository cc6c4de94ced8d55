"""Joins, leaves and removals: drawn at their rates, and nobody acts where they are not."""

import numpy as np
import pytest
from numpy.random import default_rng

from sim.streams import Streams
from sim.workload.build import build
from sim.workload.conversations import Conversations, from_pairs
from sim.workload.membership import Change, Kind, draw_changes, with_joiners
from sim.workload.people import MembershipSpec
from sim.workload.spec import WorkloadSpec

PEOPLE = 4000


def talk(room=3900, rooms=1):
    pairs = np.array([(r, p) for r in range(rooms) for p in range(room)])
    return from_pairs(pairs[:, 0], pairs[:, 1], PEOPLE)


def test_changes_come_at_their_rates():
    spec = MembershipSpec(joins_per_minute=1.0, leaves_per_minute=2.0, removals_per_minute=4.0)
    found = draw_changes(spec, talk(room=2000, rooms=2), 60.0 * 200.0, default_rng(1))
    counts = {kind: sum(one.kind is kind for one in found) / 400 for kind in Kind}
    for kind, rate in zip(Kind, (1.0, 2.0, 4.0), strict=True):
        assert counts[kind] == pytest.approx(rate, abs=5 * (rate / 400) ** 0.5)
    assert list(found) == sorted(found)


def test_the_last_two_stay_and_nobody_comes_back():
    spec = MembershipSpec(joins_per_minute=5.0, removals_per_minute=60.0)
    found = draw_changes(spec, talk(room=30), 3600.0, default_rng(2))
    inside, seen = {*range(30)}, {*range(30)}
    for one in found:
        if one.kind is Kind.JOINED:
            assert one.person not in seen
            inside.add(one.person)
            seen.add(one.person)
        else:
            inside.remove(one.person)
            assert len(inside) >= 2
    assert len(found) > 100


def test_pairs_do_not_change_and_a_share_is_defiant():
    spec = MembershipSpec(removals_per_minute=10.0, defiant_share=0.3)
    assert draw_changes(spec, talk(room=2), 3600.0, default_rng(3)) == ()
    found = draw_changes(spec, talk(), 60.0 * 300, default_rng(3))
    share = sum(one.defiant for one in found) / len(found)
    assert share == pytest.approx(0.3, abs=5 * (0.21 / len(found)) ** 0.5)


def test_who_joins_is_among_the_members():
    before = Conversations(((0, 1, 2),), ((0,), (0,), (0,), ()))
    after = with_joiners(before, [Change(5.0, 0, 3, Kind.JOINED)])
    assert after.members == ((0, 1, 2, 3),)
    assert after.by_person == ((0,), (0,), (0,), (0,))
    assert with_joiners(before, [Change(5.0, 0, 2, Kind.LEFT)]) is before


def test_nobody_acts_where_they_are_not():
    spec = WorkloadSpec.model_validate(
        {
            "people": {"count": 30},
            "conversations": {"direct_share": 0.3, "sizes": {"kind": "fixed", "size": 10}},
            "membership": {"joins_per_minute": 5, "removals_per_minute": 5},
        }
    )
    whole = build(spec, Streams(3, 0), 300.0)
    assert len(whole.changes) > 50
    joined = {(c.room, c.person): c.time_s for c in whole.changes if c.kind is Kind.JOINED}
    gone = {(c.room, c.person): c.time_s for c in whole.changes if c.kind is not Kind.JOINED}
    rows = zip(whole.conversation, whole.actor, whole.time_s, strict=True)
    for room, person, time_s in rows:
        assert person in whole.members[room]
        assert joined.get((room, person), -1.0) <= time_s < gone.get((room, person), 1e9)


def test_without_changes_nothing_is_touched():
    plain = build(WorkloadSpec.model_validate({"people": {"count": 10}}), Streams(3, 0), 60.0)
    assert plain.changes == ()
