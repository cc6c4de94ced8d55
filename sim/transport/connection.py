"""A TCP connection whose healthy messages need no event, and whose death is a settlement.

While it lives, `sim.transport.direction` says when each write arrives. When an end closes,
resets, or its host vanishes at time T, what arrived before T was delivered; the rest is dropped
or keeps trying, as the kernel would. The two ends learn of it apart: a FIN or RST travels the
same lossy path, a vanished host says nothing (half-open).

A delivery nobody reacts to is *posted*: its arrival is recorded at once and taken back if the
connection dies before. Everything else is *sent*: one timed call at its arrival. Either way the
record has what came over one connection in the order in which it came, also within one instant;
which of two connections spoke first at one instant is nobody's promise.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import takewhile
from typing import TYPE_CHECKING, Any

from sim.tape import ARRIVED, HELD, LOST, SENT, UNSEEN, Mark
from sim.transport.direction import Direction, Segment
from sim.transport.ending import CLIENT, CLOSED, FIN, OPEN, SERVER
from sim.transport.names import PONG, named, of_message, of_word
from sim.transport.probing import Probing
from sim.transport.stream import Cut, Rows, ignore
from sim.transport.tcp import give_up_after_s
from sim.transport.wire import header_bytes, syn_bytes

if TYPE_CHECKING:
    from sim.engine import Engine
    from sim.ledger import Ledger
    from sim.network.path import Path

__all__ = ["CLIENT", "SERVER", "Connection", "Passive"]


@dataclass(frozen=True, slots=True)
class Passive:
    """Payload of a posted delivery: nobody reacts, its arrival is all there is to it."""

    message: int
    person: int


class Connection(Probing):
    """An established connection between a client (end 0) and a server (end 1).

    Owners set the callbacks per end: `receive(payload)` for each payload that arrives, in order;
    `closed(reason)` once, when this end learns that the connection is over ("fin", "reset",
    "timeout"); `dropped(payload)` at the sending end for what certainly never arrives.
    """

    __slots__ = (
        "_answered_s", "_ended_s", "_engine", "_flying", "_lanes", "_ledger", "_rows", "_sizes",
        "_state", "_unheard_s", "closed", "cut", "directions", "dropped", "forgotten", "number",
        "opened_s", "receive", "rows", "terminated",
    )  # fmt: skip

    def __init__(
        self,
        engine: Engine,
        path: Path,
        ledger: Ledger,
        tls_bytes: int = 0,
        lanes: tuple[str, str] = UNSEEN,
    ) -> None:
        self._lanes = lanes
        self._engine = engine
        self._ledger = ledger
        # Two tables of what is under way, both in the order of sending and of arrival. `_rows`:
        # where the ledger has posted deliveries, written down ahead of time and without an event;
        # what has not arrived when the client's end dies is struck out (nan) and flies instead.
        # `_flying`: segments with an event at their arrival, and the end that sent them; an event
        # whose segment has moved or is gone from here does nothing.
        self._rows: list[int] = []
        self._sizes: list[int] = []  # of what is posted, by row
        self._flying: dict[Segment, int] = {}
        self._state = [OPEN, OPEN]
        self._ended_s = [math.inf, math.inf]
        self._unheard_s = [math.inf, math.inf]  # when what an end wrote first met a lost host
        self._answered_s = [0.0, 0.0]  # the last probe of each end
        self.opened_s = engine.now_s
        self.cut: Cut | None = None
        self.forgotten: Callable[[bool], bool] | None = None
        self.terminated = False
        self.rows: Rows | None = None
        self.number = -1  # its place there
        self.receive: list[Callable[[Any], None]] = [ignore, ignore]
        self.closed: list[Callable[[str], None]] = [ignore, ignore]
        self.dropped: list[Callable[[Any], None]] = [ignore, ignore]
        overhead_bytes = header_bytes() + tls_bytes
        rtt_s = path.up.delay.mean_s + path.down.delay.mean_s
        self.directions = (
            Direction(path.up, path.down, path.outages, overhead_bytes, rtt_s, engine.lines),
            Direction(path.down, path.up, path.outages, overhead_bytes, rtt_s, engine.lines),
        )

    def traffic(self, end: int) -> tuple[int, int, int]:
        """Packets, bytes on the wire and writes that left this end, a bare ACK per packet heard."""
        ours, theirs = self.directions[end], self.directions[1 - end]
        packets = ours.packets + theirs.packets + 1  # its SYN or SYN-ACK
        size_bytes = ours.bytes + ours.packets * ours.overhead_bytes + syn_bytes()
        return packets, size_bytes + theirs.packets * header_bytes(), ours.messages

    def is_open(self, end: int) -> bool:
        """Whether this end believes, and its kernel allows, that it can read and write."""
        return self._state[end] == OPEN

    def post(self, size_bytes: int, message: int, person: int) -> None:
        """Send a delivery to `person` that nobody reacts to: recorded now, settled at death."""
        now_s = self._engine.now_s
        if self._state[SERVER] == OPEN and self._state[CLIENT] == OPEN:
            direction = self.directions[SERVER]
            before_s = direction.last_s
            arrive_s = direction.fast(now_s, size_bytes, of_message(message))
            if arrive_s == before_s and self._sent_before(arrive_s):
                self._fly(SERVER, Segment(Passive(message, person), size_bytes), arrive_s)
                return
            if arrive_s >= 0.0:
                self._rows.append(self._ledger.posted(message, person, arrive_s))
                self._sizes.append(size_bytes)
                return
        Connection.send(
            self, SERVER, size_bytes, Passive(message, person)
        )  # who watches is told once

    def _sent_before(self, arrive_s: float) -> bool:
        """Whether what the server sent, not posted, arrives at that instant: it comes first."""
        flying = self._flying.items()
        return any(end == SERVER and segment.arrive_s == arrive_s for segment, end in flying)

    def send(self, end: int, size_bytes: int, payload: Any) -> None:
        """Write `payload` to the socket at `end`; a closed socket drops it at once."""
        if self._state[end] != OPEN:
            self.dropped[end](payload)
            return
        self._transmit(end, size_bytes, payload)

    def echo(self, end: int, size_bytes: int, payload: Any, answered: Callable[[], None]) -> bool:
        """Ping from `end`: on a calm connection one call when the pong is back, `answered()`.

        For peers that do nothing about a ping but answer it. Ping and pong are then two steps of
        the same recursion, known now: the ping arrives at `fast(now)`, the pong at
        `fast(arrival of the ping)`, and one event is booked where two would be. The pong is
        booked ahead of its time, so what it did to the order and to the link is taken back: data
        that the peer writes in between goes first. False, and nothing sent, when the ping's way
        is not calm; then send `payload` and let the peer answer. If only the pong's is not, the
        ping flies as usual.
        """
        if self._state[CLIENT] != OPEN or self._state[SERVER] != OPEN:
            return False
        direction = self.directions[end]
        name = named(payload, direction.messages)
        arrive_s = direction.fast(self._engine.now_s, size_bytes, name)
        if arrive_s < 0.0:
            return False
        answer = self.directions[1 - end]
        behind_s, free_s = answer.last_s, answer.out.free_s
        back_s = answer.fast(arrive_s, size_bytes, of_word(PONG))
        # the pong does not hold back what is sent before it leaves
        answer.last_s, answer.out.free_s = behind_s, free_s
        if back_s < 0.0:
            self._fly(end, Segment(payload, size_bytes), arrive_s)
        else:
            self._engine.at(back_s, self.echoed, end, arrive_s, answered)
        return True

    def echoed(self, end: int, heard_s: float, answered: Callable[[], None]) -> None:
        """The pong is back, if the peer was there when the ping arrived."""
        if self._ended_s[1 - end] <= heard_s:
            if self._state[1 - end] == CLOSED:
                self._reset(1 - end)
        elif self._state[end] == OPEN:
            answered()

    def _mark(self, kind: str, end: int, what: Any, other_s: float = math.inf) -> None:
        """Write on the run's tape, if it has one, what went from `end` to the other."""
        tape = self._ledger.tape
        if tape is not None:
            lanes = self._lanes
            tape.append(Mark(self._engine.now_s, kind, lanes[end], lanes[1 - end], what, other_s))

    def _fly(self, end: int, segment: Segment, arrive_s: float) -> None:
        if self._ledger.tape is not None:
            self._mark(SENT, end, segment.payload, arrive_s)
        segment.depart_s, segment.arrive_s = self._engine.now_s, arrive_s
        self._flying[segment] = end
        self._engine.at(arrive_s, self._arrive, end, segment, arrive_s)

    def _transmit(self, end: int, size_bytes: int, payload: Any) -> None:
        now_s = self._engine.now_s
        direction = self.directions[end]
        name = named(payload, direction.messages)
        arrive_s = direction.fast(now_s, size_bytes, name)
        if arrive_s >= 0.0:
            self._fly(end, Segment(payload, size_bytes), arrive_s)
            return
        if self.rows is not None and self.rows.send(self, end, size_bytes, payload):
            return
        segment, revised = direction.slow(now_s, payload, size_bytes, name)
        for moved in revised:
            if moved in self._flying:  # else it was lost for good meanwhile
                self._book(end, moved)
        if self._ledger.tape is not None:
            kind = SENT if segment.sent_s <= now_s else HELD
            self._mark(kind, end, payload, segment.arrive_s)
        self._book(end, segment)

    def flying(self) -> Iterator[Any]:
        """Payloads sent and not arrived, at either end, closing words left out."""
        yield from (segment.payload for segment in self._flying if segment.payload is not FIN)
        if self.rows is not None:
            yield from self.rows.payloads(self)
        for row, _ in self._under_way():
            message, person, _ = self._ledger.delivery(row)
            yield Passive(message, person)

    def waiting_bytes(self, end: int) -> int:
        """Bytes written at this end that have not arrived."""
        direction = self.directions[end]
        is_posted = end == SERVER and direction.last_s > self._engine.now_s
        if not (is_posted or self._flying):
            return 0  # asked every second of every connection: nearly always this
        waiting = sum(one.size_bytes for one, sender in self._flying.items() if sender == end)
        if self.rows is not None:
            waiting += self.rows.waiting_bytes(self, end)
        if is_posted:
            waiting += sum(size_bytes for _, size_bytes in self._under_way())
        return waiting

    def _under_way(self) -> list[tuple[int, int]]:
        """Posted deliveries that have not arrived yet, latest first: arrivals are in order.

        Each is its row in the ledger, and its size.
        """
        now_s, delivery = self._engine.now_s, self._ledger.delivery
        if self.directions[SERVER].last_s <= now_s:
            return []
        posted = zip(reversed(self._rows), reversed(self._sizes), strict=True)
        found = list(takewhile(lambda one: delivery(one[0])[2] > now_s, posted))
        if self.rows is not None:
            found += self.rows.posted(self)
            found.sort(reverse=True)
        return found

    def settle(self) -> None:
        """Take back the record of posted deliveries that are still under way; fly them instead."""
        for row, _ in reversed(self._under_way()):
            message, person, arrive_s = self._ledger.delivery(row)
            self._ledger.taken_back(row)
            segment = Segment(Passive(message, person), 0)
            segment.depart_s, segment.arrive_s = self._engine.now_s, arrive_s
            self._book(SERVER, segment)
        self._rows.clear()
        self._sizes.clear()
        if self.rows is not None:
            self.rows.settled(self)

    def _book(self, end: int, segment: Segment) -> None:
        self._flying[segment] = end
        if segment.arrive_s < math.inf:
            self._engine.at(segment.arrive_s, self._arrive, end, segment, segment.arrive_s)
        else:
            self._engine.at(self._engine.now_s + give_up_after_s(), self._give_up, end, segment)

    def _arrive(self, end: int, segment: Segment, booked_s: float) -> None:
        """A segment reaches the other end, unless it has been moved or its sender died first."""
        if segment.arrive_s != booked_s or segment not in self._flying:
            return
        del self._flying[segment]
        if not self._flying:
            self._flying.clear()  # an empty dict keeps the room that it had
        other = 1 - end
        payload = segment.payload
        if self._state[other] == OPEN:
            if self._ledger.tape is not None:
                self._mark(ARRIVED, end, payload, segment.depart_s)
            if payload is FIN:
                self._learn(other, "fin")
            elif type(payload) is Passive:
                self._ledger.posted(payload.message, payload.person, booked_s)
            else:
                self.receive[other](payload)
        elif self._state[other] == CLOSED:
            self._lose(end, payload)
            self._reset(other)
        else:
            self._lose(end, payload)  # nobody answers: the sender's kernel tries on in vain
            self._unheard_s[end] = min(self._unheard_s[end], booked_s)
            self._engine.at(booked_s + give_up_after_s(), self._time_out, end)

    def _lose(self, end: int, payload: Any) -> None:
        if payload is not FIN:
            self._mark(LOST, end, payload)
            self.dropped[end](payload)

    def _give_up(self, end: int, segment: Segment) -> None:
        """A segment that was to be lost for good has not been repaired meanwhile."""
        if segment in self._flying:
            del self._flying[segment]
            self._lose(end, segment.payload)
            self._time_out(end)

    def _time_out(self, end: int) -> None:
        """Nothing was acknowledged for tcp_retries2: the sender's kernel ends the connection."""
        if self._state[end] == OPEN:
            self._learn(end, "timeout")

    def fly_again(
        self, end: int, payload: Any, size_bytes: int, arrive_s: float, place: int
    ) -> None:
        """Carry on what rows carried: sent before anything that now flies from this end."""
        segment = Segment(payload, size_bytes)
        segment.depart_s, segment.arrive_s = -math.inf, arrive_s
        before = [one for one in self._flying.items() if one[0].depart_s == -math.inf]
        after = [one for one in self._flying.items() if one[0].depart_s > -math.inf]
        self._flying = dict([*before, (segment, end), *after])
        self._engine.again(arrive_s, place, self._arrive, end, segment, arrive_s)

    def repaired(self, end: int) -> tuple[int, int]:
        """Segments that either end has under repair in rows, and the bytes of `end` in them."""
        directions = self.directions
        return sum(one.flying for one in directions), directions[end].flying_bytes

    def fly_repaired(self, end: int, segment: Segment) -> None:
        """Carry on what was under repair in rows: sent after anything that now flies."""
        self._flying[segment] = end

    def arrive_again(self, segment: Segment, place: int) -> None:
        """Its arrival has been booked, at that place."""
        end, arrive_s = self._flying[segment], segment.arrive_s
        self._engine.again(arrive_s, place, self._arrive, end, segment, arrive_s)

    def give_up_again(self, segment: Segment, time_s: float, place: int) -> None:
        """That its sender gives up then has been booked, at that place."""
        self._engine.again(time_s, place, self._give_up, self._flying[segment], segment)

    def receive_repaired(self, end: int, payload: Any) -> None:
        """What objects have sent from `end`, and rows have repaired, has arrived."""
        if type(payload) is Passive:
            self._ledger.posted(payload.message, payload.person, self._engine.now_s)
        else:
            self.receive[1 - end](payload)

    def gave_up(self, end: int, payload: Any) -> None:
        """What was under repair in rows has not got through."""
        self._lose(end, payload)
        self._time_out(end)
