"""Facts: what one cause took is one, whatever it took; every trial is exposed to one cause."""

import numpy as np
import pytest

import sim
from sim.metrics.facts import HALVINGS, _by_kind, facts, worth
from sim.metrics.judged import Judged


@pytest.fixture(scope="module")
def judged():
    world = sim.load_scenario(changes={"people.count": 100, "time.measure_s": 120})
    return Judged(sim.run_replication(world, sim.designs()["full-websocket"], 0))


def test_facts_add_up_to_the_hits(judged):
    measured, found = sim.measure(judged.history)["metrics"], facts(judged)
    assert measured["loss_pressed"][0] > 0
    for name in ("late_1s", "loss_pressed", "undelivered", "not_delivered", "duplicates_visible"):
        assert sum(size * number for size, number in found[name]["sizes"]) == measured[name][0]
    assert "loss_told" not in found  # nobody is told of success


def test_losses_of_one_outage_are_one_fact(judged):
    told = sim.measure(judged.history)
    lost = sum(cost["lost"] for cost in told["incidents"].values())
    number = sum(number for _, number in told["facts"]["loss_pressed"]["sizes"])
    assert number < lost


def rows(*of):
    return np.array(of).T


def test_hits_are_lumped_by_incident_and_the_rest_by_message_or_person():
    kind = np.array([0, 1, 0])
    near = rows((0, 5, 1), (0, 6, 1), (2, 7, 1), (1, 5, 2))
    assert [one.tolist() for one in _by_kind(kind, near)] == [[2, 1], [1]]
    of_one_message = rows((-1, 5, 1), (-1, 5, 2), (-1, 5, 3), (-1, 6, 1))
    assert sorted(_by_kind(kind, of_one_message)[0].tolist()) == [1, 3]
    of_one_person = rows((-1, 5, 1), (-1, 6, 1), (-1, 7, 1), (-1, 7, 2))
    assert sorted(_by_kind(kind, of_one_person)[0].tolist()) == [1, 3]


def test_what_a_fact_costs_is_that_of_the_kind_that_exposes_most():
    small, large = np.full(1000, 2), np.array([50])
    found = worth([small, large])
    assert len(found) == HALVINGS
    # A crash that exposes 50: each hit costs 1/50 of what it can lose at most, with any b.
    assert found == pytest.approx([1 / 50] * HALVINGS)
    # Of many small causes and b below them: one fact costs 1, and has two hits.
    assert worth([small])[-1] == pytest.approx(0.5)


def test_a_bet_never_gains_from_causes_that_are_as_apt_as_they_expose():
    rng = np.random.default_rng(1)
    exposed = rng.geometric(0.1, 10_000)
    sizes = rng.choice(exposed, 200_000, p=exposed / exposed.sum())
    for b, cost in zip(exposed.max() * 0.5 ** np.arange(HALVINGS), worth([exposed]), strict=True):
        kept = np.maximum(0.0, 1 - sizes / b).mean()
        assert 1 - kept == pytest.approx(cost * sizes.mean(), rel=0.02)
