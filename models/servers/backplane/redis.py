"""Redis as nodes meet it: its process, the connections of each node to it, and who hears what.

A node has two connections, one for commands and one for what it subscribed to. Both end when Redis
does, or when nodes are cut off from it; each dials again on its client library's schedule. Commands
wait meanwhile and are sent late (ioredis: `enableOfflineQueue`, `autoResendUnfulfilledCommands`).
What is published before a subscriber is back is never heard by it, and nobody is told.

Half of `[backplane] delay_s` is a hop: a command is done when Redis's process comes to it, and its
answer or its copies are with the nodes `delay_s` after that. Left out: a link that goes silent and
is not reset (TCP then delivers late what either end wrote), and what kernels hold of a slow
subscriber's data before Redis itself has to.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import TYPE_CHECKING, Final, NamedTuple

from models.protocols.redis import OutputBuffer, PubSub
from sim.node import GONE

if TYPE_CHECKING:
    from models.servers.backplane.crossing import Port
    from sim.node import Node
    from sim.process import Process

SUBSCRIBE_S: Final = 1.5e-6  # of Redis's process (Centrifugo's blog, 2022-12-20)
NOTICED_S: Final = 600.0  # a lost host's connection ends (redis.conf 7.0.15: tcp-keepalive 300 s,
# and "to close the connection the double of the time is needed")

_SEATS: Final = 20_000  # more than there can be nodes

Lost = Callable[[str], object]
"""Hears the cause of what never came to be."""


class Command(NamedTuple):
    """What Redis is asked to do: `call()` there, after so many CPU seconds; or `lost(cause)`."""

    cost_s: float
    call: Callable[[], object]
    lost: Lost


class Connection:
    """One connection of a node's client; `opened()` is called whenever there is one again."""

    __slots__ = ("_opened", "_redis", "_tries", "_uniform", "_waiting", "epoch", "node", "up")

    def __init__(self, redis: Redis, node: Node, which: int, opened: Callable[[], object]) -> None:
        self._redis = redis
        self._opened = opened
        self._uniform = redis.world.streams.draws(
            "redis", 2 * (node.index + redis.first) + which
        ).uniform
        self._tries = 0
        self._waiting: list[Command] = []
        self.node = node
        self.epoch = 0  # grows whenever it ends
        self.up = False
        node.on_down.append(self._died)
        node.on_up.append(self._dial_anew)

    def start(self) -> Connection:
        """Dial for the first time."""
        self._dial(self.epoch)
        return self

    def command(self, command: Command) -> None:
        """Have Redis do something, now or when it can be reached."""
        if self.up:
            self._redis.do(command, self.command)
        else:
            self._waiting.append(command)

    def broken(self) -> None:
        """It has ended, and the client knows."""
        if self.up:
            self.up = False
            self.epoch += 1
            self._tries = 0
            self._dial_later()

    def _dial_later(self) -> None:
        wait_s = self._redis.client.wait_s(self._tries, self._uniform)
        engine = self._redis.world.engine
        engine.at(engine.now_s + wait_s, self.node.due, self._dial, self.epoch)

    def _dial(self, epoch: int) -> None:
        if epoch != self.epoch or not self.node.running:
            return
        if self._redis.reachable_by(self.node):
            self.up = True
            self._opened()
            waiting, self._waiting = self._waiting, []
            for command in waiting:
                self.command(command)
            return
        self._tries += 1
        if self._redis.client.gives_up(self._tries):
            self._fail("backplane down")
        self._dial_later()

    def _died(self, _: Node) -> None:
        self.up = False
        self.epoch += 1
        self._fail("node died")

    def _dial_anew(self, _: Node) -> None:
        self._tries = 0
        self._dial(self.epoch)

    def _fail(self, cause: str) -> None:
        waiting, self._waiting = self._waiting, []
        for command in waiting:
            command.lost(cause)


class Seat:
    """A gateway's place at Redis: its two connections, and what waits for it there.

    `subscribe(seat)` makes its subscriptions; `commands` of them are sent when it comes back.
    """

    __slots__ = ("_commands", "_known", "_subscribe", "buffer", "listens", "redis", "says")

    def __init__(
        self, redis: Redis, node: Node, subscribe: Callable[[Seat], object],
        commands: Callable[[Seat], int],
    ) -> None:  # fmt: skip
        self.redis = redis
        self._subscribe = subscribe
        self._commands = commands
        self._known = False  # whether it has subscribed before, in this process
        self.buffer = OutputBuffer()
        node.on_down.append(self._gone)
        self.says = Connection(redis, node, 0, _nothing).start()
        self.listens = Connection(redis, node, 1, self._opened)
        self.listens.start()

    @property
    def node(self) -> Node:
        """Whose it is."""
        return self.listens.node

    def _opened(self) -> None:
        """Subscribe: at the very start nobody waits for it."""
        self.redis.pubsub.leave(self)  # what Redis may still have of a host that was lost
        self.buffer = OutputBuffer()
        if self._known and not self.redis.client.restores:
            return
        self._known = True
        redis, epoch = self.redis, self.listens.epoch

        def done() -> None:
            if epoch == self.listens.epoch:
                self._subscribe(self)

        if redis.world.engine.now_s == 0.0:
            done()
        else:
            cost_s = SUBSCRIBE_S * self._commands(self)
            redis.do(Command(cost_s, done, _nothing_of), _nothing_of)

    def broken(self) -> None:
        """Redis has no connection to it any more."""
        self.redis.pubsub.leave(self)
        self.buffer = OutputBuffer()
        self.listens.broken()

    def cut(self) -> None:
        """Redis closes the connection of a subscriber that is too slow, which reads that later."""
        self.redis.pubsub.leave(self)
        self.redis.told("slow subscribers cut")
        self.buffer = OutputBuffer()
        self.node.work(0.0, self.listens.broken)

    def _gone(self, node: Node) -> None:
        """A process's kernel closes its sockets; of a lost host Redis hears nothing for long."""
        self._known = False
        engine, epoch = self.redis.world.engine, self.listens.epoch
        if node.state == GONE:
            engine.at(engine.now_s + NOTICED_S, self._noticed, epoch)
        else:
            self.redis.pubsub.leave(self)

    def _noticed(self, epoch: int) -> None:
        if self.listens.epoch <= epoch + 1 and not self.node.running:
            self.redis.pubsub.leave(self)


