"""RACK on a queue built by hand."""

import pytest

from sim.transport.segment.options import Counters, Settings
from sim.transport.segment.packet import Segment
from sim.transport.segment.rack import Rack, mark_lost
from sim.transport.segment.sender import Sender
from sim.transport.segment.states import RECOVERY


@pytest.fixture
def sender():
    made = Sender(lambda *_: None, Counters(), Settings(1448, False, 0.0, 250, lambda: False), 0.0)
    made.take_sample(0.05)
    made.min_rtt_s = 0.05
    return made


def put(sender, *sent_s):
    for number, time_s in enumerate(sent_s):
        sender.queue.append(Segment(1 + number, 2 + number, time_s))


def test_the_latest_sent_arrival_counts():
    rack = Rack()
    rack.advance(Segment(1, 2, 1.0), 1.05, 0.05)
    rack.advance(Segment(2, 3, 0.9), 1.06, 0.05)
    assert (rack.sent_s, rack.end_seq, rack.advanced) == (1.0, 2, True)


def test_a_resent_segment_answered_too_soon_says_nothing():
    rack, segment = Rack(), Segment(1, 2, 1.0)
    segment.ever_resent = True
    rack.advance(segment, 1.03, 0.05)
    assert not rack.advanced


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
