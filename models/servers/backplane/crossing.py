"""What backplanes have in common: a copy for each node that is reached, one delay later or never.

A backplane knows its subscribers, says whom a message reaches, and carries it there. Copies cost
CPU time at both ends. During an outage of the backplane they are lost, and nothing is told.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, ClassVar, NamedTuple, Protocol

from sim.tape import LOST, PUBLISHED

if TYPE_CHECKING:
    from models.options import Options
    from models.protocols.socketio.recovery import RecoveryLog
    from models.servers.records import Records
    from sim.node import Netsplit, Node
    from sim.world import World

Homes = Mapping[int, list[int]]
"""By the index of a node: the readers that it holds."""


class Port(NamedTuple):
    """Where a backplane is plugged in; `gateways` grows when nodes join.

    `deliver(node, people, message)`, `miss(people, message, cause)`, `homes(message)`, where its
    readers are now, `home(person)` and `readers(message)` are the fan-out's.
    """

    world: World
    gateways: Sequence[Node]
    records: Records
    deliver: Callable[[Node, list[int], int], None]
    miss: Callable[[Sequence[int], int, str], None]
    homes: Callable[[int], dict[int, list[int]]]
    home: Callable[[int], Node | None]
    readers: Callable[[int], list[int]]
    options: Options


class Backplane(Protocol):
    """What the fan-out asks of it.

    `CARRIED`: by a process between the nodes; `TO_ALL`: a copy goes to every other gateway that
    runs (its own class says so: what is inherited is another's word, and rows do not rely on it);
    `LOCAL_FIRST`: a node serves its own readers at once, and not when the message has been carried;
    `KEEPS_OFFSETS`: whether Socket.IO can recover a connection's state over it; `READS`: its keys
    of the option group beside `kind` and `cost_s`; `GATEWAYS_MAX`: how many nodes it can join;
    `cost_s`: CPU seconds at a node for one copy, in or out; `log`: what all nodes recover
    Socket.IO's connections from, where each has not its own.
    """

    CARRIED: ClassVar[bool]
    TO_ALL: ClassVar[bool]
    LOCAL_FIRST: ClassVar[bool]
    KEEPS_OFFSETS: ClassVar[bool]
    READS: ClassVar[tuple[str, ...]]
    GATEWAYS_MAX: ClassVar[float]
    cost_s: float
    log: RecoveryLog | None

    def publish(self, node: Node, homes: Homes, message: int) -> None:
        """Carry a message from `node` to its readers elsewhere, or write down who misses it.

        Where own readers are not served first, they are among the `homes`.
        """


class Crossing:
    """Copies that cross once; which gateways get one is said by `reach` of each kind."""

    __slots__ = ("_port", "_subscribed", "cost_s")

    COST_S: ClassVar[float]  # CPU at a node for one copy, in or out
    CARRIED: ClassVar[bool] = False  # by a process between the nodes (`World.backplane`)
    TO_ALL: ClassVar[bool] = False  # a copy goes to every other gateway that runs
    LOCAL_FIRST: ClassVar[bool] = True
    KEEPS_OFFSETS: ClassVar[bool] = True  # nobody's in particular: nothing is known against it
    READS: ClassVar[tuple[str, ...]] = ()
    GATEWAYS_MAX: ClassVar[float] = math.inf
    log: RecoveryLog | None = None

    def __init__(self, port: Port, cost_s: float | None = None) -> None:
        self._port = port
        self.cost_s = self.COST_S if cost_s is None else cost_s
        self._subscribed: dict[int, Node] = {}

    def subscribe(self, gateway: Node) -> None:
        """A gateway hears everything from now on."""
        self._subscribed[gateway.index] = gateway

    def others(self, node: Node) -> list[Node]:
        """All subscribed gateways but this one; one that joined late subscribes by itself."""
        gateways = self._port.gateways
        for gateway in gateways[len(self._subscribed) :]:
            self.subscribe(gateway)
        return [gateway for gateway in gateways if gateway is not node]

    def reach(self, node: Node, homes: Homes) -> list[Node]:
        """The gateways that get a copy."""
        return self.others(node)

    def publish(self, node: Node, homes: Homes, message: int) -> None:
        """One copy for every gateway that is reached; those without readers there only pay."""
        world, now_s = self._port.world, self._port.world.engine.now_s
        reached = self.reach(node, homes)
        homes = self._within(reached, homes, message)
        if world.netsplits:
            reached, homes = self._on_this_side(node, reached, homes, message)
        if not reached:
            return
        node.busy(self.cost_s)
        world.backplane_messages += len(reached)
        if not world.backplane_down.is_up(now_s):
            self._lose(node, reached, homes, message)
        elif self.CARRIED:
            spec = world.scenario.backplane
            cost_s = spec.publish_s + spec.receiver_s * len(reached)
            cost_s *= world.backplane.slowness
            self._port.records.hold(message)
            lost = partial(self._uncarried, node, reached, homes, message)
            world.backplane.work(cost_s, self._carried, node, reached, homes, message, lost=lost)
        else:
            self._carry(node, reached, homes, message)

    def netsplit(self) -> tuple[str, float]:
        """What becomes of copies for the other side (`BrokerOptions.netsplit`), and how long after
        the sides have met again they still do not cross.
        """
        return "lose", 0.0

    def _on_this_side(
        self, node: Node, reached: Sequence[Node], homes: Homes, message: int
    ) -> tuple[list[Node], Homes]:
        """Those of the gateways that a netsplit leaves within reach, and their readers."""
        world, (does, more_s) = self._port.world, self.netsplit()
        carrier = (world.gateways[0],) if self.CARRIED else ()  # the process between is with it
        beyond: dict[int, Netsplit] = {}
        for gateway in reached:
            ends = (gateway, *carrier)
            splits = (world.netsplit(node, one, more_s) for one in ends)
            if split := next(filter(None, splits), None):
                beyond[gateway.index] = split
        for gateway in (one for one in reached if one.index in beyond):
            people = {one: homes[one] for one in homes if one == gateway.index}
            if does == "keep":
                self._port.records.hold(message)
                end_s = beyond[gateway.index].end_s + more_s
                world.engine.at(end_s, self._carried, node, [gateway], people, message)
            else:
                self._lose(node, [gateway], people, message, "netsplit")
        this = {index: people for index, people in homes.items() if index not in beyond}
        return [one for one in reached if one.index not in beyond], this

    def _lose(
        self, node: Node, reached: Sequence[Node], homes: Homes, message: int,
        cause: str = "backplane down",
    ) -> None:  # fmt: skip
        for gateway in reached:
            self._port.records.mark(LOST, node, gateway, message, math.inf)
        for people in homes.values():
            self._port.miss(people, message, cause)

    def _carried(self, node: Node, reached: Sequence[Node], homes: Homes, message: int) -> None:
        """The process between has come to it."""
        self._port.records.release(message)
        self._carry(node, reached, homes, message)

    def _uncarried(self, node: Node, reached: Sequence[Node], homes: Homes, message: int) -> None:
        """The process between is down, or died with it in hand."""
        self._port.records.release(message)
        self._lose(node, reached, homes, message)

    def _within(self, reached: Sequence[Node], homes: Homes, message: int) -> Homes:
        """Readers at nodes that get a copy; the others miss the message."""
        indices = [gateway.index for gateway in reached]
        if all(index in indices for index in homes):
            return homes
        for index, people in homes.items():
            if index not in indices:
                self._port.miss(people, message, "node died")
        return {index: people for index, people in homes.items() if index in indices}

    def _carry(self, node: Node, reached: Sequence[Node], homes: Homes, message: int) -> None:
        world, records = self._port.world, self._port.records
        arrive_s = world.engine.now_s + world.scenario.backplane.delay_s
        if not world.backplane_down.is_up(arrive_s):
            self._lose(node, reached, homes, message)
            return
        for gateway in reached:
            people = homes.get(gateway.index)
            if people:
                records.mark(PUBLISHED, node, gateway, message, arrive_s)
                records.hold(message)
                world.engine.at(arrive_s, self._arrive, gateway, people, message)
            elif gateway.running:
                gateway.busy(self.cost_s)

    def _arrive(self, gateway: Node, people: list[int], message: int) -> None:
        if gateway.running:
            gateway.busy(self.cost_s)
        self._port.deliver(gateway, people, message)
        self._port.records.release(message)
