"""How much worse than its baseline a figure may be before anybody cares.

Each metric has a margin of its own; a scenario (`[margins]`) and the command line change it. What
is said later counts.
"""

import math
from collections.abc import Iterable, Mapping
from typing import Final

from sim.errors import InputError
from sim.metrics import METRICS, Margin
from sim.scenario.designs import nearest

_ALLOWED: Final = "allowed: 0.05 or 5% for all figures, METRIC=5%, METRIC=0.01 in its unit"


def tolerances(margins: Mapping[str, float], texts: Iterable[str] = ()) -> dict[str, Margin]:
    """The margin of every metric: its own, changed by a scenario's `margins`, then by `texts`.

    Raises `InputError` with every text that is none.
    """
    found = {one.name: one.margin for one in METRICS}
    found |= {name: Margin(absolute=margin) for name, margin in margins.items()}
    wrong = []
    for text in texts:
        try:
            found |= _read(text)
        except ValueError as error:
            wrong.append(f"--tolerance {text}: {error}")
    if wrong:
        raise InputError(wrong)
    return found


def _read(text: str) -> dict[str, Margin]:
    """`METRIC=VALUE`, or a value for all. Raises `ValueError` saying what is allowed."""
    name, equals, value = text.rpartition("=")
    names = [one.name for one in METRICS]
    if not equals:
        return dict.fromkeys(names, Margin(relative=_ratio(value)))
    if name not in names:
        hint = nearest(name, names)
        raise ValueError(f"no such metric (`rtcsim list metrics` has them all){hint}; {_ALLOWED}")
    if value.endswith("%"):
        return {name: Margin(relative=_ratio(value))}
    return {name: Margin(absolute=_number(value))}


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
