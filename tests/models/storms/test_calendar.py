"""The calendar: order within a bucket, far buckets, groups that grow and end."""

import numpy as np
from stormy import begin

from models.storms import calendar, rows
from models.storms.loop import taken


def members(state, lists, place):
    return list(iter(lambda: taken(lists, state.clients, place), rows.NOBODY))


def test_a_bucket_gives_back_in_the_order_of_putting():
    made = begin()
    for one in (3, 1, 2):
        calendar.put(made, one, 0.5)
    assert members(made, made.ring, 512) == [3, 1, 2]
    assert members(made, made.ring, 512) == []


def test_what_is_far_comes_into_reach_with_its_second():
    made = begin()
    calendar.put(made, 4, 17.25)
    assert (made.ring == rows.NOBODY).all()
    calendar.sweep(made, 17)
    assert members(made, made.ring, (17 * 1024 + 256) % rows.RING) == [4]


def test_beyond_the_horizon_nothing_is_booked():
    made = begin()
    calendar.put(made, 4, 20.0)
    assert (made.ring == rows.NOBODY).all()
    assert (made.far == rows.NOBODY).all()


def test_nothing_happens_before_the_present_bucket():
    made = begin()
    made.whole[rows.BUCKET] = 700
    calendar.put(made, 4, 0.5)
    assert members(made, made.ring, 700) == [4]


def test_those_of_one_instant_are_one_group_and_give_up_as_the_first_does():
    made = begin()
    calendar.joined(made, 1, 1.024, (0, 0, 9.0))
    calendar.joined(made, 1, 1.024, (2, 2, 8.0))
    calendar.joined(made, 1, 1.056, (3, 3, 7.0))
    group = taken(made.group_ring, made.groups, int(1.024 * 1024))
    assert made.groups[group]["until_s"] == 8.0
    one = calendar.dissolved(made, group)
    assert (one, int(made.clients[one]["next"])) == (0, 2)
    assert made.whole[rows.FREE_GROUP] == group
    assert np.count_nonzero(made.group_ring[:, 0] != rows.NOBODY) == 1
