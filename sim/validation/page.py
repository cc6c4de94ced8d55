"""Verdicts as texts: the rows of the command's table, and the document `docs/fidelity.md`.

Misses are listed by name with the cause found, or the open question; nothing is averaged away.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from sim.files.by_hand import BEGIN, END
from sim.validation.compare import Verdict
from sim.validation.known import KNOWN
from sim.validation.overview import overview

OPEN: Final = "New: not among the known misses of the full run."

_HEAD: Final = """\
# Fidelity: predictions beside measurements

Made by `rtcsim validate --page docs/fidelity.md`, but for what is marked. Each cell is real
software on a real kernel, and its twin in `sim/validation/cells`; how it was measured is in
`results/validation/README.md`, what a target is in `sim/validation/compare.py`. The interval is
where the model expects one more run of the same size (95 %). Nothing is fitted to a cell, but one
input was inferred from cells: how long aiohttp's server takes to listen after a kill (1.2 to 2.2
s), from `kill-ws` and `kill-hybrid`. When their clients are back is therefore no test of the model.

"""


def figure(value: float) -> str:
    """A number in as many digits as are of use."""
    if math.isnan(value) or math.isinf(value):
        return "-"
    size = abs(value)
    digits = 4 if size < 0.1 else 3 if size < 10.0 else 1 if size < 1000.0 else 0
    text = f"{value:.{digits}f}"
    return text.rstrip("0").rstrip(".") if digits else text


def interval(one: Verdict) -> str:
    """The prediction's interval; quantities that are never negative begin at 0."""
    return f"{figure(max(one.low, 0.0))} to {figure(max(one.high, 0.0))}"


def outcome(one: Verdict) -> str:
    """inside, outside, or no target."""
    if one.inside is None:
        return "no target"
    return "inside" if one.inside else "OUTSIDE"


def counts(verdicts: Sequence[Verdict]) -> tuple[int, int]:
    """How many quantities with a target there are, and how many of them are inside."""
    judged = [one for one in verdicts if one.inside is not None]
    return len(judged), sum(one.inside is True for one in judged)


def by_cell(verdicts: Sequence[Verdict]) -> Mapping[str, list[Verdict]]:
    """The verdicts of each cell, in order."""
    found: dict[str, list[Verdict]] = {}
    for one in verdicts:
        found.setdefault(one.cell, []).append(one)
    return found


def summary(verdicts: Sequence[Verdict]) -> str:
    """One sentence."""
    judged, inside = counts(verdicts)
    cells = len(by_cell(verdicts))
    return f"{inside} of {judged} targets met in {cells} cells; {judged - inside} missed."


def document(verdicts: Sequence[Verdict], more: str = "") -> str:
    """The whole page, in Markdown; `more` stands by hand behind the tables at a glance."""
    parts = [summary(verdicts), "", overview(by_cell(verdicts)), "", BEGIN, more.strip(), END, ""]
    return _HEAD + "\n".join([*parts, *_misses(verdicts), *_tables(verdicts)])


def _misses(verdicts: Sequence[Verdict]) -> Iterator[str]:
    missed = [one for one in verdicts if one.inside is False]
    if not missed:
        return
    yield "## What is missed, and why"
    yield ""
    for one in missed:
        why = KNOWN.get(one.key, OPEN)
        yield (
            f"- **{one.cell}, {one.quantity}**: measured {figure(one.measured)},"
            f" predicted {figure(one.predicted)} ({interval(one)}). {why}"
        )
    yield ""


def _tables(verdicts: Sequence[Verdict]) -> Iterator[str]:
    yield "## Every cell"
    for cell, rows in by_cell(verdicts).items():
        yield ""
        yield f"### {cell}"
        yield ""
        yield "| quantity | measured | predicted | 95 % interval | ratio | |"
        yield "|---|---:|---:|---:|---:|---|"
        for one in rows:
            why = f" ({one.why})" if one.inside and one.why else ""
            yield (
                f"| {one.quantity} | {figure(one.measured)} | {figure(one.predicted)} |"
                f" {interval(one)} | {figure(one.ratio)} | {outcome(one)}{why} |"
            )
    yield ""
