"""The same message arriving again at the same person, before and after the client's dedup."""

from __future__ import annotations

from typing import Final

from sim.history import Column
from sim.metrics.judged import Judged, Metric, Rate, Value, starts


def duplicates_raw(judged: Judged) -> Value:
    """Arrivals beyond the first, per reception that arrived at all."""
    key = judged.arrivals["key"]
    return _extra(key, key)


def duplicates_visible(judged: Judged) -> Value:
    """Rendered arrivals beyond the first rendered, per reception that arrived at all."""
    arrivals = judged.arrivals
    return _extra(arrivals["key"][arrivals["visible"]], arrivals["key"])


def _extra(key: Column, delivered: Column) -> Value:
    return Rate.of(len(key) - starts(key).sum(), starts(delivered).sum())


METRICS: Final = (
    Metric(
        "duplicates_raw",
        "per reception",
        "lower",
        "rate",
        "Extra arrivals per reception that arrived, before the client drops repeats. "
        "Counts absent people's later receptions too; can exceed 1.",
        duplicates_raw,
    ),
    Metric(
        "duplicates_visible",
        "per reception",
        "lower",
        "rate",
        "Extra times a message was shown, per reception that arrived.",
        duplicates_visible,
    ),
)
