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


def behind(preset, **numbers):
    box = {"preset": preset, **numbers}
    servers = {"gateways": 4, "api_nodes": 1}
    return Stage("full-websocket", joins=False, servers=servers, path=[box])


def test_a_proxy_that_is_refused_goes_on_and_remembers_who_refused():
    """nginx: one failure, ten seconds; then the dead one is tried again, and passed over again."""
    stage = behind("nginx")
    chosen = balancer(stage, "round-robin")
    stage.at(10.0, stage.gateways[1].crash)
    stage.run(11.0)
    assert 1 not in picks(chosen, 12)
    assert not stage.world.health.trusts(stage.gateways[1])
    stage.run(21.0)
    assert stage.world.health.trusts(stage.gateways[1])


def test_one_that_does_not_try_again_hands_the_refusal_on():
    stage = behind("traefik")
    stage.at(10.0, stage.gateways[1].crash)
    stage.run(100.0)
    assert 1 in picks(balancer(stage, "round-robin"), 4)


def test_a_box_has_its_own_times_for_checks():
    stage = behind("aws-nlb", check_s=10, check_fails=2, check_passes=3)
    chosen = balancer(stage, "round-robin")
    stage.at(10.0, stage.gateways[1].crash)
    stage.at(60.0, stage.gateways[1].restart)
    for until_s, known in ((29.9, True), (30.0, False), (89.9, False), (90.0, True)):
        stage.run(until_s)
        assert (1 in picks(chosen, 8)) is known


def test_of_those_that_are_left_the_policy_chooses():
    stage = behind("nginx")
    chosen, nodes = balancer(stage, "round-robin"), stage.gateways
    assert chosen.pick_other(0, nodes[:3], fails_open=False) is nodes[3]
    assert chosen.pick_other(0, nodes, fails_open=True) is None
    for node in nodes:
        stage.world.health.failed(node)
    assert chosen.pick_other(0, [], fails_open=False) is None
    assert chosen.pick_other(0, nodes[1:], fails_open=True) is nodes[0]
