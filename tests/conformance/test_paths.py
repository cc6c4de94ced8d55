"""What designs meet on the way: boxes that cut them, servers that close idle connections."""

from itertools import pairwise
from statistics import median

import pytest
from small import scenario
from stage import ONE_WAY_S, Stage

from models import DESIGNS
from sim.experiment.run import run_replication
from sim.metrics import measure
from sim.network.profiles import PROFILES
from sim.transport.connection import Connection
from sim.transport.tapped import TappedConnection

RTT_S = 2 * ONE_WAY_S
SILENT = DESIGNS["full-websocket"].variant("silent", {"heartbeat": "none"})
BEATING = DESIGNS["full-websocket"]  # a ping each 20 s
FEW = {"gateways": 2, "api_nodes": 1, "cores": 1}


def about(time_s):
    return pytest.approx(time_s, abs=0.02)


def cuts(stage, person=0):
    """(cut, noticed, why) of a person's episodes."""
    found = [gap for gap in stage.gaps() if gap["person"] == person]
    return [(gap["cut_s"], gap["noticed_s"], gap["reason"]) for gap in found]


def test_without_a_heartbeat_an_idle_limit_cuts_again_and_again():
    """The greeting is the last byte; the client is back within a second or two and waits again."""
    stage = Stage(SILENT, servers={**FEW, "idle_timeout_s": 60}).run(290.0)
    found = cuts(stage)
    assert len(found) == 4
    for cut_s, noticed_s, why in found:
        assert (why, noticed_s) == ("idle time-out", pytest.approx(cut_s + ONE_WAY_S))
    assert found[0][0] == about(60.0 + 3 * ONE_WAY_S)
    gaps_s = [later[0] - sooner[0] for sooner, later in pairwise(found)]
    assert all(60.0 < gap_s < 66.0 for gap_s in gaps_s)


@pytest.mark.parametrize("servers", [{"idle_timeout_s": 60}, {"proxy": "nginx"}])
def test_with_a_ping_each_twenty_seconds_it_never_does(servers):
    assert cuts(Stage(BEATING, servers={**FEW, **servers}).run(290.0)) == []


@pytest.mark.parametrize("design", [SILENT, BEATING], ids=["silent", "beating"])
def test_a_maximum_age_cuts_both(design):
    (cut_s, _, why), *_ = cuts(Stage(design, servers={**FEW, "max_age_s": 100}).run(290.0))
    assert (cut_s, why) == (about(100.0 + 2 * ONE_WAY_S), "maximum age")


def test_a_preset_has_its_full_form_with_other_numbers():
    box = {"preset": "haproxy", "idle_timeout_s": 30}
    (cut_s, _, why), *_ = cuts(Stage(SILENT, path=[box]).run(100.0))
    assert (cut_s, why) == (about(30.0 + 3 * ONE_WAY_S), "idle time-out")


def test_a_silent_cut_is_dated_when_it_happened_not_when_a_heartbeat_noticed():
    """The ping of second 20 comes too late for ten seconds of patience, and waits for its pong."""
    box = {"idle_timeout_s": 10, "on_cut": "silence"}
    (cut_s, noticed_s, why), *_ = cuts(Stage(BEATING, path=[box]).run(100.0))
    assert (cut_s, why) == (about(10.0 + 3 * ONE_WAY_S), "idle time-out")
    assert noticed_s == pytest.approx(40.2, abs=0.2)


def test_messages_to_whom_a_box_forgot_are_lost_half_open():
    box = {"idle_timeout_s": 30, "on_cut": "silence", "networks": [0]}
    stage = Stage(SILENT, [(50.0, 0)], path=[box]).run(60.0)
    assert {cause for *_, cause in stage.drops()} <= {"half-open", "uplink died"}
    assert stage.shown(1) == []


