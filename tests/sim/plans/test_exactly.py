"""What is told of exact runs: pooled, held to limits, and no loss is no proof of none."""

import math

import numpy as np
import pytest

import sim
from sim.plans.exactly import Exactly, delivery, lost
from sim.plans.question import Limits, Question, Way
from sim.plans.runs import Runs
from sim.plans.storming import Stage
from sim.registry import play_storm

WAY = Way("full-jitter")


def run(hits, owed=1000, cut=50, touched=500):
    return {"metrics": {"loss_pressed": [hits, owed]}, "cut": cut, "touched": touched}


def test_where_nothing_was_lost_people_who_were_cut_off_bound_it():
    found = lost([run(0)] * 3)
    assert (found.value, found.low) == (0.0, 0.0)
    assert found.high == pytest.approx((1 - 0.025 ** (1 / 150)) * 0.5)


def test_that_bound_covers_people_who_lose_what_they_exchange():
    """Each of 150 loses all of it with a probability at which none does in 2.5 % of plans."""
    chance = 1 - 0.025 ** (1 / 150)
    luck = np.random.default_rng(1)
    none = (luck.random((20_000, 150)) >= chance).all(axis=1).mean()
    assert none == pytest.approx(0.025, abs=0.004)
    assert lost([run(0)] * 3).high == pytest.approx(chance * 0.5)


def test_what_was_lost_is_a_rate_over_all_runs():
    found = lost([run(20), run(30), run(10)])
    assert found.value == pytest.approx(0.02)
    assert found.low < 0.02 < found.high


def test_too_few_receptions_hold_no_percentile():
    few = {"owed": 10, "values_s": [0.1], "counts": [10]}
    assert math.isnan(delivery([{"delivery": few}] * 3).value)
    many = {"owed": 1000, "values_s": [0.1, 0.2], "counts": [985, 15]}
    assert delivery([{"delivery": many}] * 3).value == 0.2


@pytest.fixture(scope="module")
def found():
    changes = {
        "time.drain_s": 20,
        "servers.slowness": 0.2,
        "actions.send.per_person_per_minute": 4,
        "conversations.sizes": {"kind": "fixed", "size": 8},
    }
    world = sim.load_scenario("node-loss-storm", changes)
    question = Question(clients=6_000, people=90, limits=Limits(recovery=30.0), ways=(WAY,))
    figures = {}
    for name in ("full-websocket", "full-websocket-acked"):
        stage = Stage(question, sim.designs()[name], world, play_storm)
        exactly = Exactly(stage, stage.needs(), Runs())
        figures[name] = {one.name: one for one in exactly.played(WAY, 6)}
    return figures


def test_a_design_without_recovery_loses_and_one_with_it_does_not(found):
    assert found["full-websocket"]["loss"].value > 0.001
    assert found["full-websocket-acked"]["loss"].value == 0.0


def test_those_who_stay_connected_wait_no_longer_than_their_networks_make_them(found):
    assert 0.05 < found["full-websocket-acked"]["delivery"].value < 1.0
    assert 0.0 < found["full-websocket-acked"]["cpu"].value < 0.6
