"""Connection cuts in parts, and the return after a fault that disconnected many."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small import scenario

from models import DESIGNS
from sim.experiment.run import run_replication
from sim.metrics.judged import Judged
from sim.metrics.recovery import FAULT_WINDOW_S, METRICS, back, joined
from tests.sim.metrics.histories import episode, judged, value

TWO = [episode(1, 20.0, 25.0, 27.0, 27.5), episode(2, 30.0, 31.0, 34.0, 36.5)]
PARTS = ("detect_mean", "reconnect_mean", "catch_up_mean")


def attempts(times_s):
    return [(time_s, 1, 0, 0, 0.1) for time_s in times_s]


def parts(of):
    return [value(METRICS, name, of) for name in PARTS]


def test_a_cut_in_its_parts():
    assert parts(judged(episodes=TWO)) == pytest.approx([3.0, 2.5, 1.5])


def test_a_connection_lost_again_before_catching_up_prolongs_the_cut():
    again = [episode(1, 20.0, 22.0, 25.0), episode(1, 26.0, 26.5, 30.0, 31.0)]
    of = judged(episodes=again)
    assert parts(of) == pytest.approx([2.0, 8.0, 1.0])
    assert value(METRICS, "cuts_per_hour", of) == pytest.approx(2 / 4 / 80 * 3600)


@pytest.mark.parametrize("other", [{"channel": 1}, {"person": 2}])
def test_cuts_of_other_connections_stay_apart(other):
    second = {"person": 1, "cut_s": 26.0, "noticed_s": 27.0, "open_s": 28.0, "synced_s": 29.0}
    rows = [episode(1, 20.0, 22.0, 25.0), episode(**(second | other))]
    assert len(joined(judged(episodes=rows))["cut_s"]) == 2


def test_cuts_of_other_sessions_stay_apart():
    rows = [episode(1, 20.0, 22.0, 25.0), episode(1, 66.0, 67.0, 68.0, 69.0)]
    of = judged(episodes=rows, sessions=[(1, 0.0, 50.0), (1, 60.0, 100.0)])
    # The first had not caught up 25 s after it was open again, when its owner left; the second
    # had after 1 s. Of two, one ends at 1 s and the other is not seen to: half of 90 s.
    assert parts(of) == pytest.approx([1.5, 2.0, 1.0 + 0.5 * 89.0])


def test_an_owner_who_leaves_cuts_the_watching_off_and_drops_nothing():
    # Connected again after 10 s; the other left after 20 s without: half lasts beyond all seen.
    rows = [episode(1, 20.0, 20.0, 30.0, 30.0), episode(2, 40.0, 40.0)]
    of = judged(episodes=rows, sessions=[(1, 0.0, 100.0), (2, 0.0, 60.0)])
    assert value(METRICS, "reconnect_mean", of) == pytest.approx(10 + 0.5 * 80)


@pytest.mark.parametrize(
    "left_out",
    [
        episode(1, 9.0, 9.5, 9.6, 9.7),
        episode(1, 95.0, 96.0, 97.0, 98.0),
        episode(1, 50.0, 50.0, reason="app closed"),
        episode(0, 55.0, 56.0, 70.0, 71.0),  # the app is closed
    ],
)
def test_episodes_that_say_nothing_about_the_design_are_left_out(left_out):
    sessions = [(0, 0.0, 50.0), (0, 60.0, 100.0), (1, 0.0, 100.0)]
    of = judged(episodes=[left_out], sessions=sessions)
    assert parts(of) == [None, None, None]
    assert value(METRICS, "cuts_per_hour", of) == 0.0


def test_cuts_per_person_and_hour_of_open_app():
    # 2 cuts, 4 people, 80 s
    assert value(METRICS, "cuts_per_hour", judged(episodes=TWO)) == pytest.approx(2 / 4 / 80 * 3600)
    # Of the same, two are away and one for half the time.
    sessions = [(1, 0.0, 100.0), (2, 0.0, 50.0)]
    of = judged(episodes=TWO, sessions=sessions)
    assert value(METRICS, "cuts_per_hour", of) == pytest.approx(2 / 120 * 3600)
    assert value(METRICS, "cuts_per_hour", judged(sessions=[])) is None


def test_reconnect_peak_is_the_fullest_tenth_of_a_second_wherever_it_begins():
    spread = attempts([20.0 + k / 10 for k in range(50)])
    assert value(METRICS, "reconnect_peak", judged(attempts=spread)) == 1
    for start_s in (20.0, 20.05, 20.099):
        at_once = attempts([start_s + k / 1000 for k in range(50)])
        assert value(METRICS, "reconnect_peak", judged(attempts=at_once)) == 50
    assert value(METRICS, "reconnect_peak", judged(attempts=attempts([5.0] * 9))) == 0


@given(st.lists(st.integers(9_000, 91_000), max_size=40))
def test_reconnect_peak_against_a_look_at_every_window(times_ms):
    inside = [at for at in times_ms if 10_000 <= at < 90_000]
    most = max((sum(at <= other < at + 100 for other in inside) for at in inside), default=0)
    of = judged(attempts=attempts([at / 1000 for at in times_ms]))
    assert value(METRICS, "reconnect_peak", of) == most


def test_attempts_per_cut():
    of = judged(episodes=TWO, attempts=attempts([21, 22, 23, 31, 32]))
    assert value(METRICS, "attempts_per_cut", of) == pytest.approx(2.5)
    assert value(METRICS, "attempts_per_cut", judged()) is None


CUTS = {
    "node-crash": "at once", "mass-disconnect": "at once", "host-loss": "at once",
    "shared-outage": "links", "link-outage": "", "add-nodes": "", "backplane-outage": "",
}  # fmt: skip


def fault(kind="node-crash", start_s=20.0, end_s=22.0):
    return {"kind": kind, "start_s": start_s, "end_s": end_s}


CRASH = (fault(),)


def crowd(rows, faults=CRASH, people=100, **more):
    sessions = [(person, 0.0, 100.0) for person in range(people)]
    meta = {"people": people, "faults": list(faults)}
    meta["fault_cuts"] = [CUTS.get(one["kind"], "throughout") for one in faults]
    return judged(meta, episodes=rows, **({"sessions": sessions} | more))


def times(of):
    return [value(METRICS, f"back_t{share}", of) for share in (50, 95, 99)]


def test_return_of_a_crowd():
    rows = [episode(p, 20.0, 20.0, 21.0 + p, 21.0 + p) for p in range(40)]
    assert times(crowd(rows)) == pytest.approx([20.0, 38.0, 40.0])


def test_the_clock_starts_with_the_fault_not_with_a_designs_own_cut():
    """A client that notices at once and one that notices late are judged by the same clock."""
    for noticed_s in (20.0, 28.0):
        rows = [episode(p, noticed_s, noticed_s, 32.0, 32.0) for p in range(40)]
        assert times(crowd(rows)) == [12.0] * 3


def test_those_who_never_return_take_for_ever():
    rows = [episode(p, 20.0, 20.0, *([21.0] * 2 if p < 36 else [])) for p in range(40)]
    assert times(crowd(rows)) == [1.0, math.inf, math.inf]
    assert times(crowd([episode(p, 20.0, 20.0) for p in range(40)])) == [math.inf] * 3


def test_those_who_leave_before_they_are_back_are_neither_back_nor_lost():
    rows = [episode(p, 20.0, 20.0, *([21.0 + p] * 2 if p < 36 else [])) for p in range(40)]
    sessions = [(p, 0.0, 100.0 if p < 36 else 20.5) for p in range(100)]
    assert times(crowd(rows, sessions=sessions)) == [18.0, 35.0, 36.0]


def test_without_a_fault_or_without_its_victims_there_is_no_occasion():
    rows = [episode(p, 20.0, 20.0, 21.0, 21.0) for p in range(40)]
    for faults in ((), (fault("add-nodes"),), (fault(start_s=5.0),), (fault(start_s=50.0),)):
        assert times(crowd(rows, faults)) == [None] * 3
    assert times(crowd([])) == [None] * 3


def test_a_history_that_does_not_say_what_its_faults_can_cut_is_refused_in_words():
    meta = {"people": 1, "faults": [fault()]}
    with pytest.raises(ValueError, match="older version"):
        times(judged(meta, sessions=[(0, 0.0, 100.0)]))


def test_the_crowd_is_who_lost_a_connection_in_the_window_of_the_fault():
    late_s = 20.0 + FAULT_WINDOW_S
    rows = [episode(p, 20.0 + p, 20.0 + p, 60.0 + p, 60.0 + p) for p in range(int(FAULT_WINDOW_S))]
    others = [episode(50 + p, late_s, late_s, 90.0, 90.0) for p in range(20)]
    others += [episode(80 + p, 19.999, 20.0, 90.0, 90.0) for p in range(20)]
    assert back(crowd(rows + others)).lasted_s.tolist() == [40.0 + p for p in range(10)]


def test_faults_that_last_cut_as_long_as_they_last():
    rows = [episode(p, 39.0, 39.0, 41.0, 41.0) for p in range(10)]
    assert times(crowd(rows, [fault("host-loss", end_s=40.0)])) == [None] * 3
    assert times(crowd(rows, [fault("rolling-deploy", end_s=40.0)])) == [21.0] * 3


def test_a_tunnel_is_no_servers_doing_and_a_shared_one_is_of_those_inside():
    rows = [episode(p, 21.0, 21.0, 31.0, 31.0) for p in range(20)]
    inside = [(p, 20.0, 30.0) for p in range(8)]
    assert len(back(crowd(rows, outages=inside)).lasted_s) == 12
    shared = [fault("shared-outage", end_s=30.0)]
    assert len(back(crowd(rows, shared, outages=inside)).lasted_s) == 8


def test_two_faults_count_each_for_its_own_people():
    rows = [episode(p, 20.0, 20.0, 25.0, 25.0) for p in range(10)]
    rows += [episode(p, 50.0, 50.0, 65.0, 65.0) for p in range(5, 15)]
    of = crowd(rows, [fault(), fault("mass-disconnect", 50.0, 50.0)])
    assert np.sort(back(of).lasted_s).tolist() == [5.0] * 10 + [15.0] * 10


def test_back_means_back_on_every_channel_cut():
    first = [episode(p, 20.0, 20.0, 21.0, 21.0) for p in range(10)]
    second = [episode(p, 20.5, 20.5, 25.0, 25.0, channel=1) for p in range(9)]
    never = [episode(9, 20.5, 20.5, channel=1)]
    found = back(crowd(first + second + never))
    assert found.lasted_s.tolist() == [5.0] * 9 + [80.0]
    assert found.ended.tolist() == [True] * 9 + [False]


def test_one_person_with_many_channels_is_no_crowd():
    rows = [episode(0, 20.0 + k / 10, 20.9, 21.0, 21.0, channel=k) for k in range(6)]
    assert times(crowd(rows)) == [None] * 3


def test_five_percent_is_enough():
    rows = [episode(p, 20.0 + p * 0.24, 21.0, 22.0, 22.0) for p in range(5)]
    assert times(crowd(rows)) == [2.0] * 3
    assert times(crowd(rows[:4])) == [None] * 3
    assert times(crowd(rows, people=101)) == [None] * 3


@pytest.mark.parametrize("design", ["full-websocket", "hybrid", "mqtt-qos1"])
def test_real_crowds_are_found_and_timed_from_the_fault(design):
    given = scenario(
        people={"count": 30},
        faults=[{"kind": "mass-disconnect", "share": 0.5, "at_s": 20.0}],
    )
    found = back(Judged(run_replication(given, DESIGNS[design], 0)))
    assert len(found.lasted_s) == 15
    assert found.ended.all()
    assert (found.lasted_s > 0.0).all()
