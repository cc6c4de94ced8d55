"""Opening a connection: SYN with its retries, accept queue, TLS and upgrade round trips.

Setting up costs far more than keeping: round trips on the lossy path and CPU at the server. A
full accept queue drops the SYN silently, so the client sees its own SYN timer, not an error
(net.ipv4.tcp_abort_on_overflow = 0). Closed ports answer with a reset; lost hosts do not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.node import GONE
from sim.tape import OPENED, UNSEEN, Mark, node_lane, person_lane
from sim.transport.accepting import (
    ACCEPTED,
    FULL,
    IGNORED,
    answer_to_syn,
    full_after_s,
    is_let_in,
)
from sim.transport.connection import CLIENT, SERVER, Connection
from sim.transport.names import ATTEMPT, of_word
from sim.transport.probing import Patience, Prober
from sim.transport.reference import ReferenceConnection
from sim.transport.segment import opening
from sim.transport.segment.options import SegmentOptions
from sim.transport.stream import Caller, ignore
from sim.transport.tapped import Boxes, TappedConnection, TappedReference
from sim.transport.tcp import Kernel, syn_delays_s, synack_delays_s, timer_fire_s
from sim.transport.wire import TlsBytes

if TYPE_CHECKING:
    from sim.engine import Engine
    from sim.ledger import Ledger
    from sim.network.path import Path, Way
    from sim.node import Node
    from sim.remote import RemoteCall
    from sim.transport.stream import Stream

_SERVER_HELLO_MIN_BYTES = 100  # a later TLS 1.2 flight: ChangeCipherSpec and Finished

_SYN = of_word("SYN")
_SYN_ACK = of_word("SYN-ACK")


@dataclass(frozen=True, slots=True)
class Exchange:
    """One round trip of a handshake: bytes up, CPU seconds at the server, bytes down."""

    up_bytes: int
    down_bytes: int
    cost_s: float


def tls_exchanges(tls: TlsBytes | None, cost_s: float) -> tuple[Exchange, ...]:
    """The round trips of a TLS handshake; its CPU cost falls on the first."""
    if tls is None:
        return ()
    first = Exchange(tls.up_bytes, tls.down_bytes, cost_s)
    later = Exchange(_SERVER_HELLO_MIN_BYTES, _SERVER_HELLO_MIN_BYTES, 0.0)
    return (first, *(later for _ in range(tls.round_trips - 1)))


@dataclass(frozen=True, slots=True)
class Setup:
    """What opening one connection takes after TCP itself: exchanges, TLS bytes per write.

    `accept_s`: CPU seconds of taking it from the accept queue. `calls`: what the server asks other
    processes, one after the other, before it gives its last answer. `door`: who answers in the
    node's place (`sim.path.dial`) and ends the first `secrecy` exchanges, which are TLS's; the node
    then takes the connection from it for `behind_s`.
    """

    exchanges: tuple[Exchange, ...] = ()
    record_bytes: int = 0
    kernel: Kernel = Kernel.LINEAR_SYN
    nodelay: tuple[bool, bool] = (True, True)  # client, server; the fast lane knows no Nagle
    exact: bool = False  # packet by packet, on the reference
    requests: bool = False  # HTTP requests
    boxes: Boxes | None = None  # what stands on the way
    accept_s: float = 0.0
    calls: tuple[RemoteCall, ...] = ()
    door: Node | None = None
    secrecy: int = 0
    behind_s: float = 0.0
    keepalive: tuple[Patience | None, Patience | None] = (None, None)  # TCP's own


class Dial:
    """One attempt to open a connection from a person's path to a node; `door` answers the SYN."""

    __slots__ = (
        "_caller", "_engine", "_lanes", "_ledger", "_live", "_node", "_parked", "_path", "_person",
        "_queued", "_refusal", "_setup", "_step", "connection", "door",
    )  # fmt: skip
    comes_back = True
    line = -1

    def __init__(
        self, engine: Engine, ledger: Ledger, path: Path, node: Node, setup: Setup,
        person: int = 0,
    ) -> None:  # fmt: skip
        self._person = person
        seen = ledger.tape is not None  # nobody else asks for their names
        self._lanes = (person_lane(person), node_lane(node.index, node.kind)) if seen else UNSEEN
        self._engine = engine
        self._ledger = ledger
        self._path = path
        self._node = node
        self.door = setup.door or node
        self._setup = setup
        self._live = False
        self._refusal = "refused"
        self._step = 0
        self._queued = False
        self._parked: int | None = None
        self.connection: Stream | None = None

    def start(self, caller: Caller) -> None:
        """Send the first SYN now."""
        self._caller = caller
        self._live = True
        if self._setup.exact:
            self._open_exactly()
        else:
            self._syn(0)

    def _open_exactly(self) -> None:
        """Let the reference do the three-way handshake, with its own retries."""
        setup = self._setup
        options = SegmentOptions(
            nodelay=setup.nodelay, kernel=setup.kernel, record_bytes=setup.record_bytes
        )
        kind = TappedReference if setup.boxes else ReferenceConnection
        connection = kind(self._engine, self._path, self._ledger, options, self._lanes)
        connection.open(
            opening.Caller(
                answer=self._verdict,
                opened=lambda: self._connected(connection),
                failed=lambda why: self._fail(self._refusal if why == "refused" else why),
                accepted=self._queue,
                has_room=self._has_room,
            )
        )
        self.connection = connection

    def _has_room(self) -> bool:
        return not self.door.listening or self.door.waiting < self.door.backlog

    def _verdict(self) -> str:
        """What the server's kernel says to a SYN."""
        answer = self._answer_to_syn(self.door) if self._live else IGNORED
        if answer == IGNORED:
            return opening.IGNORE
        if answer == FULL:
            self._refusal = "full"
        if answer != ACCEPTED:
            return opening.REFUSE
        self.door.connections[self] = None
        return opening.ACCEPT

    def _answer_to_syn(self, node: Node) -> int:
        gone, count, limit = node.state == GONE, len(node.connections), node.connections_limit
        answer = answer_to_syn(gone, node.listening, node.waiting, node.backlog, count, limit)
        if answer != ACCEPTED:
            return answer
        now_s = self._engine.now_s
        if not is_let_in(node.full_s, now_s, node.admission_s):
            return FULL
        node.full_s = full_after_s(node.full_s, now_s, node.admission_s)
        return ACCEPTED

    def _queue(self, tries: int = 0) -> None:
        """The client's last ACK is here: the process takes the connection when it gets round to it.

        While the accept queue is full the ACK is dropped: the server's SYN-ACK timer asks for it
        again after 1, 2, 4 ... s, and the client's data waits that long (tcp_conn_request(),
        tcp_check_req()). A client that gave up answers with a reset, which ends the request, and so
        does the last repetition in vain (reqsk_timer_handler()). A crash empties the queue; nobody
        else takes a connection out of it.
        """
        door = self.door
        if not door.listening or self._given_up:
            return
        if door.waiting >= door.backlog:
            self._ask_again(tries)
            return
        self._queued = True
        door.waiting += 1
        door.work(self._setup.accept_s, self._taken)
        if self._parked is not None:
            self._asked(self._parked)

    @property
    def _given_up(self) -> bool:
        return self.connection is not None and not self.connection.is_open(CLIENT)

    def _ask_again(self, tries: int) -> None:
        """Repeat the SYN-ACK later; after the last one the server knows nothing of the attempt."""
        delays_s = synack_delays_s()
        if tries < len(delays_s):
            due_s = timer_fire_s(self._engine.now_s, delays_s[tries])
            self._engine.at(due_s, self._queue, tries + 1)
        elif self.connection is not None:
            self._leave()
            self.connection.abort(SERVER)

    def _taken(self) -> None:
        self.door.waiting -= 1

    def cancel(self) -> None:
        """The client gives up: nothing is reported any more."""
        if self._live:
            self._live = False
            if self.connection is not None:
                self._leave()
                self.connection.abort(CLIENT)

    def _syn(self, attempt: int) -> None:
        if not self._live:
            return
        now_s = self._engine.now_s
        arrive_s = now_s + self._path.up.delay.draw()
        if self._survives(self._path.up, now_s, arrive_s, _SYN + attempt * ATTEMPT):
            self._engine.at(arrive_s, self._syn_arrives, attempt, now_s)
        else:
            self._again(attempt, now_s)

    def _again(self, attempt: int, sent_s: float) -> None:
        """This SYN was in vain: the next one follows, or `connect()` fails."""
        delays_s = syn_delays_s(self._setup.kernel)
        due_s = max(self._engine.now_s, timer_fire_s(sent_s, delays_s[attempt]))
        if attempt + 1 < len(delays_s):
            self._engine.at(due_s, self._syn, attempt + 1)
        else:
            self._engine.at(due_s, self._fail, "timeout")

    def _survives(self, way: Way, enter_s: float, leave_s: float, packet: int) -> bool:
        up = self._path.outages.is_up
        return up(enter_s) and up(leave_s) and not way.lost(enter_s, packet)

    def _syn_arrives(self, attempt: int, sent_s: float) -> None:
        now_s = self._engine.now_s
        back_s = now_s + self._path.down.delay.draw()
        heard = self._survives(self._path.down, now_s, back_s, _SYN_ACK + attempt * ATTEMPT)
        answer = self._answer_to_syn(self.door) if heard else IGNORED
        if answer == IGNORED:
            self._again(attempt, sent_s)
        elif answer == ACCEPTED:
            self._establish(back_s)
        else:
            self._engine.at(back_s, self._fail, "full" if answer == FULL else "refused")

    def _establish(self, back_s: float) -> None:
        if self._live:
            self.door.connections[self] = None
            self._engine.at(back_s, self._established)

    def _established(self) -> None:
        known = self in self.door.connections  # else it went down while the answer travelled
        if not known and self.door.state != GONE:
            self._fail("lost")
            return
        if not self._live:
            self._leave()
            return
        kind = TappedConnection if self._setup.boxes else Connection
        connection = kind(
            self._engine, self._path, self._ledger, self._setup.record_bytes, self._lanes
        )
        if known:
            self._engine.at(self._engine.now_s + self._path.up.delay.mean_s, self._queue)
        else:
            connection.vanish(SERVER)
        self._connected(connection)

    def _connected(self, connection: Stream) -> None:
        """TCP stands at the client: go through the exchanges, or be done."""
        connection.receive = [self._answered, self._asked]
        connection.closed = [self._closed, ignore]
        self.connection = connection
        self._watch(connection, CLIENT)
        if isinstance(connection, TappedConnection | TappedReference) and self._setup.boxes:
            ends = (self.door, self._node)
            self._setup.boxes.attach(connection, self._person, ends, self._setup.requests)
        if self._setup.exchanges:
            self._ask()
            return
        if self in self.door.connections:  # else its host is lost: open at the client alone
            self._accept(connection)
        self._open(connection)

    def _ask(self) -> None:
        assert self.connection is not None
        self.connection.send(CLIENT, self._setup.exchanges[self._step].up_bytes, self._step)

    def _asked(self, step: int) -> None:
        if not self._queued:  # its ACK was dropped, and so is this, until the server knows it
            self._parked = step
            return
        self._serve(step)

    def _serve(self, step: int) -> None:
        """The client's bytes of a step are in the kernel's buffer."""
        self._node.work(self._setup.exchanges[step].cost_s, self._call, step, 0)

    def _call(self, step: int, made: int) -> None:
        """Before the last answer, ask whoever has to be asked."""
        calls = self._setup.calls if step == len(self._setup.exchanges) - 1 else ()
        if made < len(calls) and self in self._node.connections:
            calls[made].start(self._call, step, made + 1)
        else:
            self._answer(step)

    def _answer(self, step: int) -> None:
        connection = self.connection
        if connection is None or not connection.is_open(SERVER):
            self._leave()
            return
        connection.send(SERVER, self._setup.exchanges[step].down_bytes, step)
        if step == len(self._setup.exchanges) - 1:
            self._accept(connection)

    def _accept(self, connection: Stream) -> None:
        self._leave()
        connection.receive[SERVER] = ignore
        self._watch(connection, SERVER)
        self._caller.accepted(connection)

    def _watch(self, connection: Stream, end: int) -> None:
        """The kernel at this end probes from now on, if its program asks for that."""
        patience = self._setup.keepalive[end]
        if patience is not None and isinstance(connection, Connection | ReferenceConnection):
            Prober(self._engine, connection, end, patience)

    def _answered(self, step: int) -> None:
        self._step = step + 1
        if not self._live:
            return
        if self._step < len(self._setup.exchanges):
            self._ask()
        elif self.connection is not None:
            self._open(self.connection)

    def _open(self, connection: Stream) -> None:
        if self._live:
            self._live = False
            if self._ledger.tape is not None:
                mark = Mark(self._engine.now_s, OPENED, *self._lanes, None, self._engine.now_s)
                self._ledger.tape.append(mark)
            connection.receive[CLIENT] = ignore
            connection.closed[CLIENT] = ignore
            self._caller.opened(connection)

    def _closed(self, reason: str) -> None:
        self._fail("timeout" if reason == "timeout" else "lost")

    def _fail(self, outcome: str) -> None:
        self._leave()
        if self._live:
            self._live = False
            self._caller.failed(outcome)

    def _leave(self) -> None:
        self._node.connections.pop(self, None)

    def waiting_bytes(self) -> int:
        """Next to nothing is written before the connection stands."""
        return 0

    def node_crashed(self) -> None:
        """The process died during the handshake: its kernel resets."""
        if self.connection is not None:
            self.connection.abort(SERVER)

    def node_lost(self) -> None:
        """The host died during the handshake: silence."""
        if self.connection is not None:
            self.connection.vanish(SERVER)

    def node_returned(self) -> None:
        """The host is back: whoever still writes to it is reset."""
        if self.connection is not None:
            self.connection.returned(SERVER)

    def node_drains(self) -> None:
        """A draining server turns the newcomer away."""
        if self.connection is not None:
            self.connection.close(SERVER)
