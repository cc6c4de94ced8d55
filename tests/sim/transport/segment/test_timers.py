"""Probe, time-out and the end of patience."""

import pytest

from sim.transport.segment.options import Counters, Settings
from sim.transport.segment.sender import Sender
from sim.transport.segment.states import LOSS, PROBE, REORDER, RETRANSMIT
from sim.transport.segment.timers import on_timer


@pytest.fixture
def sender():
    settings = Settings(1448, False, 0.0, 250, lambda: False)
    made = Sender(lambda *_: None, Counters(), settings, 1.0)
    made.take_sample(0.05)
    made.min_rtt_s = 0.05
    return made


def fire(sender, orphan=False, user_timeout_s=0.0):
    sender.clock_s = sender.timer_s
    return on_timer(sender, orphan, user_timeout_s)


def test_a_lone_segment_is_tried_at_r_2r_4r_8r(sender):
    sender.write(200)
    start_s, tries_s = sender.clock_s, []
    for _ in range(5):
        fire(sender)
        tries_s.append(sender.clock_s - start_s)
    assert [t / 0.252 for t in tries_s] == pytest.approx([1, 2, 4, 8, 16], rel=0.13)
    assert (sender.counters.probes, sender.counters.timeouts) == (1, 4)


def test_after_an_open_probe_the_timer_becomes_a_timeout(sender):
    sender.write(200)
    sender.probe_high, sender.probe_resent = 1, True
    assert sender.pending == PROBE
    fire(sender)
    assert sender.pending == RETRANSMIT
    assert sender.timer_s - sender.clock_s <= 0.008 + 1e-9
    fire(sender)
    assert (sender.counters.probes, sender.counters.timeouts) == (0, 1)


def test_a_timeout_spares_what_is_younger_than_a_round_trip(sender):
    sender.write(200)
    sender.rack.rtt_s = 0.05
    sender.clock_s = 1.2
    sender.arm(RETRANSMIT, 10)
    sender.clock_s = sender.timer_s - 0.01
    sender.write(200)
    sender.clock_s = sender.timer_s = sender.clock_s + 0.01
    sender.pending = RETRANSMIT
    on_timer(sender, False, 0.0)
    assert sender.state == LOSS
    assert sender.lost_out == 1


def test_the_reordering_timer_marks_and_resends(sender):
    sender.write(200)
    sender.clock_s = 1.005
    sender.write(200)
    sender.queue[1].sacked, sender.sacked_out = True, 1
    sender.rack.advance(sender.queue[1], 1.055, 0.05)
    sender.clock_s = 1.055
    sender.arm(REORDER, 3)
    fire(sender)
    assert sender.counters.fast_retransmitted == 1
    assert sender.pending == RETRANSMIT


@pytest.mark.parametrize(
    ("orphan", "user_timeout_s", "low_s", "high_s"),
    [(False, 0.0, 924.6, 1050.0), (True, 0.0, 60.0, 135.0), (False, 7.0, 7.0, 7.8)],
)
def test_patience_ends(sender, orphan, user_timeout_s, low_s, high_s):
    sender.write(200)
    while fire(sender, orphan, user_timeout_s):
        assert sender.clock_s < 2000.0
    assert low_s <= sender.clock_s - sender.stamp_ms / 1000.0 <= high_s


def test_nothing_out_is_no_reason_to_act(sender):
    sender.pending = RETRANSMIT
    assert on_timer(sender, False, 0.0)
    assert sender.counters.timeouts == 0
