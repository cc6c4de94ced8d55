"""What the sender's timer does when it fires: probe, reordering check, or time-out.

Source: tcp_write_timer_handler() and tcp_retransmit_timer(), net/ipv4/tcp_timer.c;
tcp_send_loss_probe(), tcp_output.c; tcp_rack_reo_timeout(), tcp_recovery.c; tcp_enter_loss(),
tcp_input.c.
"""

from typing import Final

from sim.transport.segment.recovery import enter_recovery, mark_lost, resend_lost, start_undo
from sim.transport.segment.sender import Sender
from sim.transport.segment.states import (
    DISORDER,
    LOSS,
    NO_TIMER,
    PROBE,
    RECOVERY,
    REORDER,
    RETRANSMIT,
)
from sim.transport.tcp import DATA_RETRIES, give_up_after_s, ticks

_ORPHAN_RETRIES: Final = 8
"""What a closed socket still tries when net.ipv4.tcp_orphan_retries is 0: tcp_orphan_retries()."""
_GIVE_UP_MS: Final = int(give_up_after_s(DATA_RETRIES) * 1000.0)
_ORPHAN_GIVE_UP_MS: Final = int(give_up_after_s(_ORPHAN_RETRIES) * 1000.0)


def on_timer(sender: Sender, orphan: bool, user_timeout_s: float) -> bool:
    """Do what is due; False when the connection has timed out for good."""
    kind = sender.pending
    if kind == PROBE:
        _probe(sender)
    elif kind == REORDER:
        _reordered(sender)
    elif kind == RETRANSMIT:
        sender.pending = NO_TIMER
        return _time_out(sender, orphan, user_timeout_s)
    return True


def _probe(sender: Sender) -> None:
    """Provoke an acknowledgement: with new data, else by repeating the last segment."""
    if not sender.probe_high:
        sender.probe_resent = False
        if not sender.probe_with_new_data():
            sender.resend(sender.queue[-1])
            sender.probe_resent = True
        sender.probe_high = sender.snd_nxt
        sender.counters.probes += 1
        sender.pending = NO_TIMER
    sender.rearm()


def _reordered(sender: Sender) -> None:
    """Patience with reordering is over."""
    in_flight = sender.in_flight()
    mark_lost(sender)
    if in_flight != sender.in_flight():
        if sender.state != RECOVERY:
            enter_recovery(sender)
            sender.window.reduce(sender.in_flight(), 1, False)
        resend_lost(sender)
    if sender.pending != RETRANSMIT:
        sender.rearm()


def _time_out(sender: Sender, orphan: bool, user_timeout_s: float) -> bool:
    if not sender.queue:
        return True
    sender.counters.timeouts += 1
    if _is_hopeless(sender, orphan, user_timeout_s):
        return False
    _enter_loss(sender)
    sender.retransmits += 1
    sender.resend_lost(sender.queue[0])
    sender.rto = min(2 * sender.rto, sender.rto_max)
    delay = sender.rto
    if user_timeout_s:
        left_s = user_timeout_s - (sender.now_ms() - sender.stamp_ms) / 1000.0
        delay = min(delay, max(ticks(left_s, sender.hz), 1))
    sender.arm(RETRANSMIT, delay)
    return True


def _is_hopeless(sender: Sender, orphan: bool, user_timeout_s: float) -> bool:
    """Whether tcp_retries2, TCP_USER_TIMEOUT, or a closed socket's patience is exceeded."""
    if not sender.retransmits:
        return False
    limit_ms = _GIVE_UP_MS
    if orphan:
        limit_ms = _ORPHAN_GIVE_UP_MS if sender.rto < sender.rto_max else 0
    if user_timeout_s:
        limit_ms = int(user_timeout_s * 1000.0)
    return sender.now_ms() - sender.stamp_ms >= limit_ms


def _enter_loss(sender: Sender) -> None:
    """Take everything for lost except what is younger than a round trip (tcp_enter_loss)."""
    fresh = sender.state < RECOVERY
    head = sender.queue[0]
    for segment in sender.queue:
        if segment is head or sender.rack.overdue_s(segment, sender.clock_s) >= 0.0:
            sender.mark_lost(segment)
    again = sender.state == LOSS and not sender.retransmits
    if sender.state <= DISORDER or sender.high_seq <= sender.snd_una or again:
        sender.window.prior_ssthresh = sender.window.current_threshold(sender.reducing())
        sender.window.prior_cwnd = sender.window.cwnd
        sender.window.ssthresh = sender.window.threshold_after_loss()
        start_undo(sender)
    sender.window.collapse(sender.in_flight(), sender.now())
    sender.window.forget_growth()
    sender.state = LOSS
    sender.high_seq = sender.snd_nxt
    sender.probe_high = 0
    sender.frto = fresh or sender.retransmits > 0
