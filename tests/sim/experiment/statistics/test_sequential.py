"""One error for all looks: exact for normal values, kept by skewed ones."""

import numpy as np
import pytest
from scipy.special import stdtrit
from scipy.stats import binom

from sim.experiment.gates.looks import schedule
from sim.experiment.statistics.sequential import LEAST_ERROR, error_of_look, level_of_look

GATES, MOST, FIRST = 2000, 60, 5


def reach(error):
    """Standard errors at which a look decides, from `FIRST` to `MOST` replications."""
    counts = range(FIRST, MOST + 1)
    return np.array([-float(stdtrit(n - 1, error_of_look(error, n))) for n in counts])


def t_values(values, truth):
    """t of every gate at every look, with logarithms for the upper end as in `intervals`."""
    n = np.arange(1, MOST + 1)
    mean = values.cumsum(axis=1) / n
    variance = (np.square(values).cumsum(axis=1) / n - mean**2) * n / np.maximum(n - 1, 1)
    error = np.sqrt(variance / n)[:, FIRST - 1 :]
    mean = mean[:, FIRST - 1 :]
    return (mean - truth) / error, np.log(truth / mean) * mean / error


KINDS = {
    "normal": (lambda rng, shape: rng.normal(5, 1, shape), 5.0),
    "lognormal": (lambda rng, shape: rng.lognormal(0, 0.6, shape), float(np.exp(0.18))),
    "exponential": (lambda rng, shape: rng.exponential(1, shape), 1.0),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("error", [0.05, 0.01])
def test_gates_on_their_limit_keep_the_error_with_a_look_after_every_replication(kind, error):
    make, truth = KINDS[kind]
    over, under = t_values(make(np.random.default_rng(3), (GATES, MOST)), truth)
    allowed = binom.ppf(0.999, GATES, error)
    assert (over > reach(error)).any(axis=1).sum() <= allowed
    assert (under > reach(error)).any(axis=1).sum() <= allowed


def test_a_fixed_look_repeated_does_not():
    over, _ = t_values(np.random.default_rng(4).normal(5, 1, (GATES, MOST)), 5.0)
    naive = np.array([-stdtrit(n - 1, 0.05) for n in range(FIRST, MOST + 1)])
    assert (over > naive).any(axis=1).mean() > 0.15


def test_it_is_the_ratio_of_likelihoods():
    for n, error in ((5, 0.05), (32, 0.01)):
        t2, known = stdtrit(n - 1, error_of_look(error, n)) ** 2, 1 + 10 * n
        ratio = known**-0.5 * ((1 + t2 / (n - 1)) / (1 + t2 / (n - 1) / known)) ** (n / 2)
        assert ratio == pytest.approx(1 / error, rel=1e-6)


def test_too_few_replications_decide_nothing():
    assert error_of_look(0.05, 1) == error_of_look(0.01, 3) == LEAST_ERROR
    assert error_of_look(0.05, 4) > LEAST_ERROR


def test_an_interval_of_a_look_errs_either_way():
    assert 1 - level_of_look(10) == pytest.approx(2 * error_of_look(0.025, 10))
    assert 1 - level_of_look(10, 0.8) == pytest.approx(2 * error_of_look(0.1, 10))


def test_errors_of_all_looks_of_a_run_add_up_to_less_than_theirs_together():
    """Verdicts are corrected for their number by dividing the error of a look. That is safe, since
    already the sum over looks is below the error (Bonferroni)."""
    for first in (3, 8, 100):
        looks = schedule(first, 10_000)
        assert sum(1 - level_of_look(count) for count in looks) < 0.05 / 2
