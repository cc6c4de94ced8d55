"""Figures of points, and comparisons that are corrected over all of them."""

import made_measures
import numpy as np
import pytest
from made_points import METRIC, made

from sim.experiment.sweep.figures import compared, found_figures, pair_at


def test_only_the_metrics_that_are_asked_for_are_figured():
    found = found_figures(made(a=[1.0], b=[2.0]), [METRIC])
    assert list(found[0, "a"]) == [METRIC]
    assert found[0, "b"][METRIC].interval.value == pytest.approx(200, abs=0.02)


def test_who_is_better_is_told_for_each_point_and_both_ways():
    found = found_figures(made(a=[1.0, 1.0, 2.0], b=[2.0, 1.0, 1.0]), [METRIC])
    of = compared(found, METRIC, ["a", "b"], 3, {})
    assert [of.better(point, "a", "b") for point in range(3)] == [-1, 0, 1]
    assert [of.better(point, "b", "a") for point in range(3)] == [1, 0, -1]


def test_a_margin_that_is_asked_for_counts():
    found = found_figures(made(a=[1.0], b=[1.1]), [METRIC])
    assert compared(found, METRIC, ["a", "b"], 1, {METRIC: 5.0}).better(0, "a", "b") == -1
    assert compared(found, METRIC, ["a", "b"], 1, {METRIC: 20.0}).better(0, "a", "b") == 0


def test_of_designs_that_are_alike_hardly_a_sweep_says_one_is_better():
    luck, wrong, sweeps = np.random.default_rng(3), 0, 60
    for _ in range(sweeps):
        measures = {
            (point, name): made_measures.design(
                stale_per_hour=(100 + luck.normal(0, 20, 6)).round(9).tolist()
            )
            for point in range(4)
            for name in "abc"
        }
        found = found_figures(measures, [METRIC])
        of = compared(found, METRIC, ["a", "b", "c"], 4, {METRIC: 0.0})
        wrong += any(row["verdict"] in ("better", "worse") for row in of.rows.values())
    assert wrong / sweeps <= 0.05 + 3 * (0.05 * 0.95 / sweeps) ** 0.5


def test_a_figure_that_is_missing_is_no_pair():
    measures = made(a=[1.0], b=[2.0])
    for one in measures[0, "b"]:
        one["metrics"][METRIC] = None
    found = found_figures(measures, [METRIC])
    of = compared(found, METRIC, ["a", "b"], 1, {})
    assert of.better(0, "a", "b") == 0
    [row] = of.rows.values()
    assert (row["verdict"], row["reason"]) == ("unknown", "does not apply to both designs")
    assert pair_at(found, METRIC, 5.0, (0, "a", "b"), 0).a is None


def test_a_pair_has_what_each_replication_adds():
    found = found_figures(made(a=[1.0], b=[2.0]), [METRIC])
    pair = pair_at(found, METRIC, 5.0, (0, "a", "b"), -1)
    assert (pair.x, pair.better, pair.least_error) == (5.0, -1, 0.0)
    assert sorted(pair.a) == [*range(8)]
    assert np.mean([*pair.b.values()]) == pytest.approx(200, abs=0.02)
