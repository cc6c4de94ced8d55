"""Runs the heartbeat machines of one end of a connection."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from models.protocols.heartbeat import Act, Beat, Pinger, PingSpec, SideSpec, Watchdog
from models.protocols.machine import TIMEOUT, Luck
from sim.driver import Driver

if TYPE_CHECKING:
    from sim.driver import Timers
    from sim.engine import Engine


def ignores_traffic(spec: SideSpec | None) -> bool:
    """Whether this end's heartbeat does not care what it hears besides pongs."""
    return spec is None or (spec.watch is None and not _listens(spec.ping))


def _listens(ping: PingSpec | None) -> bool:
    return ping is not None and (ping.next_from == "heard" or ping.while_awaiting != "nothing")


class KeepAlive:
    """One end's pinger and watchdog; `ping()` sends one, `dead()` says the peer is gone.

    `process`: what runs its timers, a server's process or a client's device; None: on time.
    """

    in_rows = False

    __slots__ = ("_dead", "_drivers", "_engine", "_listeners", "_ping", "beating")

    def __init__(
        self,
        engine: Engine,
        spec: SideSpec | None,
        luck: Luck,
        ping: Callable[[], None],
        dead: Callable[[], None],
        process: Timers | None = None,
    ) -> None:
        self._ping = ping
        self._dead = dead
        self._engine = engine
        self.beating = False
        self._drivers: list[Driver] = []
        self._listeners: list[Pinger | Watchdog] = []  # machines that traffic concerns
        if spec is not None and spec.ping is not None:
            pinger = Pinger(spec.ping, luck)
            self._drivers.append(Driver(engine, pinger, self._act, TIMEOUT))
            self._listeners += [pinger] if _listens(spec.ping) else []
        if spec is not None and spec.watch is not None:
            watchdog = Watchdog(spec.watch)
            self._drivers.append(Driver(engine, watchdog, self._act, TIMEOUT))
            self._listeners.append(watchdog)
        for driver in self._drivers:
            driver.process = process

    def _act(self, act: Act) -> None:
        if act is Act.SEND_PING:
            self._ping()
        else:
            self._dead()

    def hear(self, beat: Beat) -> None:
        """Traffic other than a pong: it never moves a deadline forward nor asks for anything."""
        if self._listeners and self.beating:
            for machine in self._listeners:
                machine.handle(beat, self._engine.now_s)

    def feed(self, beat: Beat) -> None:
        """The connection opened or closed at this end, or a pong arrived."""
        if beat is Beat.OPENED:
            self.beating = True
        elif not self.beating:
            return
        elif beat is Beat.CLOSED:
            self.beating = False
        for driver in self._drivers:
            driver.feed(beat)
