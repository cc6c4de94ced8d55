"""The page of a sweep: one HTML file that needs nothing else, made from `sweep.json` alone."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from sim.experiment.sweep.answer import crossing_words
from sim.experiment.sweep.pictures import pictures
from sim.experiment.sweep.tables import BEST, tables
from sim.files.reading import read_json
from sim.report import page

SUMMARY: Final = "sweep.json"


def write(folder: Path) -> None:
    """Write plots/*.svg and report.html into a folder that has a `sweep.json`."""
    summary = read_json(folder / SUMMARY)
    drawn = pictures(summary)
    (folder / "plots").mkdir(exist_ok=True)
    for one in drawn:
        (folder / "plots" / f"{one.name}.svg").write_text(one.wide, "utf-8")
    context = {
        "summary": summary,
        "pictures": [page.inline(one) for one in drawn],
        "tables": [*tables(summary)],
        "best": BEST,
        "crossings": [*_crossings(summary)],
        "command": read_json(folder / "provenance.json").get("command", ""),
    }
    text = page.filled("sweep.html.j2", context)
    (folder / "report.html").write_text(text, "utf-8")


def _crossings(summary: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Every crossing in words."""
    return [
        {"metric": curve["metric"], "fixed": curve["fixed"], "words": crossing_words(one)}
        for curve in summary["curves"]
        for one in curve["crossings"]
    ]
