"""Linux's timers and estimator against the numbers its documentation and source give."""

import itertools

import pytest

from sim.transport import tcp


def test_syn_schedules_are_those_of_ip_sysctl() -> None:
    old = list(itertools.accumulate(tcp.syn_delays_s(tcp.Kernel.EXPONENTIAL_SYN)))
    new = list(itertools.accumulate(tcp.syn_delays_s()))
    assert old == [1, 3, 7, 15, 31, 63, 127]
    assert new == [1, 2, 3, 4, 5, 7, 11, 19, 35, 67, 131]
    assert list(itertools.accumulate(tcp.synack_delays_s()))[-2:] == [31, 63]


def test_give_up_time_is_924_6_seconds() -> None:
    assert tcp.give_up_after_s() == pytest.approx(924.6)
    assert tcp.give_up_after_s(3) == pytest.approx(15 * 0.2)


@pytest.mark.parametrize(
    ("delay_s", "bucket_s"),
    [(0.04, 0.004), (0.248, 0.004), (0.252, 0.032), (2.0, 0.032), (2.02, 0.256), (30.0, 2.048)],
)
def test_timer_is_never_early_and_at_most_one_bucket_late(delay_s: float, bucket_s: float) -> None:
    lateness = [
        tcp.timer_fire_s(k * 0.0137, delay_s) - k * 0.0137 - tcp.ticks(delay_s) / tcp.HZ
        for k in range(2000)
    ]
    assert min(lateness) >= -1e-9
    assert max(lateness) <= bucket_s + 1e-9
    assert max(lateness) > 0.9 * bucket_s


def test_timer_of_a_calm_path_fires_after_252_to_284_ms() -> None:
    fires = [tcp.timer_fire_s(k * 0.0011, 0.2502) - k * 0.0011 for k in range(5000)]
    assert 0.252 <= min(fires) < 0.2535
    assert 0.2825 < max(fires) <= 0.284 + 1e-9


def test_delay_of_whole_ticks_costs_no_extra_tick() -> None:
    assert tcp.ticks(0.2 + 0.1 - 0.1) == 50
    assert tcp.timer_fire_s(0.1 + 0.2, 0.2) == pytest.approx(0.504)


def test_first_sample_follows_rfc_6298_with_the_linux_floor() -> None:
    calm, slow = tcp.RttEstimator(), tcp.RttEstimator()
    assert calm.rto_s == 1.0
    calm.sample(0.05, 1, 1)
    slow.sample(0.3, 1, 1)
    assert calm.rto_s == pytest.approx(0.25)
    assert slow.rto_s == pytest.approx(0.9)


def test_calm_path_settles_on_srtt_plus_200_ms() -> None:
    estimator = tcp.RttEstimator()
    for n in range(200):
        estimator.sample(0.3, n, n)
    assert estimator.rto_s == pytest.approx(0.5)


def test_deviation_rises_fast_and_falls_slowly() -> None:
    rise, fall = tcp.RttEstimator(), tcp.RttEstimator()
    for n in range(100):
        rise.sample(0.1, n, n)
        fall.sample(0.5, n, n)
    rise.sample(0.5, 100, 100)
    fall.sample(0.1, 100, 100)
    assert rise.deviation_s == pytest.approx(0.4, rel=1e-3)
    assert fall.deviation_s == pytest.approx(0.4 / 8, rel=1e-3)


def test_variance_jumps_at_once_and_decays_by_a_quarter_each_window() -> None:
    estimator = tcp.RttEstimator()
    for n in range(100):
        estimator.sample(0.1, n, n)
    estimator.sample(1.1, 100, 100)
    assert estimator.variance_s == pytest.approx(1.0, rel=1e-3)
    estimator.sample(estimator.srtt_s, 100, 101)  # the window is not over: no decay
    assert estimator.variance_s == pytest.approx(1.0, rel=1e-3)
    before_s = estimator.variance_s
    estimator.deviation_s = 0.0
    estimator.deviation_max_s = tcp.RTO_MIN_S
    estimator.sample(estimator.srtt_s, 101, 101)
    assert estimator.variance_s == pytest.approx(before_s - (before_s - 0.2) / 4)


def test_probe_waits_longer_for_a_lone_segment_and_never_beyond_the_rto() -> None:
    assert tcp.probe_delay_s(0.05, 1, 0.25) == pytest.approx(0.25)
    assert tcp.probe_delay_s(0.05, 1, 9.0) == pytest.approx(0.3)
    assert tcp.probe_delay_s(0.05, 2, 9.0) == pytest.approx(0.102)
    assert tcp.probe_delay_s(0.05, 2, -0.1) == pytest.approx(0.102)
