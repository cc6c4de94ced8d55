"""Cluster requests: one node asks all others, and counts answers until as many came as it expects.

`fetchSockets` of npm @socket.io/redis-adapter 8.3.0: PUBSUB NUMSUB of the request channel says how
many servers there are, the request is published, each server publishes its answer on a channel that
all read, and the request fails when after 5,000 ms fewer answered than were counted. Whoever has
subscribed without being a server that answers makes every request fail; an emitter, which only
publishes, makes none.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Final

from models.servers.backplane.redis import Command, Seat

if TYPE_CHECKING:
    from models.servers.backplane.environment import Environment
    from sim.node import Node

REQUEST_BYTES: Final = 100  # a JSON of id, type and rooms (assumption)
_MARGIN_S: Final = 1.0


class Silent:
    """Somebody who has subscribed to the request channel and answers nothing."""

    __slots__ = ()


class Requests:
    """Gateways of one system ask each other, in turn."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment
        self._every_s = environment.port.options.backplane.request_every_s
        world = environment.port.world
        pubsub, engine = environment.redis.pubsub, world.engine
        for begins_s, ends_s in world.silent:
            silent = Silent()
            engine.at(begins_s, pubsub.subscribe, silent, environment.channels.request)
            engine.at(ends_s, pubsub.leave, silent)
        if self._every_s is not None:
            engine.at(self._every_s, self._ask, 1)

    def _ask(self, number: int) -> None:
        """The next gateway asks, as long as its time-out falls into the measured time."""
        port = self._environment.port
        every_s = self._every_s or 0.0
        limit_s = port.options.backplane.request_timeout_s + _MARGIN_S
        if port.world.engine.now_s + limit_s > port.world.scenario.time.measured_until_s:
            return
        asker = port.gateways[number % len(port.gateways)]
        if asker.running:
            Request(self._environment, asker)
        port.world.engine.at((number + 1) * every_s, self._ask, number + 1)


class Request:
    """One request of one gateway, from the count of subscribers to the last answer or the end."""

    __slots__ = (
        "_answers",
        "_asker",
        "_environment",
        "_epoch",
        "_expected",
        "_over",
        "_redis",
        "_started_s",
    )  # fmt: skip

    def __init__(self, environment: Environment, asker: Node) -> None:
        environment.seat_gateways()
        self._environment = environment
        self._redis = environment.redis
        self._asker = asker
        self._epoch = asker.epoch
        self._answers = 1  # its own
        self._expected = 0
        self._over = False
        self._started_s = environment.port.world.engine.now_s
        asker.busy(environment.cost_s)
        counting_s = environment.port.world.scenario.backplane.publish_s
        self._redis.by(asker).command(Command(counting_s, self._count, self._failed))

    def _count(self) -> None:
        found = self._redis.pubsub.numsub(self._environment.channels.request)
        self._redis.answer(self._asker, partial(self._counted, found))

    def _counted(self, found: int) -> None:
        """The time-out begins when it is known how many have to answer."""
        self._expected = found
        if found <= 1:
            self._finish(False)
            return
        engine = self._environment.port.world.engine
        timeout_s = self._environment.port.options.backplane.request_timeout_s
        engine.at(engine.now_s + timeout_s, self._asker.due, self._timed_out)
        self._publish(self._asker, self._environment.channels.request, self._asked)

    def _publish(self, node: Node, channel: str, heard: Callable[[Seat], object]) -> None:
        node.busy(self._environment.cost_s)
        cost_s = self._environment.publish_s(channel)
        call = partial(self._published, channel, heard)
        self._redis.by(node).command(Command(cost_s, call, self._failed))

    def _published(self, channel: str, heard: Callable[[Seat], object]) -> None:
        for who in self._redis.pubsub.hearing(channel):
            if isinstance(who, Seat):
                cost_s = self._environment.cost_s
                self._redis.copy(who, REQUEST_BYTES, cost_s, partial(heard, who), self._failed)
            elif not isinstance(who, Silent) and channel == self._environment.channels.request:
                self._respond_from_elsewhere()

    def _asked(self, seat: Seat) -> None:
        if seat.node is not self._asker:
            self._publish(seat.node, self._environment.channels.response, self._answered)

    def _respond_from_elsewhere(self) -> None:
        """A server of another environment answers like ours, and is counted like ours."""
        engine, channel = self._environment.port.world.engine, self._environment.channels.response
        command = Command(
            self._environment.publish_s(channel), partial(self._published, channel, self._answered),
            self._failed,
        )  # fmt: skip
        engine.at(engine.now_s + self._redis.delay_s, self._redis.do, command, self._failed)

    def _answered(self, seat: Seat) -> None:
        if seat.node is self._asker and not self._over:
            self._answers += 1
            if self._answers == self._expected:
                self._finish(False)

    def _timed_out(self) -> None:
        if not self._over and self._asker.epoch == self._epoch:
            self._finish(True)

    def _failed(self, _: object) -> None:
        """One message less: the count does not get there, unless the time-out has not begun."""

    def _finish(self, timed_out: bool) -> None:
        self._over = True
        took_s = self._environment.port.world.engine.now_s - self._started_s
        self._redis.told("requests")
        self._redis.told("requests timed out", int(timed_out))
        self._redis.told("request seconds", took_s)
