"""Medians of what was measured, as plain values that a table or a file can hold."""

from __future__ import annotations

import os
import platform
from statistics import median
from typing import Any

from sim.bench.cells import (
    CALM,
    COMPILED,
    GROWTH,
    IDIOMATIC_SIMPY,
    PLAIN,
    Cell,
)
from sim.bench.rounds import Measured

Figures = dict[str, Any]


def figures(found: Measured) -> Figures:
    """Everything for the table and for whoever reads it by program; None where not measured."""
    asked = found.request
    bare_s = [one.bare_s for samples in found.samples.values() for one in samples]
    rows = [_row(found, design) for design in asked.designs]
    return {
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "cores": os.cpu_count(),
        "people": asked.people,
        "rounds": asked.rounds,
        "weathers": list(asked.weathers),
        "bare_event_us": median(bare_s) * 1e6 if bare_s else None,
        "designs": rows,
        "growth": _growth(found),
        "commands_s": dict(found.commands_s),
        "samples": [
            {
                "variant": cell.variant,
                "design": cell.design,
                "weather": cell.weather,
                "people": cell.people,
                "bare_us": [one.bare_s * 1e6 for one in samples],
                "delivery_us": [one.delivery_s * 1e6 for one in samples],
            }
            for cell, samples in found.samples.items()
        ],
    }


def events(found: Measured, cell: Cell) -> float | None:
    """A delivery of this cell in bare events, the median of its rounds."""
    samples = found.samples.get(cell)
    return median(one.events for one in samples) if samples else None


def _row(found: Measured, design: str) -> Figures:
    asked = found.request

    def of(variant: str, weather: str) -> float | None:
        return events(found, Cell(variant, design, weather, asked.people))

    compiled, idiomatic = of(COMPILED, CALM), of(IDIOMATIC_SIMPY, CALM)
    return {
        "design": design,
        COMPILED: {weather: of(COMPILED, weather) for weather in asked.weathers},
        PLAIN: {weather: of(PLAIN, weather) for weather in asked.weathers},
        IDIOMATIC_SIMPY: idiomatic,
        "times": idiomatic / compiled if idiomatic and compiled else None,
        "idle_bytes": found.idle_bytes.get(design),
    }


def _growth(found: Measured) -> Figures | None:
    """A delivery among many people against one among few, in events of their own bare SimPy."""
    asked = found.request
    design = asked.designs[0]
    few, many = (
        events(found, Cell(COMPILED, design, CALM, count))
        for count in (asked.people, GROWTH * asked.people)
    )
    if few is None or many is None:
        return None
    return {"design": design, "people": GROWTH * asked.people, "times": many / few}
