"""Quantiles over what was owed in all replications together, by hand."""

import math

import numpy as np
import pytest

from sim.experiment.statistics.quantiles import Pool
from sim.metrics.sample import Sample


def pool(*replications, owed=None):
    """A pool of replications, each a list of delays; `owed` of each, or as many as came."""
    counts = owed or [len(one) for one in replications]
    samples = [
        Sample(n, np.array(one, dtype=float)) for n, one in zip(counts, replications, strict=True)
    ]
    return Pool.of([one.packed() for one in samples])


def rising(count=100, start=0.0):
    return [start + (k + 1) / 100 for k in range(count)]


def test_it_is_the_quantile_of_all_and_not_the_mean_of_quantiles():
    # Medians of the three are 0.5, 0.5 and 20: their mean is 7.
    of = pool(rising(), rising(), [20.0] * 10)
    assert of.quantile(0.5) == pytest.approx(0.53)


def test_what_never_came_counts():
    of = pool(rising(50), rising(50), owed=[100, 100])
    assert of.quantile(0.5) == 0.5
    assert of.quantile(0.51) == math.inf
    assert pool([], [], owed=[5, 5]).quantile(0.5) == math.inf


def test_the_interval_holds_the_quantile_and_widens_with_unlike_replications():
    alike = pool(*[rising()] * 5).interval(0.5)
    unlike = pool(*[rising(start=k / 10) for k in range(5)]).interval(0.5)
    assert alike.low < alike.value < alike.high
    assert unlike.high - unlike.low > 2 * (alike.high - alike.low)
    assert alike.method == "Woodruff"


def test_an_end_beyond_what_came_is_never():
    found = pool(*[rising(92)] * 5, owed=[100] * 5).interval(0.9)
    assert found.value == pytest.approx(0.9)
    assert found.low < 0.9
    assert found.high == math.inf


def test_never_has_a_lower_end():
    found = pool(*[rising(88)] * 5, owed=[100] * 5).interval(0.9)
    assert (found.value, found.high) == (math.inf, math.inf)
    assert found.low < 0.9


def test_what_most_never_saw_is_never_for_sure():
    found = pool(*[rising(3)] * 5, owed=[100] * 5).interval(0.5)
    assert (found.low, found.value, found.high) == (math.inf, math.inf, math.inf)


def test_two_replications_have_no_interval():
    assert pool(rising(), rising()).interval(0.5).low is None


def test_many_that_took_exactly_as_long_have_no_other_quantile():
    found = pool(*[[0.04] * 100] * 4).interval(0.5)
    assert (found.low, found.value, found.high) == (0.04, 0.04, 0.04)


def test_a_quantile_in_the_middle_of_as_long_is_that_and_no_other():
    few = [0.01 * k for k in range(1, 4)]
    of = pool(*[[*few, *[0.219] * 95, 0.4, 0.5]] * 6)
    found = of.interval(0.5)
    assert (found.low, found.value, found.high) == (0.219, 0.219, 0.219)
    assert of.influences(0.5).tolist() == [0.219] * 6


def test_ends_are_elsewhere_where_as_long_may_begin_or_end_at_the_quantile():
    begins = pool(*[[*rising(48), *[0.7] * 40, *rising(12, start=1.0)]] * 5).interval(0.5)
    assert begins.low < begins.value == begins.high == 0.7
    ends = pool(*[[*rising(12), *[0.7] * 40, *rising(48, start=1.0)]] * 5).interval(0.5)
    assert ends.low == ends.value == 0.7 < ends.high


def test_influences_average_to_the_quantile_and_rank_the_replications():
    of = pool(rising(), rising(start=0.1), rising(start=0.3), rising())
    found = of.influences(0.5)
    assert found.mean() == pytest.approx(of.quantile(0.5))
    assert found[2] > found[1] > found[0] == found[3]
    assert pool(*[rising(50)] * 4, owed=[100] * 4).influences(0.9) is None


def test_the_error_from_influences_is_that_of_repeated_runs():
    rng = np.random.default_rng(4)

    def make():
        centres = 1 + 0.1 * rng.standard_normal(10)
        return pool(*[rng.normal(centre, 0.5, 400) for centre in centres])

    pools = [make() for _ in range(200)]
    errors = [one.influences(0.5).std(ddof=1) / math.sqrt(10) for one in pools]
    spread = np.std([one.quantile(0.5) for one in pools], ddof=1)
    # A standard deviation of 200 values is right to 5 %: five times that, and the slope is wide.
    assert 0.75 * spread < np.median(errors) < 1.4 * spread


def test_a_quantile_that_the_runs_do_not_hold_is_refused():
    of = pool(rising(), rising(), rising(212))
    assert of.refusal(0.999, "p99.9") == "p99.9 needs 10,000 receptions, these runs had 412"
    assert of.refusal(0.99, "p99") == "p99 needs 1,000 receptions, these runs had 412"
    assert of.refusal(0.9, "p90") == ""
    assert pool(rising(20)).refusal(0.5, "p50") == ""


def test_how_many_took_longer():
    assert pool([0.1, 0.2], [0.3], owed=[3, 4]).later(0.2).tolist() == [1, 4]
    assert pool([0.1], [0.3]).later(0.0).tolist() == [1, 1]
