"""The box of layer 7 before all servers as a process: where people's HTTP connections end.

It has one queue for all that it does, so its ceiling is `cores` / cost; TLS is its work, too. What
it does with a request that its servers fail is `models.connections.proxied`; what passes through
its tunnels is `sim.path.tunnel`.
"""

from __future__ import annotations

from collections.abc import Callable
from math import inf
from typing import TYPE_CHECKING, Final

from sim.core.arrays import Cell
from sim.core.queues import AHEAD_S, PACE, occupy_in_turn
from sim.history import PROXY
from sim.node import Node
from sim.path.health import Health
from sim.path.limits import ALWAYS, CLOSE_REUSED, NEVER, UNLESS_POSTED

if TYPE_CHECKING:
    from sim.engine import Engine
    from sim.path.limits import Limits

INDEX: Final = -1
"""Its number among the nodes: it is none of them. Others beside it follow: -2, -3 ..."""
MANY: Final = 4096
"""Cores of one that is rented, whose makers say nothing of a ceiling."""


class Proxy(Node):
    """A proxy, from its numbers; times in seconds.

    Of several (`sim.path.proxies`) it is the one with this `number`; all have one `health`.
    """

    __slots__ = (
        "_retries",
        "accept_s",
        "answer_timeout_s",
        "connect_timeout_s",
        "fails_open",
        "hangs_up",
        "health",
        "passed_s",
        "removal_s",
        "request_s",
        "retry_wait_s",
        "same",
        "tries_max",
    )

    def __init__(
        self, engine: Engine, limits: Limits, number: int = 0, health: Health | None = None
    ) -> None:
        cores = limits.cores or (1 if limits.request_s else MANY)
        super().__init__(engine, INDEX - number, PROXY, cores)
        self.health = health or Health(engine, limits)
        self._retries = limits.retries or NEVER
        self.hangs_up = limits.on_death == CLOSE_REUSED
        self.fails_open = bool(limits.fails_open)
        self.same = limits.retry_at == "same"
        self.retry_wait_s = limits.retry_wait_s or 0.0
        self.tries_max = limits.tries_max or inf
        self.connect_timeout_s = limits.connect_timeout_s or inf
        self.answer_timeout_s = limits.answer_timeout_s or inf
        self.removal_s = limits.removal_s or inf
        self.request_s = limits.request_s or 0.0
        self.accept_s = limits.accept_s or 0.0
        self.passed_s = limits.passed_s or 0.0

    slowness = Cell(PACE, "how many times as long as usual all that it does takes", float)

    def pass_on(self, person: int) -> float:
        """Something passes through a tunnel of this person: when it will have."""
        now_s, turn = self.engine.now_s, self.turn_of(person)
        return occupy_in_turn(self._queues, self.row, now_s, self.passed_s, turn)

    def is_soon(self, time_s: float) -> bool:
        """Whether nothing that happens until then can change much."""
        return time_s <= self.engine.now_s + AHEAD_S

    def take(self, done_s: float, call: Callable[[], None], lost: Callable[[], None]) -> None:
        """A piece of work is in hand until `done_s`, then `call()`; `lost()` if it dies before."""
        self._take(done_s, call, (), lost)

    @property
    def goes_on(self) -> bool:
        """Whether a server that refuses is passed over at once."""
        return self._retries != NEVER and not self.same

    def retries(self, reached: bool, reads: bool) -> bool:
        """Whether a failed request is sent again: had a server got it, and does it only read?"""
        if not reached:
            return self._retries != NEVER
        return self._retries == ALWAYS or (reads and self._retries == UNLESS_POSTED)
