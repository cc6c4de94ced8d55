"""What an acknowledgement does to the sender: clean, tag, detect, recover, send on.

A state machine over the congestion state (RFC 5681, 6675, 8985, 5682), in the order in which
Linux works through an ACK: tcp_ack() and tcp_fastretrans_alert(), net/ipv4/tcp_input.c. Left
out: ECN, peers without SACK or timestamps, reneging, detection of reordering.
"""

from sim.transport.segment.packet import Packet
from sim.transport.segment.rack import ROUNDING_S
from sim.transport.segment.scoreboard import NOTHING, RESEND, SEND_NEW, News, clean, tag
from sim.transport.segment.sender import Sender
from sim.transport.segment.states import (
    DISORDER,
    LOSS,
    OPEN,
    RECOVERY,
    REDUCED,
    REORDER,
    RETRANSMIT,
)
from sim.transport.tcp import DUPLICATE_THRESHOLD, PROBE_SLACK_S, ticks


def on_ack(sender: Sender, packet: Packet) -> None:
    """Work through the acknowledgement that a packet carries (tcp_ack)."""
    news = News(packet.end_seq > packet.seq)
    delivered, lost = sender.delivered, sender.lost
    if packet.ack < sender.snd_una:
        if packet.blocks:
            tag(sender, packet, sender.snd_una, news)
            _alert(sender, packet, news)
            _send_on(sender, news)
        return
    prior_una = sender.snd_una
    news.advanced = packet.ack > prior_una
    news.window = news.advanced or packet.seq > sender.peer_seq
    if news.window:
        sender.peer_seq = packet.seq
    sender.snd_una = packet.ack
    if news.advanced:
        sender.retransmits = 0
    if packet.blocks:
        tag(sender, packet, prior_una, news)
    if not sender.queue:
        _nothing_out(sender, packet, news)
        return
    clean(sender, packet, news)
    if sender.probe_high:
        _probe_answered(sender, packet.ack, news)
    if _is_dubious(sender, news):
        _alert(sender, packet, news)
    if news.rearm and not sender.schedule_probe(True):
        sender.rearm()
    _control(sender, sender.delivered - delivered, sender.lost - lost, news)
    _send_on(sender, news)


def _nothing_out(sender: Sender, packet: Packet, news: News) -> None:
    if news.duplicate:
        _alert(sender, packet, news)
    if sender.probe_high:
        _probe_answered(sender, packet.ack, news)


def _is_dubious(sender: Sender, news: News) -> bool:
    plain = news.data or news.window or news.acked
    return not plain or news.sacked or news.duplicate or sender.state != OPEN


# -- the state machine ------------------------------------------------------------------------


def _probe_answered(sender: Sender, ack: int, news: News) -> None:
    """The fate of a tail-loss probe (RFC 8985 section 7.4, tcp_process_tlp_ack)."""
    if ack < sender.probe_high:
        return
    if not sender.probe_resent or news.probe_duplicate:
        sender.probe_high = 0
    elif ack > sender.probe_high:
        # No duplicate was reported: the probe repaired a loss, which costs a reduction.
        sender.high_seq = sender.snd_nxt
        sender.probe_high = 0
        sender.window.begin_reduction()
        sender.window.end_reduction(False, sender.now())
        sender.state = REDUCED
        _keep_open(sender)
    elif not (news.advanced or news.data or news.window or news.acked or news.sacked):
        sender.probe_high = 0


def _alert(sender: Sender, packet: Packet, news: News) -> None:
    """Enter, advance or leave recovery (tcp_fastretrans_alert)."""
    if sender.state == OPEN:
        sender.stamp_ms = 0
    elif sender.snd_una >= sender.high_seq:
        if sender.state == REDUCED and sender.snd_una != sender.high_seq:
            sender.window.end_reduction(False, sender.now())
            sender.state = OPEN
        elif sender.state == RECOVERY:
            _leave_recovery(sender, packet)
            sender.window.end_reduction(not sender.undo_marker, sender.now())
    if sender.state == RECOVERY:
        _in_recovery(sender, packet, news)
        return
    if sender.state == LOSS:
        _in_loss(sender, packet, news)
        _detect(sender, news)
        if sender.state != OPEN and not news.resent_lost:
            return
    if sender.state <= DISORDER:
        _undo_by_duplicates(sender)
    _detect(sender, news)
    if sender.lost_out:
        enter_recovery(sender)
        news.resend = RESEND
    else:
        _try_to_open(sender)


def _in_recovery(sender: Sender, packet: Packet, news: News) -> None:
    if news.advanced and sender.undo_marker and _was_delayed(sender, packet):
        if sender.resent_out:
            return
        _forget_stamp(sender)
        _undo(sender, True)
        _keep_open(sender)
    if _undo_by_duplicates(sender):
        _try_to_open(sender)
    _detect(sender, news)
    if sender.state != RECOVERY:
        if not sender.lost_out:
            return
        enter_recovery(sender)
    news.resend = RESEND


def _in_loss(sender: Sender, packet: Packet, news: News) -> None:
    """After a time-out (tcp_process_loss); F-RTO asks whether it was needless (RFC 5682)."""
    recovered = sender.snd_una >= sender.high_seq
    if news.advanced and _may_undo(sender, packet):
        _undo_loss(sender)
        return
    if sender.frto:
        if news.originals:
            _undo_loss(sender)
            return
        if sender.snd_nxt > sender.high_seq:
            if news.sacked:
                sender.frto = False
        elif news.advanced and not recovered:
            sender.high_seq = sender.snd_nxt
            if sender.snd_nxt < sender.write_seq:
                news.resend = SEND_NEW
                return
            sender.frto = False
    if recovered:
        _leave_recovery(sender, packet)
    else:
        news.resend = RESEND


