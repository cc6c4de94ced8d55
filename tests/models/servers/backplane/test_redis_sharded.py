"""A channel for each room, and masters that share the rooms."""

import pytest
from stage import FREE, Stage

from models import DESIGNS
from models.design import DesignError
from models.servers.backplane.redis_sharded import BACKPLANE, RedisSharded
from sim.history import SEND


def stage(actions=(), base="socketio", gateways=2, options=None, **changes):
    kind = {"kind": "redis-sharded", **(options or {})}
    servers = {"gateways": gateways, "api_nodes": 1, "cores": 1, **FREE}
    design = DESIGNS[base].variant("x", {"backplane": kind})
    return Stage(design, actions, servers=servers, **changes)


@pytest.mark.parametrize("gateways", [3, 5, 9])
def test_only_nodes_with_the_room_read_a_message(gateways):
    played = stage([(2.0, 0), (3.0, 1)], gateways=gateways).run(5.0)
    assert type(played.system.service.fan_out.backplane) is RedisSharded is BACKPLANE
    assert played.world.backplane_messages == 2 * 3
    assert played.shown(2) == [0, 1]
    assert played.world.between == {"heard": 6, "discarded": 2}  # what a node hears of itself


def test_own_readers_wait_for_the_answer():
    played = stage([(2.0, 0)], backplane={"delay_s": 0.3}).run(5.0)
    [(_, here_s)], [(_, there_s)] = played.arrivals(2), played.arrivals(1)
    assert here_s == pytest.approx(there_s, abs=2e-3)


@pytest.mark.parametrize("shards", [1, 8])
def test_a_ceiling_that_grows_with_the_masters(shards):
    """V06: one Redis 650,000 messages a second with one subscriber each, eight 5 million."""
    rooms, spec = 64, {"publish_s": 1.1e-6, "receiver_s": 0.4e-6}
    sends = [{"at_s": 200.0, "sender": 0, "room": room} for room in range(rooms)]
    script = {"rooms": [[0, 1]] * rooms, "sends": sends}
    kinds = [SEND] * rooms
    played = stage(
        (), "socketio", 2, {"shards": shards}, script=script, backplane=spec, kinds=kinds
    )
    adapter, api = played.system.service.fan_out.backplane, played.world.apis[0]
    adapter.port = adapter.port._replace(home=lambda _: played.gateways[0])
    for message in range(rooms):
        adapter.publish(api, {}, message)
    played.run(1.0)
    names = [name for name in played.world.behind if name.startswith("backplane")]
    busy_s = [sum(played.world.behind[name].busy_s.values()) for name in names]
    assert len(busy_s) == shards
    assert rooms / max(busy_s) == pytest.approx(shards * 666_667, rel=1e-3)


def test_one_master_that_dies_takes_its_rooms_alone():
    """Rooms 0 and 1 are at masters 0 and 1; a crash of the backplane is one of master 0."""
    killed = {"kind": "backend-crash", "backend": "backplane", "at_s": 1.0, "restart_s": 100.0}
    sends = [{"at_s": 2.0, "sender": 0, "room": room} for room in (0, 1)]
    script = {"rooms": [[0, 1], [0, 1]], "sends": sends}
    played = stage(script=script, kinds=[SEND] * 2, people=2, faults=[killed])
    for message in range(2):
        played.at(2.0, played.system.act, message)
    played.run(10.0)
    assert played.shown(1) == [1]
    assert (0, -1) in played.held()


def test_after_an_outage_messages_come_late_or_never():
    out = [{"kind": "backplane-outage", "start_s": 2.0, "end_s": 4.0}]
    sends = [(2.5 + 0.1 * at, at % 2) for at in range(10)]
    never = 0
    for seed in range(12):
        played = stage(sends, people=2, faults=out, seed=seed).run(20.0)
        never += sum(len(played.shown(person)) < 5 for person in range(2))
        assert {cause for *_, cause in played.drops()} <= {"backplane down"}
    assert 0.2 < never / 24 < 0.8


def test_coming_back_takes_a_command_for_each_room():
    rooms = [[0, 1]] * 30
    played = stage(script={"rooms": rooms, "sends": []}, options={"shards": 3}).run(5.0)
    adapter = played.system.service.fan_out.backplane
    assert [adapter.subscriptions(one) for one in adapter.redis.seats.values()] == [11, 11]


def test_a_prefix_keeps_environments_apart_here_too():
    for prefix, leaked in (("socket.io", True), ("mine", False)):
        neighbour = {"database": 1, "messages_per_s": 5.0}
        played = stage([(20.0, 0)], options={"prefix": prefix}, backplane={"neighbour": neighbour})
        between = played.run(30.0).world.between
        assert ("foreign messages emitted here" in between) is leaked


def test_no_state_of_a_connection_is_recovered_over_it():
    with pytest.raises(DesignError, match="none over redis-sharded, which keeps no offsets"):
        DESIGNS["socketio-recovery"].variant("x", {"backplane": "redis-sharded"})
