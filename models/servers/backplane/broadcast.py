"""Publish and subscribe, at most once: a copy for every other gateway that runs.

Subscribers filter after delivery, as with Redis and Socket.IO's adapter for it: whoever is not
there when it is published never hears of it. What carries it is one process with one core, which
copies to one subscriber after the other: twice the nodes, half of what it can do.
"""

from __future__ import annotations

from typing import ClassVar, Final

from models.servers.backplane.crossing import Crossing, Homes
from sim.node import Node


class Broadcast(Crossing):
    """Everything to everyone who listens."""

    __slots__ = ()

    # one command of a client that has a connection (Centrifugo's blog, 2022-12-20: 4.6 us)
    COST_S: ClassVar[float] = 4.6e-6
    CARRIED: ClassVar[bool] = True
    TO_ALL: ClassVar[bool] = True

    def reach(self, node: Node, homes: Homes) -> list[Node]:
        """Every other gateway that runs."""
        return [gateway for gateway in self.others(node) if gateway.running]


BACKPLANE: Final = Broadcast
