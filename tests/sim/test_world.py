"""The stage of a run: who is there, over which paths, on which nodes, before any design."""

from __future__ import annotations

from collections import Counter
from math import sqrt

import pytest
from small import scenario

from sim import load_scenario
from sim.history import API, GATEWAY, NODE, PERSON
from sim.network.outages import Outages
from sim.streams import Streams
from sim.world import build_world
from tests.sim.metrics.histories import META

RENEWAL = {
    "kind": "renewal",
    "up": {"kind": "exponential", "mean_s": 10},
    "down": {"kind": "exponential", "mean_s": 5},
}
LISTED = {"kind": "list", "intervals": [[9, 12]]}
TWO_NETWORKS = [{"share": 0.25, "profile": "fibre"}, {"share": 0.75, "profile": "3g"}]


def test_people_paths_and_nodes_are_those_of_the_scenario():
    given = scenario(
        servers={"gateways": 3, "api_nodes": 2, "cores": 4, "accept_backlog": 9,
                 "connections_limit": 11, "admissions_per_s": 4, "slowness": 3},
    )  # fmt: skip
    world = build_world(given, replication=2)
    assert world.workload.people == len(world.paths) == len(world.exact) == 8
    assert (world.scenario, world.replication) == (given, 2)
    assert (world.streams.seed, world.streams.replication) == (7, 2)
    assert [(node.index, node.kind) for node in world.nodes] == [
        (0, GATEWAY), (1, GATEWAY), (2, GATEWAY), (3, API), (4, API),
    ]  # fmt: skip
    assert {(node.backlog, node.connections_limit) for node in world.nodes} == {(9, 11)}
    assert [node.admission_s for node in world.nodes] == [0.25, 0.25, 0.25, 0.0, 0.0]
    assert {node.pace for node in world.nodes} == {3.0}
    assert world.engine.now_s == 0.0


def test_four_cores_serve_four_at_once():
    (node, *_) = build_world(scenario(servers={"cores": 4}), 0).nodes
    assert [node.busy(1.0) for _ in range(5)] == [1.0, 1.0, 1.0, 1.0, 2.0]


def test_new_gateways_are_numbered_after_everything_that_exists():
    world = build_world(scenario(servers={"gateways": 2, "api_nodes": 1}), 0)
    added = [world.add_gateway(), world.add_gateway()]
    assert [(node.index, node.kind, node.listening) for node in added] == [
        (3, GATEWAY, True), (4, GATEWAY, True),
    ]  # fmt: skip
    assert world.gateways[2:] == added
    assert [node.index for node in world.nodes] == [0, 1, 2, 3, 4]


def test_a_new_gateway_costs_what_the_others_do():
    world = build_world(scenario(), 0)
    for gateway in world.gateways:
        gateway.host(0.03, 1e-4, 7000)
        gateway.reads_first = False
    added = world.add_gateway()
    assert (added.wake_share, added.wake_max_s, added.connection_bytes) == (0.03, 1e-4, 7000)
    assert not added.reads_first


def test_a_fall_is_noted_with_its_time():
    world = build_world(scenario(), 0)
    world.engine.at(3.0, world.gateways[1].crash)
    world.engine.at(4.0, world.apis[0].lose_host)
    world.engine.run(10.0)
    assert world.down_since_s == {1: 3.0, 2: 4.0}


def test_networks_are_dealt_by_share():
    people = 1000
    world = build_world(scenario(people={"count": people}, networks=TWO_NETWORKS), 0)
    on_fibre = sum(path.up.delay.mean_s == 0.002 for path in world.paths)
    assert abs(on_fibre - 250) < 5 * sqrt(people * 0.25 * 0.75)


def test_networks_in_order_are_dealt_exactly():
    given = scenario(people={"count": 10, "networks": "in order"}, networks=TWO_NETWORKS)
    delays_s = [path.up.delay.mean_s for path in build_world(given, 0).paths]
    assert Counter(delays_s) == {0.002: 2, 0.15: 8}
    assert delays_s == sorted(delays_s)


