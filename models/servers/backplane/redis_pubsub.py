"""Socket.IO's Redis adapter: what is sent to a room is published, and every node hears it.

Rooms are filtered by the nodes, after delivery: n nodes read n copies, that of the sender's own
included, and throw away those for rooms that they do not have. At most once: who is not subscribed
when a message is published never hears of it, so no state of a connection is recovered over it
(npm @socket.io/redis-adapter 8.3.0; socket.io/docs/v4/connection-state-recovery).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from models.servers.backplane.adapter import Adapter
from models.servers.backplane.redis import Seat

if TYPE_CHECKING:
    from sim.node import Node


class RedisPubSub(Adapter):
    """A copy for everyone who listens."""

    def carried(self, node: Node, homes: dict[int, list[int]], message: int) -> None:
        """Every subscriber is sent a copy; readers at nodes that have none miss the message."""
        for who in self.redis.pubsub.hearing(self.room_of(message)):
            self.port.world.backplane_messages += 1
            if isinstance(who, Seat):
                people = homes.pop(who.node.index, [])
                self.copy(node, who, people, message)
        self.missed(node, homes, message, "backplane down")


BACKPLANE: Final = RedisPubSub
