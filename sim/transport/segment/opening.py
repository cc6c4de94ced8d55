"""The three-way handshake, packet by packet, with Linux's retries at both ends.

Source: tcp_connect(), tcp_rcv_synsent_state_process(), tcp_check_req(), reqsk_timer_handler().
Left out: SYN cookies and TCP Fast Open.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sim.transport.segment.packet import RESET, SYN, SYN_ACK, Packet, clock_ms
from sim.transport.segment.socket import DEAD, OPENING
from sim.transport.tcp import Kernel, syn_delays_s, synack_delays_s, timer_fire_s

if TYPE_CHECKING:
    from sim.engine import Engine
    from sim.transport.segment.socket import Socket

ACCEPT: Final = "accept"
REFUSE: Final = "refuse"  # closed port: a reset
IGNORE: Final = "ignore"  # full accept queue, or no host: silence

_RESENDS_UNPUNISHED: Final = 1  # tcp_init_transfer(): after more, the window starts at 1


def _always() -> bool:
    """The accept queue of a server that keeps up."""
    return True


@dataclass(slots=True)
class Caller:
    """Who wants to know. `answer` is asked for each SYN that arrives: ACCEPT, REFUSE or IGNORE.

    `opened` runs at the client, `accepted` at the server when it knows; `failed` gets "refused"
    or "timeout". While `has_room` says no, the server's kernel drops what would complete the
    handshake, and the client's next retransmission asks again (tcp_check_req).
    """

    answer: Callable[[], str]
    opened: Callable[[], None]
    failed: Callable[[str], None]
    accepted: Callable[[], None]
    has_room: Callable[[], bool] = _always


class Opening:
    """One attempt; `ship(end, packet)` puts a packet on the path."""

    __slots__ = (
        "_caller", "_client", "_delays_s", "_engine", "_requested", "_server", "_ship", "_syn_ms",
        "_syn_s", "_syn_tries", "_synack_due_s", "_synack_s", "_synack_timeouts", "_synack_tries",
    )  # fmt: skip

    def __init__(
        self, engine: Engine, sockets: tuple[Socket, Socket], kernel: Kernel, caller: Caller,
        ship: Callable[[int, Packet], None],
    ) -> None:  # fmt: skip
        self._engine = engine
        self._client, self._server = sockets
        self._delays_s = syn_delays_s(kernel)
        self._caller = caller
        self._ship = ship
        self._syn_tries = self._synack_tries = self._synack_timeouts = 0
        self._syn_s = self._synack_s = self._synack_due_s = 0.0
        self._syn_ms = 0
        self._requested = False

    def start(self) -> None:
        """Send the first SYN."""
        self._syn_s = self._engine.now_s
        self._send_syn()

    def takes(self, end: int, packet: Packet) -> bool:
        """Whether this packet belongs to the handshake alone."""
        if end:
            return self._at_server(packet)
        return self._at_client(packet)

    def _now_ms(self) -> int:
        return clock_ms(self._engine.now_s)

    def _after(self, delay_s: float, call: Callable[[], None]) -> None:
        self._engine.at(timer_fire_s(self._engine.now_s, delay_s), call)

    def _send_syn(self) -> None:
        if self._syn_tries:
            self._client.counters.retransmitted += 1
        self._ship(0, Packet(SYN, 0, 1, 0, self._now_ms(), 0, (), False))
        self._after(self._delays_s[self._syn_tries], self._syn_timer)
        self._syn_tries += 1

    def _syn_timer(self) -> None:
        if self._client.state != OPENING:
            return
        self._client.counters.timeouts += 1
        if self._syn_tries < len(self._delays_s):
            self._send_syn()
        else:
            self._fail("timeout")

    def _fail(self, reason: str) -> None:
        self._client.state = DEAD
        self._caller.failed(reason)

    def _at_server(self, packet: Packet) -> bool:
        if packet.kind == SYN:
            self._take_syn(packet)
            return True
        if self._server.state == OPENING and packet.kind != RESET:
            if not self._requested or not self._caller.has_room():
                return True
            self._establish(self._server, packet, self._synack_s, self._synack_tries)
            self._caller.accepted()
        return False

    def _take_syn(self, packet: Packet) -> None:
        if self._server.state != OPENING:
            self._server.send_ack()
            return
        if not self._requested:
            verdict = self._caller.answer()
            if verdict == REFUSE:
                self._ship(1, Packet(RESET, 0, 0, 1, 0, 0, (), False))
            self._requested = verdict == ACCEPT
            self._synack_tries = self._synack_timeouts = 0
            # Later SYNs do not replace this timestamp: when the SYN-ACK was lost, its repetition
            # echoes the first SYN, and the client takes the whole wait for its first RTT.
            self._syn_ms = packet.ts_value_ms
            self._synack_s = self._engine.now_s
        if self._requested:
            self._send_synack()

    def _send_synack(self) -> None:
        self._synack_tries += 1
        self._server.counters.retransmitted += self._synack_tries > 1
        self._ship(1, Packet(SYN_ACK, 0, 1, 1, self._now_ms(), self._syn_ms, (), False))
        delay_s = synack_delays_s()[self._synack_timeouts]
        self._synack_due_s = timer_fire_s(self._engine.now_s, delay_s)
        self._engine.at(self._synack_due_s, self._synack_timer, self._synack_due_s)

    def _synack_timer(self, due_s: float) -> None:
        if self._server.state != OPENING or due_s != self._synack_due_s:
            return
        self._server.counters.timeouts += 1
        self._synack_timeouts += 1
        if self._synack_timeouts < len(synack_delays_s()):
            self._send_synack()
        else:
            self._requested = False

    def _at_client(self, packet: Packet) -> bool:
        if self._client.state == OPENING:
            if packet.kind == RESET:
                self._fail("refused")
            elif packet.kind == SYN_ACK:
                self._establish(self._client, packet, self._syn_s, self._syn_tries)
                self._client.send_ack()
                self._caller.opened()
            return True
        if packet.kind == SYN_ACK and self._client.state != DEAD:
            self._client.send_ack()
            return True
        return False

    def _establish(self, socket: Socket, packet: Packet, sent_s: float, tries: int) -> None:
        rtt_s = self._engine.now_s - sent_s
        if tries > 1 and packet.ts_echo_ms:
            rtt_s = max(self._now_ms() - packet.ts_echo_ms, 1) / 1000.0
        socket.establish(rtt_s, packet.ts_value_ms)
        if tries > 1 + _RESENDS_UNPUNISHED:
            socket.sender.window.cwnd = 1
