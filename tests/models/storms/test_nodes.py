"""A node's accept queue, its pings, and who is sent to it."""

from collections import Counter
from types import SimpleNamespace

import numpy as np
import pytest
from stormy import begin

from models.servers.balancer import Balancer
from models.storms import nodes, play, rows
from sim.core.queues import WAKE_MAX_S


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


def pings_in(made, beats):
    before = made.queues.busy.sum()
    for beat in beats:
        nodes.beats(made, beat, 1.0)  # at one moment, so that nobody has to wake up for each
    waking_s = made.queues.row[made.nodes[0, rows.ROW] + WAKE_MAX_S]
    return round((made.queues.busy.sum() - before - waking_s) / made.real[rows.PING_S])


def test_everybody_pings_once_in_an_interval_from_both_ends():
    assert pings_in(begin(clients=1000), range(20 * rows.BEATS_A_SECOND)) == 2000


def test_a_newcomer_pings_an_interval_after_it_has_opened():
    made = begin(clients=1000)
    nodes.nobody_pings(made, 0)
    made.whole[rows.BUCKET] = 3 * rows.BUCKETS_A_SECOND
    nodes.begins_to_ping(made, 0)
    opened, later = 3 * rows.BEATS_A_SECOND, 23 * rows.BEATS_A_SECOND
    assert pings_in(made, range(opened + 1, later + 1)) == 2


def test_a_name_gives_any_address_and_the_same_to_the_same():
    made = begin(clients=5000)._replace(listed=np.arange(5))
    made.whole[rows.LISTED], made.whole[rows.BALANCER] = 5, rows.DNS
    found = Counter(nodes.chosen(made, one, 2.0) for one in range(5000))
    assert all(abs(count - 1000) < 150 for count in found.values())  # five standard deviations
    assert nodes.chosen(made, 7, 2.0) == nodes.chosen(made, 7, 2.0)


@pytest.mark.parametrize("policy", ["round-robin", "least-connections", "sticky"])
def test_dials_go_where_the_balancer_of_the_exact_engine_sends_them(policy):
    made = begin(clients=60)._replace(listed=np.array([0, 1, 3, 4]))
    made = made._replace(nodes=np.zeros((5, rows.NODE_COLUMNS), np.int64))
    made.nodes[:, rows.CONNECTIONS] = [4, 9, 0, 2, 9]
    made.whole[rows.LISTED], made.whole[rows.BALANCER] = 4, play.SPREADS[policy]
    exact = [
        SimpleNamespace(index=node, accepting=node != 2, listening=True, connections=[0] * count)
        for node, count in enumerate(made.nodes[:, rows.CONNECTIONS])
    ]
    balancer = Balancer(SimpleNamespace(proxy=None, health=None), exact, policy)
    for one in range(60):
        node = nodes.chosen(made, one, 2.0)
        assert node == balancer.pick(one).index
        made.nodes[node, rows.CONNECTIONS] += 1
        exact[node].connections.append(one)
