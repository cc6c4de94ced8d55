"""A person closes the app and opens it again: their session ends, another begins."""

import pytest

from models import DESIGNS
from sim.experiment.run import run_replication
from sim.faults.plan import closed_apps
from sim.guarantees import GUARANTEES, Evidence
from sim.hunt.schedule import read
from sim.hunt.stage import stage
from sim.network.outages import Outages
from tests.sim.faults.made_faults import Stage, faults

CLOSED = {"kind": "app-closed", "person": 3, "start_s": 11.0, "end_s": 12.0}


def test_it_closes_the_app_of_one_person_who_is_there():
    given = faults(CLOSED, {**CLOSED, "start_s": 11.5, "end_s": 13.0}, {**CLOSED, "person": 9})
    assert closed_apps(given, 5) == {3: Outages([(11.0, 13.0)])}


def test_the_session_ends_and_another_begins():
    sessions = Stage(CLOSED).world.workload.sessions
    (whole,) = sessions[0]
    assert sessions[3] == ((0.0, 11.0), (12.0, whole[1]))


@pytest.mark.parametrize("name", ["full-websocket-acked", "long-poll", "mqtt-qos1", "sse-resume"])
def test_a_design_that_remembers_brings_what_was_missed(name):
    schedule = read("people=2 send=5:0 send=8:0 app=1@4+20")
    history = run_replication(schedule.scenario(stage(name, DESIGNS)), DESIGNS[name], 0)
    evidence = Evidence(history)
    assert not GUARANTEES["at-least-once"].on(evidence, None).violations
    assert (evidence.owed.shown_s > 24.0).all()


def test_a_design_that_does_not_loses_it():
    name = "full-websocket"
    schedule = read("people=2 send=5:0 app=1@4+20")
    history = run_replication(schedule.scenario(stage(name, DESIGNS)), DESIGNS[name], 0)
    assert GUARANTEES["at-least-once"].check(history).violations == 1
