"""A link that is dead for a while, and may come back with a new address."""

from sim.faults.plan import link_outages
from sim.network.outages import Outages
from sim.streams import Streams
from tests.sim.faults.made_faults import Stage, fault, faults


def test_a_link_outage_hits_one_person():
    given = faults({"kind": "link-outage", "person": 3, "start_s": 1, "end_s": 2})
    assert link_outages(given, Streams(1, 0), 5) == {3: Outages([(1, 2)])}


def test_a_person_whom_the_trace_does_not_have_is_nobody():
    given = faults({"kind": "link-outage", "person": 9, "start_s": 1, "end_s": 2})
    assert link_outages(given, Streams(1, 0), 5) == {}


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


def test_a_hunt_and_a_story_tell_a_new_address_from_the_old():
    usual, moved = (
        fault("link-outage", person=1, start_s=1, end_s=2, changes_address=new)
        for new in (False, True)
    )
    named = [[one.name for one in usual.forms() if one.holds(it)] for it in (usual, moved)]
    assert named == [["link"], ["address"]]
    assert (usual.links_after.label, moved.links_after.label) == (
        "link up",
        "link up, with a new address",
    )
