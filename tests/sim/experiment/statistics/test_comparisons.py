"""The rule of verdicts, case by case."""

import numpy as np
import pytest
from made_measures import comparison, design, wobble

from sim.experiment.statistics import summarise
from sim.metrics.sample import Sample


def compared(metric, a, b, **more):
    """The row of two designs on one metric."""
    return comparison(summarise({"a": design(**{metric: a}), "b": design(**{metric: b})}, **more),
                      metric)  # fmt: skip


def shifted(values, by):
    return [value + by for value in values]


LUCK = wobble(1.0)
NOISE = wobble(0.0, seed=9)


@pytest.mark.parametrize(("by", "verdict"), [(-0.5, "better"), (0.5, "worse"), (0.0, "equal")])
def test_better_worse_and_equal(by, verdict):
    b = [value + by + noise for value, noise in zip(LUCK, NOISE, strict=True)]
    row = compared("latency_p50", LUCK, b)
    assert (row["verdict"], row["reason"]) == (verdict, "")
    assert row["low"] < row["difference"] < row["high"]
    assert row["p_corrected"] >= row["p"]


def test_a_difference_within_the_margin_is_never_a_mark():
    # 55.8 against 56.3 ms, as sure as can be.
    a = [0.0558 + one / 1e3 for one in NOISE]
    b = [one + 0.0005 + two / 1e4 for one, two in zip(a, LUCK, strict=True)]
    row = compared("latency_p50", a, b)
    assert row["p_corrected"] < 1e-6
    assert row["margin"] == 0.01
    assert row["verdict"] == "equal"


def test_a_scenario_may_care_about_less():
    a = [0.0558 + one / 1e3 for one in NOISE]
    b = [one + 0.0005 + two / 1e4 for one, two in zip(a, LUCK, strict=True)]
    row = compared("latency_p50", a, b, margins={"latency_p50": 0.0001})
    assert (row["margin"], row["verdict"]) == (0.0001, "worse")


def test_perhaps_beyond_the_margin_is_neither_better_nor_equal():
    a = wobble(1.0, 4, seed=3)
    row = compared("latency_p50", a, shifted(wobble(1.0, 4, seed=4)[::-1], 0.04))
    assert row["low"] < row["margin"] < row["high"]
    assert row["verdict"] not in ("better", "worse", "equal")


@pytest.mark.parametrize("count", [1, 2])
def test_two_replications_bear_no_verdict(count):
    row = compared("latency_p50", [1.0, 1.1][:count], [9.0, 9.2][:count])
    assert row["verdict"] == "too few runs"
    assert "no verdict" in row["reason"]
    assert row["needs"] > 2
    assert row["p_corrected"] is None


def test_too_few_runs_say_what_they_see_and_how_many_would_do():
    # 29.7 s against 67.1 s in three replications, among many comparisons.
    rng = np.random.default_rng(8)
    designs = {
        f"design-{at}": design(back_t95=rng.normal(centre, 1.5, 3).tolist())
        for at, centre in enumerate((29.7, 67.1, 45.0, 50.0, 40.0, 55.0))
    }
    rows = [row for row in summarise(designs)["comparisons"] if row["verdict"] == "too few runs"]
    for row in rows:
        assert row["detectable"] > row["margin"]
        assert 3 < row["needs"] <= 40
        assert "in 4 cases of 5" in row["reason"]
    assert rows


def test_enough_runs_that_see_nothing_are_not_distinguishable():
    rng = np.random.default_rng(3)
    a = rng.normal(1.0, 0.1, 60)
    row = compared("cpu_mean", a.tolist(), (a + 0.04 + rng.normal(0, 0.07, 60)).tolist())
    assert row["detectable"] <= row["margin"] < row["high"]
    assert row["verdict"] == "not distinguishable"


def test_one_hit_more_in_each_of_three_is_not_certain():
    row = compared("loss_pressed", [[0, 1000]] * 3, [[1, 1000]] * 3)
    assert row["verdict"] == "too few runs"
    assert row["p"] > 0.1


def test_no_loss_in_either_is_equal_only_when_what_may_be_is_within_the_margin():
    row = compared("loss_pressed", [[0, 1000]] * 3, [[0, 1000]] * 3)
    most = 1 - 0.025 ** (1 / 3)  # a replication is the unit where facts are not known
    assert (row["low"], row["high"]) == (pytest.approx(-most), pytest.approx(most))
    assert row["verdict"] == "too few runs"
    assert row["reason"].startswith("no case in 3 replications of either; 0.708 of one may be")
    assert row["needs"] == np.ceil(3 * most / 0.001)
    found = [[0, 1000]] * 3, [[0, 1000]] * 3
    wide = summarise(
        {"a": design(loss_pressed=found[0]), "b": design(loss_pressed=found[1])},
        margins={"loss_pressed": 0.71},
    )
    assert {one["verdict"] for one in wide["comparisons"]} == {"equal"}


