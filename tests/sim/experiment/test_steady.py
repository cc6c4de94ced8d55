"""The warm-up: what is looked at, when there is a warning, and how often that is a false one."""

from typing import Any

import numpy as np
import pytest
from fake_experiment import DESIGNS

from sim.experiment.steady import WATCHED, told, warmup, warnings
from sim.faults.node_crash import NodeCrash
from sim.scenario.load import load
from sim.scenario.scenario import Scenario

SECONDS = 660


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return load("commuter-day", DESIGNS)


def measures(
    luck: np.random.Generator, drift: float = 0.0, sticky: float = 0.0, runs: int = 10
) -> dict[str, list[dict[str, Any]]]:
    """Two designs whose series start `drift` below their level and come to it within minutes.

    `sticky`: correlation of one second with the next.
    """
    steps = luck.normal(size=(2, runs, len(WATCHED), SECONDS)) * np.sqrt(1 - sticky**2)
    values = np.empty_like(steps)
    values[..., 0] = luck.normal(size=steps.shape[:-1])
    for at in range(1, SECONDS):
        values[..., at] = sticky * values[..., at - 1] + steps[..., at]
    values += 100.0 - drift * np.exp(-np.arange(SECONDS) / 60.0)
    return {
        name: [
            {"series": {key: row.tolist() for key, row in zip(WATCHED, run, strict=True)}}
            for run in of
        ]
        for name, of in zip(("first", "second"), values, strict=True)
    }


def level(**series: list[Any]) -> dict[str, list[dict[str, Any]]]:
    return {"only": [{"series": series}] * 3}


def ramp(settles_s: int) -> list[float]:
    return [0.0] * settles_s + [9.0] * (SECONDS - settles_s)


@pytest.mark.parametrize("sticky", [0.0, 0.9])
def test_steady_runs_are_seldom_warned_of_where_the_rule_alone_would_be(
    scenario: Scenario, sticky: float
) -> None:
    luck = np.random.default_rng(3)
    warned = longer = 0
    for _ in range(60):
        found = warmup(scenario, measures(luck, sticky=sticky))
        warned += told(found)[0] == "attention"
        longer += any(one["settles_after_s"] > 60 for one in found["designs"].values())
    assert warned <= 3  # P(more) is below 0.3 % when one in a hundred is
    assert longer >= 3


def test_a_drift_that_outlasts_the_warmup_is_warned_of(scenario: Scenario) -> None:
    luck = np.random.default_rng(4)
    for _ in range(20):
        found = warmup(scenario, measures(luck, drift=3.0))
        state, words = told(found)
        assert state == "attention"
        assert "by MSER-5, and 60 s are left out; try --set time.warmup_s=" in words
        assert [*warnings(found)] == [f"The warm-up is too short: {words}."]


def test_what_the_rule_leaves_out_is_said_when_all_is_well(scenario: Scenario) -> None:
    found = warmup(scenario, level(deliveries=ramp(20), attempts=ramp(35)))
    assert found["left_out_s"] == 60.0
    assert found["looked_at_s"] == 660.0
    assert found["designs"] == {
        "only": {"settles_after_s": 35.0, "series": "attempts", "differs": None}
    }
    assert told(found) == (
        "ok",
        "MSER-5 would leave out 35 s at most (attempts to connect of only); 60 s are left out",
    )
    assert [*warnings(found)] == []


def test_a_series_that_settles_too_late_is_named_before_others_that_settle_later(
    scenario: Scenario,
) -> None:
    luck = np.random.default_rng(5)
    found = measures(luck, drift=0.0)
    for run in found["second"]:
        run["series"]["deliveries"] = [
            one - 90 * (at < 90) for at, one in enumerate(run["series"]["deliveries"])
        ]
    kept = warmup(scenario, found)
    assert kept["designs"]["second"] == {
        "settles_after_s": 90.0, "series": "deliveries", "differs": True,
    }  # fmt: skip
    assert told(kept)[1].startswith("deliveries of second settle after 90 s by MSER-5")


def test_two_replications_cannot_tell_luck(scenario: Scenario) -> None:
    found = warmup(scenario, measures(np.random.default_rng(6), drift=5.0, runs=2))
    state, words = told(found)
    assert state == "unknown"
    assert words.endswith("and 3 replications would tell whether that is luck")


def test_only_what_comes_before_the_first_fault_is_looked_at(scenario: Scenario) -> None:
    crash = NodeCrash(kind="node-crash", node=0, at_s=120.0, restart_s=5.0)
    broken = scenario.model_copy(update={"faults": (crash,)})
    after = [9.0] * 120 + [3.0] * (SECONDS - 120)
    found = warmup(broken, level(deliveries=after))
    assert found["looked_at_s"] == 120.0
    assert found["designs"]["only"]["settles_after_s"] == 0.0
    early = scenario.model_copy(update={"faults": (crash.model_copy(update={"at_s": 40.0}),)})
    state, words = told(warmup(early, level(deliveries=after)))
    assert state == "unknown"
    assert words.endswith("to settle cannot be seen: too few seconds, 40, before a fault")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"arrivals": {"kind": "diurnal"}}, "rates follow the time of day"),
        ({"script": {"rooms": [[0, 1]]}}, "messages come as recorded or as written"),
    ],
)
def test_runs_that_are_never_steady_are_not_judged(
    scenario: Scenario, changes: dict[str, Any], words: str
) -> None:
    changing = Scenario.model_validate(scenario.model_dump() | changes)
    found = warmup(changing, level(deliveries=ramp(400)))
    state, said = told(found)
    assert state == "unknown"
    assert words in said
    assert found["designs"] == {}


def test_unknown_seconds_are_no_zeros(scenario: Scenario) -> None:
    found = warmup(scenario, level(deliveries=[None] * 100 + ramp(560)[:560], attempts=ramp(10)))
    assert found["designs"]["only"]["series"] == "attempts"
