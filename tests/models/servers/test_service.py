"""The servers of a system, wired together: one door, one store, one fan-out, one backplane."""

from itertools import pairwise

import pytest
from stage import EVERYONE, FREE, ONE_WAY_S, Stage

from models import DESIGNS
from models.servers.backplane.broadcast import Broadcast
from models.servers.backplane.cluster import Cluster

CPU_S = 2e-3  # room for the work of both nodes


@pytest.mark.parametrize("design", DESIGNS.values(), ids=DESIGNS)
def test_brokers_have_a_cluster_and_gateways_a_broadcast(design):
    service = Stage(design).system.service
    expected = Cluster if design.receive == "mqtt" else Broadcast
    assert type(service.fan_out.backplane) is expected


def test_what_any_part_holds_is_pending():
    service = Stage("hybrid", [(2.0, 0)]).system.service
    service.records.hold(0)
    assert list(service.pending()) == [(0, EVERYONE)]


def test_the_channel_of_receive_is_the_receiver():
    stage = Stage("hybrid")
    assert stage.system.service.fan_out.receiver is stage.channel("websocket")


def told_after(stage, sends):
    return [stage.told_s(message) - at_s for message, (at_s, _) in enumerate(sends)]


@pytest.mark.parametrize(("writes_per_s", "last_s"), [(200, 0.105), (50, 1.1)])
def test_more_writes_than_the_store_can_do_queue_up(writes_per_s, last_s):
    """100 writes within a second."""
    sends = [(5.0 + 0.01 * number, number % 3) for number in range(100)]
    stage = Stage("full-websocket-acked", sends, store={"writes_per_s": writes_per_s}).run(20.0)
    assert told_after(stage, sends)[-1] == pytest.approx(last_s, abs=0.02)


def transit_s(gateways, publish_s=0.001, receiver_s=0.001, rate_per_s=100):
    """Between people on two nodes, the last of 10 s at that rate."""
    sends = [(5.0 + number / rate_per_s, 0) for number in range(10 * rate_per_s)]
    backplane = {"publish_s": publish_s, "receiver_s": receiver_s}
    servers = {"gateways": gateways, "api_nodes": 0, "cores": 4, **FREE}
    stage = Stage("full-websocket", sends, people=2, servers=servers, backplane=backplane)
    return stage.run(60.0).arrivals(1)[-1][1] - sends[-1][0]


def test_a_backplane_has_a_ceiling_that_every_further_node_lowers():
    """A broadcast costs a + b for each other node: 100 a second fit for 9 nodes, not for 20."""
    calm_s = 2 * ONE_WAY_S + 0.0005
    assert transit_s(4) == pytest.approx(calm_s + 0.004, abs=5e-3)
    assert transit_s(9) == pytest.approx(calm_s + 0.009, abs=5e-3)
    assert transit_s(20) == pytest.approx(calm_s + 10.0, rel=0.05)  # 1,000 of 20 ms in 10 s


def test_a_new_connection_waits_for_the_authenticator_and_for_its_reads():
    """Three at once: a check of 0.2 s each on one core, then two reads of 0.1 s."""
    servers = {"gateways": 1, "api_nodes": 0, "session_reads": 2, "token_check_s": 0.0}
    for design in ("full-websocket", "socketio", "mqtt-qos1"):
        stage = Stage(
            design, servers=servers, store={"read_s": 0.1},
            authenticator={"check_s": 0.2, "delay_s": 0.05},
        ).run(20.0)  # fmt: skip
        took_s = sorted(stage.attempts(person)[0][3] for person in range(3))
        gaps_s = [later - earlier for earlier, later in pairwise(took_s)]
        assert gaps_s == pytest.approx([0.2, 0.2], abs=CPU_S)
        trips = 8 if design == "socketio" else 4
        assert took_s[0] == pytest.approx(trips * ONE_WAY_S + 0.45, abs=2 * CPU_S)


def test_mqtt_without_websocket_is_let_in_when_it_has_said_who_it_is():
    servers = {"gateways": 1, "api_nodes": 0, "session_reads": 1, "token_check_s": 0.0}
    plain = DESIGNS["mqtt-qos1"].variant("plain", {"over_websocket": False})
    stage = Stage(plain, servers=servers, store={"read_s": 3.0}).run(2.9)
    sessions = [account.session.state for account in stage.channel("mqtt").accounts]
    assert {state.value for state in sessions} == {"offline"}
    stage.run(3.5)
    sessions = [account.session.state for account in stage.channel("mqtt").accounts]
    assert {state.value for state in sessions} == {"online"}


def test_tokens_are_checked_for_every_request():
    servers = {"gateways": 1, "api_nodes": 1, "cores": 1, "session_reads": 0}
    took_s = []
    for token_s in (0.0, 0.2):
        sends = [(5.0, 0)]
        stage = Stage("hybrid", sends, servers=servers | {"token_check_s": token_s}).run(20.0)
        took_s += told_after(stage, sends)
    assert took_s[1] - took_s[0] == pytest.approx(0.2)


def test_a_design_may_choose_its_backplane_and_what_a_copy_costs():
    dear = {"backplane": {"kind": "cluster", "cost_s": 0.25}}
    mine = DESIGNS["full-websocket"].variant("mine", dear)
    stage = Stage(mine, [(2.0, 0)])
    backplane = stage.system.service.fan_out.backplane
    assert type(backplane) is Cluster
    assert stage.run(5.0).arrivals(1)[0][1] > 2.25
    assert mine.describe()["backplane"] == "cluster, cost_s = 0.25"


def test_a_figure_says_how_near_its_ceiling_what_is_behind_the_nodes_was():
    sends = [(5.0 + 0.01 * number, number % 3) for number in range(100)]
    stage = Stage("full-websocket-acked", sends, store={"writes_per_s": 200}).run(20.0)
    behind = stage.world.behind
    assert behind["store"].peak_share(0.0, 20.0) == pytest.approx(0.5, abs=0.05)
    assert 0.0 < behind["backplane"].peak_share(0.0, 20.0) < 0.01
    assert behind["authenticator"].peak_share(0.0, 20.0) == 0.0


@pytest.mark.parametrize(
    ("full", "said"),
    [("disconnect", "disconnect"), ("drop", "drop newest"), ("drop-oldest", "drop oldest")],
)
def test_what_a_scenario_says_of_slow_readers_goes_before_what_a_design_says(full, said):
    design = DESIGNS["sse"].variant("mine", {"connection": {"send_buffer": "centrifugo"}})
    assert Stage(design).system.service.send_buffer.size_bytes == 2**20
    servers = {"gateways": 2, "buffer_limit_bytes": 500, "buffer_full": full}
    one = Stage(design, servers=servers).system.service.send_buffer
    assert (one.size_bytes, one.messages, one.full) == (500.0, float("inf"), said)
