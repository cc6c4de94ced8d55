"""A plan for programs: asked with the usual answers, told, interrupted, gone on with."""

import pytest
from known_plan import play

import sim
from sim.experiment.errors import Interrupted
from sim.experiment.work import Work
from sim.plans import exactly
from sim.plans.planned import Planned, Telling, asked, planned
from sim.plans.storming import Stage

WHAT = {
    "clients": 18_000, "people": 60, "recovery": 20.0, "loss": 1.0, "delivery": 3600.0, "cpu": 1.0,
    "memory": 1e12, "backoffs": ["full-jitter"], "admissions": [None], "most_nodes": 30,
}  # fmt: skip


def stage(**what):
    changes = {
        "time.drain_s": 5,
        "servers.slowness": 0.01,  # so that nodes are hardly busy
        "actions.send.per_person_per_minute": 6,
        "actions.typing.per_send": 0,  # so that it is too small to be worth compiling
        "conversations.sizes": {"kind": "fixed", "size": 8},
    }
    world = sim.load_scenario("node-loss-storm", changes)
    question = asked({**WHAT, **what}, "round-robin", 1)
    return Stage(question, sim.designs()["full-websocket"], world, play)


def test_what_is_left_open_has_the_usual_answers():
    question = asked({"clients": 10_000, "loss": 0.02}, "sticky", 7)
    assert (question.clients, question.limits.loss, question.limits.recovery) == (10_000, 0.02, 60)
    assert (question.spread, question.seed, len(question.ways)) == ("sticky", 7, 4)


def test_it_is_found_and_told_with_a_frontier():
    found = Planned(planned(stage(), Telling()))
    assert found.nodes == 6
    assert found.answer[0].startswith("6 nodes with full-jitter and any number of admissions")
    assert "recovery binds" in found.picture().wide
    assert found.frontier.loc[0, ["nodes", "binding"]].to_list() == [6, "recovery"]


def test_an_interrupted_plan_says_what_is_kept_and_goes_on_from_there(tmp_path, monkeypatch):
    real, played = exactly.run_replication, []

    def stops(*given):
        played.append(given)
        if len(played) == 4:
            raise KeyboardInterrupt
        return real(*given)

    monkeypatch.setattr(exactly, "run_replication", stops)
    work = Work(tmp_path, "k" * 64)
    with work.opened(), pytest.raises(Interrupted) as stopped:
        planned(stage(), Telling(work=work, resume="rtcsim plan"))
    assert stopped.value.resume == "rtcsim plan"
    assert stopped.value.finished >= 4
    again = Work(tmp_path, "k" * 64)
    with again.opened():
        told = planned(stage(), Telling(work=again))
    assert told["resumed"] == stopped.value.finished
    assert told["answer"] == planned(stage(), Telling())["answer"]


def test_a_long_one_is_told_beforehand():
    heard = []
    planned(stage(clients=9_000_000, most_nodes=6, recovery=1.0), Telling(tell=heard.append))
    (line,) = heard
    assert line.endswith("Ctrl-C keeps what is finished")
