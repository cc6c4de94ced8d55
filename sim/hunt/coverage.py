"""What a run reached: the steps of its protocols, which follow which, and how often.

A step is what a tape shows of one person's connections: a segment with what it says, sent up,
arrived, lost or held back, a connection opened or reset; without numbers, so that the same step of
another message is the same. That one step follows another is a transition of all the machines that
share the connection: link, heartbeat, back-off, outbox, session. Once, twice and more often count
as different, so that a third try is new where a second one was not.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Final

from sim.tape import Mark, is_person

_NUMBERS: Final = re.compile(r"\d+")
_OFTEN: Final = 3


def transitions(tape: Iterable[Mark]) -> frozenset[str]:
    """The pairs of steps that follow each other at anybody: the first, second and third time."""
    found: set[str] = set()
    before: dict[str, str] = {}
    counts: Counter[tuple[str, str, str]] = Counter()
    for mark in tape:
        lane = mark.source if is_person(mark.source) else mark.target
        if is_person(lane):
            way = "up" if lane == mark.source else "down"
            step = f"{mark.kind} {way} {_NUMBERS.sub('', mark.what.text)}"
            pair = (lane, before.get(lane, ""), step)
            counts[pair] += 1
            if counts[pair] <= _OFTEN:
                found.add(f"{pair[1]} > {step} x{counts[pair]}")
            before[lane] = step
    return frozenset(found)
