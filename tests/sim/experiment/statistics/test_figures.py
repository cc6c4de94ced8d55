"""Figures of one design: pooled, and taken apart by replication."""

import math

import numpy as np
import pytest
from made_measures import design

from sim.experiment.statistics.figures import figures, rate_parts
from sim.metrics.sample import Sample


def samples(*replications, owed=100):
    return [{"latency": Sample(owed, np.array(one)).packed()} for one in replications]


def test_metrics_without_an_occasion_are_left_out():
    of = design(gap_mean=[None, 2.0, 3.0], cpu_mean=[None] * 3, loss_told=[[0, 0]] * 3)
    assert list(figures(of)) == ["gap_mean"]


def test_replications_without_an_occasion_are_left_out_and_infinite_ones_are_not():
    found = figures(design(back_t95=[None, 2.0, "never", 3.0]))["back_t95"]
    assert (found.interval.value, found.n) == (math.inf, 3)
    assert found.raw == {0: None, 1: 2.0, 2: math.inf, 3: 3.0}
    assert found.parts is None


def test_rates_are_taken_apart_by_their_trials():
    found = figures(design(loss_pressed=[[1, 100], [0, 300], None, [8, 200]]))["loss_pressed"]
    assert found.interval.value == 9 / 600
    assert list(found.parts) == [0, 1, 3]
    assert np.mean([*found.parts.values()]) == pytest.approx(9 / 600)
    assert rate_parts({0: (1, 10), 1: (3, 10)}) == {0: pytest.approx(0.1), 1: pytest.approx(0.3)}


def test_quantiles_are_pooled_from_samples():
    quick, slow = [0.1 + k / 1e3 for k in range(100)], [5.0 + k for k in range(10)]
    of = design(samples(quick, quick, slow), latency_p50=[0.15, 0.15, "never"])
    found = figures(of)["latency_p50"]
    assert found.interval.value == pytest.approx(0.174)  # 150th of 200 that came, of 300 owed
    assert found.interval.method == "Woodruff"
    assert found.later(1.0) == {0: (0, 100), 1: (0, 100), 2: (100, 100)}


def test_quantiles_stored_without_samples_are_one_figure_a_replication():
    assert figures(design(latency_p50=[1.0, 2.0, 3.0]))["latency_p50"].interval.value == 2.0


def test_a_quantile_out_of_reach_is_refused():
    of = design(samples([0.1], [0.2]), latency_p999=["never", "never"])
    found = figures(of)["latency_p999"]
    assert found.refused == "p99.9 needs 10,000 receptions, these runs had 200"
    assert math.isnan(found.interval.value)
