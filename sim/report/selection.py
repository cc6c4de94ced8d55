"""Which design is best in what decides, within what, and which ones no other beats, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from sim.metrics import HEADLINE, METRICS
from sim.numbers import written
from sim.report import wording

TRADED: Final = ("loss_pressed", "late_1s", "bytes_per_delivery")
"""What a choice of design trades; the summary's `unbeaten` speaks of it."""
_UNITS: Final = {one.name: one.unit for one in METRICS}

Chosen = Mapping[str, Any]


def lines(summary: Mapping[str, Any]) -> list[str]:
    """A sentence on what is decided, one on what is not, one on who is not beaten; those of them
    that there are. Empty for a design alone and for results that do not say."""
    deciding = summary.get("decides") or HEADLINE
    chosen = [one for one in summary.get("selected") or () if one["metric"] in deciding]
    chosen.sort(key=lambda one: deciding.index(one["metric"]))
    decided = [one for one in chosen if _is_decided(one)]
    left = [one for one in chosen if not (_is_decided(one) or _is_level(summary, one["metric"]))]
    unsure = [one for one in left if one["within"] is not None]
    unknown = [one for one in left if one["within"] is None]
    return [*_best(decided), *_unsure(unsure, unknown), *_unbeaten(summary)]


def _is_level(summary: Mapping[str, Any], metric: str) -> bool:
    """Whether the table calls every two designs equal in it: then nobody asks which is best."""
    rows = [row for row in summary.get("comparisons") or () if row["metric"] == metric]
    return bool(rows) and all(row["verdict"] == "equal" for row in rows)


def _is_decided(one: Chosen) -> bool:
    return one["within"] is not None and one["within"] <= one["margin"]


def _best(decided: Sequence[Chosen]) -> Iterator[str]:
    if decided:
        said = [f"{_short(one)}: {one['best']}{_within(one)}" for one in decided]
        yield f"Best with 95 %: {'; '.join(said)}."


def _within(one: Chosen) -> str:
    return f" (within {_size(one, one['within'])})" if one["within"] else ""


def _unsure(unsure: Sequence[Chosen], unknown: Sequence[Chosen]) -> Iterator[str]:
    said = [
        f"{_short(one)}: {one['best']} (within {_size(one, one['within'])}; worth caring about:"
        f" {_size(one, one['margin'])})"
        for one in unsure
    ]
    said += [f"{_short(one)} ({one['reason']})" for one in unknown]
    if said:
        yield f"Not decided which is best: {'; '.join(said)}."


def _unbeaten(summary: Mapping[str, Any]) -> Iterator[str]:
    kept, every = summary.get("unbeaten") or (), summary.get("designs") or {}
    if kept:
        *first, last = (wording.label(name).short for name in TRADED)
        who = ", ".join(kept) if len(kept) < len(every) else "all of them"
        yield f"Beaten by no other in {', '.join(first)} and {last} together: {who}."


def _short(one: Chosen) -> str:
    return wording.label(one["metric"]).short


def _size(one: Chosen, difference: float) -> str:
    """A difference of this metric with its unit."""
    scale = wording.scale_for(_UNITS.get(one["metric"], ""), [difference])
    unit = "points" if scale.unit == "%" else scale.unit
    return f"{written(scale.factor * difference, 2)} {unit}".rstrip()
