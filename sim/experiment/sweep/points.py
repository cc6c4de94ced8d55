"""Where a sweep looks: every combination, rows of a list, or points spread over ranges.

Spread points are of two kinds: evenly (a Latin hypercube, a Sobol sequence), to see the whole; and
for telling which key moves a figure (`sensitivity`). They follow from the seed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import numpy as np

from sim.errors import InputError
from sim.experiment.sweep import axes as swept_axes
from sim.experiment.sweep.axes import Axis, Number
from sim.streams import Streams


class Sample(StrEnum):
    """How points are chosen."""

    GRID = "grid"
    LIST = "list"
    LATIN = "latin"
    SOBOL = "sobol"
    MORRIS = "morris"
    SALTELLI = "saltelli"


SENSITIVITY: Final = (Sample.MORRIS, Sample.SALTELLI)
STEPPED: Final = (Sample.GRID, Sample.LIST)
USUAL_POINTS: Final = {
    Sample.LATIN: 32,
    Sample.SOBOL: 32,
    Sample.MORRIS: 8,  # walks, of as many points as there are keys, and one
    Sample.SALTELLI: 64,  # times as many points as there are keys, and two
}
MOST_POINTS: Final = 100_000


@dataclass(frozen=True, slots=True)
class Points:
    """The points, values in the order of the axes; `shares` of the ranges where they were drawn."""

    values: tuple[tuple[Number, ...], ...]
    shares: Any = None


def points(swept: Sequence[Axis], sample: Sample, count: int | None, seed: int) -> Points:
    """Every point of a sweep. Raises `InputError` with what is wrong.

    >>> from sim.experiment.sweep.axes import axis
    >>> points([axis("a", "1,2"), axis("b", "5,6")], Sample.LIST, None, seed=1).values
    ((1, 5), (2, 6))
    """
    if sample in STEPPED:
        if count is not None:
            where = "with --sample latin, sobol, morris or saltelli"
            own = "a range has its own steps, as 50..500:4"
            raise InputError([f"--points {count}: allowed {where} only; {own}"])
        found = swept_axes.steps(swept) if sample is Sample.GRID else swept_axes.rows(swept)
        _require_few(len(found))
        return Points(tuple(found))
    swept_axes.require_ranges(swept, sample)
    count = USUAL_POINTS[sample] if count is None else count
    _require_drawable(sample, count, len(swept))
    shares = _shares(sample, count, len(swept), Streams(seed, 0).generator("points of a sweep"))
    return Points(tuple(_valued(swept, row) for row in shares.tolist()), shares)


def _valued(swept: Sequence[Axis], row: Sequence[float]) -> tuple[Number, ...]:
    return tuple(one.at(share) for one, share in zip(swept, row, strict=True))


def _shares(sample: Sample, count: int, keys: int, luck: np.random.Generator) -> Any:
    """Points of the unit cube, a row each."""
    if sample in SENSITIVITY:
        from sim.experiment.sweep import sensitivity

        return sensitivity.drawn(sample is Sample.MORRIS, keys, count, luck)
    from scipy.stats import qmc

    sampler = qmc.LatinHypercube if sample is Sample.LATIN else qmc.Sobol
    return sampler(keys, rng=luck).random(count)


def _require_drawable(sample: Sample, count: int, keys: int) -> None:
    label = f"--points {count}"
    if count < 2:
        raise InputError([f"{label}: allowed: at least 2"])
    if sample in (Sample.SOBOL, Sample.SALTELLI) and count & (count - 1):
        below = 1 << (count.bit_length() - 1)
        near = f"allowed with --sample {sample}: a power of 2, such as {below} or {2 * below}"
        raise InputError([f"{label}: {near}"])
    times = {Sample.MORRIS: keys + 1, Sample.SALTELLI: keys + 2}.get(sample, 1)
    _require_few(count * times)


def _require_few(count: int) -> None:
    if count > MOST_POINTS:
        raise InputError([f"--over: {count:,} points; allowed: at most {MOST_POINTS:,}"])
