"""A study against plain simulation, where both can see; and what it refuses."""

from math import sqrt
from typing import Any

import numpy as np
import pytest
from small import scenario

from models import DESIGNS
from sim.errors import InputError
from sim.experiment.rare.harm import PARTS
from sim.experiment.rare.study import Study
from sim.experiment.run import run_replication
from sim.metrics.incidents import Incidents
from sim.metrics.judged import Judged
from sim.scenario.scenario import Scenario

OUTAGES: dict[str, Any] = {
    "kind": "renewal",
    "up": {"kind": "exponential", "mean_s": 300.0},
    "down": {"kind": "lognormal", "median_s": 15.0, "sigma": 0.8},
}
DESIGN = DESIGNS["full-websocket"]
PEOPLE, RUNS = 24, 80


def world(**outages: Any) -> Scenario:
    network = {"share": 1.0, "profile": "4g", "outages": {**OUTAGES, **outages}}
    people = {"count": PEOPLE}
    actions = {"send": {"per_person_per_minute": 4}}
    return scenario(networks=[network], people=people, actions=actions, replications=RUNS)


def unseen(finished: int, total: int) -> None:
    """Nobody looks."""


@pytest.mark.parametrize("part", PARTS)
def test_agrees_with_plain_simulation(part: str) -> None:
    found = Study(world(), DESIGN, part).run(1, unseen)
    plain = []
    for number in range(1_000, 1_000 + RUNS):
        judged = Judged(run_replication(world(), DESIGN, number))
        rows, *_ = PARTS[part](judged, Incidents(judged))
        plain.append((len(rows), len(judged.sends.message)))
    hits, owed = np.array(plain, dtype=float).T
    rate = hits.sum() / owed.sum()
    error = (hits - rate * owed).std(ddof=1) / owed.mean() / sqrt(RUNS)
    if part == "twice":  # this design shows nothing twice, either way
        assert found.total.value == rate == 0.0
        return
    low, high = found.outages.low, found.outages.high
    assert low is not None
    assert high is not None
    own = (high - low) / 4
    assert own < 0.2 * rate
    assert error < 0.2 * rate
    assert abs(found.total.value - rate) < 3.5 * sqrt(own**2 + error**2)


def test_outages_a_thousand_times_as_rare_cost_a_thousandth() -> None:
    often = Study(world(), DESIGN).run(1, unseen)
    rare = {"kind": "exponential", "mean_s": 300_000.0}
    seldom = Study(world(up=rare), DESIGN).run(1, unseen)
    # Not quite: often, an outage may be explained by one before it.
    assert seldom.outages.value == pytest.approx(often.outages.value / 953, rel=0.3)
    assert seldom.plain_replications is not None
    assert often.plain_replications is not None
    assert seldom.plain_replications > 300 * often.plain_replications


def test_workers_change_nothing() -> None:
    small = world().model_copy(update={"replications": 4})
    told: list[tuple[int, int]] = []
    alone = Study(small, DESIGN).run(1, lambda *progress: told.append(progress))
    assert alone == Study(small, DESIGN).run(2, unseen)
    assert told == [(done, 4) for done in range(5)]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"outages": {"kind": "none"}}, "none of small has outages of kind 'renewal'; allowed"),
        ({"outages": {**OUTAGES, "stationary": False}}, r"networks.0.outages.stationary: false"),
    ],
)
def test_outages_of_unknown_rate_are_refused(changes: dict[str, Any], words: str) -> None:
    unknown = scenario(networks=[{"share": 1.0, "profile": "4g", **changes}])
    with pytest.raises(InputError, match=words):
        Study(unknown, DESIGN)


def test_an_unknown_metric_is_refused() -> None:
    with pytest.raises(InputError, match="metric: 'gone'; allowed: lost, late, twice"):
        Study(world(), DESIGN, "gone")


def test_silence_is_refused() -> None:
    quiet = scenario(
        networks=[{"share": 1.0, "profile": "4g", "outages": OUTAGES}],
        actions={"send": {"per_person_per_minute": 0}},
        replications=3,
    )
    with pytest.raises(InputError, match="no reception was owed to anybody; allowed: messages"):
        Study(quiet, DESIGN).run(1, unseen)
