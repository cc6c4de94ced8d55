"""The storm is the exact engine's: the same people, the same luck, the same dials."""

import numpy as np
import pytest
from stormy import AT_S, back_after, crash, exactly, played, world

import sim
from models.storms.play import play
from sim.history import GATEWAY
from sim.storms.outcome import OPENED
from sim.storms.question import CRASHES, VANISHES, Fault, Storm

CASES = {
    "refused": ("full-websocket", 4, 3.0, {}),
    "a queue of 40": ("full-websocket", 1, 3.0, {"servers__accept_backlog": 40}),
    "in step": ("mqtt-qos1", 2, 3.0, {"servers__accept_backlog": 100, "profile": "4g"}),
    "socket.io": ("socketio", 2, 10.0, {"profile": "4g"}),
    "few let in": ("full-websocket", 2, 3.0, {"servers__admissions_per_s": 60.0}),
    "slow nodes": ("full-websocket", 2, 3.0, {"servers__slowness": 4.0}),
    "few let in, in step": ("mqtt-qos1", 2, 3.0, {"servers__admissions_per_s": 60.0}),
}


def quantile(took_s, share):
    return np.sort(took_s)[int(np.ceil(share * len(took_s))) - 1]


@pytest.mark.parametrize("name", CASES)
def test_it_is_back_when_the_exact_engine_says_so(name):
    design, nodes, for_s, changes = CASES[name]
    faults = [
        {"kind": "node-crash", "node": node, "at_s": AT_S, "restart_s": for_s}
        for node in range(nodes)
    ]
    own = {"servers__gateways": nodes, "servers__cores": 1, **changes}
    scenario = world(people__count=1500, faults=faults, **own)
    took_s, dials = exactly(scenario, design)
    storm = played(
        1500, nodes, crash(nodes, for_s, AT_S), design=design, scenario=scenario, horizon_s=220
    )
    assert storm.cut == len(took_s)
    assert storm.attempts == pytest.approx(dials, rel=0.002)
    for share in (0.5, 0.95, 0.99):
        assert storm.back_after_s(share) == pytest.approx(quantile(took_s, share), rel=0.01)


def test_clients_get_in_in_the_order_of_the_exact_engine():
    """At a node that takes 2.5 ms for a handshake, whoever misses a place is back much later."""
    own = {"servers__cores": 1, "servers__slowness": 4.0, "servers__accept_backlog": 128}
    faults = [{"kind": "node-crash", "node": 0, "at_s": AT_S, "restart_s": 3.0}]
    scenario = world(people__count=1562, servers__gateways=1, faults=faults, **own)
    took_s, _ = exactly(scenario, "full-websocket")
    storm = played(1562, 1, crash(1, 3.0, AT_S), scenario=scenario, horizon_s=220)
    as_exact = np.abs(storm.back_s - AT_S - took_s) < 1e-4
    assert as_exact.mean() > 0.4


BACK_AND_BEHIND = {
    "nothing to ask for": ("full-websocket", {}),
    "a session": ("mqtt-qos1", {}),
    "a namespace": ("socketio", {}),
    "a cursor": ("hybrid-cursor", {}),
    "a slow store": ("hybrid-cursor", {"store__reads_per_s": 150.0}),
    "passwords": ("full-websocket", {"authenticator__check_s": 0.02, "authenticator__cores": 4}),
}


@pytest.mark.parametrize("name", BACK_AND_BEHIND)
def test_whoever_is_back_costs_what_it_costs_in_the_exact_engine(name):
    """Handshakes, pings and catching up: CPU of the nodes up to the storm's end, and the times
    where a store or an authenticator that has to be asked is what takes longest."""
    design, changes = BACK_AND_BEHIND[name]
    faults = [
        {"kind": "node-crash", "node": node, "at_s": AT_S, "restart_s": 3.0} for node in range(2)
    ]
    own = {"servers__gateways": 2, "servers__cores": 1, **changes}
    scenario = world(people__count=600, faults=faults, **own)
    history = sim.run_replication(scenario, sim.designs()[design], 0)
    took_s, _ = back_after(history)
    crashed = crash(2, 3.0, AT_S)
    storm = played(600, 2, crashed, design=design, scenario=scenario, horizon_s=220)
    for share in (0.5, 0.95, 0.99, 1.0):
        assert storm.back_after_s(share) == pytest.approx(quantile(took_s, share), rel=2e-3)
    nodes = history.tables["nodes"]
    during = (nodes["time_s"] > AT_S) & (nodes["time_s"] <= storm.played_s)
    exact_s = nodes["busy_s"][during & (nodes["kind"] == GATEWAY)].sum()
    assert storm.busy_s[:, int(AT_S) :].sum() == pytest.approx(exact_s, rel=0.01)


