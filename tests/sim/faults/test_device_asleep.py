"""A device that sleeps: a dead link, timers that stand still, and connections that stay."""

import pytest
from stage import Stage

from models import DESIGNS
from sim.experiment.run import run_replication
from sim.faults.plan import at_rest
from sim.guarantees import GUARANTEES
from sim.hunt.schedule import read
from sim.hunt.stage import stage
from sim.network.outages import Outages
from tests.sim.faults.made_faults import Stage as World
from tests.sim.faults.made_faults import fault, faults

ASLEEP = {"kind": "device-asleep", "person": 0, "start_s": 30.0, "end_s": 200.0}


def first_gap(kind, design="full-websocket"):
    one = Stage(design, faults=[ASLEEP | {"kind": kind}]).run(290.0)
    return next(gap for gap in one.gaps() if gap["person"] == 0)


def test_it_rests_whom_there_is():
    given = faults(ASLEEP, {**ASLEEP, "person": 9}, {**ASLEEP, "kind": "tab-hidden", "person": 1})
    assert at_rest(given, "asleep", 5) == {0: Outages([(30.0, 200.0)])}
    assert at_rest(given, "hidden", 5) == {1: Outages([(30.0, 200.0)])}


def test_the_link_is_dead_and_the_session_goes_on_with_nothing_done():
    world = World(ASLEEP | {"end_s": 40.0}).world
    assert not world.paths[0].outages.is_up(35.0)
    assert len(world.workload.sessions[0]) == 1
    mine = world.workload.time_s[world.workload.actor == 0]
    assert not ((mine >= 30.0) & (mine < 40.0)).any()


def test_timers_stand_still_and_a_dead_connection_is_noticed_after_waking():
    dead = first_gap("link-outage")
    assert (dead["reason"], dead["noticed_s"]) == ("heartbeat", pytest.approx(60.2, abs=0.01))
    asleep = first_gap("device-asleep")
    assert asleep["cut_s"] == dead["cut_s"] == 30.0
    # its ping, due at 40.2 s, goes out at 200 s; the server, which gave up long ago, answers
    assert 200.0 < asleep["noticed_s"] < 200.5


def test_a_short_sleep_is_survived_and_a_ping_that_was_due_goes_out_on_waking():
    one = Stage("full-websocket", faults=[ASLEEP | {"end_s": 50.0}]).run(150.0)
    assert one.gaps() == []


def test_without_a_connection_the_wait_stands_still_too():
    outage = {"kind": "link-outage", "person": 0, "start_s": 10.0, "end_s": 32.0}
    design = DESIGNS["full-websocket"].variant(
        "told",
        {"client": {"offline_after_s": 1.0, "listens": "offline"},
         "backoff": {"kind": "fixed", "wait_s": 25.0}},
    )  # fmt: skip
    one = Stage(design, faults=[outage, ASLEEP | {"start_s": 33.0, "end_s": 80.0}]).run(120.0)
    assert [round(at_s, 6) for at_s, *_ in one.attempts(0)] == [0.0, 80.0]  # due at 36 s


def test_a_sleeping_device_is_told_nothing_of_its_link():
    design = DESIGNS["mqtt-qos0"].variant("page", {"client": "native", "heartbeat": "websockets"})
    one = Stage(design, faults=[ASLEEP | {"end_s": 40.0}]).run(150.0)
    assert one.gaps() == []


@pytest.mark.parametrize("name", ["full-websocket-acked", "long-poll", "mqtt-qos1", "sse-resume"])
def test_a_design_that_remembers_brings_what_was_missed(name):
    schedule = read("people=2 send=5:0 send=8:0 sleep=1@4+20")
    history = run_replication(schedule.scenario(stage(name, DESIGNS)), DESIGNS[name], 0)
    assert not GUARANTEES["at-least-once"].check(history).violations


def test_its_own_words():
    made = fault("device-asleep", person=0, start_s=1.0, end_s=2.0)
    assert made.links_before.sentence == "the device of {} falls asleep"
    assert made.links_after.sentence == "the device of {} wakes up"
    assert made.hit is None  # drawn with the link that is dead meanwhile
