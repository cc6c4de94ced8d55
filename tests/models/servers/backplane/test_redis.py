"""Two connections of each node, which end with Redis and come back on their own."""

import pytest
from stage import FREE, Stage

from models import DESIGNS
from models.servers.backplane.redis import NOTICED_S, Command


def stage(**changes):
    design = DESIGNS["socketio"].variant("x", {"backplane": "redis-pubsub"})
    servers = {"gateways": 2, "api_nodes": 1, "cores": 1, **FREE}
    played = Stage(design, servers=servers, joins=False, **changes)
    return played, played.system.service.fan_out.backplane


OUT = [{"kind": "backplane-outage", "start_s": 2.0, "end_s": 4.0}]


def test_nodes_are_subscribed_from_the_start():
    played, adapter = stage()
    assert adapter.redis.pubsub.numsub(adapter.channels.request) == 2
    played.run(1.0)
    assert sum(played.world.backplane.busy_s.values()) == 0.0


@pytest.mark.parametrize("seed", range(5))
def test_connections_come_back_on_the_librarys_schedule(seed):
    """After 0.05, 0.15, 0.35, 0.75, 1.55 and 3.15 s, and up to 0.2 s more for each try."""
    played, adapter = stage(faults=OUT, seed=seed)
    seats = list(adapter.redis.seats.values())
    connections = [one for seat in seats for one in (seat.says, seat.listens)]
    played.run(2.5)
    assert not any(one.up for one in connections)
    assert adapter.redis.pubsub.numsub(adapter.channels.request) == 0
    played.run(3.99)
    assert not any(one.up for one in connections)
    played.run(2.0 + 3.15 + 6 * 0.2 + 0.01)
    assert all(one.up for one in connections)
    assert adapter.redis.pubsub.numsub(adapter.channels.request) == 2


def test_a_node_on_the_far_side_of_a_netsplit_loses_its_connections_alone():
    split = {"kind": "broker-netsplit", "start_s": 2.0, "end_s": 4.0}
    played, adapter = stage(faults=[split])
    near, far = (adapter.redis.seats[node.index] for node in played.gateways)
    played.run(3.99)
    up = [one.up for seat in (near, far) for one in (seat.says, seat.listens)]
    assert up == [True, True, False, False]
    assert adapter.redis.pubsub.numsub(adapter.channels.request) == 1
    played.run(2.0 + 3.15 + 6 * 0.2 + 0.01)
    assert far.says.up
    assert adapter.redis.pubsub.numsub(adapter.channels.request) == 2


def test_commands_wait_and_are_done_in_order():
    played, adapter = stage(faults=OUT)
    node, done = played.gateways[0], []

    def give(name):
        adapter.redis.by(node).command(Command(1e-6, lambda: done.append(name), done.append))

    for name, at_s in (("a", 1.0), ("b", 2.5), ("c", 3.0)):
        played.at(at_s, give, name)
    played.run(3.5)
    assert done == ["a"]
    played.run(10.0)
    assert done == ["a", "b", "c"]


def test_what_waits_in_a_process_dies_with_it():
    played, adapter = stage(faults=OUT)
    node, lost = played.gateways[0], []
    command = Command(1e-6, lambda: lost.append("done"), lost.append)
    played.at(2.5, adapter.redis.by(node).command, command)
    played.at(3.0, node.crash)
    played.at(5.0, node.restart)
    played.run(20.0)
    assert lost == ["node died"]
    assert adapter.redis.pubsub.numsub(adapter.channels.request) == 2


def test_a_command_in_hand_when_redis_dies_is_given_again():
    crash = {"kind": "backend-crash", "backend": "backplane", "at_s": 2.0, "restart_s": 1.0}
    played, adapter = stage(faults=[crash])
    done = []
    command = Command(0.5, lambda: done.append(played.world.engine.now_s), done.append)
    played.at(1.8, adapter.redis.by(played.gateways[0]).command, command)
    played.run(10.0)
    [done_s] = done
    assert done_s > 3.5


def test_a_lost_host_is_a_subscriber_until_it_is_noticed():
    played, adapter = stage(time={"warmup_s": 0.0, "measure_s": 700.0, "drain_s": 0.0})
    count = adapter.redis.pubsub.numsub
    played.at(2.0, played.gateways[1].lose_host)
    played.run(2.0 + NOTICED_S - 1.0)
    assert count(adapter.channels.request) == 2
    played.run(2.0 + NOTICED_S + 1.0)
    assert count(adapter.channels.request) == 1


def test_a_host_that_is_back_is_one_subscriber():
    played, adapter = stage()
    played.at(2.0, played.gateways[1].lose_host)
    played.at(5.0, played.gateways[1].restart)
    played.run(290.0)
    assert adapter.redis.pubsub.numsub(adapter.channels.request) == 2
