"""Measures of designs at several points, around 100 times known centres."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import made_measures

METRIC = "stale_per_hour"


def made(**centres: Sequence[float]) -> dict[tuple[int, str], list[dict[str, Any]]]:
    """(point, design) -> measures around a centre for each point."""
    return {
        (point, name): made_measures.design(
            stale_per_hour=made_measures.wobble(100 * centre, seed=point * 10 + at),
            bytes_per_delivery=made_measures.wobble(1.0),
        )
        for at, (name, of) in enumerate(centres.items())
        for point, centre in enumerate(of)
    }
