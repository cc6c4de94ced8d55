"""What a balancer believes of the servers behind it: from checks of its own, and from what failed.

Checks (active): a server that stops listening is believed for as long as `check_fails` checks
take, and one that listens again gets nothing before `check_passes` checks have passed. Failures
(passive): after `max_fails` requests have failed within `down_s`, a server gets nothing for
`down_s`, dead or not. Without either everything is believed.
"""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.engine import Engine
    from sim.path.limits import Limits
    from sim.process import Process


class Health:
    """One balancer's opinion of each server; times in seconds."""

    __slots__ = (
        "_down_s", "_engine", "_fails", "_fails_max", "_fell_s", "_notices_s", "_returns_s",
        "_shut_until_s",
    )  # fmt: skip

    def __init__(self, engine: Engine, limits: Limits) -> None:
        self._engine = engine
        self._notices_s = (limits.check_s or inf) * (limits.check_fails or 1)
        self._returns_s = (limits.check_s or 0.0) * (limits.check_passes or 1)
        self._fails_max = limits.max_fails or inf
        self._down_s = limits.down_s or 0.0
        self._fell_s: dict[Process, float] = {}  # when it stopped listening, of those that have
        self._shut_until_s: dict[Process, float] = {}
        self._fails: dict[Process, list[float]] = {}  # times of the latest failures

    def watch(self, server: Process) -> None:
        """A server is behind the balancer from now on."""
        server.on_down.append(self._fell)
        server.on_up.append(self._rose)

    def _fell(self, server: Process) -> None:
        now_s = self._engine.now_s
        checks = self._notices_s < inf
        noticed = checks and now_s < self._shut_until_s.get(server, 0.0)  # no check passed since
        self._fell_s.setdefault(server, -inf if noticed else now_s)

    def _rose(self, server: Process) -> None:
        fell_s = self._fell_s.pop(server, inf)
        if self._engine.now_s - fell_s >= self._notices_s:
            self._shut(server, self._returns_s)

    def _shut(self, server: Process, for_s: float) -> None:
        until_s = self._engine.now_s + for_s
        self._shut_until_s[server] = max(until_s, self._shut_until_s.get(server, 0.0))

    def failed(self, server: Process) -> None:
        """A request, or an attempt to connect, has failed there."""
        now_s = self._engine.now_s
        recent = [at_s for at_s in self._fails.get(server, ()) if now_s - at_s < self._down_s]
        self._fails[server] = recent = [*recent, now_s]
        if len(recent) >= self._fails_max:
            self._shut(server, self._down_s)

    def trusts(self, server: Process) -> bool:
        """Whether it gets something new."""
        now_s = self._engine.now_s
        if now_s < self._shut_until_s.get(server, 0.0):
            return False
        return now_s - self._fell_s.get(server, inf) < self._notices_s
