"""How a connection ends: the two ends learn of it apart, or not at all.

A FIN or RST travels the same lossy path as the rest; a vanished host says nothing, and one that is
back knows nothing. What was written and can no longer be read is lost.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable
from itertools import dropwhile
from typing import TYPE_CHECKING, Any, Final

from sim.tape import RESET
from sim.transport.names import of_word
from sim.transport.tcp import RTO_MAX_S, give_up_after_s

if TYPE_CHECKING:
    from sim.engine import Engine
    from sim.transport.direction import Direction, Segment
    from sim.transport.stream import Rows

CLIENT: Final = 0
SERVER: Final = 1

OPEN: Final = 0  # this end reads and writes
CLOSED: Final = 1  # this end is gone, its kernel still answers
VANISHED: Final = 2  # this end's host or address is gone: silence
FIN: Final = "FIN"


class Ending(ABC):
    """The end of a connection, at either end of it; what is under way is its owner's."""

    __slots__ = ()

    _engine: Engine
    _ended_s: list[float]
    _flying: dict[Segment, int]
    _state: list[int]
    _unheard_s: list[float]  # when what an end wrote first met a lost host
    closed: list[Callable[[str], None]]
    directions: tuple[Direction, Direction]
    rows: Rows | None

    @abstractmethod
    def settle(self) -> None:
        """Take back the record of posted deliveries that are still under way."""

    @abstractmethod
    def _transmit(self, end: int, size_bytes: int, payload: Any) -> None:
        """Write, whatever the ends believe."""

    @abstractmethod
    def _lose(self, end: int, payload: Any) -> None:
        """What an end has written has not arrived and will not."""

    @abstractmethod
    def _mark(self, kind: str, end: int, what: Any, other_s: float = math.inf) -> None:
        """Write on the run's tape what went from `end` to the other."""

    def _learn(self, end: int, reason: str) -> None:
        """This end finds out that the connection is over; what it still had to send dies."""
        self._end(end, CLOSED)
        self._stop(end)
        self.closed[end](reason)

    def close(self, end: int) -> None:
        """Orderly close: what was written before still goes out, then a FIN."""
        if self._state[end] == OPEN:
            self._end(end, CLOSED)
            self._transmit(end, 0, FIN)

    def abort(self, end: int) -> None:
        """Reset: what has not left this end for good dies; one RST may tell the peer."""
        if self._state[end] == OPEN:
            self._end(end, CLOSED)
            self._stop(end)
            self._reset(end)

    def vanish(self, end: int) -> None:
        """The host or the address at this end is gone: nothing is sent or answered any more."""
        self._end(end, VANISHED)
        self._stop(end)

    def returned(self, end: int) -> None:
        """The host at `end` is back and knows nothing of this connection.

        What reaches it from now on is answered by a reset: new data, or the next repetition of
        what it never acknowledged (RFC 9293 section 3.10.7.1).
        """
        if self._state[end] == VANISHED:
            self._state[end] = CLOSED
            peer = 1 - end
            again_s = self._repeated_s(peer)
            if again_s < math.inf:
                self._engine.at(again_s, self._knock, peer)

    def close_for_lost(self, end: int) -> None:
        """Something before the vanished host at `end` closes in its place: a FIN goes out."""
        if self._state[end] == VANISHED:
            self._state[end] = CLOSED
            self._transmit(end, 0, FIN)

    def _repeated_s(self, end: int) -> float:
        """When the next repetition of what nobody acknowledged arrives; inf if none does."""
        direction, now_s = self.directions[end], self._engine.now_s
        at_s, gap_s = self._unheard_s[end], direction.rtt.rto_s
        last_s = at_s + give_up_after_s()
        while at_s <= last_s and (at_s <= now_s or not direction.outages.is_up(at_s)):
            at_s, gap_s = at_s + gap_s, min(2.0 * gap_s, RTO_MAX_S)
        return at_s if at_s <= last_s else math.inf

    def _knock(self, end: int) -> None:
        if self._state[end] == OPEN:
            self._reset(1 - end)

    def _stop(self, end: int) -> None:
        """Nothing leaves this end any more: what was not sent for good before now is lost.

        So is what was written after it: its bytes may get there, but nobody can read them.
        """
        now_s = self._engine.now_s
        written = [segment for segment, sender in self._flying.items() if sender == end]
        for segment in dropwhile(lambda one: one.depart_s <= now_s, written):
            del self._flying[segment]
            self._lose(end, segment.payload)

    def _reset(self, end: int) -> None:
        """Send one RST from `end`: it is never repeated, so an outage or a loss swallows it."""
        direction = self.directions[end]
        now_s = self._engine.now_s
        direction.packets += 1
        arrive_s = now_s + direction.out.delay.mean_s
        up = direction.outages.is_up
        arrives = up(now_s) and up(arrive_s) and not direction.out.lost(now_s, of_word(RESET))
        self._mark(RESET, end, None, arrive_s if arrives else math.inf)
        if arrives:
            self._engine.at(arrive_s, self._reset_arrives, 1 - end)

    def _reset_arrives(self, end: int) -> None:
        if self._state[end] == OPEN:
            self._learn(end, "reset")

    def _end(self, end: int, state: int) -> None:
        if self.rows is not None:
            self.rows.leave(self)
        before, self._state[end] = self._state[end], state
        self._ended_s[end] = min(self._ended_s[end], self._engine.now_s)
        if end == CLIENT and before == OPEN:
            self.settle()
        if self._state[1 - end] != OPEN:
            self._bury()

    def _bury(self) -> None:
        """Nobody listens at either end any more: what is still on its way will not be read."""
        buried = list(self._flying.items())
        self._flying.clear()
        for segment, sender in buried:
            self._lose(sender, segment.payload)
