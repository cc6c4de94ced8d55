"""A server node: cores that serve work in order, connections, and the ways in which it fails.

Work is a FIFO queue over the cores, kept as the times at which each core is free, so a piece of
work costs one event at most. A crash of the process and the loss of the host differ in what the
peers learn: the kernel of a crashed process answers with resets, a lost host stays silent.
What the node does with messages is the design's business (`models`).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from heapq import heapreplace
from typing import TYPE_CHECKING, Any, Final, Protocol

if TYPE_CHECKING:
    from sim.engine import Engine

UP: Final = "up"  # host and process run
REFUSING: Final = "refusing"  # host runs, nobody listens: SYNs are answered by resets
GONE: Final = "gone"  # host lost: silence


class Attached(Protocol):
    """A server-side connection as its node sees it."""

    def node_crashed(self) -> None:
        """The process died; its kernel closes the socket."""

    def node_lost(self) -> None:
        """The host died; nobody tells the peer."""

    def node_returned(self) -> None:
        """The host that died is back, and knows nothing of this connection."""

    def node_drains(self) -> None:
        """The node asks its clients to go elsewhere."""


def _nothing() -> None:
    """Work whose loss nobody asks about."""


# a piece of work in hand: epoch, pauses before it, what to do then, with what, or else
_Piece = tuple[int, float, Callable[..., object], tuple[Any, ...], Callable[[], None]]


class Node:
    """One server. `kind` is history.GATEWAY or history.API; times in seconds."""

    __slots__ = (
        "_engine", "_forgotten", "_free_s", "_paused_until_s", "_stalled_s", "_turns", "accepting",
        "backlog", "busy_s", "connection_bytes", "connections", "connections_limit", "epoch",
        "index", "kind", "on_down", "on_up", "state", "waiting", "wake_max_s", "wake_share",
    )  # fmt: skip

    def __init__(self, engine: Engine, index: int, kind: int, cores: int) -> None:
        if cores < 1:
            raise ValueError(f"cores = {cores}; a node needs at least 1")
        self._engine = engine
        self._free_s = [0.0] * cores
        self._paused_until_s = 0.0
        self._forgotten: list[Attached] = []  # connections that a lost host had
        self._stalled_s = 0.0  # length of all pauses: what work in hand is late by
        self._turns: dict[int, tuple[float, float]] = {}  # when done, and pauses before that
        self.index = index
        self.kind = kind
        self.state = UP
        self.accepting = True  # whether the balancer may send new clients here
        self.backlog = 4096
        self.connections_limit: float = math.inf
        self.epoch = 0  # grows at every crash: work begun before is lost
        self.waiting = 0  # connections established by the kernel, not yet taken by the process
        self.connection_bytes = 0  # memory that each connection takes
        self.wake_share = 0.0  # extra CPU seconds per second that the core stood idle ...
        self.wake_max_s = 0.0  # ... and at most: waking up costs more than going on
        self.busy_s: dict[int, float] = {}  # CPU seconds used, by the second the work began
        self.connections: dict[Attached, None] = {}  # insertion-ordered
        self.on_down: list[Callable[[Node], None]] = []
        self.on_up: list[Callable[[Node], None]] = []

    def host(self, wake_share: float, wake_max_s: float, connection_bytes: int) -> None:
        """A server program runs here, too: where there are several, the dearest one decides."""
        self.wake_share = max(self.wake_share, wake_share)
        self.wake_max_s = max(self.wake_max_s, wake_max_s)
        self.connection_bytes = max(self.connection_bytes, connection_bytes)

    @property
    def listening(self) -> bool:
        """Whether a process accepts connections here."""
        return self.state == UP

    def busy(self, cost_s: float) -> float:
        """Occupy the first free core for `cost_s` and return when it will be done."""
        now_s = self._engine.now_s
        free_s = self._free_s[0]
        start_s = max(now_s, free_s)
        if self.wake_share and start_s > free_s:
            cost_s += min(self.wake_share * (start_s - free_s), self.wake_max_s)
        second = int(start_s)
        self.busy_s[second] = self.busy_s.get(second, 0.0) + cost_s
        done_s = start_s + cost_s
        heapreplace(self._free_s, done_s)
        return done_s

    def start_s(self) -> float:
        """When work handed in now would begin."""
        return max(self._engine.now_s, self._free_s[0])

    def work(
        self, cost_s: float, call: Callable[..., object], *args: Any,
        lost: Callable[[], None] = _nothing, turn: int | None = None,
    ) -> None:  # fmt: skip
        """Do work of `cost_s` CPU seconds, then `call(*args)`; `lost()` if the node died first.

        Pieces with the same `turn` are done in the order they were handed in, whatever the core:
        a server reads one connection, and writes to one, from a single thread.
        """
        if self.state != UP:
            lost()
            return
        done_s = self.busy(cost_s)
        if turn is not None:
            before_s, stalled_s = self._turns.get(turn, (0.0, 0.0))
            if stalled_s < self._stalled_s:  # a pause has moved it: come after it, not with it
                before_s = math.nextafter(before_s + self._stalled_s - stalled_s, math.inf)
            done_s = max(done_s, before_s)
            self._turns[turn] = (done_s, self._stalled_s)
        self._engine.at(done_s, self._finish, (self.epoch, self._stalled_s, call, args, lost))

    def _finish(self, piece: _Piece) -> None:
        epoch, stalled_s, call, args, lost = piece
        if epoch != self.epoch:
            lost()
        elif stalled_s < self._stalled_s:  # the node paused meanwhile
            due_s = self._engine.now_s + self._stalled_s - stalled_s
            self._engine.at(due_s, self._finish, (epoch, self._stalled_s, call, args, lost))
        else:
            call(*args)

    def pause(self, until_s: float) -> None:
        """Nothing is served until then (garbage collection, a stalled VM); connections live on."""
        start_s = max(self._engine.now_s, self._paused_until_s)
        if until_s > start_s:
            stall_s = until_s - start_s
            self._free_s = [max(free_s, start_s) + stall_s for free_s in self._free_s]
            self._paused_until_s = until_s
            self._stalled_s += stall_s

    def crash(self) -> None:
        """Kill the process: work in hand is lost, the kernel closes every connection."""
        self._go_down(REFUSING)
        for connection in self._leave():
            connection.node_crashed()

    def lose_host(self) -> None:
        """Lose the machine: peers hear nothing, new SYNs are not answered."""
        self._go_down(GONE)
        lost = self._leave()
        self._forgotten += lost
        for connection in lost:
            connection.node_lost()

    def _go_down(self, state: str) -> None:
        self.state = state
        self.epoch += 1
        self.waiting = 0
        self._turns.clear()
        for listener in self.on_down:
            listener(self)

    def _leave(self) -> list[Attached]:
        leaving = list(self.connections)
        self.connections.clear()
        return leaving

    def restart(self) -> None:
        """A fresh process: empty, listening, free."""
        self.state = UP
        self.accepting = True
        self._free_s = [self._engine.now_s] * len(self._free_s)
        self._paused_until_s = self._engine.now_s
        forgotten, self._forgotten = self._forgotten, []
        for connection in forgotten:
            connection.node_returned()
        for listener in self.on_up:
            listener(self)

    def drain(self, over_s: float) -> None:
        """Take no new clients and ask the present ones to leave, spread evenly over `over_s`."""
        self.accepting = False
        staying = list(self.connections)
        now_s = self._engine.now_s
        for place, connection in enumerate(staying):
            self._engine.at(now_s + over_s * place / len(staying), self._ask, connection)

    def _ask(self, connection: Attached) -> None:
        if connection in self.connections:
            connection.node_drains()
