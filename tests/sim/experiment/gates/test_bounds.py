"""One-sided bounds: against closed forms, and against truths whose losses come in bursts."""

import math

import numpy as np
import pytest
from scipy.special import stdtrit

from sim.experiment.gates.bounds import Bounds, clump, one_sided, rate_bounds, worst_share
from sim.experiment.statistics.sequential import error_of_look
from tests.sim.experiment.gates.made import measure


def losing(*hits, trials=4000):
    return [measure(n, loss_told=[one, trials]) for n, one in enumerate(hits)]


def test_no_hits_are_bounded_by_the_replications_whatever_the_receptions():
    for trials in (40, 4000, 4_000_000):
        found = one_sided("loss_told", losing(*(0,) * 5, trials=trials), error=0.01)
        # (1 - bound)^n = 0.005, half the error, for n = 5 replications, each of which might have
        # lost everything.
        assert found.high == pytest.approx(1 - 0.005 ** (1 / 5))
        assert (found.value, found.low) == (0.0, 0.0)


def test_hits_in_one_replication_do_not_tell_how_losses_clump():
    found = one_sided("loss_told", losing(1, 0, 0, 0, 0), error=0.01)
    assert found.low == 0
    error = error_of_look(0.005, 5)
    assert found.high == pytest.approx(worst_share(1, 5, error))
    n, p = 5, found.high  # at most one of five, with that probability
    assert (1 - p) ** n + n * p * (1 - p) ** (n - 1) == pytest.approx(error)


def test_hits_everywhere_are_bounded_by_student_s_t_of_the_logarithm():
    hits = (90, 100, 110, 100)
    found = rate_bounds([(one, 1000) for one in hits], 1.0, error=0.02)
    spread = np.std(hits, ddof=1) / 100 / 2
    assert spread < math.sqrt(0.9 / 400)  # fewer than independent losses would: those count
    t = 4.540703  # of 3 degrees at 99 %: half the error, the other half is for the worst case
    assert found.high == pytest.approx(0.1 * math.exp(t * math.sqrt(0.9 / 400)))


def test_the_readers_of_a_message_are_no_evidence_of_their_own():
    even = [(8, 4000)] * 8
    assert rate_bounds(even, 4.0, 0.01).high > rate_bounds(even, 1.0, 0.01).high
    assert clump("loss_told", losing(0, 0)) == 4.0
    assert clump("never_told", losing(0, 0)) == 1.0


def test_losses_that_come_in_bursts_widen_it_further():
    even = one_sided("loss_told", losing(8, 8, 8, 8, 8), 0.01)
    burst = one_sided("loss_told", losing(36, 1, 1, 1, 1), 0.01)
    assert burst.value == even.value
    assert burst.high > 2 * even.high


BURSTS = pytest.mark.parametrize("burst", [1, 10, 50])
LIMIT, ERROR, RUNS = 1e-3, 0.01, 600


def drawn(rng, rate, burst, shape, trials):
    """Losses of replications: Poisson many bursts of geometric size, or independent ones."""
    bursts = rng.poisson(rate * trials / burst, shape)
    if burst == 1:
        return bursts
    more = rng.negative_binomial(np.maximum(bursts, 1), 1 / burst)
    return np.where(bursts > 0, bursts + more, 0)


def ends(rate, burst, count, trials=4000):
    rng = np.random.default_rng([burst, count, trials])
    found = [
        rate_bounds([(int(one), trials) for one in row], 1.0, ERROR)
        for row in drawn(rng, rate, burst, (RUNS, count), trials)
    ]
    return np.array([(one.low, one.high) for one in found]).T


def at_most(share):
    """What a share of `RUNS` may be by chance, if it is `share`, at three standard deviations."""
    return share + 3 * math.sqrt(share * (1 - share) / RUNS)


@BURSTS
@pytest.mark.parametrize("count", [8, 32, 100])
def test_a_rate_over_the_limit_passes_no_more_often_than_the_error(burst, count):
    _, high = ends(1.2 * LIMIT, burst, count)
    assert np.mean(high < LIMIT) <= at_most(ERROR)


@BURSTS
def test_a_rate_under_the_limit_fails_no_more_often_than_the_error(burst):
    low, _ = ends(LIMIT / 1.2, burst, 32)
    assert np.mean(low > LIMIT) <= at_most(ERROR)


