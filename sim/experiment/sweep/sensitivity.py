"""Which key moves a figure, and how much: Morris to find those that matter, then Sobol's indices.

SALib draws the points and reads them (Herman and Usher 2017). Morris (1991): walks that change one
key at a time; the mean size of what a change across the whole range makes, and its spread, which
other keys or a bend make. Sobol (2001), by Saltelli's points: the share of a figure's variance over
the ranges that one key makes alone (first), or with others (total). The intervals are of the points
that were drawn; luck is common to all points and adds little to them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any, Final

import numpy as np

from sim.errors import InputError
from sim.experiment.statistics.intervals import LEVEL

LEVELS: Final = 4  # steps of a Morris walk, as Morris has them
_SEED: Final = 1  # of SALib's bootstrap: the same figures have the same intervals
_MISSING: Final = "--sample morris and saltelli need SALib; pip install 'rtcsim[sensitivity]'"


def drawn(is_morris: bool, keys: int, count: int, luck: np.random.Generator) -> Any:
    """Points of the unit cube, a row each, for `count` walks or base points. Raises `InputError`
    without SALib."""
    problem = _problem([str(one) for one in range(keys)])
    if is_morris:
        return _salib("sample.morris").sample(problem, count, num_levels=LEVELS, seed=luck)
    return _salib("sample.sobol").sample(problem, count, calc_second_order=False, seed=luck)


def moved(
    is_morris: bool, keys: Sequence[str], shares: Any, values: Sequence[float]
) -> list[dict[str, Any]]:
    """A row per key, the one that moves the figure most first; empty where some value is no number
    or nothing moves it.

    `moves` with half its 95 % interval `half`: by Morris the mean change across the whole range, in
    the figure's unit; by Sobol the total share of the variance. `spread` or `alone`: how unlike the
    changes are; the share of the key alone. `is_clear`: the interval leaves out nothing.
    """
    found = np.asarray(values, dtype=float)
    if not np.isfinite(found).all() or np.ptp(found) == 0:
        return []
    problem = _problem(keys)
    if is_morris:
        told = _salib("analyze.morris").analyze(
            problem, shares, found, conf_level=LEVEL, num_levels=LEVELS, seed=_SEED
        )
        rows = zip(keys, told["mu_star"], told["mu_star_conf"], told["sigma"], strict=True)
        made = [_row(*row, "spread") for row in rows]
    else:
        told = _salib("analyze.sobol").analyze(
            problem, found, calc_second_order=False, conf_level=LEVEL, seed=_SEED
        )
        rows = zip(keys, told["ST"], told["ST_conf"], told["S1"], strict=True)
        made = [_row(*row, "alone") for row in rows]
    return sorted(made, key=lambda one: -one["moves"])


def _row(key: str, moves: float, half: float, beside: float, name: str) -> dict[str, Any]:
    half = float(half) if math.isfinite(half) else 0.0
    is_clear = bool(moves > 0 and moves - half > 0)
    return {"key": key, "moves": float(moves), "half": half, name: float(beside),
            "is_clear": is_clear}  # fmt: skip


def _problem(keys: Sequence[str]) -> Mapping[str, Any]:
    return {"num_vars": len(keys), "names": list(keys), "bounds": [[0.0, 1.0]] * len(keys)}


def _salib(name: str) -> Any:
    try:
        return import_module(f"SALib.{name}")
    except ImportError:
        raise InputError([_MISSING]) from None
