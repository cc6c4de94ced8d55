"""Curves: a metric against one swept number, a line per design, and who is best where.

Of a grid there is a curve along its first key for each combination of the others; of a list one
along its first key. Points that are spread over ranges make none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from itertools import combinations
from typing import Any, TypeAlias

from sim.experiment.sweep.axes import Axis, Number
from sim.experiment.sweep.crossing import crossings
from sim.experiment.sweep.figures import BETTER, Compared, Found, pair_at
from sim.experiment.sweep.points import Sample

Curve: TypeAlias = dict[str, Any]


def front(found: Found, of: Compared, metric: str, point: int, designs: Sequence[str]) -> list[str]:
    """The design with the best figure at a point, and those of which it is not surely better.

    In the order of designs; empty where no design has the figure.
    """
    values = {
        name: figure.interval.value
        for name in designs
        if (figure := found[point, name].get(metric)) is not None and not figure.refused
    }
    if not values:
        return []
    pick = min if BETTER[metric] == "lower" else max
    best = pick(values, key=values.__getitem__)
    return [one for one in values if one == best or of.better(point, best, one) != -1]


def curves(
    found: Found,
    of: Compared,
    metric: str,
    lines: Sequence[tuple[Mapping[str, Number], Sequence[tuple[Number, int]]]],
    designs: Sequence[str],
    is_log: bool,
) -> list[Curve]:
    """Every curve of a metric; `lines` as `along` tells them."""
    return [
        {
            "metric": metric,
            "fixed": dict(fixed),
            "points": [point for _, point in places],
            "front": [front(found, of, metric, point, designs) for _, point in places],
            "crossings": [*_crossings(found, of, metric, places, (designs, is_log))],
        }
        for fixed, places in lines
    ]


def along(
    axes: Sequence[Axis], sample: Sample, points: Sequence[Sequence[Number]]
) -> list[tuple[dict[str, Number], list[tuple[Number, int]]]]:
    """For each curve what is fixed on it, and its (value, point) from the least value up."""
    if sample is Sample.LIST:
        return [({}, sorted((row[0], place) for place, row in enumerate(points)))]
    if sample is not Sample.GRID:
        return []
    by_rest: dict[tuple[Number, ...], list[tuple[Number, int]]] = {}
    for place, row in enumerate(points):
        by_rest.setdefault(tuple(row[1:]), []).append((row[0], place))
    keys = [one.key for one in axes[1:]]
    return [(dict(zip(keys, rest, strict=True)), sorted(of)) for rest, of in by_rest.items()]


def _crossings(
    found: Found,
    of: Compared,
    metric: str,
    places: Sequence[tuple[Number, int]],
    how: tuple[Sequence[str], bool],
) -> Iterator[dict[str, Any]]:
    designs, is_log = how
    for a, b in combinations(designs, 2):
        pairs = [
            pair_at(found, metric, x, (point, a, b), of.better(point, a, b)) for x, point in places
        ]
        for one in crossings(pairs, is_log):
            names = {"before": a, "beyond": b} if one.better == 1 else {"before": b, "beyond": a}
            told = asdict(one)
            del told["better"]
            yield names | told