class Redis:
    """One Redis process, its subscribers, and the seats of nodes. `Port.options` say which client.

    `told(what)` counts for the record of the run. `number`: which one it is of several.
    """

    def __init__(self, port: Port, process: Process, number: int = 0) -> None:
        self.first = number * _SEATS  # of its names for luck
        self.world = port.world
        self.process = process
        self.client = port.options.backplane.client
        self.delay_s = port.world.scenario.backplane.delay_s
        self.pubsub: PubSub[Hashable] = PubSub()
        self.seats: dict[int, Seat] = {}
        self._emitters: dict[int, Connection] = {}
        process.on_down.append(self._broken)
        for start_s, _ in port.world.backplane_down:
            self.world.engine.at(start_s, self._broken)
        for split in port.world.netsplits:
            self.world.engine.at(split.start_s, self._cut_off, split.far)

    @property
    def reachable(self) -> bool:
        """Whether anybody that dials gets a connection."""
        up = self.world.backplane_down.is_up(self.world.engine.now_s)
        return up and self.process.running

    def reachable_by(self, node: Node) -> bool:
        """Whether a node that dials gets a connection: Redis is on gateway 0's side."""
        return self.reachable and self.world.netsplit(self.world.gateways[0], node) is None

    def seated(
        self, gateways: Iterable[Node], subscribe: Callable[[Seat], object],
        commands: Callable[[Seat], int],
    ) -> None:  # fmt: skip
        """Gateways that have come since subscribe, too."""
        for gateway in gateways:
            if gateway.index not in self.seats:
                self.seats[gateway.index] = Seat(self, gateway, subscribe, commands)

    def by(self, node: Node) -> Connection:
        """The connection by which a node gives commands; an API node has only that."""
        seat = self.seats.get(node.index)
        if seat is not None:
            return seat.says
        if node.index not in self._emitters:
            self._emitters[node.index] = Connection(self, node, 0, _nothing).start()
        return self._emitters[node.index]

    def do(self, command: Command, again: Callable[[Command], object]) -> None:
        """Redis's process does it in its turn; `again` when it died with the command in hand."""
        cost_s = command.cost_s * self.process.slowness

        def lost() -> None:
            again(command)

        self.process.work(cost_s, command.call, lost=lost)

    def answer(self, node: Node, call: Callable[[], object], lost: Lost | None = None) -> None:
        """What Redis answers a node is there a hop and a hop later, if its process still is."""
        engine, epoch = self.world.engine, node.epoch

        def died() -> None:
            if lost is not None:
                lost("node died")

        def arrived() -> None:
            if node.running and node.epoch == epoch:
                node.soon(0.0, call, lost=died)
            else:
                died()

        engine.at(engine.now_s + self.delay_s, arrived)

    def copy(
        self, seat: Seat, size_bytes: int, cost_s: float, heard: Callable[[], object], lost: Lost
    ) -> None:
        """A copy for one subscriber, who reads it when its process comes to it."""
        listens, engine, node = seat.listens, self.world.engine, seat.node
        epoch = listens.epoch
        buffer = seat.buffer
        if buffer.put(size_bytes, engine.now_s):
            seat.cut()
            lost("queue overflow")
            return

        def read() -> None:
            if buffer is not seat.buffer:
                lost("backplane down" if epoch != listens.epoch else "queue overflow")
                return
            buffer.took(size_bytes)
            heard()

        def died() -> None:
            lost("node died")

        def arrived() -> None:
            if buffer is not seat.buffer:
                lost("backplane down")
            elif not node.running:
                died()
            else:
                node.soon(cost_s, read, lost=died)

        engine.at(engine.now_s + self.delay_s, arrived)

    def told(self, what: str, count: float = 1) -> None:
        """Count something for the record of the run."""
        between = self.world.between
        between[what] = round(between.get(what, 0) + count, 6)

    def _broken(self, _: object = None) -> None:
        self._cut_off((*self._emitters, *self.seats))

    def _cut_off(self, nodes: tuple[int, ...]) -> None:
        """The connections of these nodes end."""
        for index, emitter in self._emitters.items():
            if index in nodes:
                emitter.broken()
        for index, seat in self.seats.items():
            if index in nodes:
                seat.says.broken()
                seat.broken()


def _nothing() -> None:
    """Nobody waits for it."""


def _nothing_of(_: object) -> None:
    """Nobody misses it."""
