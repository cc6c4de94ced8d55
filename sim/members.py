"""Who is in which conversation when, read off a history's table of changes.

A person joins a conversation once at most, and leaves it or is removed once at most; who has no
change there is in it all the time. Asked row by row, of pairs of a room and a person.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt

Column: TypeAlias = npt.NDArray[Any]
Changes: TypeAlias = Mapping[str, Column]
Pairs: TypeAlias = tuple[Column, Column]
"""Rooms and people, side by side."""

JOINED: Final = 0
LEFT: Final = 1
REMOVED: Final = 2


def stays(changes: Changes, pairs: Pairs, start_s: Column, end_s: Column) -> Column:
    """Which of these are members from start to end."""
    return np.asarray((joined_s(changes, pairs) <= start_s) & (gone_s(changes, pairs) > end_s))


def joined_s(changes: Changes, pairs: Pairs) -> Column:
    """When each joined; minus infinity for who was there from the start."""
    return _at_s(changes, pairs, (JOINED,), -math.inf)


def gone_s(changes: Changes, pairs: Pairs) -> Column:
    """When each left or was removed; infinity for who stays."""
    return _at_s(changes, pairs, (LEFT, REMOVED), math.inf)


def _at_s(changes: Changes, pairs: Pairs, kinds: tuple[int, ...], never_s: float) -> Column:
    (room, person), own = pairs, np.isin(changes["kind"], kinds)
    if not own.any():
        return np.full(len(person), never_s)
    people = 1 + max(int(changes["person"].max()), int(person.max(initial=0)))
    keys = changes["conversation"][own].astype("i8") * people + changes["person"][own]
    order = np.argsort(keys, kind="stable")
    asked = room.astype("i8") * people + person
    at = np.minimum(np.searchsorted(keys[order], asked), len(order) - 1)
    return np.where(keys[order][at] == asked, changes["time_s"][own][order][at], never_s)
