"""A node's accept queue, its pings, and who is sent to it."""

from collections import Counter

import numpy as np
import pytest
from stormy import begin

from models.storms import nodes, rows


def test_those_taken_leave_the_accept_queue():
    made = begin()
    for taken_s in (1.0, 2.0, 3.0):
        nodes.queued(made, 0, taken_s)
    assert [nodes.in_queue(made, 0, now_s) for now_s in (0.5, 2.0, 9.0)] == [3, 1, 0]


def test_work_for_dials_is_counted_and_waits_its_turn():
    made = begin()
    cores = 1
    done_s = [nodes.works(made, 0, 1.0, 0.5) for _ in range(2 * cores)]
    assert done_s[-1] - done_s[0] >= 0.5 * (len(done_s) - 1)
    assert made.real[rows.SPENT_S] == 0.5 * len(done_s)


def test_pings_cost_by_connection():
    made = begin(clients=1000)
    before = made.queues.busy.sum()
    nodes.beats(made, 1.0)
    waking = made.queues.row[made.nodes[0, rows.ROW] + 9]
    spent = made.queues.busy.sum() - before - waking
    assert spent == pytest.approx(1000 * made.real[rows.BEAT_S] / rows.BEATS_A_SECOND)


def test_a_name_gives_any_address_and_the_same_to_the_same():
    made = begin(clients=5000)._replace(listed=np.arange(5))
    made.whole[rows.LISTED], made.whole[rows.BALANCER] = 5, rows.DNS
    found = Counter(nodes.chosen(made, one, 2.0) for one in range(5000))
    assert all(abs(count - 1000) < 150 for count in found.values())  # five standard deviations
    assert nodes.chosen(made, 7, 2.0) == nodes.chosen(made, 7, 2.0)
