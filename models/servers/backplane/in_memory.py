"""No backplane: every node knows its own connections and hears of no others.

What Socket.IO does until it is given an adapter. One gateway needs nothing more; of several, each
is a chat of its own, and what an API node takes reaches nobody.
"""

from __future__ import annotations

from typing import ClassVar, Final

from models.servers.backplane.crossing import Crossing, Homes
from sim.node import Node


class InMemory(Crossing):
    """Nothing crosses."""

    __slots__ = ()

    COST_S: ClassVar[float] = 0.0

    def reach(self, node: Node, homes: Homes) -> list[Node]:
        """No other gateway."""
        return []

    def publish(self, node: Node, homes: Homes, message: int) -> None:
        """Whoever is at another node misses the message."""
        for people in homes.values():
            self._port.miss(people, message, "no backplane")


BACKPLANE: Final = InMemory
