"""The sending half of an end: what may leave, what is in flight, and the one timer over it.

What acknowledgements and the timer do is in `recovery`. Source: net/ipv4/tcp_output.c. Left
out: the peer's receive window (readers keep up), pacing, and offloading (segments of more than
one MSS are one by one here).
"""

from collections import deque
from collections.abc import Callable

from sim.transport.segment.congestion import Window
from sim.transport.segment.options import Counters, Settings
from sim.transport.segment.packet import Segment, clock_ms
from sim.transport.segment.rack import Rack
from sim.transport.segment.states import (
    NO_TIMER,
    OPEN,
    PROBE,
    RECOVERY,
    REDUCED,
    REORDER,
    RETRANSMIT,
)
from sim.transport.tcp import (
    PROBE_SLACK_S,
    RTO_INITIAL_S,
    RTO_MAX_S,
    RTO_MIN_S,
    RttEstimator,
    now_ticks,
    ticks,
    wheel_fire_s,
)


class Sender:
    """Bytes from `snd_una` on are not acknowledged; from `snd_nxt` to `write_seq` not yet sent.

    `transmit(seq, end_seq)` puts a packet on the wire; `clock` is the simulated time, set by
    the owner before each call.
    """

    __slots__ = (
        "_ahead", "_mss", "_nagle", "_small_end", "_transmit", "clock_s", "counters",
        "delivered", "dsacks", "fin_queued", "frto", "high_seq", "hz", "last_sent", "lost",
        "lost_out", "min_rtt_s", "peer_seq", "pending", "probe_high", "probe_resent", "queue",
        "rack", "resends", "resent_out", "retransmits", "rto", "rto_max", "rtt", "sacked_out",
        "snd_nxt", "snd_una", "stamp_ms", "state", "timer_s", "undo_marker", "undo_resent",
        "window", "write_seq",
    )  # fmt: skip

    def __init__(
        self,
        transmit: Callable[[int, int], None],
        counters: Counters,
        settings: Settings,
        now_s: float,
    ) -> None:
        self._transmit = transmit
        self._mss = settings.mss_bytes
        self._nagle = settings.nagle
        self._ahead = settings.ahead
        self.hz = hz = settings.hz
        self.counters = counters
        self.clock_s = now_s
        self.snd_una = self.snd_nxt = self.write_seq = 1
        self.peer_seq = 0  # of the last packet that could update the window (SND.WL1)
        self.fin_queued = False
        self.queue: deque[Segment] = deque()  # sent, not acknowledged
        self.sacked_out = self.lost_out = self.resent_out = 0
        self.delivered = self.lost = 0  # counters that only rise
        self._small_end = 0  # end of the last segment smaller than the MSS
        self.rtt = RttEstimator()
        self.min_rtt_s = RTO_MAX_S
        self.rto = ticks(RTO_INITIAL_S, hz)
        self.rto_max = ticks(RTO_MAX_S, hz)
        self.window = Window(hz, now_ticks(now_s, hz))
        self.rack = Rack()
        self.state = OPEN
        self.high_seq = 1  # the current episode ends when this is acknowledged
        self.last_sent = now_ticks(now_s, hz)
        self.pending = NO_TIMER
        self.timer_s = 0.0
        self.probe_high = 0  # SND.NXT at the tail-loss probe whose fate is open; 0 = none
        self.probe_resent = False
        self.retransmits = 0  # time-outs in a row
        self.stamp_ms = 0  # clock at the first retransmission of the episode; 0 = none
        self.undo_marker = 0
        self.undo_resent = -1  # retransmissions not yet reported as duplicates
        self.resends = self.dsacks = 0
        self.frto = False

    # -- in flight ----------------------------------------------------------------------------

    def in_flight(self) -> int:
        """Segments believed on the wire (tcp_packets_in_flight)."""
        return len(self.queue) - self.sacked_out - self.lost_out + self.resent_out

    def reducing(self) -> bool:
        """Whether the window is being lowered (tcp_in_cwnd_reduction)."""
        return self.state in (REDUCED, RECOVERY)

    def now(self) -> int:
        """The clock in ticks."""
        return now_ticks(self.clock_s, self.hz)

    def now_ms(self) -> int:
        """The timestamp clock (RFC 7323): milliseconds."""
        return clock_ms(self.clock_s)

    # -- new data -----------------------------------------------------------------------------

    def write(self, size_bytes: int) -> None:
        """The application writes; what may leave, leaves."""
        if not self.queue and self.snd_nxt == self.write_seq:
            idle = self.now() - self.last_sent
            if idle > self.rto:
                self.window.restart(idle, self.rto, self.now())
        self.write_seq += size_bytes
        self.push()

    def push(self) -> None:
        """Send unsent bytes as far as the window and Nagle allow (tcp_write_xmit)."""
        if self.snd_nxt < self.write_seq:
            self._push(self._nagle)

    def push_plainly(self) -> None:
        """As `push`, but Nagle does not hold anything back."""
        self._push(False)

    def _push(self, nagle: bool) -> None:
        sent = 0
        while self.snd_nxt < self.write_seq and self.in_flight() < self.window.cwnd:
            size = min(self._mss, self.write_seq - self.snd_nxt)
            if nagle and self._is_held_back(size):
                break
            self._send_new(size)
            sent += 1
        limited = self.in_flight() >= self.window.cwnd
        if sent or limited:
            self._note_usage(limited)
        if sent:
            if self.reducing():
                self.window.reduced_out += sent
            self.schedule_probe(False)

    def _is_held_back(self, size: int) -> bool:
        """Nagle with Minshall's amendment: one small segment in flight at a time."""
        unacked_small = self._small_end > self.snd_una
        return size < self._mss and bool(self.queue) and unacked_small and not self.fin_queued

    def probe_with_new_data(self) -> bool:
        """A loss probe sends new data if there is any, whatever the window says."""
        if self.snd_nxt == self.write_seq:
            return False
        self._send_new(min(self._mss, self.write_seq - self.snd_nxt))
        self._note_usage(self.in_flight() >= self.window.cwnd)
        if self.reducing():
            self.window.reduced_out += 1
        return True

    def _send_new(self, size: int) -> None:
        end_seq = self.snd_nxt + size
        first = not self.queue
        self._put_out(self.snd_nxt, end_seq)
        self.queue.append(Segment(self.snd_nxt, end_seq, self.clock_s))
        self.snd_nxt = end_seq
        if size < self._mss:
            self._small_end = end_seq
        if first or self.pending == PROBE:
            self.rearm()

    def _note_usage(self, limited: bool) -> None:
        out = len(self.queue)
        self.window.used(out, limited, self.snd_una, self.snd_nxt)
        self.window.age(out, self.rto, self.state == OPEN, self.now())

    def _put_out(self, seq: int, end_seq: int) -> None:
        now = self.now()
        if self.in_flight() == 0:
            self.window.resume(self.last_sent, now)
        self.last_sent = now
        self._transmit(seq, end_seq)

    # -- retransmission -----------------------------------------------------------------------

    def resend(self, segment: Segment) -> None:
        """Send a segment again, with whatever small ones behind it fit (tcp_retransmit_skb)."""
        segment.seq = max(segment.seq, self.snd_una)
        self._collapse(segment)
        self.counters.retransmitted += 1
        self.resends += 1
        self._put_out(segment.seq, segment.end_seq)
        segment.sent_s = self.clock_s
        segment.ever_resent = True

    def resend_lost(self, segment: Segment) -> None:
        """As `resend`, as part of a recovery that may turn out to be a false alarm."""
        self.resend(segment)
        segment.resent = True
        self.resent_out += 1
        self.stamp_ms = self.stamp_ms or self.now_ms()
        self.undo_resent = max(self.undo_resent, 0) + 1

    def _collapse(self, segment: Segment) -> None:
        """Join following segments that the peer has not reported, up to one MSS."""
        place = self.queue.index(segment) + 1
        while place < len(self.queue):
            following = self.queue[place]
            size = following.end_seq - segment.seq
            if following.sacked or segment.sacked or size > self._mss:
                break
            segment.end_seq = following.end_seq
            segment.ever_resent |= following.ever_resent
            self.lost_out -= following.lost
            self.resent_out -= following.resent
            del self.queue[place]

    def mark_lost(self, segment: Segment) -> None:
        """Take a segment, or its retransmission, for lost (tcp_mark_skb_lost)."""
        if segment.sacked:
            return
        if not segment.lost:
            segment.lost = True
            self.lost_out += 1
        elif segment.resent:
            segment.resent = False
            self.resent_out -= 1
        else:
            return
        self.lost += 1

    # -- the timer ----------------------------------------------------------------------------

    def arm(self, kind: int, delay: int) -> None:
        """Set the timer, in ticks from now; there is one for all purposes."""
        self.pending = kind
        self.timer_s = wheel_fire_s(self.clock_s, delay, self.hz, self._ahead())

    def rearm(self) -> None:
        """A full RTO from now, or what is left of it when another kind of timer ran."""
        if not self.queue:
            self.pending = NO_TIMER
            return
        rto = self.rto
        if self.pending in (PROBE, REORDER):
            rto = max(ticks(self._rto_left_s(), self.hz), 1)
        self.arm(RETRANSMIT, rto)

    def _rto_left_s(self) -> float:
        return self.queue[0].sent_s + self.rto / self.hz - self.clock_s

    def schedule_probe(self, progress: bool) -> bool:
        """Arm the tail-loss probe in place of the RTO; `progress` counts the RTO from now."""
        if not self.queue or self.state not in (OPEN, REDUCED):
            return False
        delay_s = RTO_INITIAL_S
        if self.rtt.srtt_s:
            delay_s = 2.0 * self.rtt.srtt_s
            delay_s += RTO_MIN_S if len(self.queue) == 1 else PROBE_SLACK_S
        delay = ticks(delay_s, self.hz)
        left = self.rto if progress else ticks(self._rto_left_s(), self.hz)
        self.arm(PROBE, min(delay, left) if left > 0 else delay)
        return True

    def take_sample(self, rtt_s: float) -> None:
        """One RTT: it ends any back-off."""
        self.rtt.sample(rtt_s, self.snd_una, self.snd_nxt)
        self.rto = min(ticks(self.rtt.rto_s, self.hz), self.rto_max)
