"""Which node a new connection goes to. A dead node is known to be dead only after some checks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from sim.node import GONE

if TYPE_CHECKING:
    from sim.node import Node
    from sim.path.proxy import Proxy
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
        proxy = self._world.proxy
        if proxy is not None and proxy.goes_on:
            return self._first_that_listens(person, nodes, proxy)
        return self._choose(person, nodes)

    def pick_other(self, person: int, tried: Sequence[Node], fails_open: bool) -> Node | None:
        """A healthy node that has not been tried, or None; of several, by the policy.

        `fails_open`: when none is healthy, any is good enough.
        """
        healthy = [node for node in self._nodes if self._looks_healthy(node)]
        if fails_open:
            healthy = healthy or self._nodes
        left = [node for node in healthy if node not in tried]
        return self._choose(person, left) if left else None

    def _first_that_listens(self, person: int, nodes: list[Node], proxy: Proxy) -> Node:
        """A proxy that is refused goes on to the next node, and remembers who refused."""
        while len(nodes) > 1:
            node = self._choose(person, nodes)
            if node.listening or node.state == GONE:
                return node
            proxy.health.failed(node)
            nodes = [one for one in nodes if one is not node]
        return nodes[0]

    def _choose(self, person: int, nodes: list[Node]) -> Node:
        if self._policy == "sticky":
            return nodes[person % len(nodes)]
        if self._policy == "least-connections":
            return min(nodes, key=lambda node: (len(node.connections), node.index))
        self._last += 1
        return nodes[self._last % len(nodes)]

    def _looks_healthy(self, node: Node) -> bool:
        if not node.accepting:
            return False
        if self._world.health is not None:
            return self._world.health.trusts(node)
        if node.listening:
            return True
        down_s = self._world.engine.now_s - self._world.down_since_s.get(node.index, 0.0)
        return down_s < UNHEALTHY_AFTER_S
