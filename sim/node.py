"""A node: a server process that listens, the clients that are connected to it, and its host.

The queue and its theory are `sim.process`. Added here: who is connected, how many may be, what
that takes in memory, and what clients notice when the node goes. A crash of the process and the
loss of the host differ in what the peers learn: the kernel of a crashed process closes its sockets
and answers with resets, a lost host stays silent. A node that drains takes no new clients and asks
the present ones to leave; requests under way are answered first (nginx: `quit`, ngx_worker_process
closes idle connections and waits for the others; Node.js 20: `server.close()` the same).
What the node does with messages is the design's business (`models`).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import compress
from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np

from sim.core.queues import CORES
from sim.process import GONE, REFUSING, UP, Process

if TYPE_CHECKING:
    from sim.engine import Engine

__all__ = ["GONE", "REFUSING", "UP", "Attached", "Netsplit", "Node"]


class Attached(Protocol):
    """A server-side connection as its node sees it.

    `comes_back`: its client opens another one at once when it ends, so that a draining node lets
    such connections go one by one, where it closes all others when it begins. `line`: the row of
    what the server writes (`sim.core.lines`), so that nobody asks it what waits when nothing can;
    -1: it is always asked.
    """

    @property
    def comes_back(self) -> bool: ...

    @property
    def line(self) -> int: ...

    def waiting_bytes(self) -> int:
        """What the server has written to it and the client has not received: it lies in memory."""

    def node_crashed(self) -> None:
        """The process died; its kernel closes the socket."""

    def node_lost(self) -> None:
        """The host died; nobody tells the peer."""

    def node_returned(self) -> None:
        """The host that died is back, and knows nothing of this connection."""

    def node_drains(self) -> None:
        """The node asks its clients to go elsewhere."""


class Netsplit(NamedTuple):
    """From when to when a cluster has two sides, and the gateways on the far one, by number."""

    start_s: float
    end_s: float
    far: tuple[int, ...]

    def parts(self, one: int, other: int) -> bool:
        """Whether these two nodes are on different sides."""
        return (one in self.far) != (other in self.far)

    def lasts(self, time_s: float, more_s: float = 0.0) -> bool:
        """Whether it is then, or has been over for less than so long."""
        return self.start_s <= time_s < self.end_s + more_s


class Node(Process):
    """One server. `kind` is history.GATEWAY or history.API; times in seconds."""

    __slots__ = (
        "_forgotten", "accepting", "admission_s", "backlog", "connection_bytes", "connections",
        "connections_limit", "full_s", "index", "kind", "on_drain", "waiting",
    )  # fmt: skip

    def __init__(self, engine: Engine, index: int, kind: int, cores: int) -> None:
        super().__init__(engine, cores)
        self._forgotten: list[Attached] = []  # connections that a lost host had
        self.index = index
        self.kind = kind
        self.accepting = True  # whether the balancer may send new clients here
        self.backlog = 4096
        self.connections_limit: float = math.inf
        self.admission_s = 0.0  # seconds from one new connection to the next; 0: any number
        self.full_s = 0.0  # when the bucket of that rate is full again
        self.waiting = 0  # connections established by the kernel, not yet taken by the process
        self.connection_bytes = 0  # memory that each connection takes
        self.connections: dict[Attached, None] = {}  # insertion-ordered
        self.on_drain: list[Callable[[Node], None]] = []

    def host(
        self, wake_share: float, wake_max_s: float, connection_bytes: int,
        cores_max: float = math.inf,
    ) -> None:  # fmt: skip
        """A server program runs here, too: where there are several, the dearest one decides.

        `cores_max`: of the machine's, that it can use.
        """
        self.cells[self.row + CORES] = min(self.cores, cores_max)  # others stand idle
        self.wake_share = max(self.wake_share, wake_share)
        self.wake_max_s = max(self.wake_max_s, wake_max_s)
        self.connection_bytes = max(self.connection_bytes, connection_bytes)

    def memory_bytes(self) -> int:
        """What its connections take, and what waits to reach those at their other ends."""
        count = len(self.connections)
        if not count:
            return 0
        lines = np.fromiter((one.line for one in self.connections), np.int64, count)
        under_way = self.engine.lines.under_way(lines, self.engine.now_s)
        waiting = sum(one.waiting_bytes() for one in compress(self.connections, under_way))
        return count * self.connection_bytes + waiting

    def runs_the_same_as(self, other: Node) -> None:
        """Host what `other` hosts."""
        self.host(other.wake_share, other.wake_max_s, other.connection_bytes, other.cores)
        self.reads_first = other.reads_first

    @property
    def cores(self) -> int:
        """How many pieces of work its programs can do at a time."""
        return len(self._free_s)

    @property
    def listening(self) -> bool:
        """Whether a process accepts connections here; one that exits has closed its socket."""
        return self.state == UP and not self._exiting

    def crash(self) -> None:
        """Kill the process: work in hand is lost, the kernel closes every connection."""
        super().crash()
        for connection in self._leave():
            connection.node_crashed()

    def lose_host(self) -> None:
        """Lose the machine: peers hear nothing, new SYNs are not answered."""
        super().lose_host()
        lost = self._leave()
        self._forgotten += lost
        for connection in lost:
            connection.node_lost()

    def _leave(self) -> list[Attached]:
        leaving = list(self.connections)
        self.connections.clear()
        return leaving

    def _go_down(self, state: str) -> None:
        self.waiting = 0
        super()._go_down(state)

    def restart(self) -> None:
        """A fresh process: empty, listening, free."""
        self.accepting = True
        super().restart()

    def _come_up(self) -> None:
        forgotten, self._forgotten = self._forgotten, []
        for connection in forgotten:
            connection.node_returned()
        super()._come_up()

    def drain(self, over_s: float) -> None:
        """Take no new clients and ask the present ones to leave.

        Those that come back at once are asked one by one, evenly over `over_s`, the others now.
        """
        self.accepting = False
        for listener in self.on_drain:
            listener(self)
        staying = [one for one in self.connections if one.comes_back]
        for connection in [one for one in self.connections if not one.comes_back]:
            self._ask(connection)
        now_s = self.engine.now_s
        for place, connection in enumerate(staying):
            self.engine.at(now_s + over_s * place / len(staying), self._ask, connection)

    def _ask(self, connection: Attached) -> None:
        if connection in self.connections:
            connection.node_drains()
