"""How much worse than its baseline a figure may be before anybody cares.

Each metric has a margin of its own; a scenario (`[margins]`) and the command line change it. What
is said later counts.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sim.experiment.designs import nearest
from sim.experiment.errors import InputError
from sim.metrics import METRICS

RELATIVE: Final = 0.01
"""Where a metric has no margin: this share of itself, which is nothing where it was 0."""
_ALLOWED: Final = "allowed: 0.05 or 5% for all figures, METRIC=5%, METRIC=0.01 in its unit"


@dataclass(frozen=True, slots=True)
class Tolerance:
    """The larger of two: `absolute` in the metric's unit, `relative` as a share of the baseline."""

    absolute: float = 0.0
    relative: float = 0.0

    def allowed(self, before: float) -> float:
        """How much worse than `before` is still good."""
        share = self.relative * abs(before) if math.isfinite(before) else 0.0
        return max(self.absolute, share)


def tolerances(margins: Mapping[str, Any], texts: Iterable[str] = ()) -> dict[str, Tolerance]:
    """The tolerance of every metric: its own, changed by a scenario's `margins`, then by `texts`.

    Raises `InputError` with every text that is none.
    """
    found = {one.name: _margin(getattr(one, "margin", None)) for one in METRICS}
    found |= {name: _margin(margin) for name, margin in margins.items()}
    wrong = []
    for text in texts:
        try:
            found |= _read(text)
        except ValueError as error:
            wrong.append(f"--tolerance {text}: {error}")
    if wrong:
        raise InputError(wrong)
    return found


def _margin(margin: Any) -> Tolerance:
    """A margin as a metric or a scenario has it; a bare number is absolute."""
    if margin is None:
        return Tolerance(relative=RELATIVE)
    if isinstance(margin, int | float):
        return Tolerance(absolute=float(margin))
    return Tolerance(margin.absolute or 0.0, margin.relative or 0.0)


def _read(text: str) -> dict[str, Tolerance]:
    """`METRIC=VALUE`, or a value for all. Raises `ValueError` saying what is allowed."""
    name, equals, value = text.rpartition("=")
    names = [one.name for one in METRICS]
    if not equals:
        return dict.fromkeys(names, Tolerance(relative=_ratio(value)))
    if name not in names:
        hint = nearest(name, names)
        raise ValueError(f"no such metric (`rtcsim list metrics` has them all){hint}; {_ALLOWED}")
    if value.endswith("%"):
        return {name: Tolerance(relative=_ratio(value))}
    return {name: Tolerance(absolute=_number(value))}


def _ratio(text: str) -> float:
    return _number(text.removesuffix("%")) / (100 if text.endswith("%") else 1)


def _number(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 <= value < math.inf:
        raise ValueError(f"not a number from 0; {_ALLOWED}")
    return value