def test_a_network_behind_a_nat_is_cut_and_the_other_is_not():
    networks = [
        {"profile": "4g", "share": 0.5, "nat": "carrier-5min"},
        {"profile": "lan", "share": 0.5},
    ]
    stage = Stage(SILENT, people=6, networks=networks, time={"measure_s": 400.0}).run(310.0)
    slow_s = PROFILES["4g"].delay_up_s
    behind = [path.up.delay.mean_s == slow_s for path in stage.world.paths]
    cut = [one.cut is not None for one in stage.channel("websocket").endpoint.connections]
    assert cut == behind
    assert 0 < sum(cut) < 6


def test_a_long_poll_gets_a_504_by_a_limit_of_answers():
    """Envoy's 15 s for the complete answer, below the 25 s for which the server holds a poll."""
    stage = Stage("long-poll", [(40.0, 1)], servers={**FEW, "proxy": "envoy"}).run(100.0)
    cut_s, noticed_s, why = cuts(stage)[0]
    assert (cut_s, noticed_s, why) == (about(15.0 + 4 * ONE_WAY_S),) * 2 + ("refused",)
    assert stage.shown(0) == [0]


def test_a_box_further_out_cuts_a_long_poll_instead():
    """Where another box of layer 7 is next to the servers, that one answers for them."""
    boxes = [{"preset": "envoy"}, {"preset": "nginx"}]
    stage = Stage("long-poll", [(40.0, 1)], path=boxes).run(100.0)
    cut_s, noticed_s, why = cuts(stage)[0]
    assert (cut_s, why) == (about(15.0 + 3 * ONE_WAY_S), "idle time-out")
    assert noticed_s == pytest.approx(cut_s + ONE_WAY_S)


def sends(servers, tls, *at_s):
    """How long each send of one person takes to be accepted, alone on its connection."""
    stage = Stage("hybrid", [(one, 0) for one in at_s], servers=servers, tls=tls).run(200.0)
    return [stage.accepted_s(number) - one for number, one in enumerate(at_s)]


@pytest.mark.parametrize(("version", "trips"), [("none", 1), ("1.3", 2), ("1.2", 3)])
def test_a_cold_post_costs_the_round_trips_of_a_new_connection(version, trips):
    """The first opens its connection; the second is warm; 6.0 s later the third is cold again."""
    servers = {**FEW, "http_server": "node-20"}
    first_s, warm_s, cold_s = sends(servers, {"version": version}, 10.0, 15.0, 30.0)
    assert first_s == pytest.approx(cold_s, abs=0.01)
    assert cold_s - warm_s == pytest.approx(trips * RTT_S, abs=0.01)


def test_kept_for_ever_all_but_the_first_are_warm():
    servers = {**FEW, "http_keep_alive_s": 0}
    first_s, *later_s = sends(servers, {"version": "none"}, 10.0, 15.0, 110.0)
    assert later_s == pytest.approx([first_s - RTT_S] * 2, abs=0.01)


def test_unless_told_otherwise_servers_close_as_the_measured_program_does():
    """aiohttp's run_app: 75 s."""
    first_s, warm_s, still_s, cold_s = sends(FEW, {"version": "none"}, 10, 15, 89, 165)
    assert (warm_s, still_s) == pytest.approx((first_s - RTT_S,) * 2, abs=0.01)
    assert cold_s == pytest.approx(first_s, abs=0.01)


@pytest.mark.parametrize(
    ("servers", "after_s"),
    [({"http_server": "node-20"}, 6.0), ({"http_keep_alive_s": 20}, 20.0), ({}, 75.0)],
)
def test_a_server_closes_an_idle_connection_when_its_time_is_up(servers, after_s):
    """Counted from its answer; measured with Node 20.20: 6.000 to 6.004 s."""
    stage = Stage("hybrid", [(10.0, 0)], servers={**FEW, **servers}, tls={"version": "none"})
    (api,), seen = stage.world.apis, []
    closes_s = stage.run(11.0).accepted_s(0) + after_s
    for at_s in (closes_s - 0.02, closes_s + 0.02):
        stage.run(at_s)
        seen.append(len(api.connections))
    assert seen == [1, 0]


