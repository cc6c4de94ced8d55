"""Turns the scenario's faults into what is known beforehand and what happens at an instant.

Link and backplane outages are timelines, drawn before the run, so that the transport can compute
through them. Everything else acts on nodes or connections when its time comes (`arm`). Who is hit
is drawn from the fault's own substream: the same people in every design.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Protocol

from sim.faults.spec import (
    AddNodes,
    BackplaneOutage,
    Fault,
    HostLoss,
    LinkOutage,
    MassDisconnect,
    NodeCrash,
    NodePause,
    RemoveNodes,
    Reset,
    RollingDeploy,
    SharedOutage,
)
from sim.network.outages import Outages

if TYPE_CHECKING:
    from sim.node import Node
    from sim.streams import Streams
    from sim.world import World


class Connected(Protocol):
    """What a fault needs of the system under test."""

    def disconnect(self, person: int) -> None:
        """Reset whatever connections this person has now."""

    def move(self, person: int) -> None:
        """The person's device has a new address; its sockets are dead."""


def link_outages(faults: Sequence[Fault], streams: Streams, people: int) -> dict[int, Outages]:
    """Extra link outages by person, beyond those of the access network."""
    intervals: dict[int, list[tuple[float, float]]] = {}
    for index, fault in enumerate(faults):
        if isinstance(fault, LinkOutage):
            hit = [fault.person] if fault.person < people else []
        elif isinstance(fault, SharedOutage):
            hit = _share(fault.share, streams, index, people)
        else:
            continue
        for person in hit:
            intervals.setdefault(person, []).append((fault.start_s, fault.end_s))
    return {person: Outages(spans) for person, spans in sorted(intervals.items())}


def backplane_outages(faults: Sequence[Fault]) -> Outages:
    """When nodes cannot reach each other."""
    return Outages([(f.start_s, f.end_s) for f in faults if isinstance(f, BackplaneOutage)])


def _share(share: float, streams: Streams, index: int, people: int) -> list[int]:
    order = streams.generator("fault-people", index).permutation(people)
    return sorted(int(person) for person in order[: round(share * people)])


def arm(world: World, system: Connected) -> None:
    """Book every fault that strikes at an instant. Each one books its own healing."""
    for index, fault in enumerate(world.scenario.faults):
        for kind, strike in _STRIKES:
            if isinstance(fault, kind):
                strike(world, system, fault, index)
    for person, path in enumerate(world.paths):
        if path.changes_address:
            for end_s in path.outages.ends_s:
                world.engine.at(end_s, system.move, person)


def _crash(world: World, system: Connected, fault: NodeCrash, index: int) -> None:
    node = world.nodes[fault.node]
    luck = world.streams.generator("fault-restart", index).random()
    world.engine.at(fault.at_s, node.crash)
    back_s = fault.at_s + fault.restart_s + luck * fault.restart_spread_s
    world.engine.at(back_s, node.restart)


def _lose(world: World, system: Connected, fault: HostLoss, index: int) -> None:
    node = world.nodes[fault.node]
    world.engine.at(fault.at_s, node.lose_host)
    world.engine.at(fault.at_s + fault.back_s, node.restart)


def _pause(world: World, system: Connected, fault: NodePause, index: int) -> None:
    node = world.nodes[fault.node]
    world.engine.at(fault.at_s, node.pause, fault.at_s + fault.for_s)


def _disconnect(world: World, system: Connected, fault: MassDisconnect, index: int) -> None:
    hit = _share(fault.share, world.streams, index, world.workload.people)
    world.engine.at(fault.at_s, _each, system.disconnect, hit)


def _reset(world: World, system: Connected, fault: Reset, index: int) -> None:
    if fault.person < world.workload.people:
        world.engine.at(fault.at_s, system.disconnect, fault.person)


def _readdress(world: World, system: Connected, fault: LinkOutage, index: int) -> None:
    if fault.changes_address and fault.person < world.workload.people:
        world.engine.at(fault.end_s, system.move, fault.person)


def _each(call: Callable[[int], None], people: Sequence[int]) -> None:
    for person in people:
        call(person)


def _deploy(world: World, system: Connected, fault: RollingDeploy, index: int) -> None:
    step_s = fault.drain_s + fault.restart_s
    for place, node in enumerate(world.gateways):
        start_s = fault.at_s + place * step_s
        world.engine.at(start_s, node.drain, fault.drain_s)
        world.engine.at(start_s + fault.drain_s, node.crash)
        world.engine.at(start_s + step_s, node.restart)


def _add(world: World, system: Connected, fault: AddNodes, index: int) -> None:
    for _ in range(fault.count):
        world.engine.at(fault.at_s, world.add_gateway)


def _remove(world: World, system: Connected, fault: RemoveNodes, index: int) -> None:
    def leave() -> None:
        staying = [node for node in world.gateways if node.accepting]
        for node in staying[max(1, len(staying) - fault.count) :]:
            node.drain(fault.drain_s)
            world.engine.at(fault.at_s + fault.drain_s, partial(_retire, node))

    world.engine.at(fault.at_s, leave)


def _retire(node: Node) -> None:
    node.crash()
    node.accepting = False


_STRIKES: tuple[tuple[type, Callable[..., None]], ...] = (
    (NodeCrash, _crash),
    (HostLoss, _lose),
    (NodePause, _pause),
    (MassDisconnect, _disconnect),
    (Reset, _reset),
    (LinkOutage, _readdress),
    (RollingDeploy, _deploy),
    (AddNodes, _add),
    (RemoveNodes, _remove),
)
