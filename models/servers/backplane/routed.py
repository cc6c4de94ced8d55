"""A broker's cluster whose nodes know who subscribes where: a copy to the nodes of readers alone.

EMQX has a table of routes on every node (emqx_router.erl), VerneMQ one of subscriptions
(vmq_reg_trie.erl), RabbitMQ one of bindings; in all three a copy goes to nodes that hold a
subscriber's session, and no other node hears of it. What is queued there is known there alone.

Left out: the moment until a new route is known everywhere, and what it costs to say so; shared
subscriptions, wildcards and access lists, since a chat has a topic for each conversation.
"""

from __future__ import annotations

from typing import ClassVar, Final

from models.servers.backplane.cluster import Cluster
from models.servers.backplane.crossing import Homes
from sim.node import Node


class Routed(Cluster):
    """To the nodes of readers' sessions."""

    __slots__ = ()

    TO_ALL: ClassVar[bool] = False

    def reach(self, node: Node, homes: Homes) -> list[Node]:
        """Nodes that have readers' sessions, be it on their disks."""
        return [other for other in self.others(node) if other.index in homes]


BACKPLANE: Final = Routed
