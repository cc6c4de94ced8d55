"""When timers of a client run: at once, late in a hidden tab, not at all while the device sleeps.

A device stands where a server's process does: a machine's time-out waits until timers run, and is
then looked at again (`sim.driver`). Timers of the operating system (TCP's, those of a browser's own
connections) are on time. All timers of a client are taken for chained ones, which is what pings,
waits and time-outs that are set again and again are; a worker's or those of a tab that plays sound
are on time in Chromium, and `hidden_tick_s = 0` says so.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from models.protocols.software import Software
    from sim.engine import Engine
    from sim.world import World

_CLOCK_S: Final = 60.0  # a tick of any device's clock lies anywhere within a minute


class Device:
    """One person's device. `phase_s`: how far its clock is ahead of whole minutes."""

    __slots__ = ("_asleep", "_engine", "_hidden", "_software", "phase_s")

    def __init__(self, world: World, software: Software, person: int) -> None:
        self._engine: Engine = world.engine
        self._software = software
        self._hidden = list(world.hidden.get(person, ()))
        self._asleep = list(world.asleep.get(person, ()))
        self.phase_s = float(world.streams.generator("device-clock", person).random()) * _CLOCK_S

    def due(self, call: Callable[..., object], *args: Any) -> None:
        """A timer falls due now: `call(*args)` when timers run."""
        due_s = self.runs_s(self._engine.now_s)
        if due_s > self._engine.now_s:
            self._engine.at(due_s, call, *args)
        else:
            call(*args)

    def runs_s(self, time_s: float) -> float:
        """When a timer that is due at `time_s` runs, in seconds."""
        asleep = _within(self._asleep, time_s)
        if asleep is not None:
            return self.runs_s(asleep[1])
        hidden = _within(self._hidden, time_s)
        if hidden is None:
            return time_s
        due_s = min(self._software.hidden_due_s(time_s, hidden[0], self.phase_s), hidden[1])
        return self.runs_s(due_s) if due_s > time_s else time_s


def _within(spans: list[tuple[float, float]], time_s: float) -> tuple[float, float] | None:
    """The span that holds this moment."""
    return next((span for span in spans if span[0] <= time_s < span[1]), None)


def device_of(world: World, software: Software, person: int) -> Device | None:
    """The device of a person; None for one that is never hidden nor asleep: its timers run."""
    rests = person in world.hidden or person in world.asleep
    return Device(world, software, person) if rests else None
