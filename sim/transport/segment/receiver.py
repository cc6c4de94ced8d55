"""The receiving half of an end: putting bytes in order, and deciding when to acknowledge.

Source: tcp_data_queue() and its neighbours, net/ipv4/tcp_input.c. Left out: the receive window
(applications here read at once) and the compression of many selective acknowledgements into
one within a millisecond.
"""

from typing import Final

from sim.transport.segment.packet import Block
from sim.transport.tcp import DELAYED_ACK_MAX_S, DELAYED_ACK_MIN_S, RTO_MIN_S, ticks
from sim.transport.wire import SACK_BLOCKS_MAX

IN_ORDER: Final = 0
HELD: Final = 1
OLD: Final = 2

_BLOCKS_KEPT: Final = 4  # TCP_NUM_SACKS, include/linux/tcp.h
_QUICK_ACKS_MAX: Final = 16  # TCP_MAX_QUICKACKS, include/net/tcp.h
_FIRST_MSS: Final = 536  # tcp_initialize_rcv_mss() starts from TCP_MSS_DEFAULT


class Reassembly:
    """Which bytes arrived; `next_seq` is the first one missing."""

    __slots__ = ("blocks", "duplicate", "held", "next_seq")

    def __init__(self) -> None:
        self.next_seq = 1
        self.held: list[Block] = []  # beyond a hole, disjoint, ascending
        self.blocks: list[Block] = []  # the same for the peer, freshest first
        self.duplicate: Block | None = None  # to be reported once

    def take(self, seq: int, end_seq: int) -> int:
        """Book the bytes [seq, end_seq): they are IN_ORDER, HELD behind a hole, or OLD."""
        self.duplicate = None
        if end_seq <= self.next_seq:
            self.duplicate = (seq, end_seq)
            return OLD
        if seq > self.next_seq:
            self._hold(seq, end_seq)
            return HELD
        if seq < self.next_seq:
            self.duplicate = (seq, self.next_seq)
        self.next_seq = end_seq
        if self.held:
            self._release()
        return IN_ORDER

    def report(self) -> tuple[tuple[Block, ...], bool]:
        """The blocks of the next acknowledgement, and whether the first is a duplicate."""
        if self.duplicate is None:
            return tuple(self.blocks[:SACK_BLOCKS_MAX]), False
        reported = (self.duplicate, *self.blocks[: SACK_BLOCKS_MAX - 1])
        self.duplicate = None
        return reported, True

    def _hold(self, seq: int, end_seq: int) -> None:
        start, end = seq, end_seq
        apart = []
        for block in self.held:
            if block[1] < start or block[0] > end:
                apart.append(block)
                continue
            overlap = (max(block[0], seq), min(block[1], end_seq))
            if overlap[0] < overlap[1]:
                self.duplicate = overlap
            start, end = min(start, block[0]), max(end, block[1])
        self.held = sorted([*apart, (start, end)])
        others = [block for block in self.blocks if block[1] < start or block[0] > end]
        self.blocks = [(start, end), *others][:_BLOCKS_KEPT]

    def _release(self) -> None:
        filled = self.next_seq
        while self.held and self.held[0][0] <= self.next_seq:
            start, end = self.held.pop(0)
            if start < filled:
                self.duplicate = (start, min(end, filled))
            self.next_seq = max(self.next_seq, end)
        self.blocks = [block for block in self.blocks if block[0] > self.next_seq]


