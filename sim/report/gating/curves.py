"""Operating curves: how often a gate fails, or cannot tell, were its figure on the limit or beyond.

Leaves out how they are found (`sim.experiment.gates.operating`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

HEADINGS: Final = ("design", "promise", "limit", "on it", "at 2 times", "at 10 times")
"""Of a table of them."""
EXPLAINED: Final = (
    "How often a gate fails / cannot tell within {budget} replications like these, were what it is"
    " about on its limit, at twice and at ten times as much; otherwise it passes"
)


@dataclass(frozen=True, slots=True)
class Point:
    """With the figure at `times` its limit: the probability to fail and to be undecided."""

    times: int
    fails: float
    unknown: float


@dataclass(frozen=True, slots=True)
class Curve:
    """The points of a gate with its `limit` in words, for at most `budget` replications.

    A share of more than all has no point.
    """

    limit: str
    budget: int
    points: tuple[Point, ...]

    @property
    def cells(self) -> tuple[str, ...]:
        """The limit, and each point in words.

        >>> Curve("1 %", 8, (Point(1, 0.02, 0.9), Point(2, 1.0, 0.0))).cells
        ('1 %', '2 / 90 %', '100 / 0 %', '—')
        """
        said = [f"{100 * one.fails:.0f} / {100 * one.unknown:.0f} %" for one in self.points]
        return (self.limit, *said, *["—"] * (len(HEADINGS) - 3 - len(said)))


def explained(curves: Iterable[Curve]) -> str:
    """What the figures of a table are."""
    return EXPLAINED.format(budget=max(one.budget for one in curves))


def together(curves: Iterable[tuple[str, str, Curve]]) -> list[tuple[str, ...]]:
    """Rows of a table from design, promise and curve; equal ones of several designs are one."""
    designs: dict[tuple[str, ...], list[str]] = {}
    for design, title, curve in curves:
        designs.setdefault((title, *curve.cells), []).append(design)
    return [(", ".join(names), *cells) for cells, names in designs.items()]
