"""What a storm is played with is what the exact engine would be built of."""

import math

import pytest
from stormy import world

import sim
from models.protocols.heartbeat import HEARTBEATS
from models.storms.stage import NoStormError, noticed_after_s, staged


def test_a_handshake_costs_what_it_costs_there():
    stage = staged(sim.designs()["full-websocket"], world(servers__cores=2), 3, 60)
    costs = [one.cost_s for one in stage.endpoint.setup.exchanges]
    assert stage.steps[:, 1].tolist() == costs
    assert stage.capacity_per_s == pytest.approx(2 / sum(costs))
    assert len(stage.node_rows) == 3


def test_way_there_and_back_is_the_network_of_most_people():
    scenario = world(profile="4g")
    stage = staged(sim.designs()["mqtt-qos1"], scenario, 1, 60)
    assert (stage.up_s, stage.down_s) == (0.035, 0.035)
    assert (stage.steps[:, 0] > 0.035).all()


def test_a_broker_of_one_thread_has_one_core_and_one_node():
    mosquitto = sim.designs()["mqtt-qos1"].variant("mine", {"broker": "mosquitto"})
    stage = staged(mosquitto, world(servers__cores=4), 1, 60)
    cost_s = stage.accept_s + float(stage.steps[:, 1].sum())
    assert stage.capacity_per_s == pytest.approx(1 / cost_s)
    with pytest.raises(NoStormError, match="'mine' on 3 nodes: its servers do not cluster"):
        staged(mosquitto, world(), 3, 60)


@pytest.mark.parametrize("design", ["long-poll", "sse"])
def test_what_receives_by_something_else_has_no_storm(design):
    with pytest.raises(NoStormError, match="allowed: designs that receive by websocket"):
        staged(sim.designs()[design], world(), 2, 60)


@pytest.mark.parametrize(
    ("name", "expected"),
    [("websockets", (20.0, 20.0)), ("engine.io", (20.0, 25.0)), ("none", (math.inf, 0.0))],
)
def test_silence_is_noticed_after(name, expected):
    assert noticed_after_s(HEARTBEATS[name]) == expected


def test_idle_connections_cost_their_pings():
    stage = staged(sim.designs()["full-websocket"], world(), 2, 60)
    out_s = stage.endpoint.costs.message_out_s
    assert stage.ping_intervals_s == [20.0, 20.0]
    assert stage.idle_s == pytest.approx(2 * 2 * out_s / 20.0)


@pytest.mark.parametrize(
    ("design", "reads"), [("full-websocket", 0), ("hybrid-cursor", 1), ("mqtt-qos1", 0)]
)
def test_what_is_asked_for_once_connected_costs_node_and_store(design, reads):
    stage = staged(sim.designs()[design], world(), 2, 60)
    costs, catch_up = stage.endpoint.costs, stage.catch_up
    cursor_s = costs.message_in_s + costs.message_out_s
    expected_s = {"hybrid-cursor": cursor_s, "mqtt-qos1": 2 * costs.message_in_s}
    assert (catch_up.read is not None) == reads
    assert catch_up.asked_s + catch_up.told_s == expected_s.get(design, 0.0)


def test_a_network_without_delay_would_be_knocked_at_without_end():
    network = {"share": 1.0, "profile": "lan", "delay": {"kind": "constant", "delay_s": 0.0}}
    with pytest.raises(NoStormError, match="no delay; allowed: more than 0 s"):
        staged(sim.designs()["full-websocket"], world(networks=[network]), 1, 60)
