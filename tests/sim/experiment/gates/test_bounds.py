"""One-sided bounds: against closed forms, and never above what was independent."""

import pytest

from sim.experiment.gates.bounds import Bounds, one_sided
from tests.sim.experiment.gates.made import measure


def test_zero_in_n_is_bounded_by_the_messages_not_the_receptions():
    rows = [measure(number, loss_told=[0, 4000]) for number in range(5)]
    found = one_sided("loss_told", rows, error=0.01)
    # (1 - bound)^n = 0.01 for n = 5,000 messages, whatever the 20,000 receptions.
    assert found.high == pytest.approx(1 - 0.01 ** (1 / 5000))
    assert (found.value, found.low) == (0.0, 0.0)


def test_rates_of_messages_count_every_one_of_them():
    rows = [measure(number, never_told=[0, 1000]) for number in range(5)]
    assert one_sided("never_told", rows, 0.01).high == pytest.approx(1 - 0.01 ** (1 / 5000))


def test_one_more_loss_never_tightens_the_bound():
    def high(hits):
        counts = [hits, 0, 0, 0, 0]
        rows = [measure(n, loss_told=[count, 4000]) for n, count in enumerate(counts)]
        return one_sided("loss_told", rows, 0.01).high

    bounds = [high(hits) for hits in (0, 1, 2, 4, 8, 40)]
    assert bounds == sorted(bounds)


def test_losses_that_come_in_bursts_widen_it_further():
    even = [measure(n, loss_told=[8, 4000]) for n in range(5)]
    burst = [measure(n, loss_told=[40 * (n == 0), 4000]) for n in range(5)]
    assert one_sided("loss_told", burst, 0.01).high > 2 * one_sided("loss_told", even, 0.01).high


def test_a_mean_is_bounded_by_student_s_t():
    rows = [measure(n, gap_mean=value) for n, value in enumerate((1.0, 2.0, 3.0))]
    found = one_sided("gap_mean", rows, error=0.05)
    half = 2.919986 / 3**0.5  # t of 2 degrees at 95 % one-sided, standard deviation 1
    assert found == Bounds(2.0, pytest.approx(2 - half), pytest.approx(2 + half))


def test_what_is_missing_somewhere_has_no_bound():
    rows = [measure(0, latency_p99=0.2), measure(1)]
    assert one_sided("latency_p99", rows, 0.05) == "does not apply in 1 of 2 replications"
    assert one_sided("loss_told", [measure(0)], 0.05) == "does not apply in 1 of 1 replications"
    assert one_sided("latency_p99", rows[:1], 0.05) == "one replication gives no interval"


def test_a_rate_needs_trials_only_somewhere():
    rows = [measure(0, loss_told=[0, 4000]), measure(1), measure(2, loss_told=[0, 4000])]
    assert one_sided("loss_told", rows, 0.05).high < 0.01
