"""A rate from made outages: its value, its interval, what it saved, and what is only bounded."""

from math import sqrt

import numpy as np
import pytest

from sim.experiment.rare.estimates import combine
from sim.experiment.rare.harm import Harm

NAMES = ("hybrid", "small", "lost")


def one(number: int, cost: float, **given: float) -> Harm:
    usual = {"owed": 1000, "squares": cost, "made": 50, "harmful": int(cost > 0)}
    usual |= {"besides": 0, "trials": 600, "crowding": 0.01}
    return Harm(replication=number, cost=cost, **(usual | given))  # type: ignore[arg-type]


def test_cost_over_receptions_owed() -> None:
    found = combine(NAMES, [one(0, 0.01), one(1, 0.02), one(2, 0.03)])
    assert found.outages.value == pytest.approx(0.02 / 1000)
    assert found.outages.low is not None
    assert found.outages.high is not None
    assert found.outages.low < found.outages.value < found.outages.high
    assert (found.made, found.harmful, found.trials) == (150, 3, 1800)
    assert found.plain()["total"]["value"] == found.total.value == found.outages.value


def test_what_went_wrong_besides_is_added_and_bounded_where_nothing_did() -> None:
    none = combine(NAMES, [one(n, 0.01) for n in range(3)])
    assert none.besides.value == 0.0
    assert none.besides.high == pytest.approx(3 / 1800, rel=0.01)  # the rule of three
    some = combine(NAMES, [one(n, 0.0, besides=6) for n in range(3)])
    assert some.besides.value == some.total.value == 0.01
    assert some.total.high is None  # nothing is known of what outages cost


def test_the_interval_of_both_is_as_wide_as_each_and_narrower_than_their_sum() -> None:
    found = combine(NAMES, [one(n, 0.01 * n, besides=n) for n in range(9)])
    assert found.total.value == pytest.approx(found.outages.value + found.besides.value)
    ends = found.total, found.outages, found.besides
    both, *each = [of.high - of.value for of in ends if of.high is not None]
    assert both == pytest.approx(sqrt(each[0] ** 2 + each[1] ** 2))
    assert max(each) < both < sum(each)
    assert found.total.low is not None
    assert 0.0 <= found.total.low < found.total.value


def test_outages_that_cost_nothing_are_bounded_by_their_number() -> None:
    found = combine(NAMES, [one(n, 0.0) for n in range(4)])
    assert (found.outages.value, found.outages.high) == (0.0, None)
    assert found.harmful_at_most == pytest.approx(2 * 3 / 200, rel=0.01)
    assert found.plain_replications is None


def test_two_replications_bear_no_interval() -> None:
    found = combine(NAMES, [one(0, 0.01), one(1, 0.02)])
    assert (found.outages.low, found.outages.method) == (None, "2 replications cannot bound this")


def test_nothing_owed_is_no_rate() -> None:
    with pytest.raises(ValueError, match="no reception was owed"):
        combine(NAMES, [one(n, 0.0, owed=0, trials=0) for n in range(3)])


def test_intervals_cover_and_plain_replications_are_as_many_as_they_are() -> None:
    """Outages by a Poisson law cost geometric numbers of receptions: everything is known."""
    luck = np.random.default_rng(5)
    expected, people, share, size = 0.001, 300, 0.2, 4.0  # outages a link; costs one in five
    truth = people * expected * 0.2 * size / 1000
    covered, plain = 0, []
    for _ in range(400):
        harms = []
        for number in range(10):
            made = luck.binomial(people, share)
            cost = luck.geometric(1 / size, made) * (luck.random(made) < 0.2)
            weight = expected / share
            squares = float(weight * (cost**2).sum())
            harms.append(one(number, float(weight * cost.sum()), squares=squares, made=made))
        found = combine(NAMES, harms)
        assert found.outages.low is not None
        assert found.outages.high is not None
        assert found.plain_replications is not None
        covered += found.outages.low <= truth <= found.outages.high
        plain.append(found.plain_replications)
    assert covered >= 400 * 0.95 - 3 * sqrt(400 * 0.95 * 0.05)
    square = 0.2 * (2 * size**2 - size)  # E[X^2] of what an outage costs
    mean = 0.2 * size
    variance = (expected / share) ** 2 * people * share * (square - share * mean**2)
    needed = 10 * people * expected * square / variance
    assert 1 / np.mean(1 / np.array(plain)) == pytest.approx(needed, rel=0.1)
