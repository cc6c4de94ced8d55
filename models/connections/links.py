"""Tells clients when their device has no link, and when it has one again.

Without that only a heartbeat, a write or TCP finds out. What is told, and after how long, is the
client's software (`models.protocols.software`); which links die is the world's. An outage that is
over before it is told is never told of, and a link that dies again before its return is told is
still gone. A device that sleeps is told nothing. Dials go on while there is no link, as those of a
program that is told nothing.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from models.protocols.software import Software
    from sim.world import World


@runtime_checkable
class HearsOfLinks(Protocol):
    """A channel whose clients are told of their link."""

    def link_lost(self, person: int) -> None:
        """The person's client is told that there is no link."""

    def link_back(self, person: int) -> None:
        """The person's client is told that there is a link again."""


def told(outages: Iterable[tuple[float, float]], software: Software) -> list[tuple[float, float]]:
    """When a client gives its connection up, and when it dials at once (inf: it waits), in order.

    >>> from models.protocols.software import CLIENTS
    >>> told([(10.0, 11.0), (20.0, 30.0)], CLIENTS["chromium"])
    [(21.5, 30.5)]
    """
    found: list[tuple[float, float]] = []
    spans = list(outages)
    nexts_s = [start_s for start_s, _ in spans[1:]]
    for (start_s, end_s), next_s in zip(spans, [*nexts_s, math.inf], strict=False):
        if start_s + software.lost_after_s < end_s:
            back_s = end_s + software.redials_after_s
            found.append((start_s + software.lost_after_s, back_s if back_s < next_s else math.inf))
    return found


def book(world: World, software: Software, channels: Collection[HearsOfLinks]) -> None:
    """Book everything that clients on these channels will be told in a run."""
    if software.lost_after_s == math.inf:
        return
    for person, path in enumerate(world.paths):
        asleep = world.asleep.get(person)
        for lost_s, back_s in told(path.outages, software):
            if asleep is not None and not asleep.is_up(lost_s):
                continue
            for channel in channels:
                world.engine.at(lost_s, channel.link_lost, person)
                if back_s < math.inf and (asleep is None or asleep.is_up(back_s)):
                    world.engine.at(back_s, channel.link_back, person)
