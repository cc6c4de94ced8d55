"""Reading acknowledgements off hand-made packets."""

import pytest

from sim.transport.segment.options import Counters, Settings
from sim.transport.segment.packet import DATA, Packet, clock_ms
from sim.transport.segment.scoreboard import News, clean, tag
from sim.transport.segment.sender import Sender


@pytest.fixture
def sender():
    made = Sender(lambda *_: None, Counters(), Settings(1448, False, 0.0, 250, lambda: False), 1.0)
    made.take_sample(0.05)
    made.min_rtt_s = 0.05
    for number in range(4):
        made.clock_s = 1.0 + number / 100.0
        made.write(100)
    made.clock_s = 1.08
    return made


def ack(number, *blocks, reported=False, ts_echo_ms=1000):
    return Packet(DATA, 1, 1, number, 0, ts_echo_ms, blocks, reported)


def take(sender, packet):
    news, prior = News(False), sender.snd_una
    sender.snd_una = packet.ack
    tag(sender, packet, prior, news)
    clean(sender, packet, news)
    return news


def test_acknowledged_segments_leave_with_the_rtt_of_the_first(sender):
    news = take(sender, ack(201))
    assert news.acked
    assert [segment.seq for segment in sender.queue] == [201, 301]
    assert sender.rtt.srtt_s == pytest.approx(0.05 + 0.03 / 8)
    assert sender.delivered == 2


def test_selective_blocks_tag_whole_segments_and_give_the_rtt(sender):
    news = take(sender, ack(1, (201, 401)))
    assert [segment.sacked for segment in sender.queue] == [False, False, True, True]
    assert (sender.sacked_out, news.sacked, news.acked) == (2, True, False)
    assert news.sample_s == pytest.approx(0.06)


def test_partly_covered_segments_are_not_tagged(sender):
    take(sender, ack(1, (150, 250)))
    assert sender.sacked_out == 0


def test_a_resent_segment_is_timed_by_the_echo(sender):
    sender.resend(sender.queue[0])
    sender.clock_s = 1.5
    before_s = sender.rtt.srtt_s
    news = take(sender, ack(401, ts_echo_ms=clock_ms(1.4)))
    assert news.resent_acked
    assert sender.rtt.srtt_s == pytest.approx(before_s * 7 / 8 + 0.1 / 8)


def test_a_tag_on_a_lost_and_resent_segment_clears_both(sender):
    segment = sender.queue[1]
    sender.mark_lost(segment)
    segment.resent, sender.resent_out = True, 1
    take(sender, ack(1, (101, 201)))
    assert (sender.lost_out, sender.resent_out, sender.sacked_out) == (0, 0, 1)


def test_a_duplicate_of_the_probe_is_recognised(sender):
    sender.resend(sender.queue[-1])
    sender.probe_high = sender.snd_nxt
    news = take(sender, ack(401, (301, 401), reported=True))
    assert news.duplicate
    assert news.probe_duplicate
    assert sender.counters.duplicates_reported == 1


def test_duplicates_without_retransmissions_are_not_believed(sender):
    news = take(sender, ack(401, (301, 401), reported=True))
    assert not news.duplicate
    assert sender.counters.duplicates_reported == 1


def test_duplicates_settle_the_undo_account(sender):
    sender.undo_marker = 1
    sender.mark_lost(sender.queue[0])
    sender.resend_lost(sender.queue[0])
    assert sender.undo_resent == 1
    take(sender, ack(sender.queue[0].end_seq, (1, sender.queue[0].end_seq), reported=True))
    assert sender.undo_resent == 0
