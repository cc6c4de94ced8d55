"""The table of a plan: a row for each way to come back, what binds, what was found there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from sim.plans.judged import amount
from sim.plans.told import WORDS

HEADS: Final = ("back-off, let in", "nodes", "binds", *WORDS.values())
MARK: Final = "◆"


def rows(told: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    """Cells in the order of `HEADS`; those that were not looked at are empty."""
    for one in told["rows"]:
        rate = one["admissions_per_s"]
        figures = {figure["limit"]: figure for figure in one["figures"]}
        yield (
            f"{one['backoff']}, {'any' if rate is None else f'{rate:g}/s'}",
            _nodes(one),
            WORDS.get(one["binding"] or "", ""),
            *(_cell(name, figures.get(name)) for name in WORDS),
        )


def limits(told: Mapping[str, Any]) -> tuple[str, ...]:
    """The last row: what is allowed."""
    allowed = told["question"]["limits"]
    return ("allowed", "", "", *(amount(name, allowed[name]) for name in WORDS))


def _nodes(row: Mapping[str, Any]) -> str:
    if row["nodes"] is None:
        return "none"
    if row["state"] == "at least":
        return f"≥ {row['nodes']:,}"
    return f"{row['nodes']:,} {MARK}" if row["is_best"] else f"{row['nodes']:,}"


def _cell(name: str, figure: Mapping[str, Any] | None) -> str:
    return "" if figure is None else amount(name, figure["value"])
