"""The summary as CSV files, for spreadsheets: `summary.csv` and `series.csv`."""

import csv
import io
from collections.abc import Iterable, Mapping
from typing import Any

_ESTIMATE = ("value", "low", "high", "unit", "n", "better", "kind")


def tables(summary: Mapping[str, Any]) -> dict[str, str]:
    """File name -> content."""
    return {
        "summary.csv": _csv(("design", "metric", *_ESTIMATE), _estimates(summary)),
        "series.csv": _csv(("design", "series", "time_s", "value"), _series(summary)),
    }


def _estimates(summary: Mapping[str, Any]) -> Iterable[tuple[object, ...]]:
    for design, metrics in summary.get("designs", {}).items():
        for metric, found in metrics.items():
            yield design, metric, *((found or {}).get(key) for key in _ESTIMATE)


def _series(summary: Mapping[str, Any]) -> Iterable[tuple[object, ...]]:
    for design, series in summary.get("series", {}).items():
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
    writer.writerows(rows)
    return text.getvalue()