def enter_recovery(sender: Sender) -> None:
    """A loss is proven: lower the window and resend (tcp_enter_recovery)."""
    _forget_stamp(sender)
    sender.window.prior_ssthresh = 0
    start_undo(sender)
    if not sender.reducing():
        sender.window.prior_ssthresh = sender.window.current_threshold(False)
        sender.high_seq = sender.snd_nxt
        sender.probe_high = 0
        sender.window.begin_reduction()
    sender.state = RECOVERY


def start_undo(sender: Sender) -> None:
    """Remember from where duplicates prove that the alarm was false (tcp_init_undo)."""
    sender.undo_marker = sender.snd_una
    resent = sender.resent_out + (sender.probe_high > 0 and sender.probe_resent)
    sender.undo_resent = resent or -1


def _leave_recovery(sender: Sender, packet: Packet) -> None:
    if _may_undo(sender, packet):
        _undo(sender, False)
    sender.state = OPEN


def _detect(sender: Sender, news: News) -> None:
    if not sender.queue or not sender.rack.advanced:
        return
    sender.rack.advanced = False
    before = sender.resent_out
    wait_s = mark_lost(sender)
    if wait_s:
        sender.arm(REORDER, ticks(wait_s + PROBE_SLACK_S, sender.hz))
        news.rearm = False
    news.resent_lost |= before > sender.resent_out


def _was_delayed(sender: Sender, packet: Packet) -> bool:
    """The answer is to the original, not to its retransmission."""
    return sender.stamp_ms == 0 or 0 < packet.ts_echo_ms < sender.stamp_ms


def _may_undo(sender: Sender, packet: Packet) -> bool:
    return bool(sender.undo_marker) and (sender.undo_resent == 0 or _was_delayed(sender, packet))


def _undo(sender: Sender, unmark: bool) -> None:
    if unmark:
        for segment in sender.queue:
            segment.lost = False
        sender.lost_out = 0
    sender.window.undo(sender.now())
    sender.undo_marker = 0
    sender.rack.advanced = True


def _undo_loss(sender: Sender) -> None:
    _undo(sender, True)
    sender.retransmits = 0
    sender.state = OPEN


def _undo_by_duplicates(sender: Sender) -> bool:
    if not sender.undo_marker or sender.undo_resent:
        return False
    _undo(sender, False)
    return True


def _any_resent(sender: Sender) -> bool:
    return sender.resent_out > 0 or bool(sender.queue and sender.queue[0].ever_resent)


def _forget_stamp(sender: Sender) -> None:
    if not _any_resent(sender):
        sender.stamp_ms = 0


def _try_to_open(sender: Sender) -> None:
    _forget_stamp(sender)
    if sender.state != REDUCED:
        _keep_open(sender)


def _keep_open(sender: Sender) -> None:
    doubt = sender.sacked_out or sender.lost_out or _any_resent(sender)
    state = DISORDER if doubt else OPEN
    if state != sender.state:
        sender.state = state
        sender.high_seq = sender.snd_nxt


def mark_lost(sender: Sender) -> float:
    """Mark what RACK finds lost; how long the next candidate still has, 0.0 when there is none.

    Source: tcp_rack_detect_loss(), net/ipv4/tcp_recovery.c.
    """
    rack = sender.rack
    patience_s = _patience_s(sender)
    wait_s = 0.0
    for segment in sender.queue:
        if segment.sacked or (segment.lost and not segment.resent) or not rack.proves(segment):
            continue
        remaining_s = patience_s - rack.overdue_s(segment, sender.clock_s)
        if remaining_s <= ROUNDING_S:
            sender.mark_lost(segment)
        else:
            wait_s = max(wait_s, remaining_s)
    return wait_s


def _patience_s(sender: Sender) -> float:
    """RACK's reordering window: how much later than its successor a segment may come.

    A quarter of the shortest RTT; none once in recovery or with three later arrivals
    (tcp_rack_reo_wnd; RFC 8985 section 6.2 step 4).
    """
    if sender.state >= RECOVERY or sender.sacked_out >= DUPLICATE_THRESHOLD:
        return 0.0
    return min(sender.min_rtt_s / 4.0, sender.rtt.srtt_s)


# -- sending on -------------------------------------------------------------------------------


def _control(sender: Sender, delivered: int, lost: int, news: News) -> None:
    if sender.reducing():
        sender.window.reduce(sender.in_flight(), delivered, news.advanced and not lost)
    elif news.acked:
        sender.window.grow(delivered, sender.min_rtt_s, sender.now())


def _send_on(sender: Sender, news: News) -> None:
    if news.resend == NOTHING:
        return
    if news.resend == SEND_NEW:
        sender.push_plainly()
        if sender.snd_nxt > sender.high_seq:
            return
        sender.frto = False
    resend_lost(sender)


def resend_lost(sender: Sender) -> None:
    """Resend what is marked lost as far as the window allows (tcp_xmit_retransmit_queue)."""
    if not sender.queue:
        return
    head = sender.queue[0]
    rearm = False
    for segment in tuple(sender.queue):
        if sender.in_flight() >= sender.window.cwnd or sender.resent_out >= sender.lost_out:
            break
        if not segment.lost or segment.sacked or segment.resent:
            continue
        if segment is not head and segment not in sender.queue:  # joined to an earlier one
            continue
        if sender.state != LOSS:
            sender.counters.fast_retransmitted += 1
        sender.resend_lost(segment)
        if sender.reducing():
            sender.window.reduced_out += 1
        rearm |= segment is head and sender.pending != REORDER
    if rearm:
        sender.arm(RETRANSMIT, sender.rto)
