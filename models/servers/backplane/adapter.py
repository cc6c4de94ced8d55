"""Socket.IO's adapters for Redis: what all of them do with a message.

After npm @socket.io/redis-adapter 8.3.0 and @socket.io/redis-streams-adapter 0.3.1. A room is known
only to nodes that have somebody in it, so what a node hears of a room that it does not have is read
and thrown away, at the cost of its process.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from models.servers.backplane.environment import Environment
from models.servers.backplane.neighbour import Neighbour
from models.servers.backplane.redis import Command, Seat
from models.servers.backplane.requests import Requests
from sim.tape import LOST, PUBLISHED

if TYPE_CHECKING:
    from models.protocols.socketio.recovery import RecoveryLog
    from models.servers.backplane.crossing import Homes, Port
    from sim.node import Node


class Adapter(Environment, ABC):
    """One adapter in all nodes of one system."""

    # a command of a client that has a connection (Centrifugo's blog, 2022-12-20: 4.6 us)
    COST_S: ClassVar[float] = 4.6e-6
    CARRIED: ClassVar[bool] = True
    TO_ALL: ClassVar[bool] = False  # nor by rows: who has not subscribed again hears nothing
    LOCAL_FIRST: ClassVar[bool] = True
    KEEPS_OFFSETS: ClassVar[bool] = False
    GATEWAYS_MAX: ClassVar[float] = math.inf
    log: RecoveryLog | None = None
    READS: ClassVar[tuple[str, ...]] = (
        "client", "prefix", "database", "request_every_s", "request_timeout_s",
    )  # fmt: skip

    def __init__(self, port: Port, cost_s: float | None = None) -> None:
        super().__init__(port, self.COST_S if cost_s is None else cost_s)
        self._requests = Requests(self)
        self._neighbour = Neighbour(self)

    def publish(self, node: Node, homes: Homes, message: int) -> None:
        """Carry a message from `node` to its readers elsewhere, or write down who misses it."""
        self.seat_gateways()
        node.busy(self.cost_s)
        self.port.records.hold(message)
        done = partial(self._done, node, homes, message)
        lost = partial(self._lost, node, homes, message)
        self.redis_of(message).by(node).command(Command(self.carrying_s(message), done, lost))

    def carrying_s(self, message: int) -> float:
        """CPU seconds of Redis's process for a message."""
        return self.publish_s(self.room_of(message))

    @abstractmethod
    def carried(self, node: Node, homes: dict[int, list[int]], message: int) -> None:
        """Redis has it: who hears of it, its readers being at `homes` now."""

    def _done(self, node: Node, before: Homes, message: int) -> None:
        """Redis's process has come to it, perhaps long after it was sent."""
        self.port.records.release(message)
        homes = self.port.homes(message)
        self.left(before, homes, message)
        if self.LOCAL_FIRST:
            homes.pop(node.index, None)
        self.carried(node, homes, message)

    def left(self, before: Homes, now: Homes, message: int) -> None:
        """Whoever was to read it and is nowhere any more misses it."""
        present = {person for people in now.values() for person in people}
        for people in before.values():
            if gone := [person for person in people if person not in present]:
                self.port.miss(gone, message, "not connected")

    def _lost(self, node: Node, homes: Homes, message: int, cause: str) -> None:
        self.port.records.release(message)
        self.missed(node, homes, message, cause)

    def serve_own(self, node: Node, people: list[int], message: int) -> None:
        """Redis has answered: the sender's node delivers to its own readers."""
        records = self.port.records

        def served() -> None:
            self.port.deliver(node, people, message)
            records.release(message)

        if people:
            records.hold(message)
            lost = partial(self._lost, node, {node.index: people}, message)
            self.redis_of(message).answer(node, served, lost)

    def missed(self, node: Node, homes: Homes, message: int, cause: str) -> None:
        """It never reaches these readers."""
        nodes = {gateway.index: gateway for gateway in self.port.gateways}
        for index, people in homes.items():
            self.port.records.mark(LOST, node, nodes[index], message, math.inf)
            self.port.miss(people, message, cause)

    def copy(self, node: Node, seat: Seat, people: list[int], message: int) -> None:
        """A gateway is sent a copy, and delivers it to those people or throws it away."""
        records, world = self.port.records, self.port.world
        if people:
            arrive_s = world.engine.now_s + self.redis.delay_s
            records.mark(PUBLISHED, node, seat.node, message, arrive_s)
        records.hold(message)
        heard = partial(self._heard, seat.node, people, message)
        lost = partial(self._unheard, node, {seat.node.index: people}, message)
        seat.redis.copy(seat, self.message_bytes(message), self.cost_s, heard, lost)

    def _heard(self, gateway: Node, people: list[int], message: int) -> None:
        self.redis.told("heard")
        if people:
            self.port.deliver(gateway, people, message)
        else:
            self.redis.told("discarded")
        self.port.records.release(message)

    def _unheard(self, node: Node, homes: Homes, message: int, cause: str) -> None:
        self.port.records.release(message)
        if any(homes.values()):
            self.missed(node, homes, message, cause)
