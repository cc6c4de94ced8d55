"""Worlds as plans, and runs that are kept until all are done."""

import pytest

from sim import registry
from sim.claims.spec import BoundarySpec, Claim, WorldSpec
from sim.claims.worlds import Effort, plan, runs
from sim.errors import InputError

TINY = {"people.count": 12, "time.warmup_s": 5.0, "time.measure_s": 20.0, "time.drain_s": 10.0}
WORLD = WorldSpec(scenario="commuter-day", designs=("hybrid", "socketio"), replications=8, set=TINY)
BOUNDARY = BoundarySpec(key="people.count", between=(10.0, 20.0), says="people", steps=4)


def planned(seed=1, **more):
    return plan(WORLD, Effort(seed), registry.designs(), more)


def test_a_world_is_what_compare_would_run():
    made = planned(seed=5)
    assert [one.name for one in made.designs] == ["hybrid", "socketio"]
    assert (made.scenario.seed, made.scenario.replications) == (5, 8)
    assert made.scenario.people.count == 12
    start = "rtcsim compare commuter-day --designs hybrid,socketio --seed 5 --replications 8"
    assert made.command.startswith(f"{start} --footing shipped --set people.count=12 ")


def test_what_moves_is_changed_last():
    made = planned(**{"people.count": 14})
    assert made.scenario.people.count == 14
    assert "people.count=12" not in made.command


def test_a_world_that_cannot_be_is_refused():
    with pytest.raises(InputError, match="people"):
        planned(**{"people.count": 1})


def test_a_quick_look_is_half_the_work():
    claim = Claim.model_validate({
        "id": "X1", "claim": "It is.", "question": "Is it?", "worlds": {"here": WORLD},
        "decides": ({"says": "it is", "metric": "loss_pressed", "figure": {"design": "hybrid"},
                     "relation": "above", "limit": 0.0, "why": "any"},),
        "boundary": BOUNDARY,
    })  # fmt: skip
    assert [Effort(quick=one).replications(WORLD) for one in (False, True)] == [8, 4]
    assert [Effort(quick=one).points(claim) for one in (False, True)] == [6, 4]
    few = WORLD.model_copy(update={"replications": 4})
    assert Effort(quick=True).replications(few) == 3  # fewer bear no verdict


def test_what_is_finished_is_kept_until_all_is(tmp_path):
    effort = Effort(workers=1, out=tmp_path)
    made = plan(WORLD.model_copy(update={"replications": 3}), effort, registry.designs())
    told = []
    found = []

    def stopped():
        with runs(effort, "rtcsim claims") as running:
            running.tell = told.append
            found.append(running.measures(made))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        stopped()
    assert told[-1] == 6
    assert len(list(tmp_path.glob(".unfinished-*/replications/*"))) == 6
    with runs(effort, "rtcsim claims") as running:
        assert running.measures(made) == found[0]
    assert not list(tmp_path.iterdir())
