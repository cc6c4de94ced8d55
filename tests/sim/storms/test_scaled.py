"""A smaller storm is the same storm."""

import pytest
from stormy import crash, world

import sim
from models.storms.play import play
from sim.storms.question import CRASHES, Fault, Storm
from sim.storms.scaled import slowed, smaller, times_slower


def test_a_smaller_crowd_has_as_many_clients_a_node_and_loses_the_same_share():
    faults = tuple(Fault(1.0, CRASHES, node) for node in range(8))
    small = smaller(Storm(1_000_000, 40, faults), 300_000)
    assert (small.clients, small.nodes, len(small.faults)) == (250_000, 10, 2)
    odd = smaller(Storm(1_000_000, 41, faults[:7]), 300_000)
    assert odd.nodes == 41


CASES = {
    "refused": ("full-websocket", {}),
    "in step": ("mqtt-qos1", {"servers__accept_backlog": 4_000}),
    "few let in": ("full-websocket", {"servers__admissions_per_s": 400.0}),
    "passwords": ("full-websocket", {"authenticator__check_s": 0.01, "authenticator__cores": 30}),
    "a slow store": ("hybrid-cursor", {"store__reads_per_s": 1_500.0}),
}


@pytest.mark.parametrize("name", CASES)
def test_a_tenth_at_nodes_ten_times_as_slow_is_back_after_as_long(name):
    design, changes = CASES[name]
    scenario = world(servers__cores=1, **changes)
    whole = Storm(40_000, 2, crash(2, 3.0), horizon_s=120)
    storms = [(whole, scenario), slowed(whole, scenario, 10)]
    many, few = (play(storm, sim.designs()[design], world) for storm, world in storms)
    for share in (0.5, 0.95, 0.99):
        assert few.back_after_s(share) == pytest.approx(many.back_after_s(share), rel=0.05)
    assert few.attempts == pytest.approx(many.attempts / 10, rel=0.03)


def test_nodes_are_as_slow_as_queues_and_luck_bear():
    storm = Storm(1_000_000, 40, crash(1, None))
    assert times_slower(storm, world(), 10.0) == 20
    assert times_slower(storm, world(servers__accept_backlog=100), 10.0) == 5
    assert times_slower(storm, world(authenticator__check_s=0.05), 10.0) == 10
    assert times_slower(Storm(30_000, 40, crash(1, None)), world(), 10.0) == 1
