"""Publish and subscribe, at most once: a copy for every other gateway that runs.

Subscribers filter after delivery, as with Redis and Socket.IO's adapter for it: whoever is not
there when it is published never hears of it.
"""

from __future__ import annotations

from typing import ClassVar, Final

from models.servers.backplane.crossing import Crossing, Homes
from sim.node import Node


class Broadcast(Crossing):
    """Everything to everyone who listens."""

    __slots__ = ()

    COST_S: ClassVar[float] = 7e-6  # Redis PUBLISH 300 B with one subscriber, Redis 7.0.15

    def reach(self, node: Node, homes: Homes) -> list[Node]:
        """Every other gateway that runs."""
        return [gateway for gateway in self.others(node) if gateway.running]


BACKPLANE: Final = Broadcast
