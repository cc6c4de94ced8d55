"""Sessions: what always means, and the on-off process against its stationary law."""

import numpy as np
from numpy.random import default_rng
from scipy import stats

from sim.workload.people import AlwaysSpec, OnOffSpec
from sim.workload.sessions import Presence, draw_sessions, everybody

SURE = 1 - 1e-6


def _on_off(people: int, until_s: float, seed: int = 3) -> Presence:
    spec = OnOffSpec(on_mean_s=30.0, off_mean_s=90.0)
    return draw_sessions(spec, people, until_s, default_rng(seed))


def test_always_is_one_session_each() -> None:
    found = draw_sessions(AlwaysSpec(), 3, 60.0, default_rng(1))
    assert found.by_person() == (((0.0, 60.0),),) * 3


def test_clipping_drops_what_starts_later() -> None:
    both = Presence(1, np.array([0, 0]), np.array([0.0, 50.0]), np.array([20.0, 60.0]))
    assert both.clipped(50.0).by_person() == (((0.0, 20.0),),)
    assert both.clipped(55.0).by_person() == (((0.0, 20.0), (50.0, 55.0)),)


def test_people_without_a_session_are_listed() -> None:
    assert everybody(2, 10.0).clipped(0.0).by_person() == ((), ())


def test_sessions_are_ordered_and_apart() -> None:
    for sessions in _on_off(200, 1000.0).by_person():
        flat = np.array(sessions).ravel()
        assert (np.diff(flat) > 0).all()
        assert ((flat >= 0) & (flat <= 1000.0)).all()


def test_share_of_people_present_is_stationary() -> None:
    people = 4000
    found = _on_off(people, 500.0)
    low, high = stats.binom.interval(SURE, people, 30 / 120)
    for time_s in (0.0, 5.0, 120.0, 499.0):
        present = ((found.start_s <= time_s) & (time_s < found.end_s)).sum()
        assert low <= present <= high


def test_durations_are_exponential_with_the_given_mean() -> None:
    # Sessions that began early enough to end before the horizon (but for one in e**30).
    found = _on_off(2000, 2000.0)
    early = (found.start_s > 0) & (found.start_s < 1000.0)
    duration_s = (found.end_s - found.start_s)[early]
    assert stats.kstest(duration_s, "expon", args=(0, 30.0)).pvalue > 1e-4
