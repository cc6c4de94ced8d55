"""RACK on segments made by hand."""

import pytest

from sim.transport.segment.packet import Segment
from sim.transport.segment.rack import Rack


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


@pytest.mark.parametrize(
    ("sent_s", "end_seq", "proven"),
    [(0.9, 9, True), (1.0, 1, True), (1.0, 2, False), (1.1, 1, False)],
)
def test_order_of_sending_decides_and_sequence_within_one_instant(sent_s, end_seq, proven):
    rack = Rack()
    rack.advance(Segment(1, 2, 1.0), 1.05, 0.05)
    assert rack.proves(Segment(0, end_seq, sent_s)) == proven


def test_overdue_counts_from_the_round_trip_of_the_newest_arrival():
    rack = Rack()
    rack.advance(Segment(1, 2, 1.0), 1.05, 0.05)
    assert rack.overdue_s(Segment(0, 1, 0.9), 1.0) == pytest.approx(0.05)
