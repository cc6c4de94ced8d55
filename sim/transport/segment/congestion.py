"""The congestion window: CUBIC's growth, proportional reduction, and undoing a false alarm.

Source: net/ipv4/tcp_cubic.c and tcp_input.c (RFC 9438, RFC 6937, RFC 2861). Left out: HyStart
(it acts from a window of 16 on) and pacing.
"""

from typing import Final

from sim.transport.tcp import INITIAL_WINDOW_SEGMENTS

INFINITE: Final = 0x7FFFFFFF
"""No threshold yet: TCP_INFINITE_SSTHRESH, include/net/tcp.h."""
_BETA: Final = 717  # of 1024: what CUBIC keeps of the window at a loss
_CUBIC: Final = 0.4  # segments per cubic second: bic_scale 41, over 1024, times 10
_RENO: Final = 15.0 / 8.0  # acknowledged windows per segment grown like Reno: beta_scale


class Window:
    """How many segments may be in flight. Times are in ticks."""

    __slots__ = (
        "_acked", "_counted", "_epoch", "_hz", "_last_max", "_limited", "_most_out", "_origin",
        "_per_segment", "_reno", "_rise_s", "_seen", "_stamp", "_updated", "_usage_end", "_used",
        "cwnd", "prior_cwnd", "prior_ssthresh", "reduced_delivered", "reduced_out", "ssthresh",
    )  # fmt: skip

    def __init__(self, hz: int, now: int) -> None:
        self._hz = hz
        self.cwnd = INITIAL_WINDOW_SEGMENTS
        self.ssthresh = INFINITE
        self.prior_cwnd = self.prior_ssthresh = 0
        self.reduced_delivered = self.reduced_out = 0
        self._limited = False
        self._most_out = self._usage_end = self._used = self._counted = 0
        self._stamp = now
        self.forget_growth()

    def forget_growth(self) -> None:
        """Start CUBIC anew, as after a time-out (bictcp_reset)."""
        self._epoch = -1
        self._updated = self._seen = 0
        self._last_max = self._origin = self._per_segment = self._acked = self._reno = 0
        self._rise_s = 0.0

    def threshold_after_loss(self) -> int:
        """0.7 of the window, at least 2, remembering where the loss happened."""
        self._epoch = -1
        if self.cwnd < self._last_max:  # fast convergence: leave room for newcomers
            self._last_max = self.cwnd * (1024 + _BETA) // 2048
        else:
            self._last_max = self.cwnd
        return max(self.cwnd * _BETA // 1024, 2)

    def current_threshold(self, reducing: bool) -> int:
        """The threshold to come back to after an undo or an idle period."""
        return self.ssthresh if reducing else max(self.ssthresh, self.cwnd // 2 + self.cwnd // 4)

    def begin_reduction(self) -> None:
        """A loss was detected: aim at the lower threshold over the next round trip."""
        self._counted = 0
        self.prior_cwnd = self.cwnd
        self.reduced_delivered = self.reduced_out = 0
        self.ssthresh = self.threshold_after_loss()

    def reduce(self, in_flight: int, delivered: int, grow_one: bool) -> None:
        """Proportional rate reduction (RFC 6937): let out in proportion to what was delivered."""
        if delivered <= 0:
            return
        self.reduced_delivered += delivered
        room = self.ssthresh - in_flight
        if room < 0:
            share = -(-self.ssthresh * self.reduced_delivered // self.prior_cwnd)
            may_send = share - self.reduced_out
        else:
            may_send = max(self.reduced_delivered - self.reduced_out, delivered) + grow_one
            may_send = min(room, may_send)
        self.cwnd = in_flight + max(may_send, 0 if self.reduced_out else 1)

    def end_reduction(self, undone: bool, now: int) -> None:
        """The reduction is complete: the window is the threshold."""
        if self.ssthresh < INFINITE and not undone:
            self.cwnd = self.ssthresh
            self._stamp = now

    def undo(self, now: int) -> None:
        """The alarm was false: back to the window before."""
        if self.prior_ssthresh:
            self.cwnd = max(self.cwnd, self.prior_cwnd)
            self.ssthresh = max(self.ssthresh, self.prior_ssthresh)
        self._stamp = now

    def collapse(self, in_flight: int, now: int) -> None:
        """A retransmission time-out: one segment more than is still believed in flight."""
        self.cwnd = in_flight + 1
        self._counted = 0
        self._stamp = now

    def used(self, out: int, limited: bool, snd_una: int, snd_nxt: int) -> None:
        """Note after sending whether the window was the limit (tcp_cwnd_validate)."""
        new_round = snd_una >= self._usage_end
        if new_round or limited or (not self._limited and out > self._most_out):
            self._limited = limited
            self._most_out = out
            self._usage_end = snd_nxt

    def age(self, out: int, rto: int, is_open: bool, now: int) -> None:
        """Let an unused window decay (RFC 2861, tcp_cwnd_application_limited)."""
        if self._is_limited():
            self._used = 0
            self._stamp = now
            return
        self._used = max(self._used, out)
        if now - self._stamp >= rto:
            won = max(self._used, INITIAL_WINDOW_SEGMENTS)
            if is_open and won < self.cwnd:
                self.ssthresh = self.current_threshold(False)
                self.cwnd = (self.cwnd + won) // 2
            if is_open:
                self._used = 0
            self._stamp = now

    def restart(self, idle: int, rto: int, now: int) -> None:
        """Slow start after idle: halve per RTO of silence down to the initial window."""
        self.ssthresh = self.current_threshold(False)
        floor = min(INITIAL_WINDOW_SEGMENTS, self.cwnd)
        idle -= rto
        while idle > 0 and self.cwnd > floor:
            self.cwnd //= 2
            idle -= rto
        self.cwnd = max(self.cwnd, floor)
        self._stamp = now
        self._used = 0

    def resume(self, last_sent: int, now: int) -> None:
        """Silence does not count as time in which CUBIC may have grown (cubictcp_cwnd_event)."""
        if self._epoch >= 0:
            self._epoch = min(self._epoch + now - last_sent, now)

    def grow(self, acked: int, min_rtt_s: float, now: int) -> None:
        """Acknowledged data opens the window, if the window was the limit."""
        if self._is_limited():
            if self.cwnd < self.ssthresh:
                grown = min(self.cwnd + acked, self.ssthresh)
                acked -= grown - self.cwnd
                self.cwnd = grown
            if acked:
                self._update_cubic(acked, min_rtt_s, now)
                self._avoid(acked)
        self._stamp = now

    def _is_limited(self) -> bool:
        in_slow_start = self.cwnd < self.ssthresh
        return self._limited or (in_slow_start and self.cwnd < 2 * self._most_out)

    def _avoid(self, acked: int) -> None:
        """One segment more per `_per_segment` acknowledged ones (tcp_cong_avoid_ai)."""
        if self._counted >= self._per_segment:
            self._counted = 0
            self.cwnd += 1
        self._counted += acked
        grown, self._counted = divmod(self._counted, self._per_segment)
        self.cwnd += grown

    def _update_cubic(self, acked: int, min_rtt_s: float, now: int) -> None:
        self._acked += acked
        if self.cwnd == self._seen and now - self._updated <= self._hz // 32:
            return
        self._updated = now
        self._seen = self.cwnd
        if self._epoch < 0:
            self._epoch = now
            self._acked = acked
            self._reno = self.cwnd
            self._origin = max(self._last_max, self.cwnd)
            self._rise_s = ((self._origin - self.cwnd) / _CUBIC) ** (1.0 / 3.0)
        offset_s = (now - self._epoch) / self._hz + min_rtt_s - self._rise_s
        ahead = self._origin + int(_CUBIC * offset_s**3) - self.cwnd
        per_segment = self.cwnd // ahead if ahead > 0 else 100 * self.cwnd
        if self._last_max == 0:
            per_segment = min(per_segment, 20)  # 5 % a round trip before the first loss
        self._per_segment = max(self._as_reno(per_segment), 2)

    def _as_reno(self, per_segment: int) -> int:
        """Never slower than Reno (RFC 9438 section 4.3)."""
        step = int(self.cwnd * _RENO)
        while self._acked > step:
            self._acked -= step
            self._reno += 1
        if self._reno > self.cwnd:
            return min(per_segment, self.cwnd // (self._reno - self.cwnd))
        return per_segment
