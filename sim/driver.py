"""Runs a protocol machine: feeds it events, carries out its actions, keeps its one wake-up armed.

A machine (see `models.protocols.machine`) is told the time and exposes a single deadline. A SimPy
timeout cannot be cancelled and pending ones make every event dearer, so the driver keeps at most
one wake-up per machine on the agenda: when the deadline moves later, the early wake-up finds
nothing due and re-arms itself.

A machine of a server is run by a process: its time-out waits until that process's loop gets to its
timers, and is then looked at again (`sim.process.Process.due`). So does one of a client whose
device is hidden or asleep.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from sim.engine import Engine


class Timers(Protocol):
    """What runs the timers of a machine, early or late: a server's process, a client's device."""

    def due(self, call: Callable[..., object], *args: Any) -> None:
        """A timer falls due now: `call(*args)` when it is its turn."""


class Machine(Protocol):
    """What the driver needs of a machine."""

    @property
    def deadline_s(self) -> float:
        """The next time the machine wants to be woken; infinity when none."""

    def handle(self, event: Any, now_s: float) -> Sequence[Any]:
        """Take one event at `now_s` and answer with the actions it causes."""


class Driver:
    """Binds one machine to the clock; `act` carries out each action the machine asks for.

    `elsewhere(armed_s)` is asked first when the time has come that was booked: True where the
    machine's state is in rows, and all has been done there.
    `armed_s`: when it is woken next, as booked; `waits`: for its process to get to its timers.
    `process`: what runs the machine's timers; None for one whose timers are on time.
    """

    __slots__ = (
        "_act", "_elsewhere", "_engine", "_timeout", "armed_s", "machine", "process", "waits",
    )  # fmt: skip

    def __init__(
        self, engine: Engine, machine: Machine, act: Callable[[Any], None], timeout: object,
        elsewhere: Callable[[float], bool] | None = None,
    ) -> None:  # fmt: skip
        self._elsewhere = elsewhere
        self._engine = engine
        self._act = act
        self._timeout = timeout
        self.armed_s = math.inf
        self.waits = False
        self.machine = machine
        self.process: Timers | None = None

    def feed(self, event: object) -> None:
        """Hand `event` to the machine now, carry out its actions and re-arm the wake-up."""
        for action in self.machine.handle(event, self._engine.now_s):
            self._act(action)
        if self.machine.deadline_s < self.armed_s:
            self._arm()

    def _arm(self) -> None:
        self.armed_s = max(self.machine.deadline_s, self._engine.now_s)
        self._engine.at(self.armed_s, self.wake, self.armed_s)

    def wake(self, armed_s: float) -> None:
        """The time that was booked has come."""
        if self._elsewhere is not None and self._elsewhere(armed_s):
            return
        if armed_s != self.armed_s:  # a nearer wake-up has replaced this one
            return
        self.armed_s = math.inf
        if self.waits:
            return
        if self.process is not None and self.machine.deadline_s <= self._engine.now_s:
            self.waits = True
            self.process.due(self._ring)
        else:
            self._ring()

    def _ring(self) -> None:
        self.waits = False
        if self.machine.deadline_s <= self._engine.now_s:
            self.feed(self._timeout)
        if self.machine.deadline_s < self.armed_s:
            self._arm()
