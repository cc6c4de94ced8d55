"""The clock, and two calendars on it: calls of Python, and what a compiled loop has to do.

A call is a time, its place among those booked, and what to call: a process per message would cost
several events instead of one. What happens in great numbers and always the same way is not booked
here but with a `Fast` calendar (see `models.calm`), whose events need no Python. Both draw their
places from one row of numbers, so that what falls on one instant runs in the order in which it was
booked, whoever runs it.

Processes (samplers, fault plans) are SimPy's: `process` takes a generator that yields time-outs of
`env`. Of calls and processes due at one instant, the processes come first.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from heapq import heappop, heappush
from typing import Any, Protocol

import simpy

from sim.core.lines import LineRows
from sim.core.links import LinkRows
from sim.core.queues import Processes

_THE_END, _SIMPY = -1, 0  # what stands in for a place; those booked begin at 1


class Fast(Protocol):
    """A calendar whose events need no Python as long as all is calm."""

    def next_s(self) -> float:
        """When its next event is due; infinity when there is none."""

    def run(self, until_s: float, place: int) -> bool:
        """Do what is due before `until_s`, and at it what was booked before `place`.

        It may return early, after anything that may have booked a call. False: nothing was due.
        """


class Engine:
    """One run's clock and agenda. Times are simulated seconds from the run's start.

    `now_s`: the time; whoever runs events moves it. `place`: how many events have been booked.
    `processes`, `links`, `lines`: the numbers of all processes, ways and directions on this clock.
    """

    __slots__ = (
        "_agenda",
        "_simpy",
        "env",
        "fast",
        "lines",
        "links",
        "now_s",
        "place",
        "processes",
    )

    def __init__(self, seconds: int = 4096) -> None:
        """`seconds`: for how many from the start processes write down how busy they were."""
        self.env = simpy.Environment()
        self.now_s = 0.0
        self.place = 0
        self.fast: Fast | None = None
        self.processes = Processes(seconds)
        self.links = LinkRows()
        self.lines = LineRows()
        self._agenda: list[tuple[float, int, Callable[..., object], tuple[Any, ...]]] = []
        self._simpy = False  # whether SimPy has anything to do

    def at(self, time_s: float, call: Callable[..., object], *args: Any) -> None:
        """Run `call(*args)` at `time_s`; calls of one instant run in the order they were booked.

        Raises ValueError for a time in the past.
        """
        if time_s < self.now_s:
            raise ValueError(f"time_s = {time_s} lies before now = {self.now_s}")
        self.place += 1
        heappush(self._agenda, (time_s, self.place, call, args))

    def again(self, time_s: float, place: int, call: Callable[..., object], *args: Any) -> None:
        """Take over an event of the other calendar, with its place."""
        heappush(self._agenda, (time_s, place, call, args))

    def ahead(self, time_s: float, call: Callable[..., object], *args: Any) -> None:
        """Run `call(*args)` now as if it were `time_s`, a moment later, and save an event.

        What it books and writes has that time. For what nothing in between can change much.
        """
        now_s, self.now_s = self.now_s, time_s
        call(*args)
        self.now_s = now_s

    def process(self, steps: Generator[simpy.Event, Any, Any]) -> simpy.Process:
        """Start a SimPy process now."""
        if self.env.now < self.now_s:
            self.env.run(self.now_s)
        self._simpy = True
        return self.env.process(steps)

    def run(self, until_s: float) -> None:
        """Advance to `until_s`, running everything due strictly before it."""
        agenda, env, fast = self._agenda, self.env, self.fast
        while True:
            time_s, place = until_s, _THE_END
            if agenda and agenda[0][0] < until_s:
                time_s, place, _, _ = agenda[0]
            if self._simpy and env.peek() <= time_s and env.peek() < until_s:
                time_s, place = env.peek(), _SIMPY
            if fast is not None and fast.next_s() <= time_s and fast.run(time_s, place):
                continue
            self.now_s = max(self.now_s, time_s)
            if place == _THE_END:
                return
            if place == _SIMPY:
                env.step()
            else:
                _, _, call, args = heappop(agenda)
                call(*args)
