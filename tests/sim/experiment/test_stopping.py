"""Enough: figures known as well as asked for, or the best design told from all others."""

import numpy as np
import pytest

import sim
from sim.errors import InputError
from sim.experiment.stopping import Stop
from sim.experiment.summary import SAID
from sim.metrics import METRICS

NOTHING = {metric.name: None for metric in METRICS}
COST = "bytes_per_delivery"
WORLD = sim.load_scenario(changes={"decides": [COST]})
TABLES = [["design-0"]]


def costing(count, *means, spread=16.0):
    """Designs by name, with this cost of a delivery under luck of their own."""
    rng = np.random.default_rng(7)
    return {
        f"design-{at}": [
            {"replication": n, "metrics": {**NOTHING, COST: float(one)}}
            for n, one in enumerate(rng.normal(mean, spread, 100)[:count])
        ]
        for at, mean in enumerate(means)
    }


def test_precise_enough_is_enough():
    stop = Stop(precision=0.02)
    assert not stop.enough(WORLD, costing(2, 800))
    assert not stop.enough(WORLD, costing(8, 800))
    assert stop.enough(WORLD, costing(60, 800))
    assert Stop(precision=0.2).enough(WORLD, costing(8, 800))


def test_decided_is_who_is_best_or_as_good_as_that():
    stop = Stop(decided=True)
    assert stop.enough(WORLD, costing(20, 800, 900))
    assert not stop.enough(WORLD, costing(20, 800, 801, spread=200))
    assert stop.enough(WORLD, costing(80, 800, 801, spread=10))
    # Of the two that are behind nothing is asked.
    assert stop.enough(WORLD, costing(20, 800, 900, 901))


def test_both_are_asked_for_where_both_are_named():
    measures = costing(20, 800, 900)
    assert Stop(decided=True, precision=0.1).enough(WORLD, measures)
    assert not Stop(decided=True, precision=0.001).enough(WORLD, measures)


def test_replications_grow_by_a_quarter_to_the_budget():
    wanted = Stop(precision=1e-6, budget=22).grow(WORLD, TABLES)
    assert [wanted(costing(n, 800)) for n in (8, 10, 20, 22)] == [10, 12, 22, 22]
    assert Stop(precision=0.5, budget=22).grow(WORLD, TABLES)(costing(8, 800)) == 8
    assert WORLD.replications == 10
    assert Stop(precision=1e-6).grow(WORLD, TABLES)(costing(95, 800)) == 100


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "budget: nothing to stop at"),
        ({"precision": 1.5}, "precision: 1.5; allowed: between 0 and 1"),
        ({"decided": True, "budget": 0}, "budget: 0; allowed: from 1"),
    ],
)
def test_what_is_never_enough_is_refused(given, words):
    with pytest.raises(InputError, match=words):
        Stop(**given)


def test_a_run_stops_says_so_and_is_recomputed_as_it_was_made(tmp_path):
    small = {"people.count": 60, "time.measure_s": 60, "decides": [COST]}
    found = sim.compare(
        designs=["full-websocket", "long-poll"],
        changes=small,
        replications=3,
        decided=True,
        budget=20,
        workers=1,
        out=tmp_path,
    )
    assert 3 < found.summary["replications"] < 20
    # As well on equal footing, where the long poll has another heartbeat and so another name.
    assert "long-poll" not in found.summary["equal"]["designs"]
    for table in (found.summary, found.summary["equal"]):
        cost = next(one for one in table["selected"] if one["metric"] == COST)
        assert cost["best"].startswith("full-websocket")
        assert cost["within"] <= cost["margin"]
        assert table["notes"][-1] == SAID
    assert sim.read_results(found.folder).answer == found.answer
    assert (
        "sequential"
        not in sim.compare(
            designs=["hybrid"], changes=small, replications=1, workers=1, out=tmp_path
        ).summary
    )
