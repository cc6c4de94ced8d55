"""Many at once: one answer for a group, and as many as the queue holds."""

import numpy as np
from stormy import begin

from models.storms import calendar, crowds, nodes, rows
from models.storms.loop import taken


def grouped(made, lane, count, until_s):
    for one in range(count):
        made.clients[one]["stage"] = rows.KNOWN
        made.clients[one]["until_s"] = until_s
        calendar.joined(made, lane, 1.024, (one, one, until_s))
    return taken(made.group_ring, made.groups, int(1.024 * rows.BUCKETS_A_SECOND))


def test_a_full_queue_is_silent_to_all_and_they_stay_together():
    made = begin()
    for _ in range(made.whole[rows.BACKLOG]):
        nodes.queued(made, 0, 99.0)
    crowds.syns_arrive(made, grouped(made, 1, 4, 9.0))
    assert np.count_nonzero(made.group_ring[:, 0] != rows.NOBODY) == 1
    assert made.open_groups[2].max() != rows.NOBODY


def test_whoever_gives_up_before_the_next_one_leaves_the_group():
    made = begin()
    for _ in range(made.whole[rows.BACKLOG]):
        nodes.queued(made, 0, 99.0)
    crowds.syns_arrive(made, grouped(made, 1, 4, 1.5))
    assert made.whole[rows.TIMED_OUT] == 4


def test_as_many_acks_get_in_as_there_is_room_for():
    made = begin()
    for _ in range(made.whole[rows.BACKLOG] - 2):
        nodes.queued(made, 0, 99.0)
    made.queues.free[:] = 50.0  # busy: nobody is taken out of the queue
    crowds.acks_arrive(made, grouped(made, rows.SYN_ACK_LANE, 4, 20.0))
    assert made.open_groups[rows.SYN_ACK_LANE + 1].max() != rows.NOBODY
    assert nodes.in_queue(made, 0, 1.1) == made.whole[rows.BACKLOG]


def test_with_the_last_node_gone_every_address_is_as_good():
    made = begin()
    crowds.lists(made, 0, False)
    assert made.whole[rows.LISTED] == 1


def test_a_crash_is_heard_of_at_once_however_long_the_queue_was():
    made = begin()
    client = made.clients[0]
    client["stage"], client["until_s"] = rows.ASKS, 9.0
    calendar.put(made, 0, 3.5)  # its answer would have come then
    crowds.strike(made, rows.BUCKETS_A_SECOND)
    assert client["stage"] == rows.KNOCKS
    assert 1.0 < client["time_s"] < 1.0 + 5.0 + 0.1  # websockets: anything up to 5 s
    assert made.whole[rows.BROKEN_OFF] == 1
    assert taken(made.ring, made.clients, 7 * rows.BUCKETS_A_SECOND // 2) == rows.NOBODY
