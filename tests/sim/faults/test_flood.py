"""A client that sends without end: its messages, and what it is called."""

import pytest

from models import DESIGNS
from sim import load_scenario
from sim.errors import InputError
from sim.experiment.run import run_replication
from sim.faults.plan import floods
from sim.history import SEND
from tests.sim.faults.made_faults import Stage, faults

FLOOD = {"kind": "flood", "person": 0, "start_s": 30.0, "end_s": 40.0, "per_s": 4.0}
OTHER = {"kind": "link-outage", "person": 1, "start_s": 30.0, "end_s": 40.0}


def test_who_sends_without_end_is_told_of_all_faults():
    assert floods(faults(OTHER, FLOOD)) == ((0, 30.0, 40.0, 4.0),)
    assert floods(faults(OTHER)) == ()


def test_its_messages_are_among_those_of_the_workload():
    usual, more = Stage().world.workload, Stage(FLOOD).world.workload
    assert len(more.time_s) == len(usual.time_s) + 40


def test_a_closed_app_floods_nobody():
    closed = {"kind": "app-closed", "person": 0, "start_s": 35.0, "end_s": 44.0}
    usual, more = Stage(closed).world.workload, Stage(FLOOD, closed).world.workload
    assert len(more.time_s) == len(usual.time_s) + 20


def test_a_history_says_whose_flood_it_had():
    world = {"people.count": 20, "time.measure_s": 60.0, "time.warmup_s": 5.0}
    plain, flooded = (
        run_replication(load_scenario(changes=world | {"faults": given}), DESIGNS["hybrid"], 0)
        for given in ([], [FLOOD])
    )
    assert "floods" not in plain.meta
    assert flooded.meta["floods"] == [[0, 30.0, 40.0]]
    rows = flooded.tables["messages"]
    assert ((rows["actor"] == 0) & (rows["action"] == SEND)).sum() >= 40


@pytest.mark.parametrize(
    ("change", "said"),
    [({"per_s": 0.0}, "per_s"), ({"end_s": 30.0}, "not after start_s"), ({"person": 99}, "person")],
)
def test_what_cannot_be_is_refused(change, said):
    with pytest.raises(InputError, match=said):
        load_scenario(changes={"people.count": 20, "faults": [FLOOD | change]})
