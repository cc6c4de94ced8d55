"""What strikes at an instant: nodes and connections that fail when their time comes.

Each strike books its own healing. A strike sees a `Stage`, what it needs of the world, and the
system under test as far as people can be disconnected or moved.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Protocol

from sim.faults.spec import (
    AddNodes,
    Fault,
    HostLoss,
    LinkOutage,
    MassDisconnect,
    NodeCrash,
    NodePause,
    RemoveNodes,
    Reset,
    RollingDeploy,
)
from sim.faults.timelines import drawn_people

if TYPE_CHECKING:
    from sim.engine import Engine
    from sim.network.path import Path
    from sim.node import Node
    from sim.streams import Streams


class Stage(Protocol):
    """What a fault needs of the world."""

    engine: Engine
    streams: Streams
    paths: list[Path]
    gateways: list[Node]

    @property
    def people(self) -> int:
        """How many people there are."""

    @property
    def nodes(self) -> list[Node]:
        """Every node, gateways first."""

    def add_gateway(self) -> Node:
        """A new gateway joins, listening at once."""


class Connected(Protocol):
    """What a fault needs of the system under test."""

    def disconnect(self, person: int) -> None:
        """Reset whatever connections this person has now."""

    def move(self, person: int) -> None:
        """The person's device has a new address; its sockets are dead."""


def arm(faults: Sequence[Fault], stage: Stage, system: Connected) -> None:
    """Book every fault that strikes at an instant. Each one books its own healing."""
    for index, fault in enumerate(faults):
        for kind, strike in _STRIKES:
            if isinstance(fault, kind):
                strike(stage, system, fault, index)
    for person, path in enumerate(stage.paths):
        if path.changes_address:
            for end_s in path.outages.ends_s:
                stage.engine.at(end_s, system.move, person)


def _crash(stage: Stage, system: Connected, fault: NodeCrash, index: int) -> None:
    node = stage.nodes[fault.node]
    luck = stage.streams.generator("fault-restart", index).random()
    stage.engine.at(fault.at_s, node.crash)
    back_s = fault.at_s + fault.restart_s + luck * fault.restart_spread_s
    stage.engine.at(back_s, node.restart)


def _lose(stage: Stage, system: Connected, fault: HostLoss, index: int) -> None:
    node = stage.nodes[fault.node]
    stage.engine.at(fault.at_s, node.lose_host)
    stage.engine.at(fault.at_s + fault.back_s, node.restart)


def _pause(stage: Stage, system: Connected, fault: NodePause, index: int) -> None:
    node = stage.nodes[fault.node]
    stage.engine.at(fault.at_s, node.pause, fault.at_s + fault.for_s)


def _disconnect(stage: Stage, system: Connected, fault: MassDisconnect, index: int) -> None:
    hit = drawn_people(fault.share, stage.streams, index, stage.people)
    stage.engine.at(fault.at_s, _each, system.disconnect, hit)


def _reset(stage: Stage, system: Connected, fault: Reset, index: int) -> None:
    if fault.person < stage.people:
        stage.engine.at(fault.at_s, system.disconnect, fault.person)


def _readdress(stage: Stage, system: Connected, fault: LinkOutage, index: int) -> None:
    if fault.changes_address and fault.person < stage.people:
        stage.engine.at(fault.end_s, system.move, fault.person)


def _each(call: Callable[[int], None], people: Sequence[int]) -> None:
    for person in people:
        call(person)


def _deploy(stage: Stage, system: Connected, fault: RollingDeploy, index: int) -> None:
    step_s = fault.drain_s + fault.restart_s
    for place, node in enumerate(stage.gateways):
        start_s = fault.at_s + place * step_s
        stage.engine.at(start_s, node.drain, fault.drain_s)
        stage.engine.at(start_s + fault.drain_s, node.crash)
        stage.engine.at(start_s + step_s, node.restart)


def _add(stage: Stage, system: Connected, fault: AddNodes, index: int) -> None:
    for _ in range(fault.count):
        stage.engine.at(fault.at_s, stage.add_gateway)


def _remove(stage: Stage, system: Connected, fault: RemoveNodes, index: int) -> None:
    def leave() -> None:
        staying = [node for node in stage.gateways if node.accepting]
        for node in staying[max(1, len(staying) - fault.count) :]:
            node.drain(fault.drain_s)
            stage.engine.at(fault.at_s + fault.drain_s, partial(_retire, node))

    stage.engine.at(fault.at_s, leave)


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
