"""Reading an acknowledgement: which segments arrived, which twice, and how long it took.

Source: tcp_sacktag_write_queue() and tcp_clean_rtx_queue(), net/ipv4/tcp_input.c. Left out:
segments of several MSS (here each is one), and detection of reordering.
"""

from typing import Final

from sim.transport.segment.packet import Packet, Segment, clock_ms
from sim.transport.segment.sender import Sender

NOTHING: Final = 0
RESEND: Final = 1  # what is marked lost
SEND_NEW: Final = 2  # F-RTO: does new data get through?


class News:
    """What one acknowledgement turned out to say."""

    __slots__ = (
        "acked", "advanced", "data", "duplicate", "originals", "probe_duplicate", "rearm",
        "resend", "resent_acked", "resent_lost", "sacked", "sample_s", "window",
    )  # fmt: skip

    def __init__(self, data: bool) -> None:
        self.data = data  # it came with data
        self.advanced = False  # it acknowledges more than before
        self.acked = False  # it removed segments
        self.sacked = False  # it reports segments beyond a hole
        self.originals = False  # something never resent got through, RFC 5682
        self.duplicate = False  # it reports a duplicate
        self.probe_duplicate = False  # namely the tail-loss probe
        self.resent_acked = False
        self.resent_lost = False
        self.window = False  # it may update the send window
        self.rearm = False
        self.resend = NOTHING
        self.sample_s = -1.0  # RTT from a selective acknowledgement


def tag(sender: Sender, packet: Packet, prior_una: int, news: News) -> None:
    """Tag what the peer reports (tcp_sacktag_write_queue)."""
    blocks = packet.blocks
    if packet.reported:
        _take_duplicate(sender, blocks[0], packet.ack, prior_una, news)
        blocks = blocks[1:]
    for start, end in blocks:
        for segment in sender.queue:
            if segment.seq >= end:
                break
            if start <= segment.seq and segment.end_seq <= end and not segment.sacked:
                _tag_one(sender, segment, news)


def _take_duplicate(
    sender: Sender, block: tuple[int, int], ack: int, prior_una: int, news: News
) -> None:
    """The peer got something twice (RFC 2883): maybe a retransmission was needless."""
    if block[0] < ack:
        sender.counters.duplicates_reported += 1
    sender.dsacks += 1
    if sender.dsacks > sender.resends:
        return
    news.duplicate = True
    news.probe_duplicate = sender.probe_high == block[1] > 0
    sender.delivered += 1
    if not sender.undo_marker or sender.undo_resent <= 0 or block[1] <= sender.undo_marker:
        return
    known = block[1] <= prior_una or any(
        segment.ever_resent and block[0] <= segment.seq and segment.end_seq <= block[1]
        for segment in sender.queue
    )
    if known:
        sender.undo_resent -= 1


def _tag_one(sender: Sender, segment: Segment, news: News) -> None:
    if segment.end_seq <= sender.snd_una:
        return
    sender.rack.advance(segment, sender.clock_s, sender.min_rtt_s)
    if segment.resent:
        if segment.lost:
            segment.lost = segment.resent = False
            sender.lost_out -= 1
            sender.resent_out -= 1
    else:
        if not segment.ever_resent:
            news.originals |= segment.end_seq <= sender.high_seq
            if news.sample_s < 0.0:
                news.sample_s = sender.clock_s - segment.sent_s
        if segment.lost:
            segment.lost = False
            sender.lost_out -= 1
    segment.sacked = True
    sender.sacked_out += 1
    sender.delivered += 1
    news.sacked = True


def clean(sender: Sender, packet: Packet, news: News) -> None:
    """Remove what is acknowledged and take the RTT (tcp_clean_rtx_queue)."""
    queue = sender.queue
    sample_s = latest_s = -1.0
    while queue and queue[0].end_seq <= sender.snd_una:
        segment = queue.popleft()
        if segment.resent or segment.ever_resent:
            sender.resent_out -= segment.resent
            news.resent_acked = True
        elif not segment.sacked:
            latest_s = sender.clock_s - segment.sent_s
            sample_s = latest_s if sample_s < 0.0 else sample_s
            news.originals |= segment.end_seq <= sender.high_seq
        if segment.sacked:
            sender.sacked_out -= 1
        else:
            sender.delivered += 1
            if not (segment.ever_resent and _echoes_earlier(packet, segment.sent_s)):
                sender.rack.advance(segment, sender.clock_s, sender.min_rtt_s)
        sender.lost_out -= segment.lost
        news.acked = True
    if news.resent_acked or sample_s < 0.0:
        sample_s = latest_s = news.sample_s
    if sample_s < 0.0 and news.acked:
        # RFC 7323: the echo tells which transmission was answered, to a millisecond.
        sample_s = latest_s = max(sender.now_ms() - packet.ts_echo_ms, 1) / 1000.0
    if sample_s >= 0.0:
        sender.min_rtt_s = min(sender.min_rtt_s, latest_s)
        sender.take_sample(sample_s)
    sacked_later = bool(queue) and news.sample_s > sender.clock_s - queue[0].sent_s
    news.rearm = news.acked or sacked_later


def _echoes_earlier(packet: Packet, sent_s: float) -> bool:
    return 0 < packet.ts_echo_ms < clock_ms(sent_s)