def test_the_same_seed_is_the_same_storm_and_another_one_is_not():
    digests = [played(300, 3, crash(2, 2.0), seed=seed).digest for seed in (1, 1, 2)]
    assert digests[0] == digests[1] != digests[2]


def test_only_those_of_the_lost_node_are_cut_and_all_are_back_on_the_others():
    storm = played(400, 4, crash(1, None))
    assert storm.cut == 100
    assert storm.connections[0] == 0
    assert storm.connections.sum() == 400
    assert np.isfinite(storm.back_s).all()


def test_silence_is_noticed_by_pings_and_no_earlier():
    storm = played(400, 4, (Fault(1.0, VANISHES, 0),), horizon_s=120)
    took_s = storm.back_s[storm.back_s > 0] - 1.0
    assert 20.0 < took_s.min() < 24.0  # a ping every 20 s, and 20 s of patience
    assert took_s.max() > 35.0


def test_a_second_loss_cuts_those_who_had_come_back():
    faults = (Fault(1.0, CRASHES, 0), Fault(20.0, CRASHES, 1))
    storm = played(400, 4, faults)
    assert storm.cut == 200
    assert storm.attempts > 220  # a third of the first hundred, and the second hundred
    assert storm.connections[:2].sum() == 0
    assert storm.connections.sum() == 400


def test_a_dead_address_is_given_out_until_its_time_is_over():
    faults = crash(2, None)
    balanced, by_name = (
        played(400, 4, faults, spread=spread, ttl_s=30.0) for spread in ("round-robin", "dns")
    )
    assert by_name.attempts > balanced.attempts
    assert by_name.connections.sum() == 400


@pytest.mark.parametrize("spread", ["round-robin", "least-connections", "sticky", "dns"])
def test_every_way_to_spread_brings_everybody_back(spread):
    storm = played(400, 4, crash(4, 3.0), spread=spread)
    assert storm.connections.sum() == 400
    if spread == "least-connections":
        assert np.ptp(storm.connections) <= 4


def test_whoever_may_try_so_often_gives_up():
    few = sim.designs()["full-websocket"].variant("few", {"tries": 2})
    storm = play(Storm(50, 1, crash(1, None), horizon_s=60), few, world())
    assert storm.gave_up == 50
    assert storm.attempts == 100


def test_whoever_is_not_open_by_then_is_not_back():
    patient = sim.designs()["mqtt-qos1"].variant("p", {"connection": {"connect_timeout_s": 99.0}})
    slow = world(servers__cores=1, servers__accept_backlog=4000)
    storm = Storm(4000, 1, crash(1, 3.0, 1.25), horizon_s=7)
    outcome = play(storm, patient, slow)
    assert 0.0 < np.isfinite(outcome.back_s).mean() < 1.0
    assert outcome.back_s[np.isfinite(outcome.back_s)].max() < storm.horizon_s
    assert outcome.series[:, OPENED].sum() == np.isfinite(outcome.back_s).sum()


def test_it_is_over_when_enough_are_back():
    whole, part = (played(400, 4, crash(4, 3.0), enough=share) for share in (1.0, 0.9))
    assert part.played_s < whole.played_s
    assert part.back_after_s(0.9) == whole.back_after_s(0.9)


@pytest.mark.parametrize("for_s", [5.0, 30.0])
def test_a_host_that_is_back_resets_those_who_write_to_it(for_s):
    """When pings are due is by luck here, by when people connected there: 1,500 of each.

    They connect over a tenth of the warm-up, which is one interval of pings here.
    """
    faults = [
        {"kind": "host-loss", "node": node, "at_s": AT_S, "back_s": for_s} for node in range(2)
    ]
    spread = {"time__warmup_s": 200}
    scenario = world(people__count=1500, servers__gateways=2, faults=faults, **spread)
    took_s, _ = exactly(scenario, "full-websocket")
    faults = crash(2, for_s, AT_S, VANISHES)
    storm = played(1500, 2, faults, scenario=scenario, horizon_s=220)
    assert storm.cut == len(took_s)
    for share in (0.5, 0.95):
        # four standard errors of a median of 1,500 evenly over 20 s, twice
        assert storm.back_after_s(share) == pytest.approx(quantile(took_s, share), abs=1.4)
