"""The balancer: three policies, and how long it takes to see that a node is dead."""

from collections import Counter

import pytest
from stage import Stage

from models.servers.balancer import UNHEALTHY_AFTER_S, Balancer


class Attached:
    """A connection that does nothing."""

    def node_crashed(self):
        pass

    node_lost = node_drains = node_crashed


@pytest.fixture
def stage():
    return Stage("full-websocket", joins=False, servers={"gateways": 4, "api_nodes": 1})


def balancer(stage, policy):
    return Balancer(stage.world, stage.world.gateways, policy)


def picks(balancer, count, person=0):
    return [balancer.pick(person).index for _ in range(count)]


def test_round_robin_takes_nodes_in_turn(stage):
    assert picks(balancer(stage, "round-robin"), 6) == [0, 1, 2, 3, 0, 1]


def test_least_connections_takes_the_emptiest_and_the_first_of_equals(stage):
    chosen = balancer(stage, "least-connections")
    assert picks(chosen, 2) == [0, 0]
    for index in (0, 0, 1, 3):
        stage.gateways[index].connections[Attached()] = None
    assert picks(chosen, 1) == [2]
    stage.gateways[2].connections[Attached()] = None
    assert picks(chosen, 1) == [1]


def test_sticky_gives_a_person_the_same_node(stage):
    chosen = balancer(stage, "sticky")
    assert [picks(chosen, 3, person) for person in (2, 5)] == [[2] * 3, [1] * 3]


@pytest.mark.parametrize("policy", ["round-robin", "least-connections", "sticky"])
def test_a_draining_node_gets_nobody(stage, policy):
    stage.gateways[1].drain(0.0)
    chosen = balancer(stage, policy)
    assert 1 not in {chosen.pick(person).index for person in range(12)}


def test_a_dead_node_is_used_until_three_checks_have_failed(stage):
    chosen = balancer(stage, "round-robin")
    stage.at(10.0, stage.gateways[1].crash)
    stage.run(10.0 + UNHEALTHY_AFTER_S - 0.01)
    assert 1 in picks(chosen, 4)
    stage.run(10.0 + UNHEALTHY_AFTER_S)
    assert 1 not in picks(chosen, 8)
    stage.gateways[1].restart()
    assert 1 in picks(chosen, 4)


def test_when_all_are_down_somebody_is_tried_all_the_same(stage):
    for gateway in stage.gateways:
        gateway.lose_host()
    stage.run(60.0)
    assert Counter(picks(balancer(stage, "round-robin"), 8)) == Counter(list(range(4)) * 2)


def test_a_node_that_joins_is_used(stage):
    chosen = balancer(stage, "round-robin")
    stage.world.add_gateway()
    assert picks(chosen, 5) == [0, 1, 2, 3, 5]  # 4 is the API node
