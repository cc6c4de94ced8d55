"""The state machine, driven by acknowledgements made by hand."""

import pytest

from sim.transport.segment.options import Counters, Settings
from sim.transport.segment.packet import DATA, Packet, Segment, clock_ms
from sim.transport.segment.recovery import mark_lost, on_ack
from sim.transport.segment.sender import Sender
from sim.transport.segment.states import DISORDER, LOSS, OPEN, PROBE, RECOVERY, RETRANSMIT
from sim.transport.segment.timers import on_timer


class Line:
    """A sender, what it put out, and acknowledgements that answer it."""

    def __init__(self):
        self.out = []
        settings = Settings(1448, False, 0.0, 250, lambda: False)
        self.sender = Sender(lambda *range_: self.out.append(range_), Counters(), settings, 1.0)
        self.sender.take_sample(0.05)
        self.sender.min_rtt_s = 0.05

    def write(self, time_s, size=100):
        self.sender.clock_s = time_s
        self.sender.write(size)

    def fire(self):
        self.sender.clock_s = self.sender.timer_s
        on_timer(self.sender, False, 0.0)

    def ack(self, time_s, number, *blocks, reported=False, echo_ms=None, seq=1):
        self.sender.clock_s = time_s
        echo_ms = clock_ms(time_s - 0.05) if echo_ms is None else echo_ms
        packet = Packet(DATA, seq, seq, number, 0, echo_ms, blocks, reported)
        on_ack(self.sender, packet)
        self.sender.push()


@pytest.fixture
def line():
    return Line()


def test_a_calm_acknowledgement_leaves_nothing_behind(line):
    line.write(1.0)
    line.ack(1.05, 101)
    sender = line.sender
    assert (sender.state, sender.pending, len(sender.queue)) == (OPEN, 0, 0)


def test_progress_with_more_in_flight_sets_the_probe_anew(line):
    line.write(1.0)
    line.write(1.04)
    line.ack(1.05, 101)
    assert line.sender.pending == PROBE
    assert 1.05 + 0.252 <= line.sender.timer_s <= 1.05 + 0.284


def test_a_hole_behind_later_data_is_resent_at_the_first_report(line):
    for number in range(3):
        line.write(1.0 + number / 10)
    line.ack(1.15, 1, (101, 201))
    assert line.out[-1] == (1, 101)
    assert line.sender.state == RECOVERY
    assert line.sender.counters.fast_retransmitted == 1
    assert line.sender.pending == RETRANSMIT


def test_recovery_ends_with_the_window_at_the_threshold(line):
    for number in range(3):
        line.write(1.0 + number / 10)
    line.ack(1.15, 1, (101, 201))
    line.ack(1.20, 301)
    assert (line.sender.state, line.sender.window.cwnd) == (OPEN, 7)


def test_a_repaired_loss_after_a_timeout_opens_at_once(line):
    line.write(1.0)
    line.fire()  # probe
    line.fire()  # time-out
    assert (line.sender.state, line.sender.window.cwnd) == (LOSS, 1)
    line.write(line.sender.clock_s + 0.01)
    assert line.out[-1] == (1, 101)  # the window holds the new message back
    line.ack(line.sender.clock_s + 0.05, 101)
    assert line.sender.state == OPEN
    assert line.out[-1] == (101, 201)


def test_a_needless_timeout_is_undone_by_the_echo_of_the_original(line):
    line.write(1.0)
    line.fire()
    line.fire()
    line.ack(line.sender.clock_s + 0.001, 101, echo_ms=1000)
    assert (line.sender.state, line.sender.window.cwnd) == (OPEN, 10)


def test_a_needless_timeout_is_undone_by_a_duplicate(line):
    line.write(1.0)
    line.sender.probe_high = 0
    line.sender.rearm()
    line.sender.arm(RETRANSMIT, 63)
    line.fire()
    line.ack(line.sender.clock_s + 0.05, 101, (1, 101), reported=True)
    assert (line.sender.state, line.sender.window.cwnd) == (OPEN, 10)


def test_a_probe_that_repaired_costs_a_reduction_when_more_is_acknowledged(line):
    line.write(1.0)
    line.fire()
    line.ack(1.4, 101)
    assert line.sender.probe_high == 101
    line.write(2.0)
    line.ack(2.05, 201)
    assert (line.sender.probe_high, line.sender.window.cwnd) == (0, 7)
    assert line.sender.state == OPEN


def test_a_reported_probe_costs_nothing(line):
    line.write(1.0)
    line.fire()
    line.ack(1.35, 101, (1, 101), reported=True)
    assert (line.sender.probe_high, line.sender.window.cwnd) == (0, 10)


def test_old_acknowledgements_are_ignored(line):
    line.write(1.0)
    line.ack(1.05, 101)
    line.write(1.1)
    line.ack(1.12, 50)
    assert (line.sender.snd_una, len(line.sender.queue)) == (101, 1)


def test_a_selective_report_without_a_verdict_is_disorder(line):
    line.write(1.0)
    line.write(1.001)
    line.ack(1.051, 1, (101, 201))
    assert line.sender.state == DISORDER
    assert line.out[-1] == (101, 201)


def test_with_a_window_of_two_blocked_messages_join(line):
    line.sender.window.cwnd = line.sender.window.ssthresh = 2
    for number in range(4):
        line.write(1.0 + number / 100)
    assert line.out == [(1, 101), (101, 201)]
    line.ack(1.05, 101)
    assert line.out[2:] == [(201, 401)]


@pytest.fixture
def sender(line):
    """With a queue filled by hand."""
    return line.sender


def put(sender, *sent_s):
    for number, time_s in enumerate(sent_s):
        sender.queue.append(Segment(1 + number, 2 + number, time_s))


def test_what_was_sent_long_before_an_arrival_is_lost(sender):
    put(sender, 1.0, 1.1)
    sender.clock_s = 1.15
    sender.queue[1].sacked, sender.sacked_out = True, 1
    sender.rack.advance(sender.queue[1], 1.15, 0.05)
    assert mark_lost(sender) == 0.0
    assert [segment.lost for segment in sender.queue] == [True, False]


def test_what_was_sent_just_before_gets_a_quarter_of_the_rtt(sender):
    put(sender, 1.0, 1.005)
    sender.clock_s = 1.055
    sender.queue[1].sacked, sender.sacked_out = True, 1
    sender.rack.advance(sender.queue[1], 1.055, 0.05)
    assert mark_lost(sender) == pytest.approx(0.0125 - 0.005)
    assert not sender.queue[0].lost


@pytest.mark.parametrize("reason", ["three arrivals", "recovery"])
def test_no_patience_when_the_loss_is_evident(sender, reason):
    put(sender, 1.0, 1.001, 1.002, 1.003)
    sender.clock_s = 1.053
    for segment in list(sender.queue)[1:]:
        segment.sacked = True
        sender.rack.advance(segment, 1.053, 0.05)
    sender.sacked_out = 3 if reason == "three arrivals" else 0
    sender.state = RECOVERY if reason == "recovery" else sender.state
    mark_lost(sender)
    assert sender.queue[0].lost


def test_what_was_sent_after_the_arrival_is_not_judged(sender):
    put(sender, 1.0, 2.0)
    sender.clock_s = 9.0
    sender.rack.advance(sender.queue[0], 1.05, 0.05)
    sender.queue[0].sacked, sender.sacked_out = True, 1
    mark_lost(sender)
    assert not sender.queue[1].lost
