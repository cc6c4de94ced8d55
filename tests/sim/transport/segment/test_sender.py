"""What leaves, and when the timer over it is set."""

import pytest

from sim.transport.segment.options import Counters, Settings
from sim.transport.segment.sender import Sender
from sim.transport.segment.states import LOSS, NO_TIMER, PROBE, RETRANSMIT


def make(*, nagle=False, now_s=1.0):
    out = []
    sender = Sender(
        lambda seq, end_seq: out.append((seq, end_seq)),
        Counters(),
        Settings(1448, nagle, 0.0, 250, lambda: False),
        now_s,
    )
    sender.take_sample(0.05)
    return sender, out


def test_a_write_leaves_at_once_under_a_probe():
    sender, out = make()
    sender.write(200)
    assert out == [(1, 201)]
    assert sender.pending == PROBE
    assert 0.252 <= sender.timer_s - 1.0 <= 0.284


def test_two_in_flight_are_probed_after_two_round_trips():
    sender, _ = make()
    sender.write(200)
    sender.write(200)
    assert 0.1 < sender.timer_s - 1.0 <= 0.112


def test_the_probe_never_comes_after_the_timeout_of_the_oldest():
    sender, _ = make()
    sender.write(200)
    sender.clock_s = 1.2
    sender.write(200)
    assert sender.timer_s - 1.0 <= 0.252 + 0.008


def test_a_write_is_cut_into_segments():
    sender, out = make()
    sender.write(3000)
    assert out == [(1, 1449), (1449, 2897), (2897, 3001)]


def test_the_window_limits_what_is_in_flight():
    sender, out = make()
    sender.write(20 * 1448)
    assert len(out) == 10
    assert sender.in_flight() == 10


def test_nagle_allows_one_small_segment_in_flight():
    sender, out = make(nagle=True)
    sender.write(200)
    sender.write(200)
    assert out == [(1, 201)]
    sender.snd_una = 201
    sender.queue.clear()
    sender.write(200)
    assert out == [(1, 201), (201, 601)]


def test_a_close_pushes_what_nagle_holds():
    sender, out = make(nagle=True)
    sender.write(200)
    sender.write(200)
    sender.fin_queued = True
    sender.write(1)
    assert out[-1] == (201, 402)


def test_resending_joins_small_neighbours():
    sender, out = make()
    for _ in range(3):
        sender.write(200)
    sender.resend(sender.queue[0])
    assert out[-1] == (1, 601)
    assert len(sender.queue) == 1
    assert sender.counters.retransmitted == 1


def test_joining_stops_at_what_the_peer_holds_and_at_the_segment_size():
    sender, out = make()
    for _ in range(3):
        sender.write(200)
    sender.queue[1].sacked = True
    sender.resend(sender.queue[0])
    assert out[-1] == (1, 201)
    large, out = make()
    large.write(1000)
    large.write(1000)
    large.resend(large.queue[0])
    assert out[-1] == (1, 1001)


def test_marking_keeps_the_counts():
    sender, _ = make()
    sender.write(200)
    segment = sender.queue[0]
    sender.mark_lost(segment)
    sender.mark_lost(segment)
    assert (sender.lost_out, sender.in_flight()) == (1, 0)
    sender.resend_lost(segment)
    assert (sender.resent_out, sender.in_flight()) == (1, 1)
    sender.mark_lost(segment)  # the retransmission, too
    assert (sender.lost_out, sender.resent_out, sender.lost) == (1, 0, 2)


def test_no_probe_after_a_timeout():
    sender, _ = make()
    sender.write(200)
    sender.state = LOSS
    assert not sender.schedule_probe(True)


def test_the_timer_rests_when_nothing_is_out():
    sender, _ = make()
    sender.rearm()
    assert sender.pending == NO_TIMER
    sender.write(200)
    sender.pending = NO_TIMER
    sender.rearm()
    assert sender.pending == RETRANSMIT


def test_a_probe_prefers_new_data():
    sender, out = make(nagle=True)
    sender.write(200)
    sender.write(200)
    assert sender.probe_with_new_data()
    assert out[-1] == (201, 401)
    assert not sender.probe_with_new_data()


def test_back_off_ends_with_a_sample():
    sender, _ = make()
    sender.rto *= 8
    sender.take_sample(0.05)
    assert sender.rto == 63


@pytest.mark.parametrize(("idle_s", "cwnd"), [(0.1, 40), (10.0, 10)])
def test_silence_shrinks_a_grown_window(idle_s, cwnd):
    sender, _ = make()
    sender.window.cwnd = 40
    sender.clock_s = 1.0 + idle_s
    sender.write(200)
    assert sender.window.cwnd == cwnd
