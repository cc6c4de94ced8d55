"""Which node a new connection goes to. A dead node is known to be dead only after some checks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from sim.node import Node
    from sim.world import World

UNHEALTHY_AFTER_S: Final = 6.0
"""A check every 2 s, down after 3 failures: HAProxy 2.6 configuration manual, `inter`, `fall`."""


class Balancer:
    """Spreads connections over the given nodes by one policy of the scenario."""

    __slots__ = ("_last", "_nodes", "_policy", "_world")

    def __init__(self, world: World, nodes: list[Node], policy: str) -> None:
        self._world = world
        self._nodes = nodes  # shared list: it grows when nodes are added
        self._policy = policy
        self._last = -1

    def pick(self, person: int) -> Node:
        """The node for this person's next connection; any node when none looks healthy."""
        nodes = [node for node in self._nodes if self._looks_healthy(node)] or self._nodes
        if self._policy == "sticky":
            return nodes[person % len(nodes)]
        if self._policy == "least-connections":
            return min(nodes, key=lambda node: (len(node.connections), node.index))
        self._last += 1
        return nodes[self._last % len(nodes)]

    def _looks_healthy(self, node: Node) -> bool:
        if not node.accepting:
            return False
        if node.listening:
            return True
        down_s = self._world.engine.now_s - self._world.down_since_s.get(node.index, 0.0)
        return down_s < UNHEALTHY_AFTER_S
