"""The window against the arithmetic of CUBIC and proportional rate reduction."""

import pytest

from sim.transport.segment.congestion import INFINITE, Window

HZ = 250


@pytest.fixture
def window():
    return Window(HZ, 0)


def full(window, out, seq):
    """As if a full window had just been sent."""
    window.used(out, True, seq, seq + 1)


def test_losses_shrink_a_chat_window_to_ten_seven_four_two(window):
    sizes = [window.cwnd]
    for _ in range(4):
        window.begin_reduction()
        window.end_reduction(False, 0)
        sizes.append(window.cwnd)
    assert sizes == [10, 7, 4, 2, 2]


def test_slow_start_grows_by_what_is_acknowledged(window):
    full(window, 10, 1)
    window.grow(3, 0.05, 1)
    assert window.cwnd == 13


def test_an_unused_window_does_not_grow(window):
    window.used(1, False, 1, 2)
    window.grow(1, 0.05, 1)
    assert window.cwnd == 10


def test_cubic_is_back_at_the_old_window_after_the_cube_root(window):
    window.cwnd = 100
    window.begin_reduction()
    window.end_reduction(False, 0)
    assert window.cwnd == 70
    rise_s = (30 / 0.4) ** (1 / 3)
    for tick in range(1, int(rise_s * HZ)):
        if tick % 50 == 0:  # one window per 200 ms; with many more, Reno would be faster
            full(window, window.cwnd, tick)
            window.grow(window.cwnd, 0.2, tick)
    assert window.cwnd == pytest.approx(100, abs=4)


def test_growth_is_never_slower_than_renos(window):
    window.ssthresh = window.cwnd = 4
    for tick in range(1, 600):
        if tick % 13 == 0:
            full(window, window.cwnd, tick)
            window.grow(window.cwnd, 0.05, tick)
    rounds = 600 // 13
    assert window.cwnd >= 4 + 0.5 * rounds  # 3(1-b)/(1+b) = 0.53 segments a round, RFC 9438


def test_reduction_sends_in_proportion_to_what_arrives(window):
    window.cwnd = 20
    window.begin_reduction()
    sent, in_flight = 0, 19
    for _ in range(19):
        in_flight -= 1
        window.reduce(in_flight, 1, False)
        may = window.cwnd - in_flight
        sent += may
        window.reduced_out += may
        in_flight += may
    assert sent == pytest.approx(19 * 0.7, abs=1)


def test_entering_recovery_lets_one_segment_out(window):
    window.begin_reduction()
    window.reduce(9, 1, False)
    assert window.cwnd == 10


def test_timeout_collapses_to_one_and_undo_restores(window):
    window.prior_ssthresh = window.current_threshold(False)
    window.prior_cwnd = window.cwnd
    window.ssthresh = window.threshold_after_loss()
    window.collapse(0, 5)
    assert (window.cwnd, window.ssthresh) == (1, 7)
    window.undo(6)
    assert (window.cwnd, window.ssthresh) == (10, INFINITE)


def test_silence_halves_a_grown_window_per_timeout(window):
    window.cwnd = 80
    window.restart(idle=200, rto=63, now=200)  # three time-outs have passed
    assert window.cwnd == 10
    window.cwnd = 80
    window.restart(idle=64, rto=63, now=264)
    assert window.cwnd == 40


def test_a_small_window_is_not_raised_by_silence(window):
    window.cwnd = 2
    window.restart(idle=10_000, rto=63, now=10_000)
    assert window.cwnd == 2


def test_unused_window_decays_half_way(window):
    window.cwnd = 50
    window.used(3, False, 1, 2)
    window.age(3, rto=63, is_open=True, now=64)
    assert window.cwnd == 30
