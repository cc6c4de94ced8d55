"""Stale gaps in parts, and the return after a mass disconnection."""

import math

import pytest

from sim.metrics.judged import Rate
from sim.metrics.recovery import METRICS, back_s, mass_disconnection
from tests.sim.metrics.histories import episode, judged, value

TWO = [episode(1, 20.0, 25.0, 27.0, 27.5), episode(2, 30.0, 31.0, 34.0, 36.5)]


def attempts(times_s):
    return [(time_s, 1, 0, 0, 0.1) for time_s in times_s]


def test_a_gap_is_the_sum_of_its_parts():
    of = judged(episodes=TWO)
    parts = [value(METRICS, f"{part}_mean", of) for part in ("detect", "reconnect", "catch_up")]
    assert parts == pytest.approx([3.0, 2.5, 1.5])
    assert value(METRICS, "gap_mean", of) == pytest.approx(sum(parts))
    assert value(METRICS, "gap_p50", of) == pytest.approx(6.5)
    assert value(METRICS, "gap_p99", of) == pytest.approx(7.5)
    assert value(METRICS, "gap_unfinished", of) == Rate(0, 2)


def test_a_gap_that_never_ends_is_counted_apart():
    of = judged(episodes=[*TWO, episode(3, 40.0, 41.0)])
    assert value(METRICS, "gap_unfinished", of) == Rate(1, 3)
    assert value(METRICS, "gap_mean", of) == pytest.approx(7.0)
    assert value(METRICS, "detect_mean", of) == pytest.approx(7 / 3)


def test_a_connection_lost_again_before_catching_up_prolongs_the_gap():
    again = [episode(1, 20.0, 22.0, 25.0), episode(1, 26.0, 26.5, 30.0, 31.0)]
    of = judged(episodes=again)
    assert value(METRICS, "gap_unfinished", of) == Rate(0, 1)
    parts = [value(METRICS, f"{part}_mean", of) for part in ("detect", "reconnect", "catch_up")]
    assert parts == pytest.approx([2.0, 8.0, 1.0])
    assert value(METRICS, "cuts_per_hour", of) == pytest.approx(2 / 4 / 80 * 3600)


@pytest.mark.parametrize("other", [{"channel": 1}, {"person": 2}])
def test_gaps_of_other_connections_stay_apart(other):
    second = {"person": 1, "cut_s": 26.0, "noticed_s": 27.0, "open_s": 28.0, "synced_s": 29.0}
    rows = [episode(1, 20.0, 22.0, 25.0), episode(**(second | other))]
    assert value(METRICS, "gap_unfinished", judged(episodes=rows)) == Rate(1, 2)


def test_gaps_of_other_sessions_stay_apart():
    rows = [episode(1, 20.0, 22.0, 25.0), episode(1, 66.0, 67.0, 68.0, 69.0)]
    of = judged(episodes=rows, sessions=[(1, 0.0, 50.0), (1, 60.0, 100.0)])
    assert value(METRICS, "gap_unfinished", of) == Rate(0, 1)
    assert value(METRICS, "gap_mean", of) == pytest.approx(3.0)


@pytest.mark.parametrize(
    "left_out",
    [
        episode(1, 9.0, 9.5, 9.6, 9.7),
        episode(1, 95.0, 96.0, 97.0, 98.0),
        episode(1, 50.0, 50.0, reason="app closed"),
        episode(0, 45.0, 46.0, 70.0, 71.0),  # closed the app at 50 s, cut or not
    ],
)
def test_episodes_that_say_nothing_about_the_design_are_left_out(left_out):
    sessions = [(0, 0.0, 50.0), (0, 60.0, 100.0), (1, 0.0, 100.0)]
    of = judged(episodes=[left_out], sessions=sessions)
    assert value(METRICS, "gap_mean", of) is None
    assert value(METRICS, "gap_unfinished", of) is None


def test_cuts_per_person_and_hour():
    # 2 cuts, 4 people, 80 s
    assert value(METRICS, "cuts_per_hour", judged(episodes=TWO)) == pytest.approx(2 / 4 / 80 * 3600)


def test_reconnect_peak_is_the_fullest_tenth_of_a_second():
    spread = attempts([20.0 + k / 10 for k in range(50)])
    assert value(METRICS, "reconnect_peak", judged(attempts=spread)) == 1
    at_once = attempts([20.0 + k / 1000 for k in range(50)])
    assert value(METRICS, "reconnect_peak", judged(attempts=at_once)) == 50
    assert value(METRICS, "reconnect_peak", judged(attempts=attempts([5.0] * 9))) == 0


def test_attempts_per_cut():
    of = judged(episodes=TWO, attempts=attempts([21, 22, 23, 31, 32]))
    assert value(METRICS, "attempts_per_cut", of) == pytest.approx(2.5)
    assert value(METRICS, "attempts_per_cut", judged()) is None


def crowd(rows, people=100, **more):
    sessions = [(person, 0.0, 100.0) for person in range(people)]
    return judged({"people": people}, episodes=rows, sessions=sessions, **more)


def test_return_of_a_crowd():
    rows = [episode(p, 20.0, 20.0, 21.0 + p, 21.0 + p) for p in range(40)]
    of = crowd(rows)
    assert mass_disconnection(of) == 20.0
    assert value(METRICS, "back_t50", of) == pytest.approx(20.0)
    assert value(METRICS, "back_t95", of) == pytest.approx(38.0)
    assert value(METRICS, "back_t99", of) == pytest.approx(40.0)


def test_those_who_never_return_take_for_ever():
    rows = [episode(p, 20.0, 20.0, *([21.0] * 2 if p < 36 else [])) for p in range(40)]
    of = crowd(rows)
    assert value(METRICS, "back_t50", of) == pytest.approx(1.0)
    assert value(METRICS, "back_t95", of) == math.inf


def test_back_means_back_on_every_channel_cut():
    first = [episode(p, 20.0, 20.0, 21.0, 21.0) for p in range(10)]
    second = [episode(p, 20.5, 20.5, 25.0, 25.0, channel=1) for p in range(10)]
    assert back_s(crowd(first + second)).tolist() == pytest.approx([5.0] * 10)


def test_one_person_with_many_channels_is_no_crowd():
    rows = [episode(0, 20.0 + k / 10, 20.9, 21.0, 21.0, channel=k) for k in range(6)]
    assert mass_disconnection(crowd(rows)) is None


def test_scattered_cuts_are_no_mass_disconnection():
    rows = [episode(p, 20.0 + p, 20.5 + p, 21.0 + p, 21.0 + p) for p in range(40)]
    assert mass_disconnection(crowd(rows)) is None
    assert value(METRICS, "back_t95", crowd(rows)) is None


def test_five_percent_within_a_second_is_enough():
    rows = [episode(p, 20.0 + p * 0.24) for p in range(5)]
    assert mass_disconnection(crowd(rows)) == 20.0
    assert mass_disconnection(crowd(rows[:4])) is None
