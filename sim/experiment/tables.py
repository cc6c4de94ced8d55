"""The summary as CSV files, for spreadsheets: `summary.csv` and `series.csv`.

What never came is the word "never"; `refused` says why a figure is empty.
"""

import csv
import io
from collections.abc import Iterable, Mapping
from typing import Any

from sim.metrics.judged import NEVER
from sim.report.escape import csv_cell

_ENDS = {"value": "never", "low": "low_never", "high": "high_never"}
_ESTIMATE = (*_ENDS, "unit", "n", "better", "kind", "refused")


def tables(summary: Mapping[str, Any]) -> dict[str, str]:
    """File name -> content."""
    return {
        "summary.csv": _csv(("design", "metric", *_ESTIMATE), _estimates(summary)),
        "series.csv": _csv(("design", "series", "time_s", "value"), _series(summary)),
    }


def _estimates(summary: Mapping[str, Any]) -> Iterable[tuple[object, ...]]:
    for design, metrics in _every("designs", summary).items():
        for metric, found in metrics.items():
            yield design, metric, *(_shown(found or {}, key) for key in _ESTIMATE)


def _every(part: str, summary: Mapping[str, Any]) -> Mapping[str, Any]:
    """A part by design: as shipped, then those that are on equal footing alone."""
    shipped, equal = summary.get(part, {}), (summary.get("equal") or {}).get(part, {})
    return {**shipped, **{name: one for name, one in equal.items() if name not in shipped}}


def _shown(found: Mapping[str, Any], key: str) -> object:
    return NEVER if found.get(_ENDS.get(key, "")) else found.get(key)


def _series(summary: Mapping[str, Any]) -> Iterable[tuple[object, ...]]:
    for design, series in _every("series", summary).items():
        times = series.get("time_s", ())
        for name, values in series.items():
            if name != "time_s":
                yield from (
                    (design, name, time_s, value)
                    for time_s, value in zip(times, values, strict=True)
                )


def _csv(header: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    for row in rows:
        writer.writerow([csv_cell(cell) if isinstance(cell, str) else cell for cell in row])
    return text.getvalue()