@pytest.mark.parametrize(
    ("servers", "kind"), [(FEW, Connection), ({**FEW, "proxy": "nginx"}, TappedConnection)]
)
def test_nothing_is_watched_where_nothing_stands(servers, kind):
    stage = Stage("full-websocket", servers=servers).run(5.0)
    made = stage.channel("websocket").endpoint.connections
    assert {type(getattr(one, "outside", one)) for one in made} == {kind}


BOXES = [
    {"idle_timeout_s": 8, "on_cut": "reset-on-use"},
    {"max_age_s": 9, "on_cut": "silence", "networks": [0]},
    {"preset": "nginx", "idle_timeout_s": 5, "keep_alive_s": 3, "answer_timeout_s": 6,
     "reload_at_s": [25.0], "drain_s": 2},
]  # fmt: skip


@pytest.mark.parametrize("lane", ["fast", "exact"])
@pytest.mark.parametrize("name", DESIGNS)
def test_the_books_balance_whatever_is_cut(name, lane):
    """Boxes of all kinds, loss, tunnels, a crash: every reception is accounted for."""
    bad = {
        "profile": "4g",
        "share": 0.5,
        "loss": {"kind": "bernoulli", "ratio": 0.05},
        "outages": {"kind": "list", "intervals": [[12, 15], [30, 31]]},
    }
    world = scenario(
        path=BOXES,
        networks=[bad, {**bad, "profile": "wifi", "changes_address": True}],
        transport={"lane": lane},
        faults=[{"kind": "node-crash", "node": 0, "at_s": 20.0, "restart_s": 3.0}],
    )
    history = run_replication(world, DESIGNS[name], 0)
    assert measure(history)["conservation"]["adds_up"]
    assert len(history.tables["episodes"]["person"])


def test_socketio_comes_back_from_a_proxys_cut_as_the_real_one_does():
    """nginx 1.22 with a read time-out of 6 s before socket.io 4.8.4, 130 cuts on a round trip of
    50 ms: median 1285 ms, 762 to 1794. Here the work of browser and server is next to nothing.
    """
    link = {"delay": {"kind": "constant", "delay_s": 0.025}, "rate": {"kind": "none"}}
    networks = [{"share": 1.0, "profile": "lan", **link}]
    box = {"preset": "nginx", "idle_timeout_s": 6}
    stage = Stage("socketio", people=20, path=[box], networks=networks).run(100.0)
    back_s = [gap["open_s"] - gap["noticed_s"] for gap in stage.gaps()]
    assert len(back_s) > 100
    assert 0.7 < min(back_s) < max(back_s) < 1.8
    assert median(back_s) == pytest.approx(1.285, rel=0.1)


def test_behind_nginx_an_idle_connection_is_kept_for_nginxs_time():
    servers = {**FEW, "http_server": "node-20", "proxy": "nginx"}
    first_s, warm_s, later_s, cold_s = sends(servers, {"version": "none"}, 10, 15, 30, 110)
    assert later_s == pytest.approx(warm_s, abs=0.01)
    assert cold_s == pytest.approx(first_s, abs=0.01)


def test_a_request_that_crosses_the_closing_is_sent_again_and_done_once():
    """Half a delay before Node closes: the request meets a closed socket, and Chromium resends."""
    servers = {**FEW, "http_server": "node-20"}
    closes_s = Stage("hybrid", [(10.0, 0)], servers=servers).run(15.0).accepted_s(0) + 6.0
    asks_s = closes_s - ONE_WAY_S / 2
    stage = Stage("hybrid", [(10.0, 0), (asks_s, 0)], servers=servers).run(60.0)
    late_s, warm_s = stage.accepted_s(1) - asks_s, stage.accepted_s(0) - 10.0 - RTT_S
    assert warm_s + RTT_S < late_s < warm_s + 4 * RTT_S
    assert (stage.drops(), stage.shown(1)) == ([], [0, 1])


