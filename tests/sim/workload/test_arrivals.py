"""Arrival processes against their closed forms."""

import math

import numpy as np
import pytest
from numpy.random import default_rng
from scipy import stats

from sim.workload.arrivals import (
    bursty,
    diurnal,
    diurnal_rate,
    draw_arrivals,
    periodic,
    poisson,
)
from sim.workload.sessions import Presence, everybody
from sim.workload.spec import BurstySpec, DiurnalSpec, PeriodicSpec, PoissonSpec

SURE = 1 - 1e-6
Z = stats.norm.ppf(1 - 5e-7)


def _gappy() -> Presence:
    """Person 0 has two sessions, person 1 none, person 2 one."""
    person = np.array([0, 0, 2])
    return Presence(3, person, np.array([0.0, 40.0, 10.0]), np.array([20.0, 50.0, 80.0]))


def test_poisson_counts_and_times() -> None:
    found = poisson(0.5, everybody(100, 200.0), default_rng(1))
    low, high = stats.poisson.interval(SURE, 0.5 * 100 * 200)
    assert low <= len(found.time_s) <= high
    assert stats.kstest(found.time_s, "uniform", args=(0, 200.0)).pvalue > 1e-4
    counts = np.bincount(found.session, minlength=100)
    assert stats.chisquare(counts).pvalue > 1e-4


def test_poisson_counts_are_independent_between_people_and_halves() -> None:
    # A Poisson process has index of dispersion 1 in any window.
    found = poisson(0.2, everybody(4000, 100.0), default_rng(2))
    counts = np.bincount(found.session[found.time_s < 50.0], minlength=4000)
    dispersion = counts.var(ddof=1) / counts.mean() * 3999
    low, high = stats.chi2.interval(SURE, 3999)
    assert low <= dispersion <= high


def test_time_in_session_is_what_counts() -> None:
    found = poisson(50.0, _gappy(), default_rng(3))
    for row, session_s in enumerate((20.0, 10.0, 70.0)):
        low, high = stats.poisson.interval(SURE, 50.0 * session_s)
        assert low <= (found.session == row).sum() <= high


@pytest.mark.parametrize("spec", [PoissonSpec(), BurstySpec(within_burst_s=5.0), DiurnalSpec()])
def test_starts_lie_in_their_session_and_are_sorted(
    spec: PoissonSpec | BurstySpec | DiurnalSpec,
) -> None:
    presence = _gappy()
    found = draw_arrivals(spec, 20.0, presence, default_rng(4))
    assert len(found.time_s) > 100
    assert (np.diff(found.time_s) >= 0).all()
    assert (found.time_s >= presence.start_s[found.session]).all()
    assert (found.time_s < presence.end_s[found.session]).all()


@pytest.mark.parametrize("spec", [PoissonSpec(), BurstySpec(), DiurnalSpec()])
def test_no_rate_or_nobody_there_means_no_starts(
    spec: PoissonSpec | BurstySpec | DiurnalSpec,
) -> None:
    nobody = everybody(3, 10.0).clipped(0.0)
    assert len(draw_arrivals(spec, 1.0, nobody, default_rng(5)).time_s) == 0
    assert len(draw_arrivals(spec, 0.0, _gappy(), default_rng(5)).time_s) == 0


def test_burst_sizes_are_geometric() -> None:
    spec = BurstySpec(burst_size_mean=4.0, within_burst_s=1.0)
    found = bursty(spec, 0.01, everybody(500, 10_000.0), default_rng(6))
    # Bursts cut by the end are left out; 9,000 s is a thousand gaps before it. What is left of
    # those under way at the start is geometric like the whole.
    bursts, first, sizes = np.unique(found.burst, return_index=True, return_counts=True)
    sizes = sizes[found.time_s[first] < 9000.0]
    assert len(bursts) > 1000
    observed = np.bincount(np.minimum(sizes, 15), minlength=16)[1:]
    share = stats.geom.pmf(np.arange(1, 16), 1 / 4.0)
    share[-1] = stats.geom.sf(14, 1 / 4.0)
    assert stats.chisquare(observed, share * len(sizes)).pvalue > 1e-4


