"""Reports of designs that are alike, and of designs that differ by a known amount."""

import numpy as np
import pytest
from scipy.stats import binom

from sim.experiment.statistics import summarise
from sim.metrics import METRICS
from tests.statistics.reports import Traits, report

MARKS = ("better", "worse")
NOTHING = {metric.name: None for metric in METRICS}


@pytest.mark.parametrize(("replications", "reports"), [(2, 5), (3, 60), (5, 50), (10, 30)])
def test_designs_that_are_alike_have_a_mark_in_few_reports(replications, reports):
    """At most a tenth; more than chance allows of a tenth would be seen with so many reports."""
    rng = np.random.default_rng(replications)
    wrong = 0
    for _ in range(reports):
        rows = summarise(report([Traits()] * 3, replications, rng))["comparisons"]
        wrong += any(row["verdict"] in MARKS for row in rows)
    assert wrong <= binom.ppf(0.5, reports, 0.1)
    assert not wrong or replications > 2


def differing(by, replications, rng, reports=150):
    """Verdicts and rows on a cost that differs by this share of itself."""
    for _ in range(reports):
        cost = 800 * rng.lognormal(0, 0.1, replications)
        noise = rng.normal(0, 16, (2, replications))
        found = {
            name: [{"replication": at, "metrics": {**NOTHING, "bytes_per_delivery": float(value)}}
                   for at, value in enumerate(values)]
            for name, values in (("a", cost + noise[0]), ("b", cost + by + noise[1]))
        }  # fmt: skip
        [row] = summarise(found, margins={"bytes_per_delivery": 0.0})["comparisons"]
        yield row


@pytest.mark.parametrize("replications", [3, 5, 10])
def test_what_is_called_detectable_is_found_four_times_in_five(replications):
    rng = np.random.default_rng(40 + replications)
    calm = [row["detectable"] for row in differing(0.0, replications, rng)]
    size = float(np.sqrt(np.mean(np.square(calm))))  # each is an estimate: their mean variance
    found = [row["verdict"] == "worse" for row in differing(size, replications, rng)]
    assert binom.ppf(1e-3, 150, 0.8) <= sum(found) <= binom.ppf(1 - 1e-3, 150, 0.8)


def test_as_many_replications_as_needed_find_it():
    rng = np.random.default_rng(50)
    wanted = [row["needs"] for row in differing(10.0, 5, rng) if row["verdict"] == "too few runs"]
    needed = np.median([np.inf if one is None else one for one in wanted])  # None: very many
    truth = (16 * np.sqrt(2) / 10 * 2.9) ** 2  # (z of 0.975 + z of 0.8) is 2.8, and t a little more
    assert truth / 2.5 < needed < truth * 2.5
    found = [row["verdict"] == "worse" for row in differing(10.0, int(truth), rng, 100)]
    assert sum(found) >= binom.ppf(1e-3, 100, 0.7)


def test_a_design_that_loses_ten_times_as_often_is_found_four_times_in_five():
    rng, reports = np.random.default_rng(60), 40
    traits = [Traits(bursts=0.2), Traits(bursts=6.0)]
    verdicts = [
        {row["metric"]: row["verdict"] for row in summarise(report(traits, 12, rng))["comparisons"]}
        for _ in range(reports)
    ]
    found = sum(one["loss_pressed"] == "worse" for one in verdicts)
    assert found >= binom.ppf(0.01, reports, 0.8)
    assert not any(one["loss_pressed"] == "better" for one in verdicts)
