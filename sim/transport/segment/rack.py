"""RACK: a segment is lost when something sent sufficiently later has arrived (RFC 8985).

Source: net/ipv4/tcp_recovery.c. Left out: widening the reordering window, because paths here
keep the order of packets.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.transport.segment.states import RECOVERY
from sim.transport.tcp import DUPLICATE_THRESHOLD

if TYPE_CHECKING:
    from sim.transport.segment.packet import Segment
    from sim.transport.segment.sender import Sender

_ROUNDING_S = 1e-9


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
        if segment.ever_resent and rtt_s < min_rtt_s - _ROUNDING_S:
            return
        self.advanced = True
        self.rtt_s = rtt_s
        if self._is_later(segment.sent_s, segment.end_seq):
            self.sent_s = segment.sent_s
            self.end_seq = segment.end_seq

    def _is_later(self, sent_s: float, end_seq: int) -> bool:
        return sent_s > self.sent_s or (sent_s == self.sent_s and end_seq > self.end_seq)

    def overdue_s(self, segment: Segment, now_s: float) -> float:
        """How long ago the segment should have been acknowledged; negative when it has time."""
        return now_s - segment.sent_s - self.rtt_s


def mark_lost(sender: Sender) -> float:
    """Mark what is overdue; how long the next candidate still has, 0.0 when there is none."""
    rack = sender.rack
    patience_s = _patience_s(sender)
    wait_s = 0.0
    for segment in sender.queue:
        if segment.sacked or (segment.lost and not segment.resent):
            continue
        if segment.sent_s > rack.sent_s or (
            segment.sent_s == rack.sent_s and segment.end_seq >= rack.end_seq
        ):
            continue
        remaining_s = patience_s - rack.overdue_s(segment, sender.clock_s)
        if remaining_s <= _ROUNDING_S:
            sender.mark_lost(segment)
        else:
            wait_s = max(wait_s, remaining_s)
    return wait_s


def _patience_s(sender: Sender) -> float:
    """A quarter of the shortest RTT; none once in recovery or with three later arrivals."""
    if sender.state >= RECOVERY or sender.sacked_out >= DUPLICATE_THRESHOLD:
        return 0.0
    return min(sender.min_rtt_s / 4.0, sender.rtt.srtt_s)
