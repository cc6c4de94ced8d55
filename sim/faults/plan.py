"""All faults of a scenario together: the outages they mean, and booking those that strike."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sim.faults.base import Connected, Fault, Mishap, Rest, Stage, Surroundings
from sim.faults.host_loss import HostLoss
from sim.faults.node_crash import NodeCrash
from sim.network.outages import Outages
from sim.node import Netsplit
from sim.streams import Streams


def node_lost(node: int, at_s: float, for_s: float, told: bool) -> Fault:
    """A node that is gone for so long; `told`: its kernel lives on and tells its clients."""
    if told:
        return NodeCrash(kind="node-crash", node=node, at_s=at_s, restart_s=for_s)
    return HostLoss(kind="host-loss", node=node, at_s=at_s, back_s=for_s)


def link_outages(faults: Sequence[Fault], streams: Streams, people: int) -> dict[int, Outages]:
    """Extra link outages by person, beyond those of the access network."""
    intervals: dict[int, list[tuple[float, float]]] = {}
    for index, fault in enumerate(faults):
        for person in fault.dead_links(streams, index, people):
            span = (fault.begins_s, fault.healed_s(0))
            intervals.setdefault(person, []).append(span)
    return {person: Outages(spans) for person, spans in sorted(intervals.items())}


def closed_apps(faults: Sequence[Fault], people: int) -> dict[int, Outages]:
    """When people have their app closed though they would have it open, by person."""
    intervals: dict[int, list[tuple[float, float]]] = {}
    for fault in faults:
        for person in fault.closed_apps(people):
            intervals.setdefault(person, []).append((fault.begins_s, fault.healed_s(0)))
    return {person: Outages(spans) for person, spans in sorted(intervals.items())}


def at_rest(faults: Sequence[Fault], rest: Rest, people: int) -> dict[int, Outages]:
    """When devices of people are hidden, or asleep, by person."""
    intervals: dict[int, list[tuple[float, float]]] = {}
    for fault in faults:
        if fault.rest == rest and fault.whom < people:
            intervals.setdefault(fault.whom, []).append((fault.begins_s, fault.healed_s(0)))
    return {person: Outages(spans) for person, spans in sorted(intervals.items())}


def backplane_outages(faults: Sequence[Fault]) -> Outages:
    """When nodes cannot reach each other."""
    return Outages([(one.begins_s, one.healed_s(0)) for one in faults if one.backplane])


def netsplits(faults: Sequence[Fault], gateways: int) -> tuple[Netsplit, ...]:
    """When which of so many gateways are cut off from the others."""
    sides = [(one, one.far_side(gateways)) for one in faults]
    return tuple(Netsplit(one.begins_s, one.healed_s(0), far) for one, far in sides if far)


def silent_subscribers(faults: Sequence[Fault]) -> tuple[tuple[float, float], ...]:
    """From when to when each subscriber that never answers listens between the nodes."""
    return tuple((one.begins_s, one.healed_s(0)) for one in faults if one.silent)


def floods(faults: Sequence[Fault]) -> tuple[tuple[int, float, float, float], ...]:
    """Who sends without end: the person, from when to when, and how many messages a second."""
    return tuple(
        (one.whom, one.begins_s, one.healed_s(0), one.sends_per_s)
        for one in faults
        if one.sends_per_s
    )


def mishaps(
    faults: Sequence[Fault], streams: Streams, around: Surroundings
) -> Iterator[tuple[str, Mishap]]:
    """Kind and extent of every incident that the faults mean, in the order of the file."""
    for index, fault in enumerate(faults):
        for found in fault.mishaps(streams, index, around):
            yield fault.kind, found


def arm(faults: Sequence[Fault], stage: Stage, system: Connected) -> None:
    """Book every fault that strikes at an instant. Each one books its own healing.

    People whose network gives them a new address after every outage move then, too.
    """
    for index, fault in enumerate(faults):
        fault.strike(stage, system, index)
    for person, path in enumerate(stage.paths):
        if path.changes_address:
            for end_s in path.outages.ends_s:
                stage.engine.at(end_s, system.move, person)