def test_outages_of_access_and_of_faults_are_one_and_on_record():
    given = scenario(
        networks=[{"share": 1, "profile": "4g", "outages": LISTED}],
        faults=[
            {"kind": "link-outage", "person": 3, "start_s": 11.0, "end_s": 20.0},
            {"kind": "link-outage", "person": 3, "start_s": 30.0, "end_s": 31.0},
        ],
    )
    world = build_world(given, 0)
    assert world.paths[3].outages == Outages([(9, 20), (30, 31)])
    assert {path.outages for person, path in enumerate(world.paths) if person != 3} == {
        Outages([(9, 12)])
    }
    assert world.ledger.rows("outages") == [
        (person, start_s, end_s)
        for person, path in enumerate(world.paths)
        for start_s, end_s in path.outages
    ]


def test_every_incident_is_on_record_before_the_run_starts():
    """Outages of the network's own apart from those of faults, though links join them."""
    given = scenario(
        networks=[
            {"share": 1, "profile": "4g", "changes_address": True,
             "outages": {"kind": "list", "intervals": [[9, 12]]}},
        ],
        faults=[
            {"kind": "node-pause", "node": 3, "at_s": 9.0, "for_s": 1.0},
            {"kind": "link-outage", "person": 3, "start_s": 11.0, "end_s": 20.0},
            {"kind": "shared-outage", "share": 0.25, "start_s": 15.0, "end_s": 16.0},
        ],
        people={"count": 4},
    )  # fmt: skip
    of = build_world(given, 0).ledger.history(META)
    kinds = of.meta["incident_kinds"]
    assert kinds == ["link-outage", "node-pause", "outage-new-address", "shared-outage"]
    rows = zip(*of.tables["incidents"].values(), strict=True)
    told = [(number, kinds[kind], *others) for number, kind, *others in rows]
    [shared] = build_world(given, 0).scenario.faults[2].drawn(Streams(given.seed, 0), 2, 4)
    assert told == [
        (0, "node-pause", NODE, 3, 9.0, 10.0),
        *((1 + one, "outage-new-address", PERSON, one, 9.0, 12.0) for one in range(4)),
        (5, "link-outage", PERSON, 3, 11.0, 20.0),
        (6, "shared-outage", PERSON, shared, 15.0, 16.0),
    ]


def test_every_outage_has_healed_when_measuring_ends():
    given = scenario(networks=[{"share": 1, "profile": "4g", "outages": RENEWAL}])
    for path in build_world(given, 0).paths:
        assert path.outages.is_up(given.time.measured_until_s)
        assert max(path.outages.ends_s, default=0.0) <= given.time.measured_until_s


def test_backplane_outages_are_known_beforehand():
    faults = [{"kind": "backplane-outage", "start_s": 10, "end_s": 12}]
    assert build_world(scenario(faults=faults), 0).backplane_down == Outages([(10, 12)])


def fingerprint(replication: int, seed: int = 7) -> tuple[object, ...]:
    """Everything drawn before the first event."""
    network = {
        "share": 1.0,
        "profile": "4g",
        "outages": RENEWAL,
        "loss": {"kind": "bernoulli", "ratio": 0.3},
        "delay": {"kind": "gamma", "mean_s": 0.05, "sd_s": 0.02},
    }
    other = {**network, "profile": "2g"}
    world = build_world(
        scenario(
            seed=seed,
            networks=[{**network, "share": 0.5}, {**other, "share": 0.5}],
            people={"sessions": {"kind": "on-off", "on_mean_s": 10, "off_mean_s": 5}},
        ),
        replication,
    )
    ways = [way for path in world.paths for way in (path.up, path.down)]
    rates_bps = tuple(way.rate.mean_bps for way in ways if way.rate)
    return (
        world.workload.time_s.tobytes(),
        world.workload.sessions,
        world.workload.members,
        tuple(path.outages for path in world.paths),
        tuple(way.delay.draw() for way in ways for _ in range(5)),
        tuple(way.loss.lost(0.0, packet) for way in ways for packet in range(20)),
        rates_bps,
    )


