"""One box on one connection: watches its bytes, and cuts it when it is idle or old.

There is no event per byte: bytes move a deadline, and the one call on the agenda looks at it when
it comes and books itself anew where the deadline has moved on. A cut is made through the
connection's own interface, so that the bytes in doubt are settled as after any other death.

Boxes of layer 7 understand HTTP. On a connection that carries requests the last byte says what is
waited for: the client's, an answer; the server's, the next request, unless another one is under way
(HTTP/2). Other connections are tunnels.
The box nearest to the servers answers in a silent server's place (`proxy`); boxes before it close
the connection instead. Left out: a proxy's own idle connections to the servers; that some boxes do
not count an HTTP/2 PING.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, Any, Final

from sim.path.limits import CLIENT_ONLY, CLOSE, CLOSE_AND_RESET, RESET_ON_USE, Limits
from sim.transport.connection import CLIENT, SERVER
from sim.transport.stream import Cut
from sim.transport.tcp import give_up_after_s

if TYPE_CHECKING:
    from sim.engine import Engine
    from sim.process import Process
    from sim.transport.tapped import Tapped

IDLE: Final = "idle time-out"
AGE: Final = "maximum age"
RELOAD: Final = "proxy reload"
REMOVED: Final = "server removed"


@dataclass(frozen=True, slots=True)
class Rules:
    """What a box does to one kind of connection, in seconds, infinity for no limit.

    `waits_s`: how long it stays after a byte of the client, and of the server.
    `spares_answers`: a reload waits for the answer that is under way. `removal_s`: how long it
    stays when its server is taken out.
    """

    waits_s: tuple[float, float]
    counts_server: bool
    max_age_s: float
    drain_s: float
    reloads_s: tuple[float, ...]
    on_cut: str
    spares_answers: bool = False
    removal_s: float = inf
    counts_probes: bool = False  # of TCP's keep-alive: a box of layer 4 sees packets


def rules(limits: Limits, reloads_s: tuple[float, ...], requests: bool) -> Rules:
    """The rules for connections that carry HTTP requests, or for all others."""
    idle_s = limits.idle_timeout_s or inf
    on_cut = limits.on_cut or CLOSE
    if requests and limits.layer == 7:
        waits_s = (limits.answer_timeout_s or inf, limits.keep_alive_s or inf)
        return Rules(waits_s, True, inf, 0.0, reloads_s, on_cut, True)
    return Rules(
        (idle_s, idle_s), limits.counts != CLIENT_ONLY, limits.max_age_s or inf,
        limits.drain_s or inf, reloads_s, on_cut, removal_s=limits.removal_s or inf,
        counts_probes=limits.layer != 7,
    )  # fmt: skip


class Guard:
    """A box's view of one connection; `process`: who looks at its timers, if it is one."""

    __slots__ = (
        "_asking", "_booked_s", "_connection", "_ends_s", "_engine", "_heard_s", "_process",
        "_rules", "_told", "_wait_s", "_why",
    )  # fmt: skip

    def __init__(
        self, engine: Engine, rules: Rules, connection: Tapped, process: Process | None = None
    ) -> None:
        self._engine = engine
        self._process = process
        self._rules = rules
        self._connection = connection
        self._heard_s = opened_s = engine.now_s
        self._wait_s = rules.waits_s[SERVER]
        self._asking = False
        self._told = False
        reload_s = min((at_s for at_s in rules.reloads_s if at_s >= opened_s), default=inf)
        drained_s = reload_s + rules.drain_s
        self._ends_s = min(opened_s + rules.max_age_s, drained_s)
        self._why = RELOAD if drained_s == self._ends_s else AGE
        self._booked_s = inf
        self._book()

    def passed(self, end: int, time_s: float) -> None:
        """A byte from `end` passes at `time_s`, now or at most one delay from now."""
        rules = self._rules
        if end == SERVER and not rules.counts_server:
            return
        if time_s > self._last_s() + self._wait_s:  # the cut comes first
            return
        self._heard_s = max(self._heard_s, time_s)
        self._asking = end == CLIENT or self._connection.under_way()
        wait_s = rules.waits_s[CLIENT if self._asking else SERVER]
        if wait_s != self._wait_s:
            self._wait_s = wait_s
            self._book()
        if rules.spares_answers and not self._asking and self._ends_s < time_s:
            self._book()

    def _last_s(self) -> float:
        """When something that counts passed last."""
        seen_s, counts = self._connection.seen_s, self._rules.counts_server
        return max(self._heard_s, seen_s(CLIENT), seen_s(SERVER) if counts else self._heard_s)

    def probed(self, end: int, time_s: float) -> None:
        """A keep-alive probe of `end`, or its answer, passes at `time_s`."""
        rules = self._rules
        counts = rules.counts_probes and (end == CLIENT or rules.counts_server)
        if counts and time_s <= self._last_s() + self._wait_s:
            self._heard_s = max(self._heard_s, time_s)

    def _due_s(self) -> float:
        ends_s = inf if self._rules.spares_answers and self._asking else self._ends_s
        return min(self._last_s() + self._wait_s, ends_s)

    def _book(self) -> None:
        due_s = max(self._due_s(), self._engine.now_s)
        if due_s < self._booked_s:
            self._booked_s = due_s
            self._engine.at(due_s, self._wake, due_s)

    def _wake(self, booked_s: float) -> None:
        if booked_s != self._booked_s:
            return
        self._booked_s = inf
        if self.stands and self._process is not None and self._due_s() <= booked_s:
            self._process.due(self._look)
        else:
            self._look()

    def _look(self) -> None:
        """Cut what is due."""
        now_s = self._engine.now_s
        if not self.stands:
            return
        if self._due_s() > now_s:
            self._book()
            return
        ended = self._due_s() == self._ends_s
        self._cut(Cut(self._why if ended else IDLE, now_s))

    @property
    def stands(self) -> bool:
        """Whether there is something to cut."""
        connection = self._connection
        return connection.cut is None and (connection.is_open(CLIENT) or connection.is_open(SERVER))

    @property
    def removal_s(self) -> float:
        """How long its connection stays when its server is taken out."""
        return self._rules.removal_s

    def remove(self) -> None:
        """The server has been taken out, and the time for what it still had is over."""
        if self.stands:
            self._cut(Cut(REMOVED, self._engine.now_s))

    def _cut(self, cut: Cut) -> None:
        connection, on_cut = self._connection, self._rules.on_cut
        if not connection.is_open(SERVER):
            self._end_for_lost()
            return
        connection.cut = cut
        if on_cut in (CLOSE, CLOSE_AND_RESET):
            connection.close(SERVER)
            connection.closed[SERVER]("fin" if on_cut == CLOSE else "reset")
        else:
            self._forget()

    def _end_for_lost(self) -> None:
        """The server's host is lost; its client is told, now or when it next writes, or never."""
        on_cut = self._rules.on_cut
        if on_cut in (CLOSE, CLOSE_AND_RESET):
            self._connection.close_for_lost(SERVER)
        elif on_cut == RESET_ON_USE:
            self._connection.returned(SERVER)

    def _forget(self) -> None:
        """Nothing passes any more, and neither end knows."""
        connection = self._connection
        connection.vanish(SERVER)
        if self._rules.on_cut == RESET_ON_USE:
            connection.returned(SERVER)  # for the client it is as if an ignorant host answered
        dropped = connection.dropped[SERVER]

        def write(payload: Any) -> None:
            dropped(payload)
            self._server_writes()

        connection.dropped[SERVER] = write
        connection.forgotten = self._server_probes

    def _server_probes(self, last: bool) -> bool:
        """The server's kernel probes into the void; whether the server knows afterwards."""
        resets = self._rules.on_cut == RESET_ON_USE
        if not self._told and (resets or last):
            self._told = True
            self._connection.closed[SERVER]("reset" if resets else "timeout")
        return self._told

    def _server_writes(self) -> None:
        """The server's first write into the void: its kernel hears a reset, or gives up late."""
        if self._told:
            return
        self._told = True
        now_s, closed = self._engine.now_s, self._connection.closed
        if self._rules.on_cut == RESET_ON_USE:
            self._engine.at(now_s, closed[SERVER], "reset")
        else:
            self._engine.at(now_s + give_up_after_s(), closed[SERVER], "timeout")
