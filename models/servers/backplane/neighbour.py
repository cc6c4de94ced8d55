"""Another environment on the same Redis: a staging system, say, with rooms of the same names.

Its servers subscribe and publish under its own prefix, whatever database they select. Its people
say what ours say, room by room; where its channels are ours, our nodes hear that and emit it to
whoever is in the room, and its servers hear ours. Left out: what our people are then written, and
the CPU time of its servers.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from models.servers.backplane.redis import Command

if TYPE_CHECKING:
    from models.servers.backplane.environment import Environment


class Stranger:
    """A server of the other environment."""

    __slots__ = ()


class Neighbour:
    """All servers of the other environment, if there is one, and what its people send."""

    def __init__(self, environment: Environment) -> None:
        spec = environment.port.world.scenario.backplane.neighbour
        if spec is None:
            return
        self._environment = environment
        self._channels = type(environment.channels)(spec.prefix)
        self._every_s = 1.0 / spec.messages_per_s
        self._begins_s = environment.port.world.scenario.time.warmup_s
        self._until_s = environment.port.world.scenario.time.measured_until_s
        pubsub = environment.redis.pubsub
        for _ in range(spec.servers):
            server = Stranger()
            pubsub.psubscribe(server, self._channels.pattern, spec.database)
            pubsub.subscribe(server, self._channels.request, spec.database)
            pubsub.subscribe(server, self._channels.response, spec.database)
        if len(environment.port.world.workload.conversation):
            environment.port.world.engine.at(self._begins_s, self._send, 0)

    def _send(self, number: int) -> None:
        """Its next message is to the room of our next one."""
        environment, world = self._environment, self._environment.port.world
        message = number % len(world.workload.conversation)
        redis = environment.redis_of(message)
        if redis.reachable:
            channel = self._channels.room(int(world.workload.conversation[message]))
            call = partial(self._published, channel, message)
            redis.do(Command(environment.publish_s(channel), call, _gone), _gone)
        next_s = self._begins_s + (number + 1) * self._every_s
        if next_s < self._until_s:
            world.engine.at(next_s, self._send, number + 1)

    def _published(self, channel: str, message: int) -> None:
        """Every subscriber hears it; those of ours that have the room take it for their own."""
        environment = self._environment
        redis, homes = environment.redis_of(message), environment.port.homes(message)
        if homes:
            redis.told("foreign messages to rooms of ours")
        hearing = environment.listening(channel, message)
        if any(seat.node.index in homes for seat in hearing):
            redis.told("foreign messages emitted here")
        for seat in hearing:
            size_bytes = environment.message_bytes(message)
            redis.copy(seat, size_bytes, environment.cost_s, partial(redis.told, "foreign"), _gone)


def _gone(_: object) -> None:
    """Nobody here misses it."""