@pytest.mark.parametrize("lane", ["fast", "exact"])
def test_what_a_removed_server_still_has_is_cut_at_one_instant(lane):
    """A deploy lets its clients go over 20 s; a balancer with a shorter delay does not wait."""
    deploy = {"kind": "rolling-deploy", "at_s": 50.0, "drain_s": 20.0, "restart_s": 5.0}
    stage = Stage(
        BEATING, people=20, path=[{"preset": "aws-alb", "removal_s": 6.0}], faults=[deploy],
        servers={"gateways": 2, "api_nodes": 0, "cores": 1}, transport={"lane": lane},
    ).run(74.0)  # fmt: skip
    gaps = stage.gaps()
    at_once = [gap for gap in gaps if gap["reason"] == "server removed"]
    assert [gap["cut_s"] for gap in at_once] == [about(56.0)] * 7
    assert {gap["reason"] for gap in gaps} == {"server close", "server removed"}
    assert len(gaps) == 10


CRASHES = [
    {"kind": "node-crash", "node": node, "at_s": at_s, "restart_s": 3.0}
    for node, at_s in ((2, 20.0), (3, 40.0), (2, 60.0))
]
TWO_APIS = {"gateways": 2, "api_nodes": 2, "cores": 1}


def crashed(design, **servers):
    """Requests each 0.1 s while API nodes die, one after the other."""
    actions = [(10.0 + number / 10.0, number % 3) for number in range(600)]
    given = {"servers": {**TWO_APIS, **servers}, "faults": CRASHES, "tls": {"version": "none"}}
    return Stage(design, actions, **given).run(100.0)


def test_nginx_hides_dead_api_nodes_where_people_met_refusals():
    """Without a proxy people's connections die and some dials are refused; behind nginx none."""
    bare, behind = crashed("hybrid"), crashed("hybrid", proxy="nginx")
    outcomes = [
        {how for person in range(3) for _, _, how, _ in stage.attempts(person)}
        for stage in (bare, behind)
    ]
    assert outcomes == [{"opened", "refused"}, {"opened"}]
    assert behind.drops() == []
    late = [behind.told_s(number) - 10.0 - number / 10.0 for number in range(600)]
    assert sum(one > 0.5 for one in late) <= len(CRASHES) * 2


@pytest.mark.parametrize(
    ("retries", "key", "copies"),
    [("unless-posted", False, 1), ("always", False, 2), ("always", True, 1)],
)
def test_what_a_proxy_sends_twice_is_done_twice_without_a_key(retries, key, copies):
    """A node stands still, and `proxy_next_upstream ... non_idempotent` gives up waiting for it."""
    box = {"preset": "nginx", "retries": retries, "answer_timeout_s": 1.0}
    design = DESIGNS["hybrid"].variant("mine", {"idempotent": key, "http": {"retry": False}})
    pause = {"kind": "node-pause", "node": 2, "at_s": 10.1, "for_s": 5.0}
    stage = Stage(design, [(10.0, 0)], path=[box], servers=TWO_APIS, faults=[pause]).run(60.0)
    assert len(stage.arrivals(1)) == copies


@pytest.mark.parametrize("name", DESIGNS)
@pytest.mark.parametrize("proxy", ["nginx", "haproxy", "aws-alb"])
def test_the_books_balance_behind_a_proxy_whatever_dies(name, proxy):
    servers = {"gateways": 3, "api_nodes": 2, "cores": 1, "proxy": proxy}
    faults = [
        {"kind": "node-crash", "node": 0, "at_s": 15.0, "restart_s": 3.0},
        {"kind": "host-loss", "node": 1, "at_s": 20.0, "back_s": 6.0},
        {"kind": "node-crash", "node": 3, "at_s": 22.0, "restart_s": 2.0},
        {"kind": "host-loss", "node": 4, "at_s": 25.0, "back_s": 5.0},
    ]
    history = run_replication(scenario(servers=servers, faults=faults), DESIGNS[name], 0)
    assert measure(history)["conservation"]["adds_up"]
