"""The figures of a sweep as tables of texts, for a terminal and for the page; and as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sim.experiment.sweep.answer import scale_of
from sim.numbers import written
from sim.report import wording
from sim.report.escape import csv_cell
from sim.report.stored import estimate_of
from sim.report.wording import Scale

Summary = Mapping[str, Any]
BEST: Final = "✓"


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure and, apart, its interval; `is_best`: no design is surely better there."""

    value: str
    interval: str = ""
    is_best: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A metric along one curve, or what moves it: a row per design or key."""

    title: str
    corner: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Cell, ...]], ...]


def tables(summary: Summary, columns: int | None = None) -> Iterator[Table]:
    """Every table; of a curve at most so many values, evenly picked."""
    if summary["sensitivity"]:
        yield from (_moving(summary, metric) for metric in summary["metrics"])
        return
    for curve in summary["curves"]:
        yield _curve(summary, curve, columns)
    if not summary["curves"]:
        yield from (_spread(summary, metric) for metric in summary["metrics"])


def title(summary: Summary, metric: str) -> str:
    """What a metric is called above its figures, with the unit that these are printed in."""
    unit = scale_of(summary, metric).unit
    words = wording.label(metric).long
    return f"{words[:1].upper()}{words[1:]}" + (f", {unit}" if unit else "")


def as_csv(summary: Summary) -> str:
    """A row per point, design and metric."""
    keys = [one["key"] for one in summary["axes"]]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*map(csv_cell, keys), "design", "metric", "value", "low", "high", "unit",
                     "n", "best"])  # fmt: skip
    for point in summary["points"]:
        for design, of in point["figures"].items():
            for metric, entry in of.items():
                value = "never" if entry.get("never") else entry["value"]
                best = _is_best(point, design, metric)
                writer.writerow([*point["values"], design, metric, value, entry["low"],
                                 entry["high"], entry["unit"], entry["n"], best])  # fmt: skip
    return text.getvalue()


def picked(count: int, columns: int | None) -> list[int]:
    """Places of the values that are shown, the first and the last among them.

    >>> picked(9, 3)
    [0, 4, 8]
    """
    if columns is None or count <= columns:
        return [*range(count)]
    return [round(place * (count - 1) / (columns - 1)) for place in range(columns)]


def _curve(summary: Summary, curve: Mapping[str, Any], columns: int | None) -> Table:
    metric, scale = curve["metric"], scale_of(summary, curve["metric"])
    points = [curve["points"][at] for at in picked(len(curve["points"]), columns)]
    fixed = "".join(f"; {key} = {wording.tick(value)}" for key, value in curve["fixed"].items())
    return Table(
        title(summary, metric) + fixed,
        summary["axes"][0]["key"],
        tuple(wording.tick(_short(summary["points"][at]["values"][0])) for at in points),
        tuple(
            (design, tuple(_cell(summary["points"][at], design, metric, scale) for at in points))
            for design in summary["designs"]
        ),
    )


def _cell(point: Mapping[str, Any], design: str, metric: str, scale: Scale) -> Cell:
    entry = point["figures"][design].get(metric)
    if entry is None:
        return Cell(wording.NOTHING)
    value, interval = wording.terse_texts(estimate_of(entry), scale)
    return Cell(value, interval, _is_best(point, design, metric))


def _is_best(point: Mapping[str, Any], design: str, metric: str) -> bool:
    """Whether a design is told from others and none is surely better."""
    best = point["front"][metric]
    return design in best and len(best) < len(point["figures"])


def _spread(summary: Summary, metric: str) -> Table:
    """Points that make no curve: the least, middle and largest figure, and how often best."""
    scale = scale_of(summary, metric)
    rows = []
    for design in summary["designs"]:
        entries = [estimate_of(point["figures"][design].get(metric)) for point in summary["points"]]
        known = [one for one in entries if one.value is not None]
        ranked = sorted(known, key=lambda one: one.value or 0.0)
        best = sum(_is_best(point, design, metric) for point in summary["points"])
        found = [ranked[0], ranked[len(ranked) // 2], ranked[-1]] if ranked else []
        texts = [wording.terse_texts(one, scale)[0] for one in found] or [wording.NOTHING] * 3
        rows.append((design, tuple(map(Cell, [*texts, f"{best} of {len(entries)}"]))))
    return Table(title(summary, metric), "design", ("least", "middle", "most", "best at"),
                 tuple(rows))  # fmt: skip


def _moving(summary: Summary, metric: str) -> Table:
    """What moves a metric: a row per key, a column per design."""
    of = [one for one in summary["sensitivity"] if one["metric"] == metric]
    is_morris = summary["sample"] == "morris"
    scale = scale_of(summary, metric) if is_morris else Scale(100.0, "%", " %")
    keys = [one["key"] for one in summary["axes"]]
    found = [{row["key"]: row for row in one["rows"]} for one in of]
    order = sorted(keys, key=lambda key: -max((f[key]["moves"] for f in found if f), default=0.0))
    rows = tuple((key, tuple(_moves(each.get(key), scale) for each in found)) for key in order)
    what = "mean change across the range" if is_morris else "share of the variance, %"
    heads = tuple(one["design"] for one in of)
    return Table(f"{title(summary, metric)}: {what}", "key", heads, rows)


def _moves(row: Mapping[str, Any] | None, scale: Scale) -> Cell:
    if row is None:
        return Cell(wording.NOTHING)
    half = f"±{written(row['half'] * scale.factor, 2)}"
    return Cell(written(row["moves"] * scale.factor), half, row["is_clear"])


def _short(value: float) -> float:
    return float(f"{value:.4g}")
