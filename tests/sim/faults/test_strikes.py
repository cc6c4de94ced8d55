"""Faults act on the world at their times, on the people and nodes they name, and heal."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from small import scenario

from sim.faults.strikes import arm
from sim.node import GONE, REFUSING, UP
from sim.world import World, build_world


class Stage:
    """A world with armed faults and a system that only takes notes."""

    def __init__(self, *keys: dict[str, Any], **changes: Any) -> None:
        self.world: World = build_world(scenario(faults=list(keys), **changes), 0)
        self.notes: list[tuple[float, str, int]] = []
        arm(self.world.scenario.faults, self.world, self)

    def disconnect(self, person: int) -> None:
        self.notes.append((self.world.engine.now_s, "disconnect", person))

    def move(self, person: int) -> None:
        self.notes.append((self.world.engine.now_s, "move", person))

    def states(self, *times_s: float) -> list[list[str]]:
        """The state of every node at each of these times."""
        seen = []
        for time_s in times_s:
            self.world.engine.run(time_s)
            seen.append([node.state for node in self.world.nodes])
        return seen


# --- nodes ---------------------------------------------------------------------------------------


def test_a_crashed_process_refuses_until_it_is_back():
    stage = Stage({"kind": "node-crash", "node": 1, "at_s": 10, "restart_s": 5})
    assert stage.states(9.9, 10.1, 14.9, 15.1) == [
        [UP] * 4, [UP, REFUSING, UP, UP], [UP, REFUSING, UP, UP], [UP] * 4,
    ]  # fmt: skip


def test_a_restart_may_take_its_time_by_luck():
    """The same luck whatever the design; somewhere in the spread, and not always the same."""
    back_s = []
    for seed in (1, 1, 2, 3):
        crash = {"kind": "node-crash", "node": 1, "at_s": 10, "restart_s": 5, "restart_spread_s": 4}
        stage, times_s = Stage(crash, seed=seed), [15.0 + step / 10 for step in range(1, 42)]
        states = [node_states[1] for node_states in stage.states(*times_s)]
        back_s.append(times_s[states.index(UP)])
    assert back_s[0] == back_s[1]
    assert len(set(back_s)) == 3
    assert all(15.0 < at_s <= 19.1 for at_s in back_s)


def test_a_lost_host_is_gone_until_it_is_back_api_nodes_too():
    stage = Stage({"kind": "host-loss", "node": 3, "at_s": 10, "back_s": 5})
    assert stage.states(10.1, 15.1) == [[UP, UP, UP, GONE], [UP] * 4]


def test_a_paused_node_lives_and_serves_nothing():
    stage = Stage({"kind": "node-pause", "node": 0, "at_s": 10, "for_s": 5})
    assert stage.states(10.1) == [[UP] * 4]
    assert [node.start_s() for node in stage.world.nodes] == [15.0, 10.1, 10.1, 10.1]


def test_a_rolling_deploy_takes_one_gateway_at_a_time_and_no_api_node():
    stage = Stage(
        {"kind": "rolling-deploy", "at_s": 10, "drain_s": 4, "restart_s": 2},
        servers={"gateways": 3, "api_nodes": 1},
    )
    world, accepting = stage.world, []
    for time_s in (9.0, 12.0, 15.0, 18.0, 21.0, 24.0, 27.0, 29.0):
        world.engine.run(time_s)
        accepting.append([node.accepting for node in world.gateways])
    assert accepting == [
        [True, True, True],
        [False, True, True], [False, True, True],  # draining, down
        [True, False, True], [True, False, True],
        [True, True, False], [True, True, False],
        [True, True, True],
    ]  # fmt: skip
    assert world.down_since_s == {0: 14.0, 1: 20.0, 2: 26.0}
    assert {node.state for node in world.nodes} == {UP}


def test_added_nodes_listen_at_once():
    stage = Stage({"kind": "add-nodes", "at_s": 10, "count": 3})
    stage.world.engine.run(9.9)
    assert len(stage.world.gateways) == 2
    stage.world.engine.run(10.1)
    assert [node.index for node in stage.world.gateways] == [0, 1, 4, 5, 6]
    assert all(node.listening and node.accepting for node in stage.world.gateways)


def test_removed_nodes_are_the_youngest_and_drain_before_they_go():
    stage = Stage(
        {"kind": "add-nodes", "at_s": 10, "count": 1},
        {"kind": "remove-nodes", "at_s": 20, "count": 2, "drain_s": 5},
        servers={"gateways": 3},
    )
    gateways = stage.world.gateways
    stage.world.engine.run(20.1)
    assert [node.accepting for node in gateways] == [True, True, False, False]
    assert [node.state for node in gateways] == [UP] * 4
    stage.world.engine.run(25.1)
    assert [node.state for node in gateways] == [UP, UP, REFUSING, REFUSING]
    assert not any(node.accepting for node in gateways[2:])


def test_the_last_gateway_stays_whatever_is_removed():
    stage = Stage(
        {"kind": "remove-nodes", "at_s": 10, "count": 1, "drain_s": 1},
        {"kind": "remove-nodes", "at_s": 20, "count": 1, "drain_s": 1},
    )
    stage.world.engine.run(30.0)
    assert [node.accepting for node in stage.world.gateways] == [True, False]


# --- people --------------------------------------------------------------------------------------


def test_a_mass_disconnect_resets_its_share_at_one_instant():
    stage = Stage({"kind": "mass-disconnect", "share": 0.5, "at_s": 10})
    stage.world.engine.run(45.0)
    assert [(at_s, what) for at_s, what, _ in stage.notes] == [(10.0, "disconnect")] * 4
    assert len({person for *_, person in stage.notes}) == 4


def test_a_reset_hits_one_person():
    stage = Stage({"kind": "reset", "person": 5, "at_s": 10})
    stage.world.engine.run(45.0)
    assert stage.notes == [(10.0, "disconnect", 5)]


def test_a_link_outage_may_end_with_a_new_address():
    cut = {"kind": "link-outage", "person": 5, "start_s": 9, "end_s": 10}
    stage = Stage(cut, {**cut, "start_s": 19, "end_s": 20, "changes_address": True})
    stage.world.engine.run(45.0)
    assert stage.notes == [(20.0, "move", 5)]


def test_with_a_trace_faults_of_people_it_does_not_have_hit_nobody(tmp_path):
    (tmp_path / "chat.csv").write_text(
        "time_s,sender,conversation,size_bytes\n0,ann,a,10\n1,bob,a,10\n"
    )
    stage = Stage(
        {"kind": "link-outage", "person": 7, "start_s": 9, "end_s": 10, "changes_address": True},
        {"kind": "reset", "person": 7, "at_s": 10},
        trace={"file": str(tmp_path / "chat.csv")},
    )
    stage.world.engine.run(45.0)
    assert (stage.world.workload.people, stage.notes) == (2, [])


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
