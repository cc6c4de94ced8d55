"""Differences pair by pair: against closed forms, and against truths that are worse in bursts."""

import math

import numpy as np
import pytest

from sim.experiment.gates.bounds import Unbounded, worst_share
from sim.experiment.gates.differences import difference

EARLY = (0.2, 0.3, 0.25, 0.22)


def test_pairs_are_compared_by_student_s_t():
    found = difference("latency_p50", EARLY, [one + 0.1 for one in (0.2, 0.3, 0.25, 0.26)], 1, 0.05)
    half = 2.353363 * 0.02 / 2  # t of 3 degrees at 95 %, deviation 0.02 over 4 pairs
    assert found.value == pytest.approx(0.11)
    assert (found.low, found.high) == (pytest.approx(0.11 - half), pytest.approx(0.11 + half))


def test_the_same_shift_everywhere_is_that_shift():
    found = difference("latency_p50", EARLY, [one + 0.1 for one in EARLY], 1, 0.05)
    assert found.low == pytest.approx(0.1) == found.high


def test_pairs_without_a_difference_are_no_evidence_of_how_large_one_is():
    few = difference("bytes_per_delivery", (100.0,) * 6, (100.0,) * 4 + (101.0, 102.0), 1, 0.05)
    plain = difference("bytes_per_delivery", (99.0,) * 6, (100.0,) * 4 + (101.0, 102.0), 1, 0.05)
    assert few.high - few.low > 2 * (plain.high - plain.low)
    one = difference("bytes_per_delivery", (100.0,) * 6, (100.0,) * 5 + (101.0,), 1, 0.05)
    assert one == Unbounded(
        "it differs in 1 of 6 replications: too few to tell how much it may", open=True
    )


def test_no_loss_then_and_now_says_only_what_so_many_replications_can():
    found = difference("loss_pressed", [[0, 4000]] * 8, [[0, 4000]] * 8, 4, 0.01)
    assert found.high == pytest.approx(worst_share(0, 8, 0.01)) == pytest.approx(-found.low)


def test_none_then_and_some_everywhere_now_is_worse():
    found = difference(
        "loss_pressed", [[0, 4000]] * 3, [[220, 4000], [230, 4000], [210, 4000]], 4, 0.01
    )
    assert found.value == pytest.approx(0.055)
    assert 0.04 < found.low < 0.055 < found.high


def test_what_never_comes_any_more_is_worse_by_sign():
    calm = [10.0, 11.0, 12.0, 11.5, 10.5, 9.0, 10.0, 11.0]
    every = difference("back_t95", calm, ["never"] * 8, 1, 0.01)
    assert every.low == math.inf
    assert (
        every.note == "never in 0 of 8 replications of the baseline and in 8 of 8 replications now"
    )
    for count in (1, 3):  # too few replications, or too few of them
        found = difference("back_t95", calm, ["never"] * count + calm[count:], 1, 0.01)
        assert (found.low, found.high) == (-math.inf, math.inf)


def test_what_never_came_before_is_no_worse_when_it_comes():
    calm = [10.0, 11.0, 12.0, 11.5, 10.5, 9.0, 10.0, 11.0]
    for now in (calm, ["never"] * 8):
        assert difference("back_t95", ["never"] * 8, now, 1, 0.01).high == -math.inf
    assert difference("back_t95", ["never"] * 3, calm[:3], 1, 0.01).high == math.inf


def test_what_is_missing_is_not_left_out():
    found = difference("latency_p50", EARLY, [0.2, None, 0.25, 0.22], 1, 0.05)
    assert found.reason == "an occasion both then and now in only 3 of 4 replications"
    both = difference("latency_p50", (None, *EARLY), (None, 0.2, 0.3, 0.26, 0.23), 1, 0.05)
    assert both.count == 4


def test_two_pairs_tell_nothing():
    found = difference("latency_p50", (0.2, 0.3), (0.3, 0.4), 1, 0.05)
    assert (found.reason, found.open) == ("2 of 3 replications that it takes to tell", True)


MARGIN, ERROR, RUNS = 1e-3, 0.01, 400


@pytest.mark.parametrize("burst", [1, 10, 50])
@pytest.mark.parametrize("count", [3, 8, 32])
@pytest.mark.parametrize("trials", [4000, 40_000])
def test_losses_that_are_new_pass_no_more_often_than_the_error(burst, count, trials):
    """None before; now 1.2 times the margin, independent or in bursts."""
    rng = np.random.default_rng([burst, count, trials])
    bursts = rng.poisson(1.2 * MARGIN * trials / burst, (RUNS, count))
    more = rng.negative_binomial(np.maximum(bursts, 1), 1 / max(burst, 1.0001))
    hits = np.where(bursts > 0, bursts + (more if burst > 1 else 0), 0)
    then = [[0, trials]] * count
    passed = sum(
        difference("loss_pressed", then, [[int(one), trials] for one in row], 1, ERROR).high
        < MARGIN
        for row in hits
    )
    assert passed <= RUNS * ERROR + 3 * math.sqrt(RUNS * ERROR)