def test_bounds_decide_where_there_is_enough_to_see():
    _, high = ends(0.3 * LIMIT, 1, 32)
    assert np.mean(high < LIMIT) > 0.9
    low, _ = ends(3 * LIMIT, 10, 100)
    assert np.mean(low > LIMIT) > 0.9


def test_how_many_replications_would_do_is_how_many_do():
    found = one_sided("loss_told", losing(*(0,) * 10), error=0.01)
    assert found.needed(1e-3) == 5296  # 0.999^5296 < 0.005
    regular = one_sided("loss_told", losing(3, 1, 2, 4, 2, 1, 3, 2), error=0.01)
    more = regular.needed(1e-3)
    assert more > 8
    assert regular.ends(more)[1] < 1e-3 <= regular.ends(more - 1)[1]
    assert Bounds(1.0, 0.0, 2.0, count=3).needed(1.0) is None


def test_a_mean_is_bounded_by_student_s_t():
    rows = [measure(n, gap_mean=value) for n, value in enumerate((1.0, 2.0, 3.0))]
    found = one_sided("gap_mean", rows, error=0.05)
    # t of 2 degrees beyond which only the error of this look lies; standard deviation 1
    half = float(stdtrit(2, 1 - error_of_look(0.05, 3))) / 3**0.5
    assert found == Bounds(
        2.0, pytest.approx(max(0.0, 2 - half)), pytest.approx(2 * math.exp(half / 2))
    )  # the upper end on the logarithmic scale, as in the summary


def test_more_replications_narrow_a_mean_as_their_square_root():
    rows = [measure(n, gap_mean=value) for n, value in enumerate((10.0, 12.0, 14.0))]
    found = one_sided("gap_mean", rows, error=0.05)
    low, high = found.ends(12)
    assert high - low == pytest.approx((found.high - found.low) / 2)


def waiting(*late, owed=2000):
    """Replications in which of those owed so many took 3 s and so many never came; the rest came
    one after the other, a millisecond apart."""
    return [
        measure(n, latency_p99=0.2)
        | {
            "samples": {
                "latency": {
                    "owed": owed,
                    "values_s": [one / 1000 for one in range(1, owed - slow - lost + 1)] + [3.0],
                    "counts": [1] * (owed - slow - lost) + [slow],
                }
            }
        }
        for n, (slow, lost) in enumerate(late)
    ]


def test_a_quantile_is_that_of_everything_owed_in_all_replications():
    found = one_sided("latency_p99", waiting(*[(4, 0), (6, 0), (2, 0), (4, 0)] * 3), 0.05)
    assert found.low < found.value == 1.98 < found.high < 3.0  # 20 of 2,000 each take longer
    found = one_sided("latency_p99", waiting((40, 0), (60, 0), (50, 0), (40, 0)), 0.05)
    assert (found.value, found.high) == (3.0, 3.0)


def test_a_quantile_beyond_what_came_is_never_and_one_of_too_few_is_refused():
    found = one_sided("latency_p99", waiting((0, 40), (0, 60), (0, 50), (0, 40)), 0.05)
    assert (found.value, found.note) == (math.inf, "for 190 of 8,000")
    few = one_sided("latency_p99", waiting((1, 0), (0, 0), (0, 0), owed=100), 0.05)
    assert (few.reason, few.open) == ("p99 needs 1,000 receptions, these runs had 300", True)


def test_what_never_came_has_no_finite_bound():
    rows = [measure(0, back_t95=12.0), measure(1, back_t95="never")]
    found = one_sided("back_t95", rows, 0.05)
    assert (found.value, found.low, found.high) == (math.inf,) * 3


def test_what_is_missing_somewhere_is_said():
    rows = [measure(n, latency_p99=0.2 + n / 100) for n in range(4)]
    assert one_sided("latency_p99", rows, 0.05).note == ""
    rows.append(measure(4))
    assert one_sided("latency_p99", rows, 0.05).note == "no occasion in 1 of 5 replications"
    none = one_sided("loss_told", [measure(0)], 0.05)
    assert (none.reason, none.open) == ("no occasion in any of 1 replications", False)
    few = one_sided("latency_p99", rows[:2], 0.05)
    assert (few.reason, few.open) == ("2 of 3 replications that it takes to tell", True)


def test_a_rate_needs_trials_only_somewhere():
    rows = [*losing(3, 1, 2, 4), measure(4)]
    assert one_sided("loss_told", rows, 0.05).value == 10 / 16_000
