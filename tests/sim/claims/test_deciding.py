"""Inequalities between made figures: held, failed, and left open."""

import math

import made_measures
import numpy as np
import pytest

from sim.claims.deciding import FAILS, HOLDS, OPEN, Measured, decide
from sim.claims.spec import Inequality
from sim.streams import Streams

SIDES = {"figure": {"design": "a"}, "other": {"design": "b"}}
RUNS = 400


def inequality(metric="stale_per_hour", relation="above", **how):
    sides = {"figure": {"design": "a"}} if "limit" in how else SIDES
    given = {
        "says": "it is so",
        "why": "so",
        "metric": metric,
        "relation": relation,
        **sides,
        **how,
    }
    return Inequality.model_validate(given)


def decided(one, a, b=(0.0,), level=0.95):
    made = [made_measures.design(**{one.metric: list(values)}) for values in (a, b)]
    return decide(one, Measured({"here": dict(zip("ab", made, strict=True))}, level))


def state(one, a, b=(0.0,)):
    return decided(one, a, b).state


def luck(number):
    return Streams(1, number).generator("made claims")


APART = made_measures.wobble(5.0), made_measures.wobble(3.0, seed=2)


@pytest.mark.parametrize(
    ("how", "found"),
    [
        ({}, HOLDS),
        ({"by": 1.9}, HOLDS),
        ({"by": 2.0}, OPEN),
        ({"by": 2.1}, FAILS),
        ({"times": 1.6}, HOLDS),
        ({"times": 1.7}, FAILS),
        ({"relation": "below"}, FAILS),
        ({"relation": "below", "by": 2.1}, HOLDS),
        ({"relation": "below", "times": 1.7}, HOLDS),
        ({"relation": "within", "by": 2.1}, HOLDS),
        ({"relation": "within", "by": 2.0}, OPEN),
        ({"relation": "within", "by": 1.9}, FAILS),
        ({"limit": 4.9}, HOLDS),
        ({"limit": 5.0}, OPEN),
        ({"limit": 5.1}, FAILS),
        ({"limit": 5.1, "relation": "below"}, HOLDS),
        ({"limit": 5.0, "by": 0.05, "relation": "within"}, HOLDS),
    ],
)
def test_an_inequality_holds_fails_or_is_open_by_its_whole_interval(how, found):
    assert state(inequality(**how), *APART) == found


def test_replications_are_paired():
    common = luck(0).normal(100, 30, 8)
    a = (common + 5 + luck(1).normal(0, 0.5, 8)).tolist()
    assert state(inequality(by=4), a, common.tolist()) == HOLDS
    assert state(inequality(by=4), a, common[::-1].tolist()) == OPEN


def test_two_replications_decide_nothing():
    told = decided(inequality(), [5.0, 5.1], [3.0, 3.1])
    assert told.state == OPEN
    assert "2 replications" in told.reason


def test_what_has_no_occasion_decides_nothing():
    told = decided(inequality(), [None] * 8, APART[1])
    assert (told.state, told.reason) == (OPEN, "a has no occasion for it")
    assert told.as_json()["figure"]["entry"] is None
    told = decided(inequality(), APART[0], [None] * 8)
    assert told.reason == "b has no occasion for it"


def test_what_never_came_is_above_everything():
    never, soon = ["never"] * 8, made_measures.wobble(0.1)
    one = inequality("latency_p50")
    assert state(one, never, soon) == HOLDS
    assert state(one, soon, never) == FAILS
    told = decided(one, never, never)
    assert (told.state, told.above) == (OPEN, None)
    assert decided(one, never, soon).as_json()["above"][1] is None


def test_a_rate_of_which_no_case_was_seen_is_bounded_and_not_zero():
    none, some = [[0, 1000]] * 8, [[9 + at % 3, 1000] for at in range(8)]
    assert state(inequality("loss_pressed", "below"), none, some) == HOLDS
    assert state(inequality("loss_pressed", "below", times=0.5), none, some) == HOLDS
    assert state(inequality("loss_pressed", "below", limit=0.001), none) == OPEN
    rare = [[int(at == 0), 1000] for at in range(8)]
    assert state(inequality("loss_pressed", "below", times=0.5), none, rare) == OPEN


def test_nothing_at_all_bounds_nothing():
    told = decided(inequality("cuts_per_hour", limit=1.0), [0.0] * 8)
    assert (told.state, told.reason) == (OPEN, "nothing bounds it")
    assert state(inequality("cuts_per_hour", times=0.1), [0.0] * 8, APART[0]) == FAILS


def test_what_is_the_same_in_every_replication_is_certain():
    one = inequality("backplane_per_message", times=3.0)
    assert state(one, [31.0] * 4, [7.0] * 4) == HOLDS
    assert state(one, [21.0] * 4, [7.0] * 4) == FAILS  # above means more


@pytest.mark.parametrize("times", [1.0, 0.2, 3.0])
def test_errors_are_as_rare_as_said_for_means(times):
    """Where both sides are equal in truth, either word is wrong."""
    wrong = 0
    for number in range(RUNS):
        common = luck(number).normal(0, 3, (2, 6))
        b = 50 + common[0] + common[1]
        a = times * (50 + common[0]) + luck(number + RUNS).normal(0, 1, 6)
        wrong += state(inequality(times=times), a.tolist(), b.tolist()) != OPEN
    assert wrong / RUNS < 0.05 + 3 * math.sqrt(0.05 * 0.95 / RUNS)


@pytest.mark.parametrize(("times", "bursts"), [(1, 4), (0.1, 2), (0.2, 4), (0.1, 8), (3, 2)])
def test_errors_are_as_rare_as_said_for_rates_in_bursts(times, bursts):
    wrong = 0
    for number in range(RUNS):
        draw = luck(number)
        hits = [
            [int(draw.geometric(0.3, draw.poisson(mean)).sum()) for _ in range(8)]
            for mean in (bursts * times, bursts)
        ]
        a, b = ([[one, 2000] for one in side] for side in hits)
        wrong += state(inequality("loss_pressed", times=times), a, b) != OPEN
    assert wrong / RUNS < 0.06 + 3 * math.sqrt(0.06 * 0.94 / RUNS)


def test_what_is_told_is_stored():
    told = decided(inequality(by=1.0), *APART).as_json()
    assert told["state"] == HOLDS
    assert told["figure"]["entry"]["value"] == pytest.approx(np.mean(APART[0]))
    assert told["other"]["design"] == "b"
    assert told["above"][0] < 1.0 < told["above"][1]
