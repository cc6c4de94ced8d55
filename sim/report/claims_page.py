"""The page of claims: verdicts at a glance, and below what each rests on.

One HTML file that needs nothing else; leaves out all looks (`templates/`) and words (`claims`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from sim.report import claims, wording
from sim.report.page import filled

Part = Mapping[str, Any]
CLASSES: Final = {
    "demonstrated": "better",
    "refuted": "worse",
    "conditional": "equal",
    "too few runs": "few",
    "provenance": "reference",
    "not yet testable": "unknown",
}
"""How a verdict is coloured, as those of comparisons are."""


def page(summary: Part) -> str:
    """The whole page as text: equal results are equal bytes."""
    return filled("claims.html.j2", {
        "answer": claims.answer(summary),
        "seed": summary["seed"],
        "command": summary["command"],
        "claims": [_shown(one) for one in summary["claims"]],
    })  # fmt: skip


def _shown(found: Part) -> dict[str, Any]:
    return {
        "id": found["id"],
        "claim": found["claim"],
        "question": found["question"],
        "verdict": found["verdict"],
        "shade": CLASSES[found["verdict"]],
        "figure": claims.figure(found),
        "left_out": claims.left_out(found),
        "rows": list(_rows(found)),
        "worlds": found.get("worlds", {}),
        "ladder": _ladder(found["ladder"]) if "ladder" in found else None,
    }


def _rows(found: Part) -> Iterator[tuple[str, str, str, str]]:
    """At what value, in which state, which inequality, and why its margin is what it is."""
    for one in found.get("decisions", ()):
        yield "", one["state"], claims.decision(one), one["why"]
    for point in found.get("points", ()):
        for one in point["decisions"]:
            value = point["value"]
            at = value if isinstance(value, str) else wording.tick(value)
            yield at, one["state"], claims.decision(one), one["why"]


def _ladder(rungs: Sequence[Part]) -> dict[str, Any]:
    """Heads, and a row for each rung: figure, step from the rung below, verdict on the step."""
    names = list(dict.fromkeys(name for rung in rungs for name in rung["figures"]))
    return {
        "heads": [wording.label(name).short for name in names],
        "rows": [(rung["adds"], [_cell(rung, name) for name in names]) for rung in rungs],
    }


def _cell(rung: Part, name: str) -> tuple[str, str, str]:
    if (entry := rung["figures"].get(name)) is None:
        return wording.NOTHING, "", ""
    text = claims.sure({"entry": entry})
    step = rung["steps"].get(name)
    return text, claims.step_text(step, entry["unit"]) if step else "", _shade(step)


def _shade(step: Part | None) -> str:
    return step["verdict"] if step and step["verdict"] in ("better", "worse") else ""
