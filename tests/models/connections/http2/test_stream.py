"""Event streams as streams of a shared HTTP/2 connection."""

import pytest
from stage import ONE_WAY_S, Stage

from models import DESIGNS
from models.connections.http2.end import Http2End
from models.connections.http2.stream import SharedStream
from sim.transport.connection import CLIENT, SERVER

SERVERS = {"gateways": 1, "api_nodes": 0, "cores": 1, "session_reads": 0, "token_check_s": 0.0}
SOON_S = 5e-3


def reading(actions=((5.0, 1),), design="sse", changes=None, **world):
    variant = DESIGNS[design].variant("mine", {"http": {"version": "2"}, **(changes or {})})
    return Stage(variant, actions, **{"servers": SERVERS, **world})


def client(stage, person=0):
    return stage.channel("sse").client(person)


def connections(stage, person):
    return [
        one
        for one in stage.gateways[0].connections
        if one.person == person and type(one) is Http2End
    ]


def dials(stage, person):
    """How many TCP connections this person has opened."""
    endpoints = [stage.channel(name).endpoint for name in ("http", "sse")]
    origin = endpoints[0].origins[person, endpoints[0].origin]
    return len(origin.connections)


@pytest.mark.parametrize("design", ["sse", "sse-resume"])
def test_an_event_is_one_transit_away_on_the_connection_of_the_posts(design):
    stage = reading(design=design).run(10.0)
    for person in (0, 2):
        [(_, at_s)] = stage.arrivals(person)
        assert at_s == pytest.approx(stage.accepted_s(0) + ONE_WAY_S, abs=SOON_S)
    assert dials(stage, 1) == 1  # who sends and listens
    assert [len(connections(stage, person)) for person in range(3)] == [1, 1, 1]


def test_it_opens_as_fast_as_over_http_1():
    opened_s = {}
    for version in ("1.1", "2"):
        variant = DESIGNS["sse"].variant("mine", {"http": {"version": version}})
        stage = Stage(variant, servers=SERVERS).run(2.0)
        opened_s[version] = client(stage).reconnecting.connection.opened_s
    assert opened_s["1.1"] <= opened_s["2"] == pytest.approx(4 * ONE_WAY_S, abs=SOON_S)


def test_whoever_leaves_resets_the_stream_and_keeps_the_connection():
    stage = reading(((2.0, 0), (6.0, 0)))
    stage.at(4.0, stage.system.leave, 0)
    stage.run(5.0)
    assert stage.channel("sse").streams[0] == []
    assert len(connections(stage, 0)) == 1
    stage.run(10.0)
    assert stage.shown(1) == [0, 1]
    assert dials(stage, 0) == 1


def test_a_stream_that_the_server_ends_leaves_the_others_alone():
    changes = {"sse": {"server": {"age_s": 20.0}}}
    stage = reading(((22.0, 1), (40.0, 1)), changes=changes).run(60.0)
    assert [gap["reason"] for gap in stage.gaps() if gap["person"] == 0] != []
    assert dials(stage, 1) == 1
    assert 1 in stage.shown(0)


def test_a_crash_ends_all_and_the_reader_comes_back_where_the_connection_leads():
    crash = {"kind": "node-crash", "node": 0, "at_s": 10.0, "restart_s": 100.0}
    servers = {**SERVERS, "gateways": 2}
    stage = reading(((11.0, 1), (30.0, 1)), "sse-resume", servers=servers, faults=[crash])
    stage.run(60.0)
    assert sorted(stage.shown(0)) == [0, 1]
    assert stage.channel("sse").home(0) is stage.gateways[1]
    assert stage.channel("sse").home(1) is stage.gateways[1]
    assert stage.held() == set()


def test_a_move_and_a_reset_are_survived():
    stage = reading(((20.0, 1), (40.0, 1)), "sse-resume")
    stage.at(10.0, stage.system.move, 0)
    stage.at(30.0, stage.system.disconnect, 0)
    assert stage.run(60.0).shown(0) == [0, 1]


def test_behind_a_proxy_a_stream_has_a_connection_of_its_own():
    box = [{"preset": "nginx", "request_s": 0, "accept_s": 0}]
    stage = reading(path=box).run(10.0)
    assert type(client(stage).reconnecting.connection) is not SharedStream
    assert stage.shown(0) == [0]


def test_what_is_on_the_wire_is_held_and_a_stream_that_is_over_drops_it():
    stage = reading()
    stage.run(stage.run(4.0).world.engine.now_s)
    stream = client(stage).reconnecting.connection
    assert type(stream) is SharedStream
    assert stream.node is stage.gateways[0]
    stage.run(5.0 + 1.5 * ONE_WAY_S + 2 * ONE_WAY_S)
    dropped = []
    stream.dropped[SERVER] = dropped.append
    stream.send(SERVER, 10, "first")
    assert list(stream.flying()) == ["first"]
    stream.close(CLIENT)
    stage.run(stage.world.engine.now_s + 1.0)
    stream.send(SERVER, 10, "late")
    assert dropped == ["first", "late"]
    assert not stream.is_open(CLIENT)
    assert (stream.traffic(CLIENT), stream.waiting_bytes(SERVER)) == ((0, 0, 0), 0)


def test_a_watch_of_the_application_opens_the_stream_anew():
    """The dead connection is found by the ping that goes with the new request."""
    loss = {"kind": "host-loss", "node": 0, "at_s": 20.0, "back_s": 250.0}
    servers = {**SERVERS, "gateways": 2}
    changes = {"sse": {"watch_s": 40.0}}
    stage = reading(((150.0, 1),), changes=changes, servers=servers, faults=[loss]).run(200.0)
    gaps = [gap for gap in stage.gaps() if gap["person"] == 0]
    assert [gap["reason"] for gap in gaps][:1] == ["heartbeat"]
    assert stage.shown(0) == [0]


def test_a_probe_of_the_kernel_goes_both_ways():
    stage = reading(()).run(4.0)
    stream = client(stage).reconnecting.connection
    heard = []
    stream.receive[CLIENT] = heard.append
    stream.send(CLIENT, 6, "ping")
    stage.run(5.0)
    assert heard == ["pong"]


def test_readers_are_spread_over_the_nodes_as_over_http_1():
    stage = reading((), servers={**SERVERS, "gateways": 2}, people=4).run(5.0)
    homes = [stage.channel("sse").home(person).index for person in range(4)]
    assert homes == [0, 1, 0, 1]
