"""Intervals keep their promise, comparisons use pairing, verdicts are corrected and honest."""

import json

import numpy as np
import pytest
from scipy.stats import binom

from sim.experiment.statistics import (
    BOOTSTRAP_LEAST,
    bootstrap_interval,
    design_effect,
    holm,
    mean_interval,
    more_replications,
    paired,
    precision,
    rate_interval,
    summarise,
)
from sim.metrics import METRICS

RUNS = 1000


def covered(make, truth):
    """How many of `RUNS` intervals hold the truth."""
    found = [make() for _ in range(RUNS)]
    return sum(interval.low <= truth <= interval.high for interval in found)


def least(level):
    """Fewest covering intervals out of `RUNS` that chance allows once in a million."""
    return binom.ppf(1e-6, RUNS, level)


def most(level):
    return binom.ppf(1 - 1e-6, RUNS, level)


@pytest.mark.parametrize("count", [2, 5, 20])
def test_mean_interval_covers_as_often_as_it_says(count):
    rng = np.random.default_rng(11)
    hits = covered(lambda: mean_interval(rng.normal(3.0, 1.0, count)), 3.0)
    assert least(0.95) <= hits <= most(0.95)


def test_mean_interval_of_a_textbook_sample():
    # mean 2, sd 1, t(0.975, 2) = 4.302653
    found = mean_interval([1.0, 2.0, 3.0])
    assert found.value == 2.0
    assert found.high - found.value == pytest.approx(4.302653 / np.sqrt(3), rel=1e-6)


def test_bootstrap_covers_a_skewed_mean_where_t_falls_short():
    rng = np.random.default_rng(12)
    samples = rng.lognormal(0.0, 0.8, (RUNS, 15))
    truth = np.exp(0.32)
    booted, plain = (iter(samples), iter(samples))
    hits = covered(lambda: bootstrap_interval(next(booted)), truth)
    # The studentised bootstrap is accurate to second order only: allow two points below 95 %.
    assert least(0.93) <= hits <= most(0.95)
    assert hits > covered(lambda: mean_interval(next(plain)), truth)


def test_bootstrap_is_repeatable_and_says_when_it_fell_back():
    values = np.random.default_rng(1).normal(3.0, 1.0, BOOTSTRAP_LEAST)
    assert bootstrap_interval(values) == bootstrap_interval(values)
    assert bootstrap_interval(values).method == "bootstrap"
    few = bootstrap_interval(values[:-1])
    assert "too few" in few.method
    assert few.low == mean_interval(values[:-1]).low


def test_bootstrap_leaves_tails_that_its_draws_do_not_reach_to_t():
    values = np.random.default_rng(1).normal(3.0, 1.0, BOOTSTRAP_LEAST)
    far = bootstrap_interval(values, level=0.999)
    assert "too far out" in far.method
    assert far.high == mean_interval(values, level=0.999).high


def test_identical_values_have_a_point_interval():
    found = bootstrap_interval([2.0] * 12)
    assert (found.low, found.value, found.high) == (2.0, 2.0, 2.0)


@pytest.mark.parametrize(("ratio", "count"), [(0.01, 5), (0.3, 5), (0.01, 20), (0.3, 2)])
def test_rate_interval_covers_independent_trials(ratio, count):
    rng = np.random.default_rng(13)

    def make():
        return rate_interval([(int(h), 500) for h in rng.binomial(500, ratio, count)])

    assert covered(make, ratio) >= least(0.95)  # Clopper-Pearson errs on the safe side


def test_rate_interval_covers_losses_that_come_in_bursts():
    rng = np.random.default_rng(14)

    def make():
        shares = rng.beta(6.0, 14.0, 10)
        return rate_interval([(int(h), 500) for h in rng.binomial(500, shares)])

    assert covered(make, 0.3) >= least(0.95)


def test_design_effect_of_bursts_and_of_none():
    trials = np.full(4, 100.0)
    assert design_effect(np.array([10.0, 10.0, 10.0, 10.0]), trials) == 1.0
    assert design_effect(np.array([0.0, 0.0, 0.0, 0.0]), trials) == 1.0
    # Pooled rate 0.1: variance 4 / 3 * 1200 / 400^2 = 0.01 against 0.1 * 0.9 / 400, so 44.4,
    # widened by (t(0.975, 3) / 1.959964)^2.
    effect = design_effect(np.array([40.0, 0.0, 0.0, 0.0]), trials)
    assert effect == pytest.approx(0.01 / 2.25e-4 * (3.182446 / 1.959964) ** 2, rel=1e-6)


