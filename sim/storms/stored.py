"""The folder of a storm: figures as JSON and CSV, the picture, one page; all of it or nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from sim.files import folders
from sim.report import page
from sim.storms import wording
from sim.storms.picture import picture

SUMMARY: Final = "storm.json"
SERIES: Final = "series.csv"
PICTURE: Final = "storm.svg"
PAGE: Final = "report.html"


def as_json(told: Mapping[str, Any]) -> str:
    """The same storm gives the same bytes."""
    return json.dumps(told, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def publish(out: Path, told: Mapping[str, Any]) -> Path:
    """Write the folder `storm-<digest>` into `out` and return it. Raises OSError."""
    target = out / f"storm-{told['figures']['digest'][:12]}"
    with folders.staged(target) as fresh:
        drawn = picture(told["figures"])
        (fresh / SUMMARY).write_text(as_json(told), "utf-8")
        (fresh / SERIES).write_text(_csv(told["figures"]["series"]), "utf-8")
        (fresh / PICTURE).write_text(drawn.wide, "utf-8")
        words = {
            "design": told["design"],
            "answer": told["answer"],
            "notes": told["notes"],
            "rows": list(wording.rows(told["figures"])),
            "command": told["command"],
            "digest": told["figures"]["digest"][:12],
        }
        (fresh / PAGE).write_text(
            page.filled("storm.html.j2", {"picture": page.inline(drawn), **words}), "utf-8"
        )
    return target


def _csv(series: Mapping[str, list[Any]]) -> str:
    lines = [
        ",".join(series),
        *(",".join(map(str, row)) for row in zip(*series.values(), strict=True)),
    ]
    return "\n".join(lines) + "\n"
