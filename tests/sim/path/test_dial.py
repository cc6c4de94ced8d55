"""Opening tunnels: who pays for TLS, and what the proxy says when the node says no, or nothing."""

import pytest
from stage import ONE_WAY_S, Stage

from models import DESIGNS

TRIP_S = 2 * ONE_WAY_S
SERVERS = {"gateways": 1, "api_nodes": 1, "cores": 1, "session_reads": 0, "token_check_s": 0.0}


def stage(design="full-websocket", people=2, faults=(), lane="fast", **box):
    path = [{"preset": "nginx", **box}]
    return Stage(
        design, people=people, joins=False, servers=SERVERS, path=path, faults=list(faults),
        transport={"lane": lane},
    )  # fmt: skip


def fault(kind, **keys):
    return {"kind": kind, "node": 0, "at_s": 1.0, **keys}


DOWN = fault("node-crash", restart_s=50.0)
LOST = fault("host-loss", back_s=50.0)
PAUSED = fault("node-pause", for_s=50.0)


def attempt(one, until_s=40.0):
    """(outcome, how long it took) of the first attempt, begun at 2 s."""
    one.at(2.0, one.system.join, 0)
    _, _, how, took_s = one.run(until_s).attempts(0)[0]
    return how, took_s


@pytest.mark.parametrize("lane", ["fast", "exact"])
@pytest.mark.parametrize(
    ("faults", "box", "how", "took_s"),
    [
        ([], {}, "opened", 2 * TRIP_S),
        ([DOWN], {}, "refused", 2 * TRIP_S),  # the proxy's 502, not the kernel's reset
        ([LOST], {"connect_timeout_s": 3}, "refused", 3.0 + 2 * TRIP_S),  # a 504
        ([PAUSED], {"answer_timeout_s": 4}, "refused", 4.0 + 2 * TRIP_S),
        ([{**PAUSED, "for_s": 3.0}], {"answer_timeout_s": 4}, "opened", 2.0 + TRIP_S / 2),
    ],
)
def test_the_proxy_answers_for_the_node(faults, box, how, took_s, lane):
    found, took = attempt(stage(faults=faults, lane=lane, **box))
    assert (found, took) == (how, pytest.approx(took_s, abs=5e-3))


@pytest.mark.parametrize(("faults", "tries"), [([], 1), ([DOWN], 2)])
def test_who_says_nothing_first_is_closed_when_the_node_refuses(faults, tries):
    one = stage("mqtt-qos0", faults=faults)
    one.at(2.0, one.system.join, 0)
    one.run(2.0 + 2.5 * TRIP_S)
    client = next(iter(one.channel("mqtt").clients.values()))
    assert client.reconnecting.up is (tries == 1)


def test_a_proxy_that_stands_still_lets_the_newcomer_wait():
    pause = {"kind": "backend-pause", "backend": "proxy", "at_s": 1.0, "for_s": 5.0}
    how, took_s = attempt(stage(faults=[pause]))
    assert (how, took_s) == ("opened", pytest.approx(4.0 + ONE_WAY_S, abs=5e-3))


def busy_s(tls, proxy):
    servers = {**SERVERS, "gateways": 1, **({"proxy": proxy} if proxy else {})}
    one = Stage("full-websocket", people=50, servers=servers, tls={"version": tls}).run(5.0)
    before = sum(one.world.proxy.busy_s.values()) if proxy else 0.0
    return np_round(sum(one.gateways[0].busy_s.values())), np_round(before)


def np_round(time_s):
    return round(time_s, 6)


def test_tls_ends_at_the_proxy():
    node_alone_s, _ = busy_s("1.3", None)
    node_bare_s, _ = busy_s("none", None)
    node_s, proxy_s = busy_s("1.3", "nginx")
    _, proxy_bare_s = busy_s("none", "nginx")
    tls_s = proxy_s - proxy_bare_s
    assert tls_s == pytest.approx(node_alone_s - node_bare_s, rel=0.05)
    assert node_s == pytest.approx(node_bare_s, rel=0.05)


def test_those_who_dial_count_for_the_balancer_before_they_are_served():
    servers = {**SERVERS, "gateways": 4, "proxy": "nginx", "balancer": "least-connections"}
    one = Stage("full-websocket", people=40, joins=False, servers=servers)
    for person in range(40):
        one.at(1.0 + person * TRIP_S, one.system.join, person)
    one.run(1.0 + 60 * TRIP_S)
    assert [len(node.connections) for node in one.gateways] == [10] * 4


def test_a_node_that_drains_turns_newcomers_away():
    deploy = {"kind": "rolling-deploy", "at_s": 2.0 + 1.6 * TRIP_S, "drain_s": 1, "restart_s": 1}
    one = stage("full-websocket", faults=[deploy])
    one.at(2.0, one.system.join, 0)
    one.gateways[0].work(3.0, lambda: None)
    assert one.run(30.0).attempts(0)[0][2] in ("refused", "lost")
    assert one.channel("websocket").client(0).reconnecting.up


def test_every_design_gets_through():
    for name in ("full-websocket", "hybrid", "mqtt-qos1", "sse", "socketio", "long-poll"):
        one = Stage(DESIGNS[name], [(20.0, 1)], servers={**SERVERS, "proxy": "haproxy"})
        assert one.run(60.0).shown(0) == [0], name
