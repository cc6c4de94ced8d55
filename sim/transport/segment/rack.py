"""RACK: a segment is lost when something sent sufficiently later has arrived (RFC 8985).

Order of *sending* decides, not of sequence numbers, so that one rule finds lost originals and
lost retransmissions. Of everything acknowledged, RACK keeps what was sent last: the time of that
sending and the round trip it took. Whatever was sent before that has had a round trip as well; is
it still unacknowledged a little later (`recovery.mark_lost` says how little), then the path must
have reordered it or lost it:

    lost at  sent + round trip of the newest arrival + patience

Duplicate acknowledgements (RFC 5681) need three later segments for the same conclusion, which a
chat connection seldom has. With no later segment at all RACK has nothing to compare with: then
the tail-loss probe makes one (RFC 8985 section 7).

Source: net/ipv4/tcp_recovery.c. Left out: widening the reordering window, because paths here
keep the order of packets.
"""

from sim.transport.segment.packet import Segment

ROUNDING_S = 1e-9
"""Times are sums of floats: what differs by less is the same instant."""


class Rack:
    """What is known of the most recently sent segment that has arrived."""

    __slots__ = ("advanced", "end_seq", "rtt_s", "sent_s")

    def __init__(self) -> None:
        self.sent_s = -1.0
        self.end_seq = 0
        self.rtt_s = 0.0
        self.advanced = False

    def advance(self, segment: Segment, now_s: float, min_rtt_s: float) -> None:
        """A segment was acknowledged; ambiguous when resent less than a round trip ago."""
        rtt_s = now_s - segment.sent_s
        if segment.ever_resent and rtt_s < min_rtt_s - ROUNDING_S:
            return
        self.advanced = True
        self.rtt_s = rtt_s
        if self._is_later(segment.sent_s, segment.end_seq):
            self.sent_s = segment.sent_s
            self.end_seq = segment.end_seq

    def _is_later(self, sent_s: float, end_seq: int) -> bool:
        return sent_s > self.sent_s or (sent_s == self.sent_s and end_seq > self.end_seq)

    def proves(self, segment: Segment) -> bool:
        """Whether something sent after this segment has arrived."""
        return segment.sent_s < self.sent_s or (
            segment.sent_s == self.sent_s and segment.end_seq < self.end_seq
        )

    def overdue_s(self, segment: Segment, now_s: float) -> float:
        """How long ago the segment should have been acknowledged; negative when it has time."""
        return now_s - segment.sent_s - self.rtt_s
