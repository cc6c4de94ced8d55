"""What a broker does when its nodes are parted into two sides, and when they have met again.

Which of that it does is in its options (`BrokerOptions`). Copies between nodes are the backplane's
business; here are clients, sessions, and the restart of the smaller side.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from models.protocols.mqtt import BrokerOptions
    from sim.node import Netsplit, Node
    from sim.world import World


class Housing(Protocol):
    """The sessions of a broker, as far as they lie where their clients are not."""

    def forsake(self, node: Node) -> None:
        """Those that clients left behind on `node` are gone with its process."""

    def reunite(self, node: Node) -> None:
        """Those that clients left behind on `node` are within reach again."""


class Netsplits:
    """All netsplits of one broker."""

    __slots__ = ("_housing", "_more_s", "_options", "_world")

    def __init__(self, world: World, options: BrokerOptions, housing: Housing) -> None:
        self._world = world
        self._options = options
        self._housing = housing
        self._more_s = options.heals_after_s if self._restarts else 0.0
        for split in world.netsplits:
            world.engine.at(split.end_s + self._more_s, self._over, split)

    @property
    def _restarts(self) -> bool:
        return self._options.heals_after_s < math.inf

    @property
    def refuses(self) -> bool:
        """Whether no node takes a connection or a message now."""
        if self._options.netsplit != "refuse":
            return False
        now_s = self._world.engine.now_s
        return any(split.lasts(now_s) for split in self._world.netsplits)

    def parts(self, one: Node, other: Node) -> bool:
        """Whether these nodes do not reach each other."""
        return self._world.netsplit(one, other, self._more_s) is not None

    def _over(self, split: Netsplit) -> None:
        smaller = self._smaller(split) if self._restarts else []
        for node in smaller:
            self._restart(node)
        for node in self._world.gateways:
            if node.running and node not in smaller:
                self._housing.reunite(node)

    def _smaller(self, split: Netsplit) -> list[Node]:
        """The side with fewer nodes; of two alike the one without the first node."""
        gateways = self._world.gateways
        far = [node for node in gateways if node.index in split.far]
        near = [node for node in gateways if node.index not in split.far]
        return far if len(far) <= len(near) else near

    def _restart(self, node: Node) -> None:
        """It leaves its cluster and joins again, with nothing and nobody."""
        if not node.running:
            return
        if not self._options.on_disk:
            self._housing.forsake(node)
        node.crash()
        engine, epoch = self._world.engine, node.epoch
        engine.at(engine.now_s + self._options.heals_for_s, _come_back, node, epoch)


def _come_back(node: Node, epoch: int) -> None:
    if node.epoch == epoch and not node.running:
        node.restart()