def test_of_none_in_either_equal_is_said_wrongly_in_one_of_twenty_at_most():
    """One design has no case ever, the other loses everything in one replication of ten: a tenth
    apart, which is twice the margin. Runs of thirty that see none of it are one in 23."""
    luck = np.random.default_rng(8)
    wrong = 0
    for _ in range(400):
        lost = [[1000 * int(luck.random() < 0.1), 1000] for _ in range(30)]
        designs = {"a": design(loss_pressed=[[0, 1000]] * 30), "b": design(loss_pressed=lost)}
        (row,) = summarise(designs, margins={"loss_pressed": 0.0999})["comparisons"]
        wrong += row["verdict"] == "equal"
    assert wrong <= 400 * 0.05 + 3 * np.sqrt(400 * 0.05 * 0.95)


def test_a_clear_loss_is_found():
    losses = [[50 + at, 1000] for at in (0, 7, 3, 9, 1, 5, 2, 8, 4, 6)]
    row = compared("loss_pressed", losses, [[0, 1000]] * 10)
    assert row["verdict"] == "better"
    assert row["difference"] == pytest.approx(-0.0545)


def test_never_is_worse_than_any_number():
    row = compared("back_t95", [90.0 + at for at in range(10)], ["never"] * 10)
    assert (row["verdict"], row["difference"], row["margin"]) == ("worse", None, None)
    assert compared("back_t95", ["never"] * 10, [1e4] * 10)["verdict"] == "better"


def test_never_in_three_of_three_is_too_few_runs():
    designs = {f"d{at}": design(back_t95=[5.0, 6.0, 7.0]) for at in range(4)}
    rows = summarise(designs | {"lost": design(back_t95=["never"] * 3)})["comparisons"]
    row = next(row for row in rows if row["b"] == "lost")
    assert row["verdict"] == "too few runs"
    assert 3 < row["needs"] < 8


def test_never_in_both_is_equal():
    assert compared("back_t95", ["never"] * 5, ["never"] * 5)["verdict"] == "equal"


def test_headline_and_rest_are_two_families():
    names = ("latency_p50", "late_1s", "latency_p999", "gap_p50", "cpu_mean")
    rates = [[at, 100] for at in (1, 4, 2, 3, 5, 2, 6, 1)]
    values = {name: rates if name == "late_1s" else LUCK for name in names}
    noisy = {
        name: [[hits + 3, n] for hits, n in rates] if name == "late_1s" else
        [one + 0.012 * at for at, one in enumerate(LUCK)] for name in names
    }  # fmt: skip
    summary = summarise({"a": design(**values), "b": design(**noisy)})
    rows = {name: comparison(summary, name) for name in names}
    assert [rows[name]["family"] for name in names] == ["headline"] * 2 + ["rest"] * 3
    assert rows["cpu_mean"]["p_corrected"] == rows["cpu_mean"]["p"]  # all of the rest alike


def test_a_design_without_an_occasion_in_some_replications_is_not_judged_on_the_rest():
    row = compared("back_t95", [3.0, 3.1, 2.9], [1.0, None, 1.1])
    assert row["verdict"] == "unknown"
    assert row["reason"] == "defined for both designs in only 2 of 3 replications"
    assert row["margin"] is None


def test_replications_without_an_occasion_for_both_are_skipped():
    a, b = [3.0, None, 3.1, 3.2, 3.15], [1.0, None, 1.11, 1.21, 1.15]
    assert compared("back_t95", a, b)["verdict"] == "better"


def test_what_one_design_does_not_do_is_unknown():
    designs = {"a": design(told_p50=LUCK), "b": design(cpu_mean=LUCK)}
    row = comparison(summarise(designs), "told_p50")
    assert (row["verdict"], row["reason"]) == ("unknown", "does not apply to both designs")


def sampled(delays):
    """A design of ten replications of 200 receptions each."""
    return [{"latency": Sample(200, np.asarray(one)).packed()} for one in delays]


def test_quantiles_are_compared_by_their_pooled_difference():
    rng = np.random.default_rng(6)
    a = [rng.lognormal(-3, 0.5, 200) for _ in range(10)]
    b = [one * 2 for one in a]
    summary = summarise({
        name: design(sampled(of), latency_p50=[float(np.median(one)) for one in of])
        for name, of in (("a", a), ("b", b))
    })  # fmt: skip
    row = comparison(summary, "latency_p50")
    values = [summary["designs"][name]["latency_p50"]["value"] for name in "ab"]
    assert row["difference"] == pytest.approx(values[1] - values[0], rel=1e-6)
    assert row["verdict"] == "worse"


def test_a_quantile_across_a_gap_is_no_surer_than_who_was_later():
    # One burst of thirty moves the 99th percentile from 0.1 s to 30 s; it says nothing more.
    calm = [np.linspace(0.05, 0.1, 200) for _ in range(10)]
    burst = [*calm[1:], np.concatenate([calm[0][:170], np.full(30, 30.0)])]
    names = {"a": calm, "b": burst}
    summary = summarise({
        name: design(sampled(of), latency_p99=[0.1] * 10) for name, of in names.items()
    })  # fmt: skip
    row = comparison(summary, "latency_p99")
    assert row["difference"] > 20
    assert row["p"] > 0.2


def test_a_refused_quantile_is_not_compared():
    of = design(sampled([np.linspace(0.05, 0.1, 200)] * 4), latency_p999=[0.1] * 4)
    row = comparison(summarise({"a": of, "b": of}), "latency_p999")
    assert row["verdict"] == "unknown"
    assert "needs 10,000 receptions" in row["reason"]
