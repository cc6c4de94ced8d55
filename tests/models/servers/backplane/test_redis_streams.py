"""Every node reads one stream, and goes on where it was."""

import pytest
from stage import FREE, Stage

from models import DESIGNS
from models.servers.backplane.redis_streams import AT_ONCE, BACKPLANE, RedisStreams


def stage(actions=(), base="socketio", gateways=2, options=None, **changes):
    design = DESIGNS[base].variant("x", {"backplane": {"kind": "redis-streams", **(options or {})}})
    servers = {"gateways": gateways, "api_nodes": 1, "cores": 1, **FREE}
    return Stage(design, actions, servers=servers, **changes)


OUT = {"kind": "backplane-outage", "start_s": 2.0, "end_s": 4.0}
KILLED = {"kind": "backend-crash", "backend": "backplane", "at_s": 2.0, "restart_s": 2.0}


def test_every_node_reads_every_entry_the_senders_included():
    played = stage([(2.0, 0), (3.0, 1)], gateways=5).run(5.0)
    assert type(played.system.service.fan_out.backplane) is RedisStreams is BACKPLANE
    assert played.world.backplane_messages == 2 * 5
    assert played.shown(2) == [0, 1]
    assert played.world.between == {
        "heard": 10,
        "discarded": 6,
    }  # 0, 1 and 2 are at nodes of their own


def test_own_readers_wait_for_redis_as_others_do():
    played = stage([(2.0, 0)], backplane={"delay_s": 0.3}).run(5.0)
    [(_, here_s)], [(_, there_s)] = played.arrivals(2), played.arrivals(1)
    assert here_s == pytest.approx(there_s, abs=2e-3)


@pytest.mark.parametrize("fault", [OUT, KILLED])
@pytest.mark.parametrize("base", ["socketio", "hybrid"])
def test_after_an_outage_everything_comes_late_and_nothing_is_lost(fault, base):
    sends = [(1.5 + 0.1 * at, at % 2) for at in range(20)]
    played = stage(sends, base, people=4, faults=[fault]).run(20.0)
    assert played.drops() == []
    for person in range(2, 4):
        assert sorted(played.shown(person)) == list(range(20))


def test_many_entries_are_read_a_hundred_at_a_time():
    sends = [(2.5 + 0.001 * at, 0) for at in range(250)]
    pause = {"kind": "node-pause", "node": 1, "at_s": 2.4, "for_s": 3.0}
    played = stage(sends, people=2, faults=[pause]).run(20.0)
    assert played.shown(1) == list(range(250))
    assert AT_ONCE == 100


def test_what_the_stream_drops_before_it_is_read_is_skipped():
    sends = [(3.0 + 0.1 * at, 0) for at in range(20)]
    pause = {"kind": "node-pause", "node": 1, "at_s": 2.0, "for_s": 10.0}
    played = stage(sends, people=2, faults=[pause], options={"stream_length": 5}).run(60.0)
    assert played.shown(1) == [0, *range(15, 20)]
    assert played.drops() == [(at, 1, "queue overflow") for at in range(1, 15)]


def test_a_new_process_begins_at_the_end():
    crash = {"kind": "node-crash", "node": 1, "at_s": 3.0, "restart_s": 2.0}
    played = stage([(2.999, 0), (20.0, 0)], people=2, faults=[crash]).run(40.0)
    assert played.shown(1)[-1:] == [1]
    assert played.system.service.records.in_hand.sum() == 0


def recovered(kind):
    """Person 1 is away for a message, and comes back to another node."""
    design = DESIGNS["socketio-recovery"].variant("x", {"backplane": kind})
    played = Stage(design, [(2.0, 0), (5.01, 0), (30.0, 0)], people=4, servers=FREE)
    played.at(5.0, played.system.disconnect, 1)
    return played.run(40.0)


def test_a_connection_is_recovered_at_whatever_node_it_comes_back():
    played = recovered("redis-streams")
    first, second = (node for at_s, node, how, _ in played.attempts(1) if how == "opened")
    assert first != second
    assert played.shown(1) == [0, 1, 2]
    assert played.replayed(1) == [1]


def test_over_another_backplane_only_at_the_node_that_has_it():
    assert recovered("broadcast").shown(1) == [0, 2]


def test_requests_count_subscribers_here_too():
    silent = {"kind": "silent-subscriber", "start_s": 0.0, "end_s": 290.0}
    for faults, timed_out in (([], 0), ([silent], 4)):
        found = stage(faults=faults, options={"request_every_s": 10.0}).run(46.0).world.between
        assert (found["requests"], found["requests timed out"]) == (4, timed_out)


def test_a_client_that_forgets_subscriptions_reads_on_all_the_same():
    played = stage([(10.0, 0)], options={"client": "node-redis-one-way"}, faults=[OUT]).run(20.0)
    assert played.shown(1) == played.shown(2) == [0]
