"""The boxes on people's paths, from what a scenario lists and what it says in short."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from math import inf
from typing import TYPE_CHECKING, Final

from sim.path.guard import Guard, Rules, rules
from sim.path.health import Health
from sim.path.proxies import CHECKING, Luck, Proxies
from sim.path.spec import Front, Middlebox, judge, nearest, spreader

if TYPE_CHECKING:
    from sim.engine import Engine
    from sim.node import Node
    from sim.transport.tapped import Passed, Tapped

_FORGET_BEYOND: Final = 64  # tunnels that are over, of one node


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


def in_front(
    engine: Engine, boxes: Sequence[Middlebox], draws: Callable[[int], Luck]
) -> tuple[Proxies | None, Health | None]:
    """The proxies before all servers, and what they, or a box of another layer, believe of them.

    `draws`: the luck of a person's connections.
    """
    if (seventh := nearest(boxes)) is not None:
        before = spreader(boxes)
        checks = CHECKING if before is None else before.filled()
        proxies = Proxies(engine, seventh.filled(), checks, draws)
        return proxies, proxies.first.health
    checking = judge(boxes)
    return None, Health(engine, checking.filled()) if checking else None


def keep_alive_s(front: Front, boxes: Iterable[Middlebox]) -> float:
    """How long after an answer the servers close an idle HTTP connection of a person.

    Never where a box of layer 7 stands before all of them: then the person's connection ends at
    the box, whose own keep-alive holds, and the servers' holds for connections of the box.
    """
    return inf if nearest(boxes) else front.keep_alive_s


class Boxes:
    """Puts a guard of each box on each connection whose path it stands on.

    `networks` says on which network each person is. `proxied`: the box `nearest` to the servers
    is a process, which answers requests itself when a server is silent.
    """

    def __init__(
        self, engine: Engine, boxes: Iterable[Middlebox], networks: Sequence[int],
        proxied: bool = False,
    ) -> None:  # fmt: skip
        self._engine = engine
        self._networks = networks
        self._tunnels: dict[Node, list[Guard]] = {}  # those that a removal would cut
        places, boxes = sorted(set(networks)), tuple(boxes)
        self._terminating = {
            place
            for place in places
            for box in boxes
            if box.filled().layer == 7 and (not box.networks or place in box.networks)
        }
        self._rules = {
            (place, requests): tuple(_rules(boxes, place, requests, proxied))
            for place in places
            for requests in (False, True)
        }

    def watch(self, node: Node) -> None:
        """A node that drains is taken out; what it still has is cut after each box's time."""
        node.on_drain.append(self._removed)

    def _removed(self, node: Node) -> None:
        for guard in self._standing(node):
            due_s = self._engine.now_s + guard.removal_s
            self._engine.at(due_s, guard.remove)

    def _standing(self, node: Node) -> list[Guard]:
        return [guard for guard in self._tunnels.get(node, ()) if guard.stands]

    def _keep(self, node: Node, guard: Guard) -> None:
        """Remember a tunnel; now and then those that are over are forgotten."""
        kept = self._tunnels.setdefault(node, [])
        kept.append(guard)
        if len(kept) > 2 * len(node.connections) + _FORGET_BEYOND:
            self._tunnels[node] = self._standing(node)

    def attach(
        self, connection: Tapped, person: int, ends: tuple[Node, Node], requests: bool
    ) -> None:
        """`connection` stands; `ends`: who took it, and to which node it leads.

        `requests`: it carries HTTP requests.
        """
        door, node = ends
        found = self._rules[self._networks[person], requests]
        guards = [
            Guard(self._engine, one, connection, door if proxied else None)
            for one, proxied in found
        ]
        for guard in guards:
            if guard.removal_s < inf:
                self._keep(node, guard)
        told: list[Passed] = [guard.passed for guard in guards]
        connection.probe_passed = partial(_passed, [guard.probed for guard in guards])
        connection.terminated = self._networks[person] in self._terminating
        if len(told) == 1:
            connection.passed = told[0]
        elif told:
            connection.passed = partial(_passed, told)


def _passed(told: list[Passed], end: int, time_s: float) -> None:
    for one in told:
        one(end, time_s)


def _rules(
    boxes: Sequence[Middlebox], place: int, requests: bool, proxied: bool
) -> Iterator[tuple[Rules, bool]]:
    """What the boxes before one network do, and whether a process looks at its timers; those that
    do nothing to such connections left out."""
    answering = nearest(boxes) if proxied else None
    for box in boxes:
        limits = box.filled()
        if box is answering:
            limits = limits.model_copy(update={"answer_timeout_s": None})
        one = rules(limits, box.reload_at_s, requests)
        limited = min(*one.waits_s, one.max_age_s, one.removal_s) < inf or one.reloads_s
        if limited and (not box.networks or place in box.networks):
            yield one, box is answering