@pytest.mark.parametrize("count", [1, 30, 5000])
def test_no_hits_give_an_upper_bound_never_a_bare_zero(count):
    found = rate_interval([(0, count), (0, count)])
    assert (found.value, found.low) == (0.0, 0.0)
    assert found.high == pytest.approx(1 - 0.025 ** (1 / (2 * count)))


def test_all_hits_give_a_lower_bound():
    found = rate_interval([(10, 10), (20, 20)])
    assert (found.low, found.high) == (pytest.approx(0.025 ** (1 / 30)), 1.0)


def test_more_hits_than_trials_are_poisson():
    found = rate_interval([(1800, 10), (1800, 10)])
    assert found.method == "Poisson"
    assert found.low == pytest.approx((3600 - 1.96 * 60) / 20, rel=0.002)
    assert found.high == pytest.approx((3600 + 1.96 * 60) / 20, rel=0.002)


def test_a_rate_without_trials_is_refused():
    with pytest.raises(ValueError, match="trials"):
        rate_interval([(0, 0)])


def test_paired_beats_unpaired_under_common_luck():
    rng = np.random.default_rng(15)
    luck = rng.normal(10.0, 3.0, 10)
    a, b = luck + rng.normal(0.0, 0.1, 10), luck + 0.5 + rng.normal(0.0, 0.1, 10)
    found, own = paired(a, b), mean_interval(b)
    assert found.p < 1e-4
    assert abs(found.difference - 0.5) < 4.9 * 0.1 * np.sqrt(2 / 10)  # once in a million
    assert (found.high - found.low) < (own.high - own.low) / 10


def test_paired_agrees_with_the_textbook_test():
    from scipy.stats import ttest_rel

    rng = np.random.default_rng(16)
    a, b = rng.normal(0, 1, 8), rng.normal(0.5, 1, 8)
    assert paired(a, b).p == pytest.approx(ttest_rel(b, a).pvalue)


def test_identical_and_constantly_shifted_designs():
    assert paired([1.0, 2.0], [1.0, 2.0]).p == 1.0
    assert paired([1.0, 2.0], [2.0, 3.0]).p == 0.0
    with pytest.raises(ValueError, match="two or more"):
        paired([1.0], [2.0])


def test_holm_by_hand():
    # Sorted 0.01, 0.02, 0.03, 0.04 times 4, 3, 2, 1 is 0.04, 0.06, 0.06, 0.04: never falling.
    assert holm([0.03, 0.01, 0.04, 0.02]) == pytest.approx([0.06, 0.04, 0.06, 0.06])
    assert holm([0.9, 0.8]) == [1.0, 1.0]
    assert holm([]) == []


def test_holm_keeps_false_verdicts_rare():
    rng = np.random.default_rng(17)
    wrong = sum(min(holm(rng.uniform(size=15).tolist())) < 0.05 for _ in range(RUNS))
    assert wrong <= most(0.05)


NOTHING = {metric.name: None for metric in METRICS}


def design(**metrics):
    """Measures of one design from a list of values per metric, one per replication."""
    count = len(next(iter(metrics.values())))
    return [
        {"replication": r, "metrics": NOTHING | {name: found[r] for name, found in metrics.items()}}
        for r in range(count)
    ]


def wobble(centre, count=8, seed=1):
    return (centre + np.random.default_rng(seed).normal(0, 0.01, count)).round(9).tolist()


def comparison(summary, metric):
    [row] = [row for row in summary["comparisons"] if row["metric"] == metric]
    return row


def test_better_worse_and_neither():
    rates = [[0, 1000], [0, 1000], [0, 1000], [1, 1000], *[[0, 1000]] * 4]
    luck = wobble(1.0)
    summary = summarise(
        {
            "old": design(latency_p50=luck, latency_p99=luck, loss_pressed=rates),
            "new": design(
                latency_p50=[x - 0.5 for x in luck],
                latency_p99=[x + 0.5 for x in luck],
                loss_pressed=rates[::-1],
            ),
        }
    )
    assert summary["verdicts"]["old"]["latency_p50"] == "reference"
    assert summary["verdicts"]["new"] == {
        "loss_pressed": "not distinguishable",
        "latency_p50": "better",
        "latency_p99": "worse",
    }
    row = comparison(summary, "latency_p50")
    assert (row["a"], row["b"], row["difference"]) == ("old", "new", pytest.approx(-0.5))
    assert row["p_corrected"] >= row["p"]


