"""The boxes on people's paths, from what a scenario lists and what it says in short."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from math import inf
from typing import TYPE_CHECKING

from sim.path.guard import Guard, Rules, rules
from sim.path.spec import Front, Middlebox

if TYPE_CHECKING:
    from sim.engine import Engine
    from sim.transport.tapped import Tapped


def listed(
    path: Iterable[Middlebox], front: Front, nats: Iterable[str | None]
) -> tuple[Middlebox, ...]:
    """All boxes: those of `[[path]]`, the servers' own and each network's NAT, in that order."""
    return tuple(_listed(path, front, nats))


def _listed(
    path: Iterable[Middlebox], front: Front, nats: Iterable[str | None]
) -> Iterator[Middlebox]:
    yield from path
    if (own := front.box()) is not None:
        yield own
    for place, nat in enumerate(nats):
        if nat is not None:
            yield Middlebox(preset=nat, networks=(place,))


def keep_alive_s(front: Front, boxes: Iterable[Middlebox]) -> float:
    """How long after an answer the servers close an idle HTTP connection of a person.

    Never where a box of layer 7 stands before all of them: then the person's connection ends at
    the box, whose own keep-alive holds, and the servers' holds for connections of the box.
    """
    ends_there = any(box.filled().layer == 7 and not box.networks for box in boxes)
    return inf if ends_there else front.keep_alive_s


class Boxes:
    """Puts a guard of each box on each connection whose path it stands on.

    `networks` says on which network each person is.
    """

    def __init__(self, engine: Engine, boxes: Iterable[Middlebox], networks: Sequence[int]) -> None:
        self._engine = engine
        self._networks = networks
        places, boxes = sorted(set(networks)), tuple(boxes)
        self._rules = {
            (place, requests): tuple(_rules(boxes, place, requests))
            for place in places
            for requests in (False, True)
        }

    def attach(self, connection: Tapped, person: int, requests: bool) -> None:
        """`connection` stands; `requests` says that it carries HTTP requests, one at a time."""
        found = self._rules[self._networks[person], requests]
        guards = [Guard(self._engine, one, connection) for one in found]
        if len(guards) == 1:
            connection.passed = guards[0].passed
        elif guards:
            connection.passed = partial(_passed, guards)


def _passed(guards: list[Guard], end: int, time_s: float) -> None:
    for guard in guards:
        guard.passed(end, time_s)


def _rules(boxes: Iterable[Middlebox], place: int, requests: bool) -> Iterator[Rules]:
    """What the boxes before one network do; those that do nothing to such connections left out."""
    for box in boxes:
        one = rules(box.filled(), box.reload_at_s, requests)
        limited = min(*one.waits_s, one.max_age_s) < inf or one.reloads_s
        if limited and (not box.networks or place in box.networks):
            yield one
