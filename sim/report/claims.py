"""What was found of claims, in words: an answer of two lines, and a block for each claim.

Reads what is stored; leaves out how it was found (`sim.claims`) and printing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from sim.numbers import written
from sim.report import wording
from sim.report.stored import estimate_of
from sim.report.wording import label, scale_for

Part = Mapping[str, Any]
DECIDED: Final = ("demonstrated", "refuted", "conditional", "too few runs")
TOLD: Final = ("refuted", "conditional")
"""Verdicts whose claims are named in the answer."""
_FIRST: Final = {"refuted": "fails", "too few runs": "open"}
"""The state of the inequality that is told, by verdict; else the first that holds."""


def answer(summary: Part) -> str:
    """Two lines: how many claims have which verdict, and what stands without one, or in part."""
    counts = summary["counts"]
    tested = sum(counts[word] for word in DECIDED)
    said = ", ".join(f"{counts[word]} {word}" for word in DECIDED if counts[word])
    first = f"{tested} claim{'' if tested == 1 else 's'} put to the test: {said or 'none'}."
    told = [f"{word} {ids}" for word in TOLD if (ids := _ids(summary, word))]
    told += [f"{counts['provenance']} shown as provenance"] * bool(counts["provenance"])
    told += [f"{counts['not yet testable']} not yet testable"] * bool(counts["not yet testable"])
    parts = [one for one in summary["claims"] if one["verdict"] in DECIDED and left_out(one)]
    told += [f"{len(parts)} tested in part"] * bool(parts)
    return f"{first}\n{'; '.join(told) or 'none refuted, none conditional'}."


class Lines(NamedTuple):
    """A claim as it is printed; `left_out` and `command` are "" where there is none."""

    head: str
    figure: str
    left_out: str
    command: str


def lines(found: Part) -> Lines:
    """Id, verdict and claim; the figure with its interval; what of the claim is not in it;
    the command that shows it alone."""
    rest = left_out(found)
    part = ", in part" if rest else ""
    head = f"{found['id']}  {found['verdict']}{part}: {found['claim']}"
    return Lines(head, figure(found), f"not in it: {rest}" if rest else "", command(found))


def left_out(found: Part) -> str:
    """What of a claim its verdict says nothing about; "" where that is nothing or all of it."""
    if not ("decisions" in found or "points" in found or "shown" in found):
        return ""
    return "; ".join([*found["leaves_out"], *found["needs"]])


def figure(found: Part) -> str:
    """What the verdict rests on: a boundary, an inequality, a table, or what is lacking."""
    if "boundary" in found:
        return boundary(found["boundary"], found["points"], found["verdict"])
    if "choices" in found:
        words = (f"{one['value']}: {one['verdict']}" for one in found["points"])
        return f"{found['choices']['says']} {'; '.join(words)}"
    if "shown" in found:
        return "; ".join(f"{name}: {text}" for name, text in found["shown"].items())
    if "decisions" not in found:
        return f"needs {', '.join(found['needs'])}"
    count = len(found["decisions"])
    return decision(_told(found)) + (f"; one of {count} that have to hold" if count > 1 else "")


def boundary(found: Part, points: Sequence[Part], verdict: str) -> str:
    """Where the verdict changes, or between which ends it does not; and which values in between
    were looked at in vain."""
    low, high = (written(found[end]) for end in ("low", "high"))
    what = found["says"]
    if verdict == "conditional":
        is_true = (
            f"up to {low}, not from {high} on"
            if found["below"] == "demonstrated"
            else f"from {high} on, not up to {low}"
        )
        between = [one for one in points if found["low"] < one["value"] < found["high"]]
        unsure = ", ".join(written(one["value"]) for one in between)
        return f"{what}: true {is_true}{f'; not told at {unsure}' if unsure else ''}"
    if verdict == "too few runs":
        return f"{what} {low}: {found['below']}; {high}: {found['above']}"
    return f"{verdict} whether {what} is {low} or {high}"


def decision(one: Part) -> str:
    """An inequality with its figures: "lost: socketio 12 %, 9 – 15, against none"."""
    words = label(one["metric"]).short
    mine = f"{_named(one['figure'])} {sure(one['figure'])}"
    other = _amount(one, one["limit"]) if one["other"] is None else _other(one)
    reason = f" ({one['reason']})" if one["reason"] else ""
    return f"{one['says']}: {words}, {mine} {_joint(one)} {other}{reason}"


def _joint(one: Part) -> str:
    """What stands between two figures: how far one has to be from the other."""
    if one["relation"] == "within":
        return f"within {_amount(one, one['by'])} of"
    if not one["by"]:
        return "against"
    return f"against {_amount(one, abs(one['by']))} {'above' if one['by'] > 0 else 'below'}"


def sure(side: Part) -> str:
    """A figure with its unit and interval."""
    if side["entry"] is None:
        return wording.NOTHING
    return wording.sure_text(estimate_of(side["entry"])).replace("\u00a0", " ")


def command(found: Part) -> str:
    """What shows it alone: the comparison of the world in which it is decided.

    Of several points, that nearest to the boundary where the claim is true.
    """
    if "points" in found:
        return str(_point(found)["command"])
    if "decisions" not in found:
        return ""
    world = _told(found)["figure"]["world"] or next(iter(found["worlds"]))
    return str(found["worlds"][world])


def step_text(step: Part, unit: str) -> str:
    """How much a figure changes, with its interval; "" where nothing is told from no change."""
    if step["difference"] is None:
        return ""
    values = [step[key] for key in ("difference", "low", "high")]
    scale = scale_for(unit, values)
    ends = wording.range_text(step["low"], step["high"], scale)
    sign = "+" if step["difference"] > 0 else ""
    said = f"{sign}{written(step['difference'] * scale.factor)}{scale.inline or ' ' + scale.unit}"
    return f"{said.strip()} ({ends})" if ends else said.strip()


def rows_of(ladder: Sequence[Part]) -> tuple[list[str], list[list[str]]]:
    """Heads and rows of a ladder's table: what is added, and every figure with its step."""
    names = list(ladder[0]["figures"])
    heads = ["adds", *(label(name).short for name in names)]
    rows = []
    for rung in ladder:
        cells = [rung["adds"]]
        for name in names:
            entry = rung["figures"].get(name)
            text = wording.NOTHING if entry is None else wording.plain_text(estimate_of(entry))
            step = rung["steps"].get(name)
            changed = step is not None and step["verdict"] in ("better", "worse")
            cells.append(f"{text} {step['verdict'] if changed else ''}".strip())
        rows.append(cells)
    return heads, rows


