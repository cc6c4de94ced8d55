"""One end of a connection: its kernel's two halves, and the application that owns it.

Source: tcp_rcv_established(), tcp_rcv_state_process(), net/ipv4/tcp_input.c. The application
reads as soon as bytes are in order; how long it thinks is its own affair.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from sim.transport.segment.options import Counters, Settings
from sim.transport.segment.packet import DATA, RESET, Packet
from sim.transport.segment.receiver import HELD, IN_ORDER, AckPolicy, Reassembly
from sim.transport.segment.recovery import on_ack
from sim.transport.segment.sender import Sender
from sim.transport.segment.states import NO_TIMER
from sim.transport.segment.timers import on_timer
from sim.transport.tcp import now_ticks, ticks, wheel_fire_s

if TYPE_CHECKING:
    from sim.engine import Engine

OPENING: Final = 0
OPEN: Final = 1  # the application reads and writes
CLOSED: Final = 2  # the application is gone, the kernel still sends what was written
DEAD: Final = 3  # the kernel knows nothing of it and answers with a reset
VANISHED: Final = 4  # silence

FIN: Final = object()
"""The last frame of a stream: one sequence number, no byte (RFC 9293 section 3.4)."""


class Fate(NamedTuple):
    """How a socket tells its connection what happens at its end."""

    emit: Callable[[Packet], None]
    deliver: Callable[[Any], None]
    over: Callable[[str], None]  # the application's connection is over, and why
    deaf: Callable[[], None]  # nothing that still arrives will be read
    mute: Callable[[], None]  # nothing will leave any more


class Socket:
    """A socket. `frames` holds what was written here and not yet read by the peer."""

    __slots__ = (
        "_ack_s", "_acked_seq", "_armed_s", "_engine", "_fate", "_settings", "_ts_recent_ms",
        "acks", "counters", "frames", "heard_s", "peer", "reassembly", "sender", "state",
    )  # fmt: skip

    def __init__(self, engine: Engine, settings: Settings, fate: Fate) -> None:
        self._engine = engine
        self._settings = settings
        self._fate = fate
        self._armed_s = self._ack_s = math.inf
        self._acked_seq = 1  # what the last acknowledgement said (RCV.WUP)
        self._ts_recent_ms = 0
        self.peer: Socket = self
        self.state = OPENING
        self.heard_s = 0.0  # when the last packet came
        self.counters = Counters()
        self.frames: deque[tuple[int, Any]] = deque()
        self._start()

    def _start(self) -> None:
        now_s, hz = self._engine.now_s, self._settings.hz
        self.sender = Sender(self._transmit, self.counters, self._settings, now_s)
        self.reassembly = Reassembly()
        self.acks = AckPolicy(hz, now_ticks(now_s, hz))

    def establish(self, rtt_s: float, ts_recent_ms: int) -> None:
        """The handshake is done: it took `rtt_s`, which is the first sample."""
        self._start()
        self.sender.take_sample(rtt_s)
        self.sender.min_rtt_s = rtt_s
        self._ts_recent_ms = ts_recent_ms
        self.state = OPEN

    # -- the application's side -----------------------------------------------------------------

    def write(self, size_bytes: int, payload: Any) -> None:
        """Append a frame to the stream."""
        sender = self.sender
        self.frames.append((sender.write_seq + size_bytes, payload))
        sender.clock_s = self._engine.now_s
        sender.write(size_bytes)
        self._keep_time()

    def close(self) -> None:
        """The application closes: a FIN follows what was written; who writes to us is reset."""
        self.state = CLOSED
        self._fate.deaf()
        self._send_fin()

    def _send_fin(self) -> None:
        self.sender.fin_queued = True
        self.write(1, FIN)

    def abort(self) -> None:
        """The application resets the connection (SO_LINGER 0, RFC 9293 section 3.10.5)."""
        self.sender.clock_s = self._engine.now_s
        seq = self.sender.snd_nxt
        self._fate.emit(self._bare(RESET, seq, self.reassembly.next_seq))
        self._die(DEAD)

    def probe(self) -> None:
        """A keep-alive probe: an old sequence number, which the other kernel has to acknowledge."""
        self.sender.clock_s = self._engine.now_s
        seq = self.sender.snd_una - 1
        self._fate.emit(self._bare(DATA, seq, self.reassembly.next_seq))

    def give_up(self) -> None:
        """No probe was answered (ETIMEDOUT)."""
        self._learn("timeout", DEAD)

    def vanish(self) -> None:
        """The host is gone."""
        self._die(VANISHED)

    def forget(self) -> None:
        """The host is back without this connection (RFC 9293 section 3.10.7.1)."""
        if self.state == VANISHED:
            self.state = DEAD

    def close_for_lost(self) -> None:
        """Something before the lost host closes in its place."""
        if self.state == VANISHED:
            self.close()

    def _die(self, state: int) -> None:
        self.state = state
        self.sender.pending = NO_TIMER
        self._ack_s = math.inf
        self._fate.deaf()
        self._fate.mute()

    def _learn(self, reason: str, state: int) -> None:
        """The kernel ends it; the application hears why if it still listens."""
        listening = self.state == OPEN
        self._die(state)
        if listening:
            self._fate.over(reason)

    # -- packets out ----------------------------------------------------------------------------

    def _bare(self, kind: int, seq: int, ack: int) -> Packet:
        return Packet(kind, seq, seq, ack, self.sender.now_ms(), self._ts_recent_ms, (), False)

    def _transmit(self, seq: int, end_seq: int) -> None:
        blocks, reported = self.reassembly.report()
        ack = self._acked_seq = self.reassembly.next_seq
        self.acks.ack_sent()
        self._ack_s = math.inf
        if end_seq > seq:
            self.acks.data_sent(self.sender.now())
        now_ms = self.sender.now_ms()
        self._fate.emit(
            Packet(DATA, seq, end_seq, ack, now_ms, self._ts_recent_ms, blocks, reported)
        )

    def send_ack(self) -> None:
        """A pure acknowledgement leaves now."""
        self.sender.clock_s = self._engine.now_s
        self._transmit(self.sender.snd_nxt, self.sender.snd_nxt)

    # -- packets in -----------------------------------------------------------------------------

    def arrive(self, packet: Packet) -> None:
        """A packet reaches this end."""
        if self.state == VANISHED:
            return
        self.sender.clock_s = self.heard_s = self._engine.now_s
        if packet.kind == RESET:
            self._take_reset(packet)
        elif self.state == DEAD or self._is_unwanted(packet):
            self._fate.emit(self._bare(RESET, packet.ack, packet.end_seq))
            if self.state != DEAD:
                self._die(DEAD)
        else:
            self._take(packet)
            self._keep_time()

    def _is_unwanted(self, packet: Packet) -> bool:
        """Data for an application that has closed (RFC 9293 section 3.6.1; TCPAbortOnData)."""
        if self.state != CLOSED or packet.end_seq <= self.reassembly.next_seq:
            return False
        fin = self.peer.frames[-1] if self.peer.frames else (0, None)
        data_end = packet.end_seq - (fin[1] is FIN and fin[0] == packet.end_seq)
        return data_end > self.reassembly.next_seq

    def _take_reset(self, packet: Packet) -> None:
        """Only a reset that fits the stream counts; others are challenged (RFC 5961)."""
        held = self.reassembly.held
        fits = packet.seq == self.reassembly.next_seq or (held and packet.seq == held[-1][1])
        if self.state == CLOSED or (self.state == OPEN and fits):
            self._learn("reset", DEAD)
        elif self.state == OPEN:
            self.send_ack()

    def _take(self, packet: Packet) -> None:
        if packet.end_seq < self._acked_seq:
            self._take_stale(packet)
            return
        if packet.seq <= self._acked_seq:
            self._ts_recent_ms = packet.ts_value_ms
        on_ack(self.sender, packet)
        if packet.end_seq > packet.seq:
            self._take_data(packet)
        self.sender.push()
        if self.acks.scheduled:
            self._acknowledge()
        if packet.end_seq > packet.seq:
            self._read()

    def _take_stale(self, packet: Packet) -> None:
        """Data whose acknowledgement has left before: it was lost, so send it again."""
        if packet.end_seq > packet.seq:
            self.acks.hurry()
            self.reassembly.duplicate = (packet.seq, packet.end_seq)
        self.send_ack()

    def _take_data(self, packet: Packet) -> None:
        acks, reassembly = self.acks, self.reassembly
        had_hole = bool(reassembly.held)
        verdict = reassembly.take(packet.seq, packet.end_seq)
        size = packet.end_seq - packet.seq
        if verdict == IN_ORDER:
            acks.data_arrived(size, self.sender.rto, self.sender.now())
            acks.at_once |= had_hole and not reassembly.held
        elif verdict == HELD:
            acks.measure(size)
        else:
            acks.hurry()

    def _acknowledge(self) -> None:
        unacked = self.reassembly.next_seq - self._acked_seq
        if self.acks.wanted_on_arrival(unacked) or self.reassembly.held:
            self.send_ack()
            return
        srtt = ticks(self.sender.rtt.srtt_s, self._settings.hz)
        delay = self.acks.delay(srtt, self.sender.now())
        if delay:
            self._ack_s = wheel_fire_s(self.sender.clock_s, delay, self._settings.hz)
        else:
            self.send_ack()

    def _read(self) -> None:
        """The application reads all there is."""
        received, frames = self.reassembly.next_seq, self.peer.frames
        if self.acks.wanted_on_read(received - self._acked_seq):
            self.send_ack()
        while frames and frames[0][0] <= received and self.state in (OPEN, CLOSED):
            payload = frames.popleft()[1]
            if payload is FIN:
                self._take_fin()
            elif self.state == OPEN:
                self._fate.deliver(payload)

    def _take_fin(self) -> None:
        """The peer has closed. Applications here close as well when they read the end."""
        if self.state == OPEN:
            self.state = CLOSED
            self._fate.deaf()
            self._fate.over("fin")
            self._send_fin()

    # -- time -----------------------------------------------------------------------------------

    def _keep_time(self) -> None:
        """One call on the agenda at the nearest deadline; a later deadline lets it run idle."""
        due_s = self._ack_s
        if self.sender.pending != NO_TIMER and self.sender.timer_s < due_s:
            due_s = self.sender.timer_s
        if due_s < self._armed_s:
            self._armed_s = due_s
            self._engine.at(due_s, self._wake, due_s)

    def _wake(self, armed_s: float) -> None:
        if armed_s != self._armed_s:
            return
        self._armed_s = math.inf
        sender = self.sender
        sender.clock_s = now_s = self._engine.now_s
        if self._ack_s <= now_s:
            self._ack_s = math.inf
            if self.acks.timer_fired(sender.rto):
                self.send_ack()
        if sender.pending != NO_TIMER and sender.timer_s <= now_s:
            orphan = self.state == CLOSED
            if not on_timer(sender, orphan, self._settings.user_timeout_s):
                self._learn("timeout", DEAD)
        self._keep_time()
