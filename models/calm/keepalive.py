"""One end's heartbeat, kept in rows: `models.connections.keepalive` on the loop's calendar."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, Protocol

from models.calm import beats
from models.protocols.heartbeat import Beat, PingSpec, SideSpec, WatchdogSpec
from models.protocols.machine import Luck

if TYPE_CHECKING:
    from sim.process import Process

_CODES: Final = {
    Beat.PING: beats.PING,
    Beat.PONG: beats.PONG,
    Beat.DATA: beats.DATA,
    Beat.REPLY: beats.REPLY,
}


class Machines(Protocol):
    """Where heartbeat machines are kept and woken (`models.calm.calm`)."""

    @property
    def now_s(self) -> float:
        """The time."""

    @property
    def machines(self) -> Any:
        """The rows of all machines."""

    def add_machine(self, keepalive: RowKeepAlive, spec: PingSpec | WatchdogSpec) -> int:
        """The row of a new machine."""

    def arm(self, machine: int) -> None:
        """A machine's deadline may have moved."""


class RowKeepAlive:
    """As `KeepAlive`; `pings` and `watches` are the rows of its machines, -1 for none."""

    __slots__ = ("_calm", "_luck", "beating", "dead", "ping", "pings", "process", "watches")
    in_rows = True

    def __init__(
        self, calm: Machines, spec: SideSpec | None, luck: Luck, ping: Callable[[], None],
        dead: Callable[[], None], process: Process | None = None,
    ) -> None:  # fmt: skip
        self._calm = calm
        self._luck = luck
        self.ping = ping
        self.dead = dead
        self.process = process
        self.beating = False
        self.pings = self.watches = -1
        if spec is not None and spec.ping is not None:
            self.pings = calm.add_machine(self, spec.ping)
        if spec is not None and spec.watch is not None:
            self.watches = calm.add_machine(self, spec.watch)

    def hear(self, beat: Beat) -> None:
        """Traffic other than a pong: it never moves a deadline forward nor asks for anything."""
        if self.beating:
            self._hear(beat)

    def _hear(self, beat: Beat) -> None:
        row, now_s, code = self._calm.machines, self._calm.now_s, _CODES[beat]
        for machine in (self.pings, self.watches):
            if machine >= 0:
                beats.hear(row, machine, now_s, code)

    def feed(self, beat: Beat) -> None:
        """The connection opened or closed at this end, or a pong arrived."""
        if beat is Beat.OPENED:
            self.beating = True
            self._open()
        elif not self.beating:
            return
        elif beat is Beat.CLOSED:
            self.beating = False
            self._close()
        else:
            self._hear(beat)
        for machine in (self.pings, self.watches):
            if machine >= 0:
                self._calm.arm(machine)

    def _open(self) -> None:
        row, now_s = self._calm.machines, self._calm.now_s
        if self.pings >= 0:
            share = self._luck() if row[self.pings + beats.BY_LUCK] else 1.0
            beats.open_(row, self.pings, now_s, share)
        if self.watches >= 0:
            beats.open_(row, self.watches, now_s, 1.0)

    def _close(self) -> None:
        row = self._calm.machines
        for machine in (self.pings, self.watches):
            if machine >= 0:
                beats.close(row, machine)