def _told(found: Part) -> Part:
    """The inequality that the verdict rests on: the first in the state that makes it."""
    state = _FIRST.get(found["verdict"], "holds")
    all_of_them: Sequence[Part] = found["decisions"]
    return next((one for one in all_of_them if one["state"] == state), all_of_them[0])


def _point(found: Part) -> Part:
    points: Sequence[Part] = found["points"]
    true = [one for one in points if one["verdict"] == "demonstrated"]
    if not true:
        return points[0]
    return true[-1] if found.get("boundary", {}).get("below") == "demonstrated" else true[0]


def _ids(summary: Part, verdict: str) -> str:
    return ", ".join(one["id"] for one in summary["claims"] if one["verdict"] == verdict)


def _named(side: Part) -> str:
    return f"{side['design']} in {side['world']}" if side["world"] else str(side["design"])


def _amount(one: Part, value: float) -> str:
    """A value in the metric's unit."""
    unit = one["figure"]["entry"] and one["figure"]["entry"]["unit"]
    scale = scale_for(unit or "", [value])
    return f"{written(value * scale.factor)}{scale.inline or ' ' + scale.unit}".strip()


def _other(one: Part) -> str:
    times = f"{one['times']:g} times " if one["times"] != 1.0 else ""
    return f"{times}{_named(one['other'])} {sure(one['other'])}"
