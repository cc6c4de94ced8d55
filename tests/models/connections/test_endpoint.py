"""What a channel's clients and sessions share: set-up, heartbeats by clock, accounts."""

import pytest
from stage import LINK, ONE_WAY_S, Stage

from models import DESIGNS
from models.protocols.heartbeat import HEARTBEATS
from sim.transport.connection import CLIENT, SERVER
from sim.transport.reference import ReferenceConnection
from sim.transport.tcp import Kernel, syn_delays_s, timer_fire_s

RTT_S = 2 * ONE_WAY_S


def endpoint(design, **changes):
    stage = Stage(design, joins=False, **changes)
    return stage.channel(stage.design.receive).endpoint


@pytest.mark.parametrize(
    ("tls", "round_trips"),
    [
        ({"version": "none"}, 2),
        ({"version": "1.3"}, 3),
        ({"version": "1.3", "resumed": True}, 3),
        ({"version": "1.2"}, 4),
        ({"version": "1.2", "resumed": True}, 3),
    ],
)
@pytest.mark.parametrize("lane", ["fast", "exact"])
def test_a_websocket_costs_tcp_tls_and_the_upgrade(tls, round_trips, lane):
    stage = Stage("full-websocket", tls=tls, transport={"lane": lane}).run(3.0)
    [(at_s, node, outcome, took_s)] = stage.attempts(0)
    assert (at_s, node, outcome) == (0.0, 0, "opened")
    assert took_s == pytest.approx(round_trips * RTT_S, abs=5e-3)


def test_the_lane_is_that_of_the_person():
    stage = Stage("full-websocket", transport={"lane": "exact"}).run(2.0)
    one = stage.channel("websocket").endpoint
    assert [type(stream) for stream in one.connections] == [ReferenceConnection] * 3
    assert len(list(one.kernel())) == 6
    assert list(Stage("full-websocket").run(2.0).channel("websocket").endpoint.kernel()) == []


def test_two_presets_may_share_a_connection():
    design = DESIGNS["full-websocket"].variant("mixed", {"heartbeat": "engine.io+uvicorn"})
    mixed = endpoint(design).heartbeat
    assert mixed.client == HEARTBEATS["engine.io"].client
    assert mixed.server == HEARTBEATS["uvicorn"].server


def test_ends_that_wait_for_a_tick_do_so_by_their_own_clock():
    one = endpoint("mqtt-qos0")
    by_node = [one.server_heartbeat(node).watch.phase_s for node in one.world.gateways]
    assert len(set(by_node)) == 2
    assert all(0.0 <= phase_s < 1.0 for phase_s in by_node)
    assert by_node[0] == one.server_heartbeat(one.world.gateways[0]).watch.phase_s
    assert endpoint("full-websocket").client_heartbeat(0) == HEARTBEATS["websockets"].client
    assert endpoint("long-poll").client_heartbeat(0) is None


@pytest.mark.parametrize("added", [False, True])
def test_every_gateway_pays_for_waking_up(added):
    stage = Stage("full-websocket", joins=False)
    node = stage.world.add_gateway() if added else stage.gateways[1]
    costs = stage.channel("websocket").costs
    assert (node.wake_share, node.wake_max_s) == (costs.wake_share, costs.wake_max_s)


@pytest.mark.parametrize("design", ["instagram", "socketio"])
def test_a_node_that_hosts_two_programs_is_as_dear_as_the_dearer(design):
    """Whatever the order in which its channels are built."""
    mixed = DESIGNS[design].variant("mixed", {"seen": "http"})
    stage = Stage(mixed, joins=False, servers={"gateways": 1, "api_nodes": 0})
    every = [channel.endpoint.costs for channel in stage.system.channels.values()]
    assert len({costs.wake_share for costs in every}) == 2
    [node] = stage.gateways
    assert node.wake_share == max(costs.wake_share for costs in every)
    assert node.wake_max_s == max(costs.wake_max_s for costs in every)
    assert node.connection_bytes == max(costs.connection_bytes for costs in every)


def test_traffic_adds_up_packets_bytes_and_writes_of_each_direction():
    stage = Stage("full-websocket", [(2.0, 0), (3.0, 0)]).run(5.0)
    one = stage.channel("websocket").endpoint
    rows = {row[1]: row[2:] for row in one.traffic()}
    for end, written in ((CLIENT, 3 + 2), (SERVER, 3 + 4)):  # 3 upgrades, then 2 up and 4 down
        packets, size_bytes, messages = rows[end]
        assert messages == written
        counts = [stream.traffic(end) for stream in one.connections]
        assert packets == sum(count[0] for count in counts)
        assert size_bytes == sum(count[1] for count in counts)


def test_a_connection_without_any_traffic_is_no_row_less():
    rows = Stage("hybrid", [], joins=False).channel("http").endpoint.traffic()
    assert rows == [(0, CLIENT, 0, 0, 0), (0, SERVER, 0, 0, 0)]


def test_what_is_on_the_wire_can_be_asked_for():
    stage = Stage("full-websocket", [(2.0, 0)]).run(2.07)
    flying = list(stage.channel("websocket").endpoint.flying())
    assert sorted((one.message, one.person) for one in flying) == [(0, 1), (0, 2)]
    assert list(stage.run(3.0).channel("websocket").endpoint.flying()) == []


def test_a_slow_link_makes_set_up_slow():
    slow = LINK | {"delay": {"kind": "constant", "delay_s": 0.3}}
    [(_, _, _, took_s)] = Stage("full-websocket", networks=[slow]).run(3.0).attempts(0)
    assert took_s == pytest.approx(1.2, abs=5e-3)


@pytest.mark.parametrize(("syn", "tries"), [("linear", 5), ("exponential", 3)])
def test_a_clients_kernel_repeats_its_syn_by_either_schedule(syn, tries):
    """After 1 s each, or after 1, 2 and 4 s, as its timer wheel has them."""
    down = {"kind": "link-outage", "person": 0, "start_s": 0.0, "end_s": 4.5}
    stage = Stage("full-websocket", faults=[down], transport={"syn": syn}).run(30.0)
    [(dialled_s, _, outcome, took_s)] = stage.attempts(0)
    assert outcome == "opened"
    sent_s = dialled_s
    for delay_s in syn_delays_s(Kernel(syn))[:tries]:
        sent_s = timer_fire_s(sent_s, delay_s)
    assert took_s == pytest.approx(sent_s - dialled_s + 2 * RTT_S, abs=5e-3)


def test_who_wants_to_know_is_told_that_the_run_is_over():
    stage = Stage("full-websocket", [(2.0, 0)]).run(2.01)
    endpoint, told = stage.channel("websocket").endpoint, []
    endpoint.settled = lambda: told.append(list(endpoint.flying()))
    stage.system.finish()
    assert len(told) == 1
    assert told[0]  # what is under way can be seen
