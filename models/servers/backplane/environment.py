"""One environment on a Redis: its channels, its nodes' places there, and what a message costs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from models.protocols.redis import published_bytes
from models.servers.backplane.redis import Redis, Seat

if TYPE_CHECKING:
    from models.servers.backplane.crossing import Port

ENVELOPE_BYTES: Final = 90  # sender, namespace, room and excepted socket in msgpack (assumption)


class Channels(NamedTuple):
    """Names of the channels of one environment, in the main namespace."""

    prefix: str

    @property
    def pattern(self) -> str:
        """Every room's: what each node listens to."""
        return f"{self.prefix}#/#*"

    @property
    def request(self) -> str:
        """Where nodes ask each other."""
        return f"{self.prefix}-request#/#"

    @property
    def response(self) -> str:
        """Where they answer: every node reads every answer."""
        return f"{self.prefix}-response#/#"

    def room(self, room: int) -> str:
        """Where a room's messages are published."""
        return f"{self.prefix}#/#{room}#"


class Environment:
    """All nodes of a system, at one Redis; `cost_s`: CPU seconds of a command or copy at a node."""

    def __init__(self, port: Port, cost_s: float) -> None:
        self.port = port
        self.cost_s = cost_s
        self.channels = Channels(port.options.backplane.prefix)
        self.redis = Redis(port, port.world.backplane)
        self.seat_gateways()

    def seat_gateways(self) -> None:
        """Every gateway has its place at Redis; one that joined late takes it now."""
        self.redis.seated(self.port.gateways, self.subscribe, self.subscriptions)

    def redis_of(self, message: int) -> Redis:
        """The Redis that carries a message."""
        return self.redis

    def listening(self, channel: str, message: int) -> list[Seat]:
        """Gateways that a message to a room reaches, when it is published there."""
        hearing = self.redis_of(message).pubsub.hearing(channel)
        return [who for who in hearing if isinstance(who, Seat)]

    def subscribe(self, seat: Seat) -> None:
        """What a node listens to from now on."""
        database, pubsub = self.port.options.backplane.database, self.redis.pubsub
        pubsub.psubscribe(seat, self.channels.pattern, database)
        pubsub.subscribe(seat, self.channels.request, database)
        pubsub.subscribe(seat, self.channels.response, database)

    def subscriptions(self, seat: Seat) -> int:
        """How many commands that takes: one with all patterns, one with all channels."""
        return 2

    def publish_s(self, channel: str) -> float:
        """CPU seconds of Redis's process for a message on that channel."""
        spec = self.port.world.scenario.backplane
        return spec.publish_s + spec.receiver_s * len(self.redis.pubsub.hearing(channel))

    def message_bytes(self, message: int) -> int:
        """Size of one copy of a message."""
        workload = self.port.world.workload
        content_bytes = int(workload.size_bytes[message]) + ENVELOPE_BYTES
        return published_bytes(self.channels.pattern, self.room_of(message), content_bytes)

    def room_of(self, message: int) -> str:
        """The channel of the room that a message is for."""
        return self.channels.room(int(self.port.world.workload.conversation[message]))