def test_the_same_seed_and_replication_build_the_same_world():
    assert fingerprint(0) == fingerprint(0)


@pytest.mark.parametrize(("replication", "seed"), [(1, 7), (0, 8), (7, 0)])
def test_other_seeds_and_replications_build_other_worlds(replication, seed):
    usual, other = fingerprint(0), fingerprint(replication, seed)
    assert all(one != two for one, two in zip(usual, other, strict=True))


def test_a_run_may_be_given_another_seed():
    given = scenario()
    one, two = build_world(given, 0, seed=8), build_world(scenario(seed=8), 0)
    assert one.workload.time_s.tobytes() == two.workload.time_s.tobytes()


DENSE = {"actions": {"send": {"per_person_per_minute": 200}}}
LOSSY = [{"share": 1, "profile": "4g", "loss": {"kind": "bernoulli", "ratio": 0.01}}]
CUT = [{"kind": "link-outage", "person": 2, "start_s": 10.0, "end_s": 20.0}]


@pytest.mark.parametrize(
    ("changes", "exact"),
    [
        ({}, 0),  # nothing can go wrong
        (DENSE, 0),
        ({"networks": LOSSY}, 0),  # sparse: a loss is over before the next message
        ({**DENSE, "networks": LOSSY}, 8),
        ({**DENSE, "faults": CUT}, 1),
        ({"transport": {"lane": "exact"}}, 8),
        ({**DENSE, "networks": LOSSY, "transport": {"lane": "fast"}}, 0),
    ],
)
def test_the_exact_lane_is_for_dense_streams_on_imperfect_paths(changes, exact):
    assert sum(build_world(scenario(**changes), 0).exact) == exact


def test_clients_have_clocks_of_their_own_or_share_their_networks():
    half = [{"share": 0.5, "profile": "4g"}, {"share": 0.5, "profile": "wifi"}]
    own = build_world(scenario(networks=half), 0).clock_phase_s
    assert len(set(own)) == 8
    assert all(0.0 <= phase_s < 1.0 for phase_s in own)
    people = {"networks": "in order", "clients": "one process per network"}
    shared = build_world(scenario(networks=half, people=people), 0).clock_phase_s
    assert shared == [shared[0]] * 4 + [shared[-1]] * 4
    assert shared[0] != shared[-1]


def test_in_one_way_pairs_only_readers_listen():
    pairs = {"sizes": {"kind": "one-way-pairs"}}
    world = build_world(scenario(conversations=pairs), 0)
    assert [world.listens(person) for person in range(8)] == [False] * 4 + [True] * 4
    assert all(build_world(scenario(), 0).listens(person) for person in range(8))


def test_the_store_takes_as_long_as_it_says_when_idle_and_no_longer_than_it_can_when_busy():
    world = build_world(scenario(store={"write_s": 0.5, "writes_per_s": 4, "read_s": 0.1}), 0)
    done_s: list[float] = []
    note = lambda: done_s.append(world.engine.now_s)  # noqa: E731
    for _ in range(4):
        world.write.start(note)
    world.engine.run(0.05)
    world.read.start(note)  # no ceiling was given for reads: they do not queue
    world.engine.run(10.0)
    assert sorted(done_s) == pytest.approx([0.15, 0.5, 0.75, 1.0, 1.25])


def test_reads_and_writes_share_what_the_store_can_do():
    world = build_world(scenario(store={"writes_per_s": 2, "reads_per_s": 4}), 0)
    done_s: list[float] = []
    note = lambda: done_s.append(world.engine.now_s)  # noqa: E731
    world.write.start(note)
    world.read.start(note)
    world.engine.run(10.0)
    assert done_s == [0.5, 0.75]


def test_a_run_of_real_size_is_compiled_and_a_tiny_one_is_not():
    assert not build_world(load_scenario("commuter-day"), 0).plain
    assert build_world(load_scenario("commuter-day", {"people.count": 10}), 0).plain
