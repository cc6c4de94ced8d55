"""What travels and what is remembered of it."""

from sim.transport.segment.packet import DATA, Packet, Segment, clock_ms


def test_a_new_segment_carries_no_tag():
    segment = Segment(1, 201, 0.5)
    tags = [segment.sacked, segment.lost, segment.resent, segment.ever_resent]
    assert tags == [False] * 4
    assert (segment.seq, segment.end_seq, segment.sent_s) == (1, 201, 0.5)


def test_packets_are_values():
    assert Packet(DATA, 1, 1, 5, 0, 0, (), False) == Packet(DATA, 1, 1, 5, 0, 0, (), False)


def test_the_clock_counts_milliseconds_and_is_never_zero():
    assert (clock_ms(0.0), clock_ms(0.1 + 0.2), clock_ms(1.0)) == (1, 301, 1001)
