"""What an attribution says in two lines: the difference, and which aspect makes how much of it.

Says of a difference that is within luck that it is, and gives no shares of it.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from sim.numbers import written
from sim.report import wording
from sim.report.attribution import (
    TOLD,
    after,
    is_clear,
    percent,
    percents,
    points,
    scale_of,
)
from sim.report.wording import Scale

Part = Mapping[str, Any]
LINE, LINES = 80, 2
ALONE: Final = 0.9
"""A share of the whole from which an aspect makes it alone, the others less than the rest."""


def answer(part: Part) -> str:
    """At most two lines of `LINE` letters, for the part of a summary that tells an attribution."""
    label = wording.label(part["metric"]).long
    if part["reason"]:
        known = ", ".join(part["instead"][:4])
        return f"No shares of {label}: {part['reason']}; others have: {known or 'none'}."
    texts = [*(_told(part) if part["verdict"] in TOLD else _open(part))]
    return next((text for text in texts if len(textwrap.wrap(text, LINE)) <= LINES), texts[-1])


def _told(part: Part) -> Iterator[str]:
    ranked = sorted(part["shares"], key=lambda one: -abs(one["share"]))
    first, rest = ranked[0], ranked[1:]
    if first["ratio"] >= ALONE and all(abs(one["ratio"]) < 1 - ALONE for one in rest):
        made = [f"{first['aspect']} alone makes {_ratio(first)} of it"]
    else:
        made = [f"{_listed(ranked[:count])} of it" for count in range(min(3, len(ranked)), 0, -1)]
    for words in made:
        yield f"{_difference(part)}; {words}."
    yield f"{_difference(part, sure=False)}; {made[-1]}."


def _open(part: Part) -> Iterator[str]:
    """A difference that has no shares; but what makes it may cancel out."""
    luck = f"may be luck, {part['n']} replications bear no shares"
    if part["verdict"] == "too few runs":
        more = f" ({part['needs']} may)" if part["needs"] else ""
        luck = f"too few runs, {part['n']} bear no shares of it{more}"
    elif part["verdict"] == "equal":
        luck = "equal within the margin, so there is nothing to share out"
    clear = sorted((one for one in part["shares"] if is_clear(one)), key=lambda one: one["share"])
    against = ""
    if len(clear) > 1 and clear[0]["share"] < 0 < clear[-1]["share"]:
        against = f"; {clear[0]['aspect']} and {clear[-1]['aspect']} work against each other"
    for tail in dict.fromkeys((against, "")):
        for sure in (True, False):
            yield f"{_difference(part, sure)}; {luck}{tail}."


def _difference(part: Part, sure: bool = True) -> str:
    scale = scale_of(part)
    label = wording.label(part["metric"]).short
    a, b = (
        f"{written(part[side] * scale.factor)}{after(scale)}" for side in ("a_value", "b_value")
    )
    side = "less" if part["difference"] < 0 else "more"
    by = f"{written(abs(part['difference']) * scale.factor)}{points(scale)} {side}"
    ends = sorted(abs(end) for end in (part["low"], part["high"]) if end is not None)
    if sure and len(ends) == 2 and part["low"] * part["high"] > 0:
        by += f" [{_span(ends, scale)}]"
    elif sure and len(ends) == 2:
        by += f" [{_span((part['low'], part['high']), scale)}]"
    return f"{label[:1].upper()}{label[1:]}: {part['a']} {a}, {part['b']} {b}, {by}"


def _span(ends: Sequence[float], scale: Scale) -> str:
    return f"{written(ends[0] * scale.factor, 2)} to {written(ends[1] * scale.factor, 2)}"


def _listed(shares: Sequence[Mapping[str, Any]]) -> str:
    said = [f"{one['aspect']} {'makes ' if not at else ''}{_ratio(one)}"
            for at, one in enumerate(shares)]  # fmt: skip
    return said[0] if len(said) == 1 else f"{', '.join(said[:-1])} and {said[-1]}"


def _ratio(share: Mapping[str, Any]) -> str:
    ends = percents(share, " to ")
    return f"{percent(share['ratio'])} %" + (f" [{ends}]" if ends else "")
