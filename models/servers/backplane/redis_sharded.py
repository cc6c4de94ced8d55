"""Socket.IO's adapter for sharded publish and subscribe: a channel for each room, at some master.

A node subscribes to the channels of the rooms that it has somebody in (mode `dynamic`), so only
those nodes hear a message, and each of the masters carries the rooms that fall to it: twice the
masters, twice the messages. Still at most once, and dearer to come back to: ioredis restores
sharded subscriptions one by one. A sender's own node serves its readers when SPUBLISH is answered.
Requests between nodes go by one channel and count subscribers (npm @socket.io/redis-adapter 8.3.0,
sharded-adapter.js; Redis 7.0).

Left out: the moment between a first member's coming and the subscription to the room, and messages
to several rooms at once, which go to all nodes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from models.servers.backplane.adapter import Adapter
from models.servers.backplane.redis import Redis, Seat
from sim.process import Process

if TYPE_CHECKING:
    from models.servers.backplane.crossing import Port
    from sim.node import Node


class RedisSharded(Adapter):
    """A copy for every node that has the room, by the master that has its channel."""

    LOCAL_FIRST: ClassVar[bool] = False
    READS: ClassVar[tuple[str, ...]] = (*Adapter.READS, "shards")

    def __init__(self, port: Port, cost_s: float | None = None) -> None:
        self._more: list[Redis] = []
        for number in range(1, port.options.backplane.shards):
            process = Process(port.world.engine)
            port.world.behind[f"backplane {number}"] = process
            self._more.append(Redis(port, process, number))
        super().__init__(port, cost_s)

    def seat_gateways(self) -> None:
        """Every gateway has its place at every master."""
        for redis in (self.redis, *self._more):
            redis.seated(self.port.gateways, self.subscribe, self.subscriptions)

    def subscribe(self, seat: Seat) -> None:
        """Listen to rooms of that master, and to requests at the first one."""
        if seat.redis is self.redis:
            super().subscribe(seat)
        else:
            database = self.port.options.backplane.database
            seat.redis.pubsub.psubscribe(seat, self.channels.pattern, database)

    def subscriptions(self, seat: Seat) -> int:
        """A command for each room that the node has, and one for the requests."""
        members, node = self.port.world.workload.members, seat.node
        mine = range(self._number(seat.redis), len(members), 1 + len(self._more))
        return 1 + sum(any(self.port.home(one) is node for one in members[room]) for room in mine)

    def redis_of(self, message: int) -> Redis:
        """The master that the message's room falls to."""
        room = int(self.port.world.workload.conversation[message])
        return (self.redis, *self._more)[room % (1 + len(self._more))]

    def listening(self, channel: str, message: int) -> list[Seat]:
        """Nodes that have somebody in the room, the sender included."""
        room = int(self.port.world.workload.conversation[message])
        homes = [self.port.home(person) for person in self.port.world.workload.members[room]]
        holding = [home.index for home in homes if home is not None]
        return [one for one in super().listening(channel, message) if one.node.index in holding]

    def carrying_s(self, message: int) -> float:
        """SPUBLISH, as dear as PUBLISH (assumption)."""
        spec = self.port.world.scenario.backplane
        heard = len(self.listening(self.room_of(message), message))
        return spec.publish_s + spec.receiver_s * heard

    def carried(self, node: Node, homes: dict[int, list[int]], message: int) -> None:
        """Nodes with the room are sent a copy; readers at those that hear nothing miss it."""
        self.serve_own(node, homes.pop(node.index, []), message)
        for seat in self.listening(self.room_of(message), message):
            self.port.world.backplane_messages += 1
            self.copy(node, seat, homes.pop(seat.node.index, []), message)
        self.missed(node, homes, message, "backplane down")

    def _number(self, redis: Redis) -> int:
        return (self.redis, *self._more).index(redis)


BACKPLANE: Final = RedisSharded
