"""Facts: bounds hold whatever the size of bursts, whenever one looks."""

import numpy as np
import pytest
from scipy.stats import binom

from sim.experiment.gates.looks import schedule
from sim.experiment.statistics.facts import Betting, Facts, rate_of
from sim.experiment.statistics.intervals import rate_interval
from sim.experiment.statistics.sequential import level_of_look
from tests.sim.experiment.statistics.facts_made import NAME, measures, rows

LIMIT, ERROR, GATES = 1e-3, 0.05, 500
SIZES = pytest.mark.parametrize("size", [1, 10, 50])


def gates(size, times, count, trials, number=GATES):
    """Share of gates that pass and that fail, with the looks of a check."""
    rng = np.random.default_rng([size, count, trials])
    passed = failed = 0
    for _ in range(number):
        found = measures(rng, times * LIMIT, size, count, trials)
        for looked in schedule(8, count):
            low, high = Betting.of(Facts.of(NAME, found[:looked])).ends(ERROR)
            if high < LIMIT or low > LIMIT:
                passed, failed = passed + (high < LIMIT), failed + (low > LIMIT)
                break
    return passed / number, failed / number


@SIZES
@pytest.mark.parametrize("trials", [4000, 40_000])
def test_a_gate_at_1_2_times_its_limit_passes_in_2_of_100_at_most(size, trials):
    passed, _ = gates(size, 1.2, 24, trials)
    assert passed * GATES <= binom.ppf(0.99, GATES, 0.02)


@SIZES
def test_gates_on_their_limit_keep_the_error_whenever_one_stops(size):
    passed, failed = gates(size, 1.0, 32, 10_000, number=2000)
    assert failed * 2000 <= binom.ppf(0.999, 2000, ERROR)
    assert passed * 2000 <= binom.ppf(0.999, 2000, ERROR)


@SIZES
@pytest.mark.parametrize(("times", "least"), [(0, 0.99), (0.2, 0.5), (0.5, 0.1)])
def test_a_gate_passes_what_it_should(size, times, least):
    """600 times as many receptions as a burst has, over the limit: 600 bursts would be on it."""
    passed, failed = gates(size, times, 24, 25_000 * size, 60)
    assert passed >= least
    assert failed == 0


@SIZES
def test_a_gate_sees_a_design_at_twice_and_at_ten_times_its_limit_fail(size):
    assert gates(size, 10, 24, 2_000 * size, 60) == (0, 1)
    _, failed = gates(size, 2, 24, 10_000 * size, 60)
    assert failed > 0.8


@SIZES
@pytest.mark.parametrize("bursts", [0.1, 0.3, 1, 10])
@pytest.mark.parametrize("count", [3, 5, 20])
def test_intervals_cover_at_least_92_of_100(size, bursts, count):
    rng = np.random.default_rng([size, count])
    rate, covered, runs = bursts * size / 5000, 0, 300
    for _ in range(runs):
        found = measures(rng, rate, size, count, 5000)
        one = rate_of([m["metrics"][NAME] for m in found], Facts.of(NAME, found))
        covered += one.low <= rate <= one.high
    assert covered >= binom.ppf(1e-3, runs, 0.92)


@SIZES
def test_a_rate_is_excluded_where_it_is_beyond_an_end(size):
    rng = np.random.default_rng(size)
    for _ in range(40):
        bets = Betting.of(Facts.of(NAME, measures(rng, LIMIT, size, 8, 20_000)))
        low, high = bets.ends(ERROR)
        for rate in (low / 1.01, low * 1.01, high / 1.01, high * 1.01):
            assert bets.excludes(rate, ERROR) == (rate > high, rate < low)


@SIZES
def test_intervals_of_looks_cover_together(size):
    """All looks of a run that stops when it likes: its intervals hold together in 95 of 100."""
    rng, wrong, runs = np.random.default_rng([size, 7]), 0, 100
    for _ in range(runs):
        found = measures(rng, size / 5000, size, 40, 5000)
        for count in schedule(3, 40):
            seen = found[:count]
            counts = [m["metrics"][NAME] for m in seen]
            one = rate_of(counts, Facts.of(NAME, seen), level_of_look(count))
            if not one.low <= size / 5000 <= one.high:
                wrong += 1
                break
    assert wrong <= binom.ppf(0.99, runs, 0.05)


def test_one_fact_more_is_a_gamma_distribution():
    one = Facts.of(NAME, rows([0, 0, 0, 0, 0, 0], 1000, largest=10))
    # No fact in six replications: at most 3.69 of 10 hits each (Poisson, 2.5 %).
    assert one.interval().high == pytest.approx(-np.log(0.025) * 10 / 6000)
    assert one.interval().low == 0
    alone = Facts.of(NAME, rows([3, 2, 4, 3, 2, 4], 1000, largest=1)).interval()
    # Of single hits it is the exact interval of a Poisson number (Garwood 1936): 18 of 6,000.
    assert alone.low == pytest.approx(10.668 / 6000, rel=1e-4)
    assert alone.high == pytest.approx(28.448 / 6000, rel=1e-4)


def test_no_loss_is_bounded_by_what_the_causes_expose_not_by_replications():
    found = rows([0] * 8, 5000, largest=10)
    few = rate_of([m["metrics"][NAME] for m in found], Facts.of(NAME, found))
    assert few.high < 0.001
    many = rows([0] * 8, 5000, largest=5000)
    counts = [m["metrics"][NAME] for m in many]
    assert rate_of(counts, Facts.of(NAME, many)) == rate_interval(counts)


def test_replications_that_differ_more_than_facts_are_the_unit():
    apart = rows([200, 0, 0, 0, 150, 0], 5000, largest=1)  # of single hits, all in two of six
    assert not Facts.of(NAME, apart).apart
    counts = [m["metrics"][NAME] for m in apart]
    assert rate_of(counts, Facts.of(NAME, apart)) == rate_interval(counts)
    assert Facts.of(NAME, rows([55, 62, 58, 66, 51, 60], 5000, largest=1)).apart


def test_unknown_causes_leave_the_replication():
    found = rows([0] * 5, 5000, largest=10)
    del found[3]["facts"]
    assert Facts.of(NAME, found) is None
    counts = [m["metrics"][NAME] for m in found]
    assert rate_of(counts, None) == rate_interval(counts)


def test_bets_lost_leave_no_bound_that_they_would_have_won():
    """A fact larger than any that its cause exposes loses all bets that it could; others stand."""
    found = rows([12, 0, 0, 0], 5000, largest=12, size=12)
    low, high = Betting.of(Facts.of(NAME, found)).ends(0.05)
    assert low < 12 / 20_000 < high < 1