@pytest.mark.parametrize(("start_s", "end_s"), [(0.0, 10.0), (0.0, 600.0), (300.0, 600.0)])
@pytest.mark.parametrize(("mean", "gap_s"), [(3.0, 20.0), (2.3, 26.0), (10.0, 60.0)])
def test_bursts_keep_the_rate_from_the_first_second(mean, gap_s, start_s, end_s) -> None:
    rate_hz, people = 0.05, 2000
    spec = BurstySpec(burst_size_mean=mean, within_burst_s=gap_s)
    found = bursty(spec, rate_hz, everybody(people, 600.0), default_rng(7))
    inside = (found.time_s >= start_s) & (found.time_s < end_s)
    counts = np.bincount(found.session[inside], minlength=people)  # of independent people
    error = counts.std(ddof=1) / math.sqrt(people)
    assert abs(counts.mean() - rate_hz * (end_s - start_s)) < Z * error


def test_short_sessions_have_the_rate_too() -> None:
    # A tenth of a burst's length each: 89 of 100 starts would lie in bursts from before.
    count, rate_hz = 20_000, 0.05
    spec = BurstySpec(burst_size_mean=4.0, within_burst_s=20.0)
    start_s = np.arange(count) * 100.0
    presence = Presence(1, np.zeros(count, dtype=np.int64), start_s, start_s + 6.0)
    found = bursty(spec, rate_hz, presence, default_rng(12))
    per_session = np.bincount(found.session, minlength=count)
    error = per_session.std(ddof=1) / math.sqrt(count)
    assert abs(per_session.mean() - rate_hz * 6.0) < Z * error


def test_bursts_under_way_are_bursts_of_their_own() -> None:
    spec = BurstySpec(burst_size_mean=4.0, within_burst_s=20.0)
    found = bursty(spec, 0.5, everybody(50, 60.0), default_rng(13))
    for burst in np.unique(found.burst):
        assert len(set(found.session[found.burst == burst].tolist())) == 1


def test_gaps_inside_a_burst_are_exponential() -> None:
    spec = BurstySpec(burst_size_mean=5.0, within_burst_s=2.0)
    found = bursty(spec, 0.1, everybody(100, 5000.0), default_rng(8))
    gaps_s = np.diff(found.time_s)[np.diff(found.burst) == 0]
    assert stats.kstest(gaps_s, "expon", args=(0, 2.0)).pvalue > 1e-4


@pytest.mark.parametrize(("start", "end"), [(0.0, 0.25), (0.2, 0.3), (0.7, 0.8), (0.0, 1.0)])
def test_diurnal_counts_follow_the_integral_of_the_rate(start: float, end: float) -> None:
    spec = DiurnalSpec(period_s=400.0, peak_to_mean=1.8)
    found = diurnal(spec, 0.25, everybody(500, 400.0), default_rng(9))
    share = end - start - 0.8 * (math.cos(math.tau * end) - math.cos(math.tau * start)) / math.tau
    low, high = stats.poisson.interval(SURE, 0.25 * 500 * 400 * share)
    counted = ((found.time_s >= start * 400) & (found.time_s < end * 400)).sum()
    assert low <= counted <= high


def test_diurnal_peak_is_a_quarter_period_in() -> None:
    spec = DiurnalSpec(period_s=100.0, peak_to_mean=1.5)
    rate = diurnal_rate(spec, np.array([0.0, 25.0, 50.0, 75.0]))
    assert rate == pytest.approx([1.0, 1.5, 1.0, 0.5])


def test_periodic_starts_keep_their_period_and_have_a_uniform_phase() -> None:
    found = periodic(PeriodicSpec(), 0.5, everybody(500, 100.0), default_rng(10))
    for session in range(3):
        assert np.diff(found.time_s[found.session == session]) == pytest.approx(2.0)
    first_s = found.time_s[np.unique(found.session, return_index=True)[1]]
    assert stats.kstest(first_s, "uniform", args=(0, 2.0)).pvalue > 1e-4


def test_periodic_starts_wait_for_their_time_and_stay_in_session() -> None:
    found = periodic(PeriodicSpec(from_s=15.0), 1.0, _gappy(), default_rng(11))
    assert found.time_s.min() >= 15.0
    assert set(found.session.tolist()) == {0, 1, 2}
    late = periodic(PeriodicSpec(from_s=100.0), 1.0, _gappy(), default_rng(11))
    assert len(late.time_s) == 0
