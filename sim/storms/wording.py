"""The rows of a storm's table: what is told, and in which words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sim.numbers import NEVER, written


def rows(found: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """What, and how much of it."""
    for share, key in ((50, "t50_s"), (95, "t95_s"), (99, "t99_s")):
        yield f"{share} % of those cut off are back after", _seconds(found[key])
    yield "back at the end", f"{written(100.0 * found['back_share'])} %"
    yield "dials", f"{found['attempts']:,} ({written(found['attempts_per_cut'])} each)"
    yield "most dials in a second", f"{found['attempts_peak_per_s']:,}"
    yield "most dials in 100 ms", f"{found['attempts_peak_per_100ms']:,}"
    yield "most connections opened in a second", f"{found['opened_peak_per_s']:,}"
    for key, words in (
        ("timed_out", "dials given up by the client"),
        ("turned_away", "dials refused"),
        ("broken_off", "dials broken off by a node"),
    ):
        yield words, f"{found['ended'][key]:,}"
    yield "CPU for dials", f"{written(found['work_s'])} s"
    wasted = f"{written(100.0 * found['wasted_share'])} %"
    yield "of it wasted on dials that came to nothing", wasted
    yield "busiest node in its busiest second", f"{written(100.0 * found['busiest_share'])} %"
    fullest = f"{found['fullest_node']:,} (mean {written(found['mean_node'])})"
    yield "connections of the fullest node at the end", fullest
    yield "pings of its idle connections", f"{written(100.0 * found['idle_share'])} % of its CPU"
    yield "memory of its connections", f"{written(found['connections_bytes'] / 1e6)} MB"
    if found["gave_up"]:
        yield "clients that try no more", f"{found['gave_up']:,}"


def _seconds(value: float | None) -> str:
    return NEVER if value is None else f"{written(value)} s"
