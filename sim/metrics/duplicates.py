"""The same message arriving again at the same person, before and after the client's dedup."""

from __future__ import annotations

from typing import Final

from sim.history import Column
from sim.metrics.judged import RARE, Headline, Judged, Metric, Rate, Shown, Value
from sim.ordering import starts


def duplicates_raw(judged: Judged) -> Value:
    """Copies beyond the first, hidden ones too, per reception that was shown at all."""
    return _extra(judged, judged.copies["key"])


def duplicates_visible(judged: Judged) -> Value:
    """Times shown beyond the first, per reception that was shown at all."""
    return _extra(judged, judged.arrivals["key"])


def _extra(judged: Judged, key: Column) -> Value:
    return Rate.of(len(key) - starts(key).sum(), starts(judged.arrivals["key"]).sum())


METRICS: Final = (
    Metric(
        "duplicates_raw",
        "per reception",
        "lower",
        "rate",
        "Extra arrivals per reception that was shown, before the client drops repeats. "
        "Counts absent people's later receptions too; can exceed 1.",
        duplicates_raw,
        RARE,
        shown=Shown("duplicates, raw", "duplicates that reached the client", "loss"),
    ),
    Metric(
        "duplicates_visible",
        "per reception",
        "lower",
        "rate",
        "Extra times a message was shown, per reception that was shown.",
        duplicates_visible,
        RARE,
        shown=Shown(
            "seen twice",
            "messages that a person saw twice",
            "loss",
            headline=Headline(rank=4, column=4, head="twice"),
        ),
    ),
)
