"""Shares from measures: they add up, cover what is true, and say where there are none."""

import math

import made_measures
import numpy as np
import pytest

from sim.experiment.attribution import shapley
from sim.experiment.attribution.shares import Game, attributed
from sim.streams import Streams

SAID = {"heartbeat": ("20 s", "60 s"), "channel": ("websocket", "mqtt")}
NAMES = {0: "one", 1: "one+heartbeat", 2: "one+channel", 3: "other"}


def game(metric="stale_per_hour", aspects=SAID, designs=NAMES, orders=None):
    return Game(metric, aspects, (), designs, orders)


def told(values, metric="stale_per_hour", **how):
    """What is found of values by coalition, one a replication."""
    measures = {
        NAMES[one]: made_measures.design(**{metric: list(value)}) for one, value in values.items()
    }
    return attributed(game(metric, **how), measures, {})


def luck(number=0):
    return Streams(1, number).generator("shares")


def made(count=8, heartbeat=-50.0, channel=0.0, noise=2.0, number=0):
    """Coalitions that share each replication's luck, with a little of their own."""
    common = luck(number).normal(300, 40, count)
    own = luck(number + 10_000)
    effects = {0: 0.0, 1: heartbeat, 2: channel, 3: heartbeat + channel}
    return {one: common + effect + own.normal(0, noise, count) for one, effect in effects.items()}


def test_shares_are_paired_and_add_up_to_the_difference():
    part = told(made())["attribution"]
    heartbeat, channel = part["shares"]
    assert part["verdict"] == "better"
    assert heartbeat["share"] + channel["share"] == pytest.approx(part["difference"])
    assert heartbeat["ratio"] + channel["ratio"] == pytest.approx(1.0)
    assert heartbeat["high"] - heartbeat["low"] < 10  # the common luck of 40 is not in it


def test_intervals_of_shares_and_of_their_ratios_cover_what_is_true():
    runs, covered, ratios = 300, 0, 0
    truth = {"heartbeat": (-50.0, 50 / 30), "channel": (20.0, -20 / 30)}
    for number in range(runs):
        for one in told(made(6, -50.0, 20.0, 8.0, number))["attribution"]["shares"]:
            share, ratio = truth[one["aspect"]]
            covered += one["low"] <= share <= one["high"]
            ratios += one["ratio_low"] <= ratio <= one["ratio_high"]
    least = 0.95 - 3 * math.sqrt(0.95 * 0.05 / runs)
    assert covered / (2 * runs) > least
    assert ratios / (2 * runs) > least


def test_within_luck_no_share_of_the_difference_is_given():
    found = told(made(heartbeat=0.1, noise=30.0))
    part = found["attribution"]
    assert part["verdict"] in ("too few runs", "not distinguishable")
    assert [one["ratio"] for one in part["shares"]] == [None, None]
    assert "makes" not in found["answer"]


@pytest.mark.parametrize("count", [1, 2])
def test_too_few_replications_bear_no_intervals(count):
    part = told(made(count))["attribution"]
    assert part["verdict"] == "too few runs"
    assert {one["low"] for one in part["shares"]} == {None}


def test_a_rate_has_the_shares_of_the_pooled_one():
    hits = {0: [40, 60, 50, 55], 1: [20, 30, 25, 27], 2: [41, 58, 50, 56], 3: [20, 31, 25, 27]}
    values = {one: [[hit, 1000 + 10 * at] for at, hit in enumerate(of)] for one, of in hits.items()}
    part = told(values, "loss_pressed")["attribution"]
    assert part["a_value"] == pytest.approx(sum(hits[0]) / 4060)
    whole = sum(one["share"] for one in part["shares"])
    assert whole == pytest.approx((sum(hits[3]) - sum(hits[0])) / 4060)
    one_hit = {one: [[1 if one & 1 else 2, 1000]] * 4 for one in range(4)}
    heartbeat, _ = told(one_hit, "loss_pressed")["attribution"]["shares"]
    assert heartbeat["low"] < heartbeat["share"] < heartbeat["high"]  # alike is not certain


def test_what_is_never_has_no_shares_and_others_are_named():
    values = made()
    measures = {
        name: made_measures.design(
            back_t50=["never"] * 8 if one == 2 else [1.0] * 8, stale_per_hour=list(values[one])
        )
        for one, name in NAMES.items()
    }
    part = attributed(game("back_t50"), measures, {})["attribution"]
    assert part["reason"] == "it is never in one+channel"
    assert part["instead"] == ["stale_per_hour"]
    assert part["shares"] == []


def test_what_is_not_there_in_some_replication_has_no_shares():
    values = {one: [1.0, 2.0, 3.0] for one in NAMES}
    part = told(values | {1: [1.0, None, 3.0]})["attribution"]
    assert part["reason"] == "it is not defined in the same replications in one+heartbeat"
    part = told(values | {1: [None] * 3})["attribution"]
    assert part["reason"] == "there is nothing to measure in one+heartbeat"


def test_of_sampled_orders_the_sampling_error_is_in_the_interval():
    players, count, runs, covered = 7, 4, 12, 0
    aspects = {f"aspect-{at}": ("a", "b") for at in range(players)}
    own, common = luck(5), luck().normal(300, 40, count)
    worth = {one: float(own.normal(0, 30)) for one in range(2**players)}
    steps = shapley.exact_steps(players)
    truth = shapley.shares({one: np.array([value]) for one, value in worth.items()}, steps)[:, 0]
    for number in range(runs):
        orders = shapley.sampled_orders(players, luck(number))
        asked = shapley.coalitions(shapley.sampled_steps(orders))
        designs = {one: f"design-{one}" for one in asked}
        measures = {
            name: made_measures.design(stale_per_hour=list(common + worth[one]))
            for one, name in designs.items()
        }
        found = attributed(game(aspects=aspects, designs=designs, orders=orders), measures, {})
        part = found["attribution"]
        ends = [(one["low"], one["high"]) for one in part["shares"]]
        covered += sum(low < true < high for (low, high), true in zip(ends, truth, strict=True))
        whole = sum(one["share"] for one in part["shares"])
        assert whole == pytest.approx(part["difference"], abs=1e-6)
    trials = runs * (players - 1)  # the shares of one run add up to what is known
    assert covered / (runs * players) > 0.95 - 3 * math.sqrt(0.95 * 0.05 / trials)


def test_a_game_is_read_as_it_was_stored():
    orders = shapley.sampled_orders(2, luck(), 1)
    before = game(orders=orders)
    after = Game.of(before.plain())
    assert after.plain() == before.plain()
    assert (after.a, after.b) == ("one", "other")
