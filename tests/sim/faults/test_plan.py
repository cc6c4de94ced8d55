"""All faults of a scenario: outages are joined, and whatever falls gets up again."""

from hypothesis import given, settings
from hypothesis import strategies as st

from sim.faults.plan import link_outages
from sim.network.outages import Outages
from sim.node import UP
from sim.streams import Streams
from tests.sim.faults.made_faults import Stage, faults


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
