"""Where two designs change places: the place, and how often its interval holds the truth."""

import numpy as np
import pytest

from sim.experiment.sweep.crossing import Crossing, Pair, crossings

XS = (0.0, 1.0, 2.0, 3.0, 4.0)


def pairs(differences, xs=XS, sure=(0, -1), error=0.0):
    """Pairs whose second design differs from the first by these, a row per x."""
    found = []
    for at, (x, row) in enumerate(zip(xs, differences, strict=True)):
        is_sure = at in (sure[0], len(xs) + sure[1])
        better = (1 if np.mean(row) < 0 else -1) if is_sure else 0
        a = dict.fromkeys(range(len(row)), 5.0)
        found.append(Pair(x, a, {n: 5.0 + value for n, value in enumerate(row)}, error, better))
    return found


def straight(slope, at, luck, xs=XS, n=10, spread=0.3):
    """Differences that fall in a straight line through nothing at `at`; luck is common to all x."""
    own = luck.normal(0, spread, n)
    return [-slope * (x - at) + own + luck.normal(0, spread / 4, n) for x in xs]


def test_a_crossing_without_luck_is_where_it_is():
    sure = [[2.0, 2.0, 2.0], [1.0, 1.0, 1.0], [-1.0, -1.0, -1.0]]
    [found] = crossings(pairs(sure, xs=(0.0, 1.0, 2.0)))
    assert found.at == pytest.approx(1.5)
    assert found.low <= 1.5 <= found.high
    assert found.high - found.low < 0.2
    assert found.better == 1


def test_it_is_looked_for_between_sure_points_only():
    assert crossings(pairs(np.ones((5, 4)))) == []
    row = pairs([[1.0] * 4, [-1.0] * 4], xs=(0.0, 1.0))
    assert crossings([row[0], Pair(0.5, row[0].a, row[0].b, 0.0, 0), row[1]])[0].better == 1
    assert crossings([Pair(one.x, one.a, one.b, 0.0, 0) for one in row]) == []


def test_every_change_of_places_is_told():
    values = [[1.0] * 4, [-1.0] * 4, [1.0] * 4]
    better = (-1, 1, -1)
    made = [
        Pair(float(x), dict.fromkeys(range(4), 2.0), dict.fromkeys(range(4), 2.0 + row[0]), 0, way)
        for x, (row, way) in enumerate(zip(values, better, strict=True))
    ]
    assert [one.better for one in crossings(made)] == [1, -1]


def test_an_infinite_figure_leaves_only_the_points_known():
    first, *_, last = pairs(straight(1.0, 2.0, np.random.default_rng(1)))
    middle = Pair(2.0, None, None, 0.0, 0)
    assert crossings([first, middle, last]) == [Crossing(None, 0.0, 4.0, 1)]


def test_replications_that_some_points_lack_are_left_out():
    whole = pairs(straight(1.0, 2.0, np.random.default_rng(1)))
    fewer = {n: value for n, value in whole[2].b.items() if n < 8}
    less = [*whole[:2], Pair(2.0, whole[2].a, fewer, 0.0, 0), *whole[3:]]
    assert crossings(less)[0].at != crossings(whole)[0].at
    few = {n: value for n, value in whole[2].b.items() if n < 2}
    few_pairs = [*whole[:2], Pair(2.0, whole[2].a, few, 0.0, 0), *whole[3:]]
    assert crossings(few_pairs)[0].at is None


def test_equal_ratios_are_straight_on_their_own_axis():
    values = [[1.0] * 3, [-1.0] * 3]
    [found] = crossings(pairs(values, xs=(1.0, 100.0)), is_log=True)
    assert found.at == pytest.approx(10.0)


def test_a_least_error_widens_the_interval():
    rows = straight(1.0, 2.0, np.random.default_rng(2))
    [sure], [unsure] = crossings(pairs(rows)), crossings(pairs(rows, error=0.5))
    assert sure.at == unsure.at
    assert unsure.low < sure.low < sure.high < unsure.high


@pytest.mark.parametrize("n", [4, 10])
def test_the_interval_holds_the_truth_as_often_as_it_says(n):
    luck, held, runs = np.random.default_rng(n), 0, 100
    for _ in range(runs):
        truth = luck.uniform(1.2, 2.8)
        [found] = crossings(pairs(straight(1.0, truth, luck, n=n)))
        held += found.low <= truth <= found.high
    # Three standard errors of a share of 0.95 in 100.
    assert held / runs >= 0.95 - 3 * (0.95 * 0.05 / runs) ** 0.5
