"""The box of layer 7 before all servers as a process: where people's HTTP connections end.

It has one queue for all that it does, so its ceiling is `cores` / `request_s`; TLS of these
connections is its work, too. It never fails itself. What it does with a request that its servers
fail is `models.connections.proxied`.
"""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, Final

from sim.history import PROXY
from sim.node import Node
from sim.path.health import Health
from sim.path.limits import ALWAYS, CLOSE_REUSED, NEVER, UNLESS_POSTED

if TYPE_CHECKING:
    from sim.engine import Engine
    from sim.path.limits import Limits

INDEX: Final = -1
"""Its number among the nodes: it is none of them."""
MANY: Final = 4096
"""Cores of one that is rented, whose makers say nothing of a ceiling."""


class Proxy(Node):
    """A proxy, from its numbers; times in seconds."""

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

    def __init__(self, engine: Engine, limits: Limits) -> None:
        super().__init__(engine, INDEX, PROXY, limits.cores or (1 if limits.request_s else MANY))
        self.health = Health(engine, limits)
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

    @property
    def goes_on(self) -> bool:
        """Whether a server that refuses is passed over at once."""
        return self._retries != NEVER and not self.same

    def retries(self, reached: bool, reads: bool) -> bool:
        """Whether a failed request is sent again: had a server got it, and does it only read?"""
        if not reached:
            return self._retries != NEVER
        return self._retries == ALWAYS or (reads and self._retries == UNLESS_POSTED)
