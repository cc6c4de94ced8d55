"""Every node hears everything; who is not subscribed when it is published never does."""

import math

import pytest
from stage import FREE, Stage

from models import DESIGNS
from models.design import DesignError
from models.servers.backplane.redis_pubsub import BACKPLANE, RedisPubSub


def stage(actions=(), base="socketio", gateways=2, options=None, **changes):
    design = DESIGNS[base].variant("x", {"backplane": {"kind": "redis-pubsub", **(options or {})}})
    servers = {"gateways": gateways, "api_nodes": 1, "cores": 1, **FREE}
    return Stage(design, actions, servers=servers, **changes)


@pytest.mark.parametrize("gateways", [1, 2, 5])
def test_a_message_is_copied_to_every_node_the_senders_included(gateways):
    played = stage([(2.0, 0), (3.0, 1)], gateways=gateways).run(5.0)
    assert type(played.system.service.fan_out.backplane) is RedisPubSub is BACKPLANE
    assert played.world.backplane_messages == 2 * gateways
    assert played.shown(2) == [0, 1]


def test_a_node_without_the_room_reads_and_throws_away():
    played = stage([(2.0, 0)], gateways=9).run(1.9)
    bystander = played.gateways[5]
    before_s = sum(bystander.busy_s.values())
    played.run(5.0)
    assert sum(bystander.busy_s.values()) - before_s >= RedisPubSub.COST_S  # and waking
    assert played.world.between == {"heard": 9, "discarded": 7}


def test_own_readers_do_not_wait_for_redis():
    played = stage([(2.0, 0)], backplane={"delay_s": 0.3}).run(5.0)
    [(_, here_s)], [(_, there_s)] = played.arrivals(2), played.arrivals(1)
    assert there_s - here_s == pytest.approx(0.3, abs=2e-3)


def placed(gateways, rooms, members, messages=1):
    """Rooms whose members are at nodes drawn by lot; they are sent to from outside."""
    played = stage([(200.0, 0)] * messages, base="hybrid", gateways=gateways, joins=False)
    luck = played.world.streams.generator("placement", 0)
    homes = [[int(node) for node in luck.integers(0, gateways, members)] for _ in range(rooms)]
    backplane = played.system.service.fan_out.backplane
    return played, backplane, homes


def test_nine_of_ten_copies_are_thrown_away_where_rooms_are_small():
    """V05: 100 nodes, 1,000 rooms of 10: a node has a room with probability 1 - 0.99**10."""
    played, backplane, homes = placed(100, 1_000, 10)
    world, api = played.world, played.world.apis[0]
    current = {}
    backplane.port = backplane.port._replace(
        homes=lambda _: {node: [1] for node in current["room"]},
        deliver=lambda *_: None,
    )
    for room in homes:
        current["room"] = room
        backplane.publish(api, {}, 0)
        played.run(world.engine.now_s + 0.01)
    between = world.between
    assert between["heard"] == 100 * 1_000 == world.backplane_messages
    expected = 0.99**10
    spread = math.sqrt(expected * (1 - expected) / between["heard"])
    assert round(100 * expected, 1) == 90.4
    assert between["discarded"] / between["heard"] == pytest.approx(expected, abs=4 * spread)


@pytest.mark.parametrize("nodes", [16, 32, 64])
def test_a_message_to_each_of_500_is_500_copies_for_every_node(nodes):
    """V05, the second: rooms of one, a group of 500, 32 nodes: 16,000 deliveries to nodes."""
    played, backplane, _ = placed(nodes, 0, 0)
    for _ in range(500):
        backplane.publish(played.world.apis[0], {}, 0)
    played.run(1.0)
    assert played.world.backplane_messages == 500 * nodes
    assert played.world.between["heard"] == 500 * nodes


def killed(restart_s):
    fault = {"kind": "backend-crash", "backend": "backplane", "at_s": 2.0, "restart_s": restart_s}
    return [fault]


OUT = [{"kind": "backplane-outage", "start_s": 2.0, "end_s": 4.0}]


@pytest.mark.parametrize("fault", [OUT, killed(2.0)])
def test_after_an_outage_messages_come_late_or_never(fault):
    """A direction loses what its sender's connection brings before its reader's is back."""
    sends = [(2.5 + 0.1 * at, at % 2) for at in range(10)]
    late, never = [], 0
    for seed in range(12):
        played = stage(sends, people=2, faults=fault, seed=seed).run(20.0)
        for message, (at_s, sender) in enumerate(sends):
            came = [time_s for found, time_s in played.arrivals(1 - sender) if found == message]
            late += [time_s - at_s for time_s in came]
            never += not came
        assert {cause for *_, cause in played.drops()} <= {"backplane down"}
    assert 0.2 < never / 120 < 0.8
    assert min(late) > 4.0 - 3.4
    assert max(late) < 4.5


def test_commands_that_wait_too_long_fail():
    """ioredis gives up after 20 retries in a row: 71 s, and up to 0.2 s more for each."""
    played = stage([(3.0, 0)], faults=killed(100.0))
    played.run(70.0)
    assert played.drops() == []
    played.run(78.0)
    assert played.drops() == [(0, 1, "backplane down")]


def test_a_client_that_does_not_restore_its_subscriptions_goes_one_way():
    played = stage([(10.0, 0)], options={"client": "node-redis-one-way"}, faults=OUT).run(20.0)
    assert (played.shown(1), played.shown(2)) == ([], [0])


def test_a_reader_that_stands_still_is_cut_at_32_mib():
    pause = [{"kind": "node-pause", "node": 1, "at_s": 2.0, "for_s": 10.0}]
    sends = [(3.0 + 0.1 * at, 0) for at in range(7)]
    played = stage([*sends, (20.0, 0)], size_bytes=5 << 20, faults=pause, people=2).run(40.0)
    assert played.world.between["slow subscribers cut"] == 1
    assert sorted(played.drops()) == [(at, 1, "queue overflow") for at in range(7)]
    assert played.shown(1) == [7]


def test_a_reader_that_stands_still_for_less_is_not():
    pause = [{"kind": "node-pause", "node": 1, "at_s": 2.0, "for_s": 10.0}]
    sends = [(3.0 + 0.1 * at, 0) for at in range(6)]
    played = stage(sends, size_bytes=5 << 20, faults=pause, people=2).run(60.0)
    assert "slow subscribers cut" not in played.world.between
    assert played.shown(1) == list(range(6))


def test_a_gateway_that_joins_late_subscribes():
    played = stage([(2.0, 0), (3.0, 0)])
    played.at(1.0, played.world.add_gateway)
    played.run(5.0)
    assert played.world.backplane_messages == 3 + 3


def test_a_node_that_died_is_no_subscriber_and_a_lost_host_is_for_ten_minutes():
    for how, copies in (("crash", 1), ("lose_host", 2)):
        played = stage([(3.0, 0)], people=2)
        played.at(2.0, getattr(played.gateways[1], how))
        played.run(5.0)
        assert played.world.backplane_messages == copies


def test_no_state_of_a_connection_is_recovered_over_it():
    with pytest.raises(DesignError) as told:
        DESIGNS["socketio-recovery"].variant("x", {"backplane": "redis-pubsub"})
    assert str(told.value) == (
        "design 'x': recovery.kind = 'session'; allowed: none over redis-pubsub, which keeps no "
        "offsets, as broadcast, cluster, directory, in-memory, one-node, redis-streams, "
        "routed do"
    )
