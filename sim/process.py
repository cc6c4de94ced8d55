"""A process: one event loop or a pool of workers, its one queue, and the ways in which it fails.

**One queue, and everybody waits in it.** A server process does one thing after another on each
core: it reads a frame, answers a ping, does a TLS handshake, checks a password, writes to the next
of fifty sockets, replays a log, runs the timers that are due. Each of these is a piece of work with
a cost in CPU seconds, and what is handed in waits for what was handed in before. So a capacity is
nowhere written down: it is `cores` / cost. Two things follow, which no other part has to know of:

* whoever is served late is served late in *everything*. At an overloaded process, pings wait behind
  data and are answered after the queue's length; once that exceeds the clients' ping time-out, they
  leave, come back, and add their handshakes to the queue;
* a process that stands still (garbage collection, a stopped VM, a callback that computes for a
  minute) is a process with one long piece of work. Its kernel goes on acknowledging what arrives.
  It neither answers nor notices anything until it runs again, its own timers included.

**Rounds.** An event loop goes round: ask the kernel what is readable, read all of that, run the
timers that are due. What arrives during a round is read in the next. So a timer that falls due
while the loop is busy waits for the end of the round, and then it depends on the program whether
timers come before what the kernel has meanwhile (`reads_first` False) or after it (True). This
decides who is cut after a pause: before, a pong that lies unread in the kernel does not count.

* libuv, so Node.js: timers first. A callback that took long is followed by the timers and only then
  by the next poll, in old versions and new ones (`uv_run`, src/unix/core.c; since 1.45 timers run
  after the poll phase alone, nodejs.org "The Node.js Event Loop").
* asyncio: reads first. `_run_once` polls, queues the callbacks of what is readable, and behind them
  the timers that are due (CPython 3.11, Lib/asyncio/base_events.py).
* mosquitto: reads first. `keepalive__check` looks at a clock that is set when poll returns, and
  what poll brought is read before the next check (2.0, src/loop.c, src/mux_epoll.c).

A round needs no event: it ends when all is done that waited when the last one ended. Small pieces
that find a core free are done at once, and what comes next pays for them (`soon`): an idle process
costs a simulation no more events than one without a queue.

Work is first come, first served over the cores, kept as the times at which each core is free.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from sim.core.arrays import Cell
from sim.core.queues import (
    BUSY_AT,
    CORES,
    DOWN,
    EPOCH,
    EXITING,
    FREE_AT,
    IN_HAND,
    PACE,
    PAUSED_UNTIL_S,
    QUEUE_LIMIT_S,
    ROOM_TURNS,
    ROUND_ENDS_S,
    SLOWNESS,
    STALLED_S,
    WAKE_MAX_S,
    WAKE_SHARE,
    Queues,
    at_once,
    is_hindered,
    occupy,
    occupy_in_turn,
    occupy_one_by_one,
    start_s,
    waits,
)

if TYPE_CHECKING:
    from sim.engine import Engine

UP: Final = "up"  # host and process run
REFUSING: Final = "refusing"  # host runs, nobody listens: SYNs are answered by resets
GONE: Final = "gone"  # host lost: silence


def _nothing() -> None:
    """Work whose loss nobody asks about."""


_Call = Callable[..., object]
_Lost = Callable[[], object]
# a piece of work in hand: epoch, pauses before it, what to do then, with what, or else
_Piece = tuple[int, float, _Call, tuple[Any, ...], _Lost]


class Process:
    """A queue over `cores`, which can be paused, crash, lose its host and come back.

    Times in seconds. `queue_limit_s`: how long work may wait before the process says that it is
    full (`retry_after_s`); without a limit it never says so. `in_hand`: pieces of work taken and
    not finished, and whatever else its owner is `begin`ning and `end`ing, such as a request that
    waits for the store. Its numbers lie at `row` of the engine's `processes` (`sim.core.queues`).
    """

    __slots__ = (
        "_processes", "_seated", "_turns", "engine", "on_down", "on_up", "reads_first", "row",
        "state",
    )  # fmt: skip

    def __init__(self, engine: Engine, cores: int = 1) -> None:
        if cores < 1:
            raise ValueError(f"cores = {cores}; a process needs at least 1")
        self.engine = engine
        self._processes = engine.processes
        self.row = engine.processes.add(cores)
        self._turns: dict[int, int] = {}  # place of each turn, where they were not seated
        self._seated: tuple[int, int, int] | None = None
        self.state = UP
        self.reads_first = True
        self.on_down: list[Callable[[Any], None]] = []
        self.on_up: list[Callable[[Any], None]] = []

    epoch = Cell(EPOCH, "grows at every crash: work begun before is lost", int)
    in_hand = Cell(IN_HAND, "pieces of work taken and not finished", int)
    queue_limit_s = Cell(QUEUE_LIMIT_S, "how long work may wait before it is full", float)
    wake_share = Cell(WAKE_SHARE, "extra CPU seconds per second that a core stood idle ...", float)
    wake_max_s = Cell(WAKE_MAX_S, "... and at most: waking up costs more than going on", float)
    pace = Cell(PACE, "how many times as long as was measured all its own work takes", float)
    slowness = Cell(SLOWNESS, "how many times as long as usual its callers' work takes", float)
    _exiting = Cell(EXITING, "whether it ends when what is in hand is finished", float)
    _round_ends_s = Cell(ROUND_ENDS_S, "what arrives later is read in the next round", float)
    _paused_until_s = Cell(PAUSED_UNTIL_S, "when it goes on", float)
    _stalled_s = Cell(STALLED_S, "length of all pauses: what work in hand is late by", float)

    @property
    def _queues(self) -> Queues:
        return self._processes.shared.views

    @property
    def cells(self) -> Any:
        """The rows of all processes."""
        return self._processes.shared.views.row

    @property
    def _free_s(self) -> list[float]:
        """When each core is free, ascending."""
        row = self._queues.row
        first, cores = int(row[self.row + FREE_AT]), int(row[self.row + CORES])
        return list(self._queues.free[first : first + cores])

    @_free_s.setter
    def _free_s(self, times_s: list[float]) -> None:
        queues = self._queues
        first = int(queues.row[self.row + FREE_AT])
        for place, time_s in enumerate(sorted(times_s)):
            queues.free[first + place] = time_s

    @property
    def busy_s(self) -> dict[int, float]:
        """CPU seconds used, by the second the work began; up to the last that is written down."""
        return {second: used_s for second, used_s in enumerate(self._by_second) if used_s}

    @property
    def _by_second(self) -> Any:
        queues = self._queues
        at = int(queues.row[self.row + BUSY_AT])
        return queues.busy[at : at + queues.seconds[0]]

    def busy_in_s(self, second: int) -> float:
        """CPU seconds used by work that began in that second."""
        queues = self._processes.shared.views
        return float(queues.busy[int(queues.row[self.row + BUSY_AT]) + second])

    @property
    def running(self) -> bool:
        """Whether there is a process at all, be it paused."""
        return self.state == UP

    @property
    def hindered(self) -> bool:
        """Whether it is down, stands still or is slow."""
        return is_hindered(self._queues, self.row, self.engine.now_s)

    def start_s(self) -> float:
        """When work handed in now would begin."""
        return start_s(self._queues, self.row, self.engine.now_s)

    def peak_share(self, from_s: float, until_s: float) -> float:
        """Share of its cores that was busy in the busiest second between these times."""
        inside = self._by_second[math.ceil(from_s) : math.ceil(until_s)]
        return max(inside, default=0.0) / len(self._free_s)

    def retry_after_s(self) -> float:
        """0 when there is room for more work, else in how many seconds there will be."""
        limit_s = self._queues.row[self.row + QUEUE_LIMIT_S]
        if limit_s == math.inf:
            return 0.0
        return float(max(0.0, self.start_s() - self.engine.now_s - limit_s))

    def busy(self, cost_s: float) -> float:
        """Occupy the first free core for `cost_s` and return when it will be done."""
        return occupy(self._queues, self.row, self.engine.now_s, cost_s)

    def seat(self, people: int, rooms: int) -> None:
        """Keep a place for the turn of each person and each room (`turn_of`)."""
        self._seated = (self._processes.seat(people + rooms), people, rooms)
        self.cells[self.row + ROOM_TURNS] = self._seated[0] + people

    def turn_of(self, turn: int) -> int:
        """The place of a turn: a person's number, or the complement of a room's."""
        if self._seated is not None:
            first, people, _ = self._seated
            return first + (turn if turn >= 0 else people + ~turn)
        if turn not in self._turns:
            self._turns[turn] = self._processes.seat(1)
        return self._turns[turn]

    def _turn_places(self) -> slice | list[int]:
        """Where all its turns are kept."""
        if self._seated is not None:
            first, people, rooms = self._seated
            return slice(first, first + people + rooms)
        return list(self._turns.values())

    def work(
        self, cost_s: float, call: _Call, *args: Any, lost: _Lost = _nothing,
        turn: int | None = None,
    ) -> None:  # fmt: skip
        """Do work of `cost_s` CPU seconds, then `call(*args)`; `lost()` if the process died first.

        Pieces with the same `turn` are done in the order they were handed in, whatever the core:
        a server reads one connection, and writes to one, from a single thread.
        """
        if self.state != UP:
            lost()
            return
        place = -1 if turn is None else self.turn_of(turn)
        now_s = self.engine.now_s
        self._take(occupy_in_turn(self._queues, self.row, now_s, cost_s, place), call, args, lost)

    def work_off(
        self, each_s: float, things: Sequence[Any], call: _Call, lost: _Call, turn: int
    ) -> None:
        """Work `each_s` CPU seconds on each of these, one after the other, with one core.

        `call(thing)` has the time at which that one is done; `lost(rest)`, once, if the process
        died first. A pause delays those that are left (to within `queues.AHEAD_S`).
        """
        if self.state != UP:
            lost(things)
            return
        place, now_s = self.turn_of(turn), self.engine.now_s
        first_s = occupy_one_by_one(self._queues, self.row, now_s, each_s, len(things), place)
        each_s *= self.pace
        self._take(first_s, self._work_on, (each_s, things, call, lost), partial(lost, things))

    def _work_on(self, each_s: float, things: Sequence[Any], call: _Call, lost: _Call) -> None:
        """The first of these is done now, others soon enough to be done with it."""
        now_s, count = self.engine.now_s, at_once(each_s, len(things))
        for place in range(count):
            self.engine.ahead(now_s + place * each_s, call, things[place])
        if rest := things[count:]:
            next_s = now_s + count * each_s
            self._take(next_s, self._work_on, (each_s, rest, call, lost), partial(lost, rest))

    def _take(self, done_s: float, call: _Call, args: tuple[Any, ...], lost: _Lost) -> None:
        """A piece of work is in hand until `done_s`."""
        queues = self._queues
        queues.row[self.row + IN_HAND] += 1
        stalled_s = queues.row[self.row + STALLED_S]
        self.engine.at(done_s, self._finish, (self.epoch, stalled_s, call, args, lost))

    def work_again(
        self, done_s: float, place: int, begun: tuple[int, float], call: _Call, *args: Any,
        lost: _Lost = _nothing,
    ) -> None:  # fmt: skip
        """Take over a piece of work from rows, at its place among what is booked (`work`).

        `begun`: the epoch in which it was handed in, and the length of all pauses until then.
        """
        self.engine.again(done_s, place, self._finish, (*begun, call, args, lost))

    def _finish(self, piece: _Piece) -> None:
        epoch, stalled_s, call, args, lost = piece
        if epoch != self.epoch:
            lost()
        elif stalled_s < self._stalled_s:  # it paused meanwhile
            due_s = self.engine.now_s + self._stalled_s - stalled_s
            self.engine.at(due_s, self._finish, (epoch, self._stalled_s, call, args, lost))
        else:
            call(*args)
            self.end(epoch)

    def soon(
        self, cost_s: float, call: _Call, *args: Any, lost: _Lost = _nothing,
        turn: int | None = None,
    ) -> None:  # fmt: skip
        """Do a small piece of work: at once if a core is free, which is then busy for `cost_s`.

        As `work`, without its event, for what nobody times by the microsecond (a ping, an ack).
        """
        place = -1 if turn is None else self.turn_of(turn)
        queues, now_s = self._queues, self.engine.now_s
        if self.state != UP or waits(queues, self.row, now_s, place):
            self.work(cost_s, call, *args, lost=lost, turn=turn)
            return
        if cost_s:
            occupy(queues, self.row, now_s, cost_s)
        call(*args)

    def due(self, call: Callable[..., object], *args: Any) -> None:
        """A timer of the process falls due now: `call(*args)` when the loop gets to it.

        The call has to look what is still due by then. It is made even when the process died
        meanwhile: whatever held the timer knows that better.
        """
        queues, now_s = self._queues, self.engine.now_s
        if self.state != UP or not waits(queues, self.row, now_s, -1):
            call(*args)
            return
        if now_s >= self._round_ends_s:
            self._round_ends_s = self.start_s()
        self.engine.at(self._round_ends_s, self._round_over, call, args)

    def _round_over(self, call: Callable[..., object], args: tuple[Any, ...]) -> None:
        now_s = self.engine.now_s
        if self.state == UP and self._paused_until_s > now_s:
            self.engine.at(self._paused_until_s, self._round_over, call, args)
        elif self.state == UP and self.reads_first and self.start_s() > now_s:
            self.work(0.0, call, *args, lost=partial(call, *args))
        else:
            call(*args)

    def begin(self) -> int:
        """Something is under way that is not in the queue; `end` takes what this returns."""
        self.in_hand += 1
        return self.epoch

    def end(self, epoch: int) -> None:
        """What had begun in that `epoch` of the process is finished."""
        if epoch == self.epoch:
            self.in_hand -= 1
            self.exit_if_idle()

    def exit_if_idle(self) -> None:
        """Stop now, if it is ending and nothing is in hand any more."""
        if self._exiting and not self.in_hand:
            self.crash()

    def pause(self, until_s: float) -> None:
        """Nothing is served until then (garbage collection, a stalled VM); connections live on."""
        start_s = max(self.engine.now_s, self._paused_until_s)
        if until_s > start_s:
            stall_s = until_s - start_s
            self._round_ends_s = max(self._round_ends_s, start_s) + stall_s
            self._free_s = [max(free_s, start_s) + stall_s for free_s in self._free_s]
            self._paused_until_s = until_s
            before_s, self._stalled_s = self._stalled_s, self._stalled_s + stall_s
            turns_s = self._processes.shared.arrays.turns[self._turn_places()]
            waiting = turns_s > self.engine.now_s
            # come after what has been moved, not with it
            later_s = turns_s[waiting] + (self._stalled_s - before_s)
            turns_s[waiting] = np.nextafter(later_s, math.inf)
            self._processes.shared.arrays.turns[self._turn_places()] = turns_s

    def crash(self) -> None:
        """Kill the process: work in hand is lost."""
        self._go_down(REFUSING)

    def lose_host(self) -> None:
        """Lose the machine."""
        self._go_down(GONE)

    def exit(self) -> None:
        """End in good order: finish what is in hand, then stop. A restart cuts that short."""
        self._exiting = True
        if self.state == UP and not self.in_hand:
            self.crash()

    def _go_down(self, state: str) -> None:
        self.state = state
        self._queues.row[self.row + DOWN] = 1.0
        self.epoch += 1
        self.in_hand = 0
        self._exiting = False
        self._processes.shared.arrays.turns[self._turn_places()] = 0.0
        for listener in self.on_down:
            listener(self)

    def restart(self) -> None:
        """A fresh process: empty and free. One that is still ending is killed first."""
        if self._exiting:
            self.crash()
        self.state = UP
        self._queues.row[self.row + DOWN] = 0.0
        now_s = self.engine.now_s
        self._free_s = [now_s] * len(self._free_s)
        self._paused_until_s = self._round_ends_s = now_s
        self._come_up()

    def _come_up(self) -> None:
        for listener in self.on_up:
            listener(self)
