"""What a hunt draws its schedules from: how large they may be, and the ladders of its times.

Most races live within a round trip of a message, so faults begin or end on a fine grid around a
send; how long they last, and how far messages are apart, are rungs of a ladder. Values that are
simpler to read come first: what is found is shrunk towards them. Leaves out the drawing
(`draws`) and the moments between the steps of a run (`rehearsal`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from sim.hunt.schedule import CLASSES, USUAL

MOST_PEOPLE: Final = 4
LUCK: Final = 100
_STEP_MS: Final = 5


def _round_first(values_ms: Iterable[int]) -> tuple[float, ...]:
    """In seconds; those that are round come first, then those near zero, later before earlier."""

    def simple(value_ms: int) -> tuple[int, int, bool]:
        coarse = next(place for place, step in enumerate(_ROUND_MS) if value_ms % step == 0)
        return coarse, abs(value_ms), value_ms < 0

    return tuple(value / 1e3 for value in sorted(values_ms, key=simple))


_ROUND_MS: Final = (1000, 100, 50, 10, 5)
OFFSETS_S: Final = _round_first(range(-200, 401, _STEP_MS))
SPANS_S: Final = _round_first((50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000, 50000, 100000))
ASKS_S: Final = _round_first((20, 50, 100, 200, 500, 1000, 5000, 20000, 50000))
GAPS_S: Final = _round_first((0, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000, 50000, 100000))


@dataclass(frozen=True, slots=True)
class Limits:
    """How large schedules may become, which classes of faults they use, and the nodes there are.

    `moments_s`: offsets from a send worth trying besides the grid, between two steps of a calm run.
    `asks`: whether senders ask for the list after their messages.
    """

    classes: tuple[str, ...] = USUAL
    people: int = MOST_PEOPLE
    messages: int = 4
    faults: int = 3
    nodes: int = 3
    moments_s: tuple[float, ...] = ()
    asks: bool = False

    def __post_init__(self) -> None:
        for name, low, high in (
            ("people", 2, MOST_PEOPLE),
            ("messages", 1, 10),
            ("faults", 0, 10),
            ("nodes", 1, 2_000),
        ):
            if not low <= getattr(self, name) <= high:
                raise ValueError(f"{name} = {getattr(self, name)}; allowed: {low} to {high}")
        if unknown := [name for name in self.classes if name not in CLASSES]:
            allowed = ", ".join(CLASSES)
            raise ValueError(f"faults = '{unknown[0]}'; allowed: {allowed}")

    @property
    def depth(self) -> int:
        """Most faults of a schedule: none where no class is allowed."""
        return self.faults if self.classes else 0
