"""The calendar: order within a bucket, far buckets, groups that grow and end."""

import numpy as np
from stormy import begin

from models.storms import calendar, rows
from models.storms.loop import taken
from sim.transport.tcp import wheel_fire_s


def members(state, lists, place):
    return list(iter(lambda: taken(lists, state.clients, place), rows.NOBODY))


def test_a_bucket_gives_back_in_the_order_of_putting():
    made = begin()
    for one in (3, 1, 2):
        calendar.put(made, one, 0.5)
    assert members(made, made.ring, rows.BUCKETS_A_SECOND // 2) == [3, 1, 2]
    assert members(made, made.ring, rows.BUCKETS_A_SECOND // 2) == []


def test_what_is_far_comes_into_reach_with_its_second():
    made = begin()
    calendar.put(made, 4, 17.25)
    assert (made.ring == rows.NOBODY).all()
    calendar.sweep(made, 17)
    assert members(made, made.ring, int(17.25 * rows.BUCKETS_A_SECOND) % rows.RING) == [4]


def test_beyond_the_horizon_nothing_is_booked():
    made = begin()
    calendar.put(made, 4, 20.0)
    assert (made.ring == rows.NOBODY).all()
    assert (made.far == rows.NOBODY).all()


def test_nothing_happens_before_the_present_bucket():
    made = begin()
    made.whole[rows.BUCKET] = 10_000
    calendar.put(made, 4, 0.5)
    assert members(made, made.ring, 10_000) == [4]


def test_those_of_one_instant_are_one_group_and_give_up_as_the_first_does():
    made = begin()
    calendar.joined(made, 1, 1.024, (0, 0, 9.0))
    calendar.joined(made, 1, 1.024, (2, 2, 8.0))
    calendar.joined(made, 1, 1.056, (3, 3, 7.0))
    group = taken(made.group_ring, made.groups, int(1.024 * rows.BUCKETS_A_SECOND))
    assert made.groups[group]["until_s"] == 8.0
    one = calendar.dissolved(made, group)
    assert (one, int(made.clients[one]["next"])) == (0, 2)
    assert made.whole[rows.FREE_GROUP] == group
    assert np.count_nonzero(made.group_ring[:, 0] != rows.NOBODY) == 1


def test_clients_of_two_instants_that_come_by_turns_are_two_groups():
    made = begin()
    for one in range(6):
        calendar.joined(made, 1, (1.024, 1.056)[one % 2], (one, one, 9.0))
    groups = [group for group in range(len(made.groups)) if made.groups[group]["head"] >= 0]
    assert [made.groups[group]["due_s"] for group in groups] == [1.024, 1.056]
    first = calendar.dissolved(made, groups[0])
    assert (first, *(int(made.clients[one]["next"]) for one in (0, 2, 4))) == (0, 2, 4, rows.NOBODY)


def test_an_emptied_group_takes_newcomers():
    made = begin()
    calendar.joined(made, 1, 1.024, (0, 0, 2.0))
    calendar.emptied(made, 0)
    calendar.joined(made, 1, 1.024, (3, 3, 9.0))
    assert (made.groups[0]["head"], made.groups[0]["until_s"]) == (3, 9.0)
    assert made.groups[1]["head"] == rows.NOBODY


def test_there_is_room_for_every_group_that_can_be_under_way():
    made = begin()
    lanes = [*made.syn_ticks, *made.syn_ack_ticks]
    under_way = 0
    for ticks in lanes:
        due_s = [wheel_fire_s(0.004 * tick, int(ticks)) for tick in range(30_000)]
        waiting = [due_s[tick] for tick in range(30_000) if due_s[tick] >= 29_999 * 0.004]
        under_way += len(set(waiting))
    assert 0.5 * len(made.groups) < under_way <= len(made.groups)
