"""What a figure is in summary.json."""

import json

import numpy as np
import pytest
from made_measures import design

from sim.experiment.statistics.entries import entry, more_replications, precision
from sim.experiment.statistics.figures import figures
from sim.metrics.sample import Sample


def stored(name, of):
    found = entry(figures(of)[name])
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    return found


def test_a_plain_figure_says_nothing_of_never():
    found = stored("cpu_mean", design(cpu_mean=[1.0, 2.0, 3.0]))
    assert list(found) == ["value", "low", "high", "unit", "n", "better", "kind", "method"]
    assert (found["value"], found["unit"], found["n"]) == (2.0, "share of cores", 3)


def test_a_rate_has_its_counts():
    found = stored("loss_pressed", design(loss_pressed=[[3, 1000], [5, 1000], [4, 1000]]))
    assert (found["value"], found["hits"], found["trials"]) == (0.004, 12, 3000)


def test_never_is_said_and_never_a_number():
    found = stored("back_t95", design(back_t95=[3.0, "never", 2.0]))
    assert (found["value"], found["low"], found["high"]) == (None, 2.0, None)
    assert (found["never"], found["high_never"]) == (True, True)
    assert "low_never" not in found
    lost = stored("back_t95", design(back_t95=["never"] * 3))
    assert lost["low_never"] is True


def test_an_end_that_may_be_never():
    sample = [{"latency": Sample(100, np.arange(1.0, 53.0)).packed()}] * 4
    found = stored("latency_p50", design(sample, latency_p50=[50.0] * 4))
    assert (found["value"], found["high"], found["high_never"]) == (50.0, None, True)
    assert "never" not in found


def test_a_refused_quantile_has_a_reason_and_no_value():
    sample = [{"latency": Sample(100, np.arange(1.0, 53.0)).packed()}] * 4
    found = stored("latency_p99", design(sample, latency_p99=["never"] * 4))
    assert found["value"] is None
    assert found["refused"] == "p99 needs 1,000 receptions, these runs had 400"
    assert "never" not in found


def test_precision_and_how_many_more():
    one = {"value": 2.0, "low": 1.6, "high": 2.4, "n": 10, "kind": "mean"}
    assert precision(one) == pytest.approx(0.2)
    assert more_replications(one, 0.1) == 30
    assert more_replications(one, 0.2) == 0
    # An end may be as far as a float goes.
    assert more_replications(one | {"high": 1e300}) > 1_000_000
    assert precision(one | {"value": 0.0}) is None
    assert more_replications(one | {"low": None, "high": None, "n": 1}) == 4


def test_more_of_the_same_does_not_help_never_or_nothing():
    for value in (None, 0.0):
        one = {"value": value, "low": None, "high": None, "n": 3, "kind": "time"}
        assert more_replications(one) == 0
        assert precision(one) is None


def test_a_rare_loss_needs_no_thousand_replications():
    one = {"value": 1e-4, "low": 0.0, "high": 6e-4, "n": 10, "kind": "rate"}
    assert precision(one) == pytest.approx(3.0)
    assert more_replications(one) == 0
    assert more_replications(one | {"high": 4e-3}) == 30
