"""All faults of a scenario: outages are joined, and whatever falls gets up again."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.faults import KINDS
from sim.faults.base import Mishap
from sim.faults.plan import link_outages, mishaps, node_lost
from sim.network.outages import Outages
from sim.node import UP
from sim.streams import Streams
from tests.sim.faults.made_faults import AROUND, Stage, fault, faults


def test_outages_of_one_person_are_joined():
    given = faults(
        {"kind": "link-outage", "person": 3, "start_s": 1, "end_s": 4},
        {"kind": "node-pause", "node": 0, "at_s": 1, "for_s": 1},
        {"kind": "link-outage", "person": 3, "start_s": 3, "end_s": 6},
        {"kind": "shared-outage", "share": 1.0, "start_s": 5, "end_s": 7},
    )
    assert link_outages(given, Streams(1, 0), 4) == {
        **dict.fromkeys((0, 1, 2), Outages([(5, 7)])),
        3: Outages([(1, 7)]),
    }


def test_people_who_change_address_do_so_when_their_link_is_back():
    stage = Stage(
        {"kind": "link-outage", "person": 2, "start_s": 11, "end_s": 13},
        people={"count": 4, "networks": "in order"},
        networks=[
            {"share": 0.25, "profile": "4g"},
            {"share": 0.75, "profile": "wifi", "changes_address": True,
             "outages": {"kind": "list", "intervals": [[12, 14], [20, 21]]}},
        ],
    )  # fmt: skip
    stage.world.engine.run(45.0)
    assert stage.notes == [(at_s, "move", person) for at_s in (14.0, 21.0) for person in (1, 2, 3)]


NODE_FAULTS = st.one_of(
    st.fixed_dictionaries(
        {"kind": st.just("node-crash"), "node": st.integers(0, 3), "at_s": st.floats(0, 30),
         "restart_s": st.floats(0.1, 10)}
    ),
    st.fixed_dictionaries(
        {"kind": st.just("host-loss"), "node": st.integers(0, 3), "at_s": st.floats(0, 30),
         "back_s": st.floats(0.1, 10)}
    ),
    st.fixed_dictionaries(
        {"kind": st.just("node-pause"), "node": st.integers(0, 3), "at_s": st.floats(0, 30),
         "for_s": st.floats(0.1, 10)}
    ),
    st.fixed_dictionaries(
        {"kind": st.just("rolling-deploy"), "at_s": st.floats(0, 20), "drain_s": st.floats(0, 5),
         "restart_s": st.floats(0.1, 5)}
    ),
)  # fmt: skip


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.lists(NODE_FAULTS, max_size=5))
def test_whatever_falls_is_up_when_measuring_ends(keys):
    stage = Stage(*keys)
    (states,) = stage.states(45.001)
    assert set(states) == {UP}
    assert all(node.accepting for node in stage.world.nodes)
    assert all(node.start_s() == 45.001 for node in stage.world.nodes)


INCIDENTS = {
    "link-outage": [(1.0, 4.0, "person", (3,))],
    "reset": [(1.0, 1.0, "person", (3,))],
    "node-pause": [(1.0, 3.0, "node", (2,))],
    "host-loss": [(1.0, 6.0, "node", (2,))],
    "node-crash": [(1.0, 6.0, "node", (2,))],
    "rolling-deploy": [
        (1.0, 4.0, "node", (0,)), (4.0, 7.0, "node", (1,)), (7.0, 10.0, "node", (2,)),
        (10.0, 13.0, "node", (3,)), (13.0, 16.0, "node", (4,)),
    ],
    "remove-nodes": [(1.0, 3.0, "nobody", ())],
    "add-nodes": [],
    "app-closed": [],
    "device-asleep": [(1.0, 4.0, "person", (3,))],
    "tab-hidden": [(1.0, 4.0, "person", (3,))],
    "flood": [(1.0, 4.0, "person", (3,))],
    "backplane-outage": [(1.0, 4.0, "nobody", ())],
    "silent-subscriber": [(1.0, 4.0, "nobody", ())],
    "broker-netsplit": [(1.0, 4.0, "nobody", ())],
    "backend-pause": [(1.0, 4.0, "nobody", ())],
    "backend-crash": [(1.0, 4.0, "nobody", ())],
    "backend-slow": [(1.0, 4.0, "nobody", ())],
}  # fmt: skip
KEYS = {
    "link-outage": {"person": 3, "start_s": 1.0, "end_s": 4.0},
    "reset": {"person": 3, "at_s": 1.0},
    "app-closed": {"person": 3, "start_s": 1.0, "end_s": 4.0},
    "device-asleep": {"person": 3, "start_s": 1.0, "end_s": 4.0},
    "tab-hidden": {"person": 3, "start_s": 1.0, "end_s": 4.0},
    "node-pause": {"node": 2, "at_s": 1.0, "for_s": 2.0},
    "host-loss": {"node": 2, "at_s": 1.0, "back_s": 5.0},
    "node-crash": {"node": 2, "at_s": 1.0, "restart_s": 5.0},
    "rolling-deploy": {"at_s": 1.0, "drain_s": 1.0, "restart_s": 2.0},
    "remove-nodes": {"at_s": 1.0, "count": 1, "drain_s": 2.0},
    "add-nodes": {"at_s": 1.0, "count": 1},
    "flood": {"person": 3, "start_s": 1.0, "end_s": 4.0},
    "backplane-outage": {"start_s": 1.0, "end_s": 4.0},
    "silent-subscriber": {"start_s": 1.0, "end_s": 4.0},
    "broker-netsplit": {"start_s": 1.0, "end_s": 4.0},
    "backend-pause": {"backend": "store", "at_s": 1.0, "for_s": 3.0},
    "backend-crash": {"backend": "store", "at_s": 1.0, "restart_s": 3.0},
    "backend-slow": {"backend": "store", "at_s": 1.0, "for_s": 3.0, "factor": 2.0},
    "shared-outage": {"share": 0.3, "start_s": 1.0, "end_s": 4.0},
    "mass-disconnect": {"share": 0.3, "at_s": 1.0},
}


@pytest.mark.parametrize("kind", INCIDENTS)
def test_what_a_fault_means_is_known_before_the_run(kind):
    found = list(mishaps([fault(kind, **KEYS[kind])], Streams(1, 0), AROUND))
    assert found == [(kind, Mishap(*row)) for row in INCIDENTS[kind]]
    assert bool(KINDS[kind].mishap) is bool(found)


@pytest.mark.parametrize("kind", ["shared-outage", "mass-disconnect"])
def test_a_fault_of_many_is_one_incident_and_hits_those_whom_it_really_hits(kind):
    made = fault(kind, **KEYS[kind])
    _, (_, found) = mishaps([fault("reset", **KEYS["reset"]), made], Streams(1, 0), AROUND)
    assert found.target == "person"
    assert list(found.numbers) == made.drawn(Streams(1, 0), 1, 10)
    assert len(found.numbers) == 3


def test_every_kind_of_fault_is_tried_here():
    assert set(KEYS) == set(KINDS)


def test_a_crash_is_over_when_the_process_is_really_back():
    crash = {"kind": "node-crash", **KEYS["node-crash"], "restart_spread_s": 20.0}
    [(_, found)] = mishaps(faults(crash), Streams(7, 0), AROUND)
    stage = Stage(crash)
    (before,), (after,) = stage.states(found.end_s - 0.001), stage.states(found.end_s + 0.001)
    assert (before[2] == UP, after[2] == UP) == (False, True)


def test_nobody_is_hit_who_is_not_there():
    around = replace(AROUND, people=3)
    for kind in ("link-outage", "reset"):
        assert list(mishaps([fault(kind, **KEYS[kind])], Streams(1, 0), around)) == []


@pytest.mark.parametrize(("told", "kind"), [(True, "node-crash"), (False, "host-loss")])
def test_a_node_is_lost_so_that_its_clients_are_told_or_not(told, kind):
    fault = node_lost(2, 30.0, 40.0, told)
    assert (fault.kind, fault.node, fault.begins_s) == (kind, 2, 30.0)
