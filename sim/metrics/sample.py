"""How long things took of which some never came: their quantiles, and how they are stored."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np

from sim.history import Column
from sim.ordering import starts


@dataclass(frozen=True)
class Sample:
    """How long each of `owed` things took: `delay_s` of those that came; the rest never did."""

    owed: int
    delay_s: Column

    @cached_property
    def by_delay(self) -> Column:
        """The rows of `delay_s`, shortest first."""
        return np.argsort(self.delay_s)

    @cached_property
    def ascending_s(self) -> Column:
        """The delays of those that came, shortest first."""
        return np.asarray(self.delay_s[self.by_delay])

    def within(self, limits_s: float | Column) -> Any:
        """How many came within this time, or each of these."""
        return np.searchsorted(self.ascending_s, limits_s, side="right")

    def quantile(self, share: float) -> float | None:
        """The delay that `share` of what was owed kept; infinite beyond what came, None of none."""
        at = rank(self.owed, share)
        if not self.owed:
            return None
        return float(self.ascending_s[at]) if at < len(self.delay_s) else math.inf

    def packed(self) -> dict[str, Any]:
        """To be stored: distinct delays of `PACKED_DIGITS` digits, ascending, and their counts."""
        values_us = _cut(self.ascending_s)
        edges = np.flatnonzero(starts(values_us))
        return {
            "owed": self.owed,
            "values_s": (values_us[edges] / 1e6).tolist(),
            "counts": np.diff(edges, append=len(values_us)).tolist(),
        }


PACKED_DIGITS: Final = 4  # half a thousandth at most: far below what any run can tell
_POWERS: Final = 10 ** np.arange(19, dtype="i8")


def _cut(ascending_s: Column) -> Column:
    """Whole microseconds, those of many digits rounded; in integers, so equal everywhere."""
    whole_us = np.rint(ascending_s * 1e6).astype("i8")
    # Ascending, so each number of digits is one stretch.
    edges = np.searchsorted(whole_us, _POWERS)
    digits = np.arange(len(_POWERS) + 1)
    steps = _POWERS[np.maximum(digits - PACKED_DIGITS, 0)]
    step = np.repeat(steps, np.diff(edges, prepend=0, append=len(whole_us)))
    return np.asarray((whole_us + step // 2) // step * step)


def rank(count: int, share: float) -> int:
    """Place, from 0, of the smallest of `count` values with at least `share` of all at or below.

    In whole thousandths, since 0.29 of 100 is not quite 29 in floats.
    """
    return -(-count * round(share * 1000) // 1000) - 1
