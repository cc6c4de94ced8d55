"""The clock: SimPy's environment with lean timed calls.

A generator process per message would cost several events; here one timed call is one entry on
SimPy's own queue. Processes (fault plans, samplers) may still be written against `env`.
What happens at each instant is decided elsewhere: see `sim.driver` and `sim.transport`.
"""

from __future__ import annotations

from collections.abc import Callable
from heapq import heappush
from typing import Any

import simpy
from simpy.events import NORMAL, URGENT

_NORMAL = int(NORMAL)
_URGENT = int(URGENT)


class _Call:
    """A timed call in the shape that SimPy's `step` expects of an event."""

    __slots__ = ("args", "call", "callbacks")
    _ok = True

    def __init__(self, call: Callable[..., object], args: tuple[Any, ...]) -> None:
        self.callbacks: Any = _FIRE
        self.call = call
        self.args = args


def _fire(event: _Call) -> None:
    event.call(*event.args)


_FIRE = (_fire,)


class Engine:
    """One run's clock and agenda. Times are simulated seconds from the run's start."""

    __slots__ = ("_next_id", "_queue", "env")

    def __init__(self) -> None:
        self.env = simpy.Environment()
        # SimPy's agenda, reached directly: `schedule` takes a delay, and now + (t - now) is not
        # always t in floating point, while settlement compares exact times. A public time-out also
        # costs 1.6 times as much. pyproject.toml bounds the version; the tests look at its agenda.
        self._queue: list[Any] = self.env._queue
        self._next_id = self.env._eid

    @property
    def now_s(self) -> float:
        """The current simulated time in seconds."""
        return self.env._now

    def at(self, time_s: float, call: Callable[..., object], *args: Any) -> None:
        """Run `call(*args)` at `time_s`; calls of one instant run in the order they were booked.

        Raises ValueError for a time in the past.
        """
        if time_s < self.env._now:
            raise ValueError(f"time_s = {time_s} lies before now = {self.env._now}")
        heappush(self._queue, (time_s, _NORMAL, next(self._next_id), _Call(call, args)))

    def run(self, until_s: float) -> None:
        """Advance to `until_s`, running everything booked strictly before it."""
        if until_s > self.env._now:
            stop = self.env.event()
            stop._ok, stop._value = True, None
            heappush(self._queue, (until_s, _URGENT, next(self._next_id), stop))
            self.env.run(stop)