def test_identical_designs_are_not_distinguishable():
    same = {"latency_p99": wobble(1.0)}
    summary = summarise({"a": design(**same), "b": design(**same)})
    assert comparison(summary, "latency_p99")["verdict"] == "not distinguishable"


def test_headline_metrics_share_one_family_and_others_stand_alone():
    luck, shift = wobble(1.0), wobble(0.012, seed=2)
    names = ("latency_p50", "latency_p99", "latency_p999")
    worse = {name: [x + y for x, y in zip(luck, shift, strict=True)] for name in names}
    summary = summarise({"a": design(**dict.fromkeys(names, luck)), "b": design(**worse)})
    rows = [comparison(summary, name) for name in names]
    assert [row["family"] for row in rows] == ["headline", "headline", "latency_p999"]
    assert rows[0]["p_corrected"] == pytest.approx(2 * rows[0]["p"])
    assert rows[2]["p_corrected"] == rows[2]["p"]


def test_one_replication_knows_nothing():
    one = {"a": design(loss_pressed=[[0, 50]], latency_p99=[1.0])}
    summary = summarise(one | {"b": design(loss_pressed=[[9, 50]], latency_p99=[2.0])})
    entry = summary["designs"]["a"]["latency_p99"]
    assert (entry["value"], entry["low"], entry["high"], entry["n"]) == (1.0, None, None, 1)
    assert summary["verdicts"]["b"]["latency_p99"] == "unknown"
    assert "one replication" in comparison(summary, "latency_p99")["reason"]


def test_a_design_undefined_in_some_replications_is_not_judged_on_the_rest():
    summary = summarise(
        {"a": design(back_t95=[3.0, 3.1, 2.9]), "b": design(back_t95=[1.0, None, 1.1])}
    )
    row = comparison(summary, "back_t95")
    assert row["verdict"] == "unknown"
    assert row["reason"] == "defined for both designs in only 2 of 3 replications"


def test_replications_undefined_for_both_are_skipped():
    a, b = [3.0, None, 3.1, 3.2], [1.0, None, 1.1, 1.2]
    summary = summarise({"a": design(back_t95=a), "b": design(back_t95=b)})
    assert comparison(summary, "back_t95")["verdict"] == "better"


def test_intervals_of_what_cannot_be_negative_stop_at_zero():
    summary = summarise({"a": design(gap_mean=[0.1, 0.0, 3.0])})
    assert summary["designs"]["a"]["gap_mean"]["low"] == 0.0


def test_a_summary_is_plain_json_with_what_readers_need():
    rates = [[3, 1000], [5, 1000], [4, 1000]]
    summary = summarise({"a": design(loss_pressed=rates), "b": design(loss_pressed=rates)})
    assert json.loads(json.dumps(summary, allow_nan=False)) == summary
    entry = summary["designs"]["a"]["loss_pressed"]
    assert entry["value"] == 0.004
    assert {"low", "high", "unit", "n", "better", "kind", "method", "hits"} <= entry.keys()


def test_nothing_measured_is_refused():
    with pytest.raises(ValueError, match="no design"):
        summarise({})


def test_precision_and_how_many_more():
    entry = {"value": 2.0, "low": 1.6, "high": 2.4, "n": 10, "kind": "mean"}
    assert precision(entry) == pytest.approx(0.2)
    assert more_replications(entry, 0.1) == 30
    assert more_replications(entry, 0.2) == 0
    assert precision(entry | {"value": 0.0}) is None
    assert more_replications(entry | {"low": None, "high": None, "n": 1}) == 4


def test_a_rare_loss_needs_no_thousand_replications():
    entry = {"value": 1e-4, "low": 0.0, "high": 6e-4, "n": 10, "kind": "rate"}
    assert precision(entry) == pytest.approx(3.0)
    assert more_replications(entry) == 0
    assert more_replications(entry | {"high": 4e-3}) == 30
