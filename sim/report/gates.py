"""What a check found, for the page of its run: promises, how they fared, and what gates can see."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from sim.report.gating.curves import HEADINGS, Curve, Point, explained, together
from sim.report.stored import Results

# State -> (word, name of the shape and colour on the page).
STATES: Final = {
    "pass": ("pass", "better"),
    "fail": ("fail", "worse"),
    "unknown": ("unknown", "unknown"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One promise of one design."""

    design: str
    title: str
    word: str
    mark: str
    found: str


@dataclass(frozen=True, slots=True)
class Board:
    """All promises; then the table of operating curves with what its figures are, if there are."""

    rows: tuple[Row, ...]
    headings: tuple[str, ...]
    curves: tuple[tuple[str, ...], ...]
    explained: str


def board(results: Results) -> Board | None:
    """None for a run that was no check."""
    found = results.part("gates").get("rows")
    if not found:
        return None
    rows = tuple(
        Row(one["design"], one["title"], *STATES[one["state"]], one["found"]) for one in found
    )
    curves = [(one["design"], one["title"], _curve(one["curve"])) for one in found if one["curve"]]
    said = f"{explained(curve for _, _, curve in curves)}." if curves else ""
    return Board(rows, HEADINGS, tuple(together(curves)), said)


def _curve(told: dict[str, Any]) -> Curve:
    points = (Point(one["times"], one["fails"], one["unknown"]) for one in told["points"])
    return Curve(told["limit"], told["budget"], tuple(points))
