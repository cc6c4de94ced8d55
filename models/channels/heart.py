"""Runs the heartbeat machines of one end of a connection."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from models.protocols.heartbeat import Act, Beat, Pinger, SideSpec, Watchdog
from models.protocols.machine import TIMEOUT, Luck
from sim.driver import Driver

if TYPE_CHECKING:
    from sim.engine import Engine


class Heart:
    """One end's pinger and watchdog; `ping()` sends one, `dead()` says the peer is gone."""

    __slots__ = ("_dead", "_drivers", "_ping", "beating")

    def __init__(
        self,
        engine: Engine,
        spec: SideSpec | None,
        luck: Luck,
        ping: Callable[[], None],
        dead: Callable[[], None],
    ) -> None:
        self._ping = ping
        self._dead = dead
        self.beating = False
        self._drivers: list[Driver] = []
        if spec is not None and spec.ping is not None:
            self._drivers.append(Driver(engine, Pinger(spec.ping, luck), self._act, TIMEOUT))
        if spec is not None and spec.watch is not None:
            self._drivers.append(Driver(engine, Watchdog(spec.watch), self._act, TIMEOUT))

    def _act(self, act: Act) -> None:
        if act is Act.SEND_PING:
            self._ping()
        else:
            self._dead()

    def feed(self, beat: Beat) -> None:
        """Something happened on the connection at this end."""
        if beat is Beat.OPENED:
            self.beating = True
        elif not self.beating:
            return
        elif beat is Beat.CLOSED:
            self.beating = False
        for driver in self._drivers:
            driver.feed(beat)
