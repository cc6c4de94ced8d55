"""The folder of a plan: everything as JSON, the picture, one page; all of it or nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from sim.files import folders
from sim.plans import wording
from sim.plans.picture import picture
from sim.report import page

SUMMARY: Final = "plan.json"
PICTURE: Final = "frontier.svg"
PAGE: Final = "report.html"
_BESIDE: Final = ("command", "resumed")  # they change nothing of what was found


def as_json(told: Mapping[str, Any]) -> str:
    """The same plan gives the same bytes."""
    kept = {key: value for key, value in told.items() if key != "resumed"}
    return json.dumps(kept, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def digest(told: Mapping[str, Any]) -> str:
    """The same for the same plan, however it was asked for."""
    decisive = {key: value for key, value in told.items() if key not in _BESIDE}
    return sha256(json.dumps(decisive, sort_keys=True).encode()).hexdigest()


def publish(out: Path, told: Mapping[str, Any]) -> Path:
    """Write the folder `plan-<digest>` into `out` and return it. Raises OSError."""
    short = digest(told)[:12]
    target = out / f"plan-{short}"
    with folders.staged(target) as fresh:
        drawn = picture(told)
        (fresh / SUMMARY).write_text(as_json(told), "utf-8")
        (fresh / PICTURE).write_text(drawn.wide, "utf-8")
        words = {
            "design": told["design"],
            "first": told["answer"][0],
            "second": told["answer"][1],
            "notes": told["notes"],
            "heads": wording.HEADS,
            "rows": [*wording.rows(told), wording.limits(told)],
            "command": told["command"],
            "digest": short,
        }
        (fresh / PAGE).write_text(
            page.filled("plan.html.j2", {"picture": page.inline(drawn), **words}), "utf-8"
        )
    return target
