"""A tape holds every hop of a run, and a run with one has the same history."""

from models import DESIGNS
from sim.experiment.run import run_replication
from sim.history import PROXY
from sim.scenario.scenario import Scenario
from sim.tape import (
    ACCEPTED,
    ARRIVED,
    CONTROL,
    DATA,
    LOST,
    OPENED,
    PROXY_LANE,
    SENT,
    Mark,
    Said,
    Tape,
    is_proxy,
    node_lane,
    person_lane,
)


def scenario() -> Scenario:
    return Scenario.model_validate(
        {
            "name": "tape",
            "designs": ("hybrid",),
            "people": {"count": 2, "owed": "members"},
            "time": {"warmup_s": 2, "measure_s": 60, "drain_s": 60},
            "networks": [{"share": 1.0, "profile": "lan"}],
            "servers": {"gateways": 2, "api_nodes": 1},
            "script": {"rooms": [[0, 1]], "sends": [{"at_s": 5.0, "sender": 0}]},
            "faults": [{"kind": "link-outage", "person": 1, "start_s": 4.9, "end_s": 60.0}],
        }
    )


def test_lanes_have_the_names_of_the_diagram() -> None:
    assert person_lane(3) == "person 3"
    assert (node_lane(0, 0), node_lane(4, 1)) == ("gateway 0", "api 4")
    assert node_lane(-1, PROXY) == PROXY_LANE
    assert (node_lane(-2, PROXY), node_lane(-3, PROXY)) == ("proxy 1", "proxy 2")
    assert [is_proxy(lane) for lane in ("proxy", "proxy 1", "api 1", "person 1")] == [
        True, True, False, False,
    ]  # fmt: skip


def test_every_hop_is_on_the_tape() -> None:
    tape = Tape()
    run_replication(scenario(), DESIGNS["hybrid"], 0, tape=tape)
    kinds = [mark.kind for mark in tape if mark.time_s >= 5.0]
    assert {SENT, ARRIVED, ACCEPTED, OPENED, LOST} <= set(kinds)
    accepted = next(mark for mark in tape if mark.kind == ACCEPTED)
    assert accepted.source == accepted.target == "api 2"
    assert any(mark.kind == LOST and mark.target == "person 1" for mark in tape)
    assert [mark.time_s for mark in tape] == sorted(mark.time_s for mark in tape)


def test_a_tape_changes_nothing() -> None:
    plain = run_replication(scenario(), DESIGNS["hybrid"], 0)
    assert run_replication(scenario(), DESIGNS["hybrid"], 0, tape=Tape()).digest() == plain.digest()


def test_a_tape_has_words_for_what_travels_and_says_when_it_left() -> None:
    tape = Tape()
    run_replication(scenario(), DESIGNS["hybrid"], 0, tape=tape)
    arrived = (mark for mark in tape if mark.kind == ARRIVED and mark.target == "api 2")
    post = next(mark for mark in arrived if mark.what.role == DATA)
    assert post.what == Said("POST message 0", (0,), DATA)
    assert 0.0 < post.time_s - post.other_s < 0.001  # the way of a LAN


def test_a_tape_keeps_what_is_wanted() -> None:
    everything = Tape()
    mine = Tape(lambda mark: 0 in mark.what.messages)
    for tape in (everything, mine):
        run_replication(scenario(), DESIGNS["hybrid"], 0, tape=tape)
    assert mine == [mark for mark in everything if 0 in mark.what.messages]
    assert 0 < len(mine) < len(everything)


def test_a_tape_without_a_system_says_what_it_can() -> None:
    tape = Tape()
    tape.append(Mark(1.0, SENT, "person 0", "gateway 0", 17, 2.0))
    assert tape == [Mark(1.0, SENT, "person 0", "gateway 0", Said("17", (), CONTROL), 2.0)]
