"""TCP keep-alive: a kernel that has heard nothing for long asks whether the other end is there.

The probe is a packet without data that the other kernel has to acknowledge, whatever its program
does. It is never repeated; the next follows after the interval. What answers it: an open
connection with an acknowledgement, one that its host does not know with a reset, a lost host with
nothing. While something written waits for its acknowledgement there are no probes; then the
retransmissions find the dead peer. Source: tcp_keepalive_timer(), net/ipv4/tcp_timer.c.

A kernel looks when its timer fires. What comes in between is known by when the last of it arrived,
as far as that is over: while more is under way, a look sees what the look before it saw, so that a
probe may go out early, never late.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from sim.transport.ending import CLOSED, OPEN, SERVER, Ending
from sim.transport.names import ACK, of_word
from sim.transport.tcp import timer_fire_s

if TYPE_CHECKING:
    from sim.engine import Engine
    from sim.network.path import Way

PROBE = of_word("keep-alive")


class Patience(Protocol):
    """When to probe, in seconds, and how often in vain (`models.protocols.tcp_keepalive`)."""

    @property
    def idle_s(self) -> float: ...
    @property
    def interval_s(self) -> float: ...
    @property
    def probes(self) -> int: ...


class Probed(Protocol):
    """A connection whose ends can probe each other, in either lane."""

    forgotten: Callable[[bool], bool] | None
    """Set once something on the way has forgotten the connection and the server does not know:
    told of each probe of its kernel, and whether it is the last; True when the server now knows."""

    def is_open(self, end: int) -> bool: ...

    def heard_s(self, end: int) -> float:
        """When this end last heard anything, as far as that is known now; infinity while what it
        has written waits for an acknowledgement."""

    def probe(self, end: int) -> None:
        """One probe leaves this end."""

    def give_up(self, end: int) -> None:
        """The kernel at this end takes the other one for dead."""


class Prober:
    """The keep-alive timer of one end of one connection, set when it is made."""

    __slots__ = ("_connection", "_end", "_engine", "_heard_s", "_patience", "_tries")

    def __init__(self, engine: Engine, connection: Probed, end: int, patience: Patience) -> None:
        self._engine = engine
        self._connection = connection
        self._end = end
        self._patience = patience
        self._tries = 0
        self._heard_s = engine.now_s
        self._book(patience.idle_s)

    def _book(self, delay_s: float) -> None:
        due_s = timer_fire_s(self._engine.now_s, delay_s)
        self._engine.at(due_s, self._look)

    def _look(self) -> None:
        connection, end = self._connection, self._end
        if connection.is_open(end):
            self._probe_or_wait(connection.heard_s(end))
        elif end == SERVER and connection.forgotten is not None:
            self._tries += 1
            if not connection.forgotten(self._tries > self._patience.probes):
                self._book(self._patience.interval_s)

    def _probe_or_wait(self, heard_s: float) -> None:
        now_s, patience = self._engine.now_s, self._patience
        if heard_s == math.inf:
            self._tries = 0
            self._book(patience.idle_s)
            return
        if self._heard_s < heard_s <= now_s:
            self._heard_s, self._tries = heard_s, 0
        quiet_s = now_s - self._heard_s
        if quiet_s < patience.idle_s:
            self._book(patience.idle_s - quiet_s)
        elif self._tries >= patience.probes:
            self._connection.give_up(self._end)
        else:
            self._tries += 1
            self._connection.probe(self._end)
            self._book(patience.interval_s)


class Probing(Ending):
    """The recursion's part in it. `terminated`: something on the way answers in either end's place,
    since it ends TCP there (a box of layer 7)."""

    __slots__ = ()

    _answered_s: list[float]
    forgotten: Callable[[bool], bool] | None
    terminated: bool

    def heard_s(self, end: int) -> float:
        """When this end last heard anything; infinity while it waits for an acknowledgement."""
        ours, theirs = self.directions[end], self.directions[1 - end]
        now_s = self._engine.now_s
        acked_s = ours.last_s + ours.back.delay.mean_s if ours.messages else 0.0
        if acked_s > now_s or self._unheard_s[end] < math.inf:
            return math.inf
        heard_s = theirs.last_s if theirs.last_s <= now_s else 0.0
        return max(heard_s, acked_s, self._answered_s[end])

    def probe(self, end: int) -> None:
        """One packet to the other end, never repeated."""
        direction, now_s = self.directions[end], self._engine.now_s
        direction.packets += 1
        arrive_s = now_s + direction.out.delay.mean_s
        if self._passes(end, direction.out, arrive_s, PROBE):
            self._engine.at(arrive_s, self.probed, 1 - end)

    def probed(self, end: int) -> None:
        """A probe arrives at this end's kernel."""
        state = self._state[end]
        if state == OPEN or self.terminated:
            direction = self.directions[end]
            arrive_s = self._engine.now_s + direction.out.delay.mean_s
            if self._passes(end, direction.out, arrive_s, PROBE + ACK):
                self._engine.at(arrive_s, self.answered, 1 - end)
        elif state == CLOSED:
            self._reset(end)

    def answered(self, end: int) -> None:
        """The other kernel's acknowledgement is here."""
        self._answered_s[end] = self._engine.now_s

    def give_up(self, end: int) -> None:
        """Nothing has answered: the kernel ends the connection."""
        if self._state[end] == OPEN:
            self._learn(end, "timeout")

    def _passes(self, end: int, way: Way, arrive_s: float, name: int) -> bool:
        up, now_s = self.directions[end].outages.is_up, self._engine.now_s
        return up(now_s) and up(arrive_s) and not way.lost(now_s, name)