class AckPolicy:
    """When the next acknowledgement leaves if no data carries it before. Times are in ticks.

    At first, after silence, and after anything out of order, at once (`quick`). Else when the
    application has read, unless this end answers what it gets ("ping-pong"): then it waits for
    the answer to carry it, 40 ms at most. Source: tcp_event_data_recv(), tcp_cleanup_rbuf(),
    tcp_send_delayed_ack(), tcp_delack_timer_handler().
    """

    __slots__ = (
        "_delay", "_delay_max", "_delay_min", "_pushed", "_pushed_twice", "_rcv_mss", "_received",
        "at_once", "due", "ping_pong", "quick", "scheduled",
    )  # fmt: skip

    def __init__(self, hz: int, now: int) -> None:
        self._delay_min = ticks(DELAYED_ACK_MIN_S, hz)
        self._delay_max = min(ticks(DELAYED_ACK_MAX_S, hz), ticks(RTO_MIN_S, hz) - 1)
        self._delay = 0  # 0 until the first data; Linux's `ato`
        self._received = now  # when data arrived last
        self._rcv_mss = _FIRST_MSS
        self._pushed = self._pushed_twice = False
        self.quick = 0  # acknowledgements still to be sent at once
        self.ping_pong = False
        self.scheduled = False  # something is to be acknowledged
        self.at_once = False  # a hole was filled
        self.due = -1  # tick of the timer; -1 = not set

    def data_arrived(self, size_bytes: int, rto: int, now: int) -> None:
        """In-order data: adapt the delay to the gap since the last."""
        self.measure(size_bytes)
        gap = now - self._received
        if not self._delay:
            self._delay = self._delay_min
            self.quick = max(self.quick, _QUICK_ACKS_MAX)
        elif gap <= self._delay_min // 2:
            self._delay = self._delay // 2 + self._delay_min // 2
        elif gap < self._delay:
            self._delay = min(self._delay // 2 + gap, rto)
        elif gap > rto:
            self.quick = max(self.quick, _QUICK_ACKS_MAX)
        self._received = now

    def measure(self, size_bytes: int) -> None:
        """Note that data, in order or not, waits for an acknowledgement (tcp_measure_rcv_mss)."""
        self.scheduled = True
        if size_bytes >= self._rcv_mss:
            self._rcv_mss = size_bytes
        elif self._pushed:
            self._pushed_twice = True
        self._pushed = True

    def hurry(self) -> None:
        """Something came twice or too early: acknowledge everything at once for a while."""
        self.scheduled = True
        self.quick = max(self.quick, _QUICK_ACKS_MAX)
        self.ping_pong = False
        self._delay = self._delay_min

    def data_sent(self, now: int) -> None:
        """Data left soon after data came: this end answers, it is a conversation."""
        if now - self._received < self._delay:
            self.ping_pong = True

    def ack_sent(self) -> None:
        """An acknowledgement left, alone or on data."""
        if self.quick and self.scheduled:
            self.quick -= 1
            if not self.quick:
                self._delay = self._delay_min
        self.scheduled = self.at_once = self._pushed = self._pushed_twice = False
        self.due = -1

    def wanted_on_arrival(self, unacked_bytes: int) -> bool:
        """Whether the kernel acknowledges before the application has read."""
        quick = self.quick > 0 and not self.ping_pong
        return quick or self.at_once or unacked_bytes > self._rcv_mss

    def wanted_on_read(self, unacked_bytes: int) -> bool:
        """Whether reading everything makes the kernel acknowledge."""
        if not self.scheduled:
            return False
        pushed = self._pushed_twice or (self._pushed and not self.ping_pong)
        return pushed or unacked_bytes > self._rcv_mss

    def delay(self, srtt: int, now: int) -> int:
        """Ticks until the acknowledgement is due; 0 = it was nearly due already, send it now."""
        delay = self._delay
        if delay > self._delay_min:
            # All data here ends a write (PSH), so the cap of 500 ms never applies.
            most = min(self._delay_max, max(srtt, self._delay_min)) if srtt else self._delay_max
            delay = min(delay, most)
        delay = min(delay, self._delay_max)
        if self.due >= 0:
            if self.due <= now + delay // 4:
                return 0
            delay = min(delay, self.due - now)
        self.due = now + delay
        return delay

    def timer_fired(self, rto: int) -> bool:
        """The delay is over. Whether an acknowledgement is still wanted."""
        self.due = -1
        if not self.scheduled:
            return False
        if self.ping_pong:
            self.ping_pong = False
            self._delay = self._delay_min
        else:
            self._delay = min(self._delay * 2, rto)
        return True
