"""Hops: each write on a connection with its fate, matched up from the marks of a tape.

A mark says that something left, arrived, or was lost; which of them belong together follows from
their lanes, their words and the planned arrival. A copy of a write that left later than the write
itself was resent by TCP: the first one got lost.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final, Literal

from sim.tape import ARRIVED, CONTROL, HELD, LOST, PUBLISHED, RESET, SENT, Mark, Said

BACKPLANE: Final = "backplane"
_SAME_S: Final = 1e-9

Fate = Literal["arrived", "lost", "under way"]


@dataclass(frozen=True, slots=True)
class Hop:
    """Something on its way from one lane to another. Times in seconds, nan for unknown.

    `held`: TCP did not send it when it was written, as there was something to repair before.
    `again_s` is when the copy that arrived was sent, later than `left_s` if TCP had to resend;
    `over_s` when it arrived, or when its sender's side learned that it is lost.
    """

    left_s: float
    source: str
    target: str
    said: Said
    held: bool = False
    fate: Fate = "under way"
    again_s: float = math.nan
    over_s: float = math.nan

    @property
    def resent(self) -> bool:
        """Whether the first copy was lost on the way."""
        late = self.again_s > self.left_s + _SAME_S
        return self.fate == "arrived" and late and not self.held


def hops(tape: Iterable[Mark]) -> list[Hop]:
    """Every hop of a tape, in the order of leaving."""
    found: list[Hop] = []
    open_at: dict[tuple[str, str, Said], list[tuple[int, float]]] = {}
    for mark in tape:
        key = (mark.source, mark.target, mark.what)
        if mark.kind in (SENT, HELD):
            open_at.setdefault(key, []).append((len(found), mark.other_s))
            found.append(Hop(mark.time_s, *key, held=mark.kind == HELD))
        elif mark.kind in (ARRIVED, LOST) and open_at.get(key):
            place = _matching(open_at[key], mark, found)
            found[place] = _closed(found[place], mark)
        elif mark.kind in (PUBLISHED, LOST):
            found += _between_nodes(mark)
        elif mark.kind == RESET:
            found.append(_reset(mark))
    return sorted(found, key=lambda hop: hop.left_s)


def _matching(waiting: list[tuple[int, float]], mark: Mark, found: list[Hop]) -> int:
    """The write that `mark` is about: planned for now, or left when the copy did, or the oldest."""
    exact = [at for at, (_, planned_s) in enumerate(waiting) if planned_s == mark.time_s]
    if not exact and mark.kind == ARRIVED:
        exact = [
            at
            for at, (place, _) in enumerate(waiting)
            if found[place].left_s <= mark.other_s + _SAME_S
        ][-1:]
    return waiting.pop(exact[0] if exact else 0)[0]


def _closed(hop: Hop, mark: Mark) -> Hop:
    if mark.kind == LOST:
        return replace(hop, fate="lost", over_s=mark.time_s)
    return replace(hop, fate="arrived", again_s=mark.other_s, over_s=mark.time_s)


def _between_nodes(mark: Mark) -> list[Hop]:
    """Through the backplane: in at once, out when it arrives; or in and gone."""
    at_s = mark.time_s
    if mark.kind == LOST:
        return [Hop(at_s, mark.source, BACKPLANE, mark.what, fate="lost", over_s=at_s)]
    into = Hop(at_s, mark.source, BACKPLANE, mark.what, False, "arrived", at_s, at_s)
    return [into, replace(into, source=BACKPLANE, target=mark.target, over_s=mark.other_s)]


def _reset(mark: Mark) -> Hop:
    said = Said("RST", (), CONTROL)
    arrives = mark.other_s < math.inf
    over_s = mark.other_s if arrives else mark.time_s
    fate: Fate = "arrived" if arrives else "lost"
    at_s = mark.time_s
    return Hop(at_s, mark.source, mark.target, said, False, fate, at_s, over_s)
