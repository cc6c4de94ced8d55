"""What was found of claims, in words: an answer of two lines, and a line for each claim.

Reads what is stored; leaves out how it was found (`sim.claims`) and printing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

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
    """Two lines: how many claims have which verdict, and what stands without one."""
    counts = summary["counts"]
    tested = sum(counts[word] for word in DECIDED)
    said = ", ".join(f"{counts[word]} {word}" for word in DECIDED if counts[word])
    first = f"{tested} claim{'' if tested == 1 else 's'} put to the test: {said or 'none'}."
    told = [f"{word} {ids}" for word in TOLD if (ids := _ids(summary, word))]
    told += [f"{counts['provenance']} shown as provenance"] * bool(counts["provenance"])
    told += [f"{counts['not yet testable']} not yet testable"] * bool(counts["not yet testable"])
    return f"{first}\n{'; '.join(told) or 'none refuted, none conditional'}."


def lines(found: Part) -> tuple[str, str, str]:
    """Id, verdict and claim; the figure with its interval; the command that shows it alone, or
    nothing."""
    head = f"{found['id']}  {found['verdict']}: {found['claim']}"
    return head, figure(found), command(found)


def figure(found: Part) -> str:
    """What the verdict rests on: a boundary, an inequality, a table, or what is lacking."""
    if "boundary" in found:
        return boundary(found["boundary"], found["verdict"])
    if "choices" in found:
        words = (f"{one['value']}: {one['verdict']}" for one in found["points"])
        return f"{found['choices']['says']} {'; '.join(words)}"
    if "shown" in found:
        return "; ".join(f"{name}: {text}" for name, text in found["shown"].items())
    if "decisions" not in found:
        return f"needs {', '.join(found['needs'])}"
    return decision(_told(found))


def boundary(found: Part, verdict: str) -> str:
    """Where the verdict changes, or between which ends it does not."""
    low, high = (written(found[end]) for end in ("low", "high"))
    what = found["says"]
    if verdict == "conditional":
        side = "below" if found["below"] == "demonstrated" else "above"
        return f"true where {what} is {side} {low} to {high}"
    if verdict == "too few runs":
        return f"{what} {low}: {found['below']}; {high}: {found['above']}"
    return f"{verdict} whether {what} is {low} or {high}"


def decision(one: Part) -> str:
    """An inequality with its figures: "lost: socketio 12 %, 9 – 15, against none"."""
    words = label(one["metric"]).short
    mine = f"{_named(one['figure'])} {sure(one['figure'])}"
    against = _limit(one) if one["other"] is None else _other(one)
    reason = f" ({one['reason']})" if one["reason"] else ""
    return f"{one['says']}: {words}, {mine} against {against}{reason}"


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


def _limit(one: Part) -> str:
    unit = one["figure"]["entry"] and one["figure"]["entry"]["unit"]
    scale = scale_for(unit or "", [one["limit"]])
    return f"{written(one['limit'] * scale.factor)}{scale.inline or ' ' + scale.unit}".strip()


def _other(one: Part) -> str:
    times = f"{one['times']:g} times " if one["times"] != 1.0 else ""
    return f"{times}{_named(one['other'])} {sure(one['other'])}"
