"""A figure of a point held to its limit: it holds, it fails, or there are too few runs to tell."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final, Literal

from sim.experiment.statistics.intervals import Interval
from sim.numbers import NEVER, UNKNOWN, written

State = Literal["holds", "fails", "too few runs"]
HOLDS: Final = "holds"
FAILS: Final = "fails"
FEW: Final = "too few runs"
UNITS: Final = {"recovery": (1.0, "s"), "cpu": (100.0, "%"), "memory": (1e-6, "MB"),
                "delivery": (1.0, "s"), "loss": (100.0, "%")}  # fmt: skip
"""By limit: what a figure is multiplied by before it is written, and its unit then."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One figure, its interval, and the limit it is held to; nan: nothing is known of it."""

    name: str
    value: float
    low: float | None
    high: float | None
    limit: float

    @property
    def state(self) -> State:
        """Holds only when the far side of the interval does, fails only when the near side does."""
        if self.high is not None and self.high <= self.limit:
            return HOLDS
        if self.low is not None and self.low > self.limit:
            return FAILS
        return FEW

    @property
    def excess(self) -> float:
        """How many times the limit its far side is; infinite where nothing is known of it."""
        far = self.value if self.high is None else self.high
        return math.inf if math.isnan(far) else far / self.limit

    def as_told(self) -> dict[str, Any]:
        """In plain numbers: "never" for what is infinite, None for what is unknown."""
        value, low, high = map(_plain, (self.value, self.low, self.high))
        return {
            "limit": self.name,
            "value": value,
            "low": low,
            "high": high,
            "allowed": self.limit,
            "state": self.state,
        }


def judged(name: str, found: Interval, limit: float) -> Judged:
    """An estimate held to a limit."""
    if found.value == 0.0 and found.low is None and found.high is None:
        return Judged(name, 0.0, 0.0, 0.0, limit)  # none of it in any run: a sum of nothing
    return Judged(name, found.value, found.low, found.high, limit)


def certain(name: str, value: float, limit: float) -> Judged:
    """A figure that is arithmetic held to a limit."""
    return Judged(name, value, value, value, limit)


def amount(name: str, value: float | str | None) -> str:
    """A figure, or one as it is told, with its unit: `58.1 s`, `0.2 %`."""
    if value is None or value == NEVER:
        return UNKNOWN if value is None else NEVER
    times, unit = UNITS[name]
    words = written(float(value) * times)
    return words if words in (UNKNOWN, NEVER) else f"{words} {unit}"


def _plain(value: float | None) -> float | str | None:
    if value is None or math.isnan(value):
        return None
    return NEVER if math.isinf(value) else value
