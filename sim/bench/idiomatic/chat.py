"""What the four programs share: people who come and write, a fan-out over several gateways."""

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import cycle
from typing import TYPE_CHECKING, Final

import numpy as np
import simpy

from sim.bench.idiomatic.parts import AIOHTTP_WAKING, Delivery, Link, Node, Steps, Waking, Way
from sim.bench.idiomatic.wire import TOKEN_S
from sim.experiment.collecting import rarely_collecting

if TYPE_CHECKING:
    from sim.world import World

ARRIVAL_SHARE: Final = 0.1  # of the warm-up, in which people come one by one
DRAIN_S: Final = 2.0  # what was sent last is there by then: nothing is lost


@dataclass(frozen=True, slots=True)
class RoundTrip:
    """One exchange of a handshake: bytes up, CPU seconds, seconds of asking others, bytes down."""

    up_bytes: int
    cost_s: float
    asking_s: float
    down_bytes: int


TLS: Final = RoundTrip(330, 739e-6 - 113e-6, 0.0, 1667)
"""TLS 1.3 in full with ECDSA P-256, uvloop and OpenSSL 3.0, less the bare TCP connect."""


def upgrade(open_s: float, session_read_s: float) -> RoundTrip:
    """To a WebSocket: a browser's headers, the token, and whose session it is."""
    return RoundTrip(580, open_s + TOKEN_S, session_read_s, 130)


@dataclass(frozen=True, slots=True)
class Costs:
    """Of one gateway: CPU seconds of a write, of crossing the backplane, and of waking up.

    `carried`: one process between the gateways copies what is published, as Redis does.
    """

    message_out_s: float = 13e-6  # aiohttp 3.14.5: 1 in and 50 out, less waking
    crossing_s: float = 4.6e-6  # one command of a Redis client (Centrifugo's blog, 2022-12-20)
    carried: bool = True
    waking: Waking = AIOHTTP_WAKING


class Chat(ABC):
    """One program; `run` it once. Times in seconds."""

    costs = Costs()

    def __init__(self, world: "World") -> None:
        scenario, workload = world.scenario, world.workload
        self.env = env = simpy.Environment()
        self.times_s: list[float] = workload.time_s.tolist()
        self.actor: list[int] = workload.actor.tolist()
        self.room: list[int] = workload.conversation.tolist()
        self.size_bytes: list[int] = workload.size_bytes.tolist()
        self.members = workload.members
        self.people = workload.people
        self.until_s = scenario.time.measured_until_s
        luck = world.streams.generator("arrival", 0)
        arriving_s = scenario.time.warmup_s * ARRIVAL_SHARE
        self.arrivals_s: list[float] = (luck.random(self.people) * arriving_s).tolist()
        self.links = [
            Link(*(Way(env, way.delay.mean_s, _rate_bps(way.rate)) for way in (path.up, path.down)))
            for path in world.paths
        ]
        cores = scenario.servers.cores
        self.gateways = self.nodes(scenario.servers.gateways, cores, self.costs.waking)
        self.apis = self.nodes(scenario.servers.api_nodes, cores, AIOHTTP_WAKING)
        self.next_gateway: Iterator[Node] = cycle(self.gateways)
        self.backplane = scenario.backplane
        self.carrier = simpy.Resource(env, 1)
        self.session_read_s = scenario.store.read_s
        self.write_s = scenario.store.write_s
        self.deliveries: list[Delivery] = []

    def nodes(self, count: int, cores: int, waking: Waking) -> list[Node]:
        """So many servers."""
        return [Node(self.env, cores, waking) for _ in range(count)]

    @abstractmethod
    def join(self, person: int) -> Steps:
        """The person opens the app and stays."""

    @abstractmethod
    def send(self, message: int) -> Steps:
        """Its author presses send."""

    @abstractmethod
    def home(self, person: int) -> Node | None:
        """The gateway that holds this person's connection, if one does."""

    @abstractmethod
    def push(self, person: int, message: int) -> None:
        """The person's gateway has done the work of writing the message."""

    @rarely_collecting()
    def run(self) -> None:
        """Everybody comes and writes until nothing is under way any more."""
        self.env.process(self.comings())
        self.env.process(self.writings())
        self.env.run(until=self.until_s + DRAIN_S)

    def comings(self) -> Steps:
        """People come one by one."""
        for at_s, person in sorted(zip(self.arrivals_s, range(self.people), strict=True)):
            yield self.env.timeout(at_s - self.env.now)
            self.env.process(self.join(person))

    def writings(self) -> Steps:
        """Messages are written one by one."""
        for message, at_s in enumerate(self.times_s):
            yield self.env.timeout(at_s - self.env.now)
            self.env.process(self.send(message))

    def dial(
        self, person: int, node: Node, accept_s: float, exchanges: Sequence[RoundTrip]
    ) -> Steps:
        """Open a connection, until the client knows that it stands."""
        yield from self.reach(person, node, accept_s, exchanges)
        yield from self.links[person].down.carry(exchanges[-1].down_bytes)

    def reach(
        self, person: int, node: Node, accept_s: float, exchanges: Sequence[RoundTrip]
    ) -> Steps:
        """Until the server gives its last answer: TCP's round trip, then those of what lies on it.

        `accept_s`: CPU seconds of taking the connection, where no handshake has them.
        """
        link = self.links[person]
        yield self.env.timeout(link.up.delay_s + link.down.delay_s)
        for number, one in enumerate(exchanges):
            if number:
                yield from link.down.carry(exchanges[number - 1].down_bytes)
            yield from link.up.carry(one.up_bytes)
            yield from node.work(one.cost_s + (0.0 if number else accept_s))
            if one.asking_s:
                yield self.env.timeout(one.asking_s)

    def fan_out(self, node: Node, message: int) -> None:
        """A node has taken a message: to members that it holds, and to the other gateways."""
        homes: dict[Node, list[int]] = {}
        for person in self.members[self.room[message]]:
            home = self.home(person)
            if person != self.actor[message] and home is not None:
                homes.setdefault(home, []).append(person)
        here = homes.pop(node, [])
        if here:
            self.env.process(self.write(node, here, message))
        self.env.process(self.publish(node, homes, message))

    def publish(self, node: Node, homes: dict[Node, list[int]], message: int) -> Steps:
        """Over the backplane, to every other gateway."""
        others = [gateway for gateway in self.gateways if gateway is not node]
        self.env.process(node.work(self.costs.crossing_s))
        if self.costs.carried:
            with self.carrier.request() as turn:
                yield turn
                copying_s = self.backplane.receiver_s * len(others)
                yield self.env.timeout(self.backplane.publish_s + copying_s)
        for gateway in others:
            self.env.process(self.cross(gateway, homes.get(gateway, []), message))

    def cross(self, gateway: Node, people: list[int], message: int) -> Steps:
        """One copy arrives at one gateway."""
        yield self.env.timeout(self.backplane.delay_s)
        self.env.process(gateway.work(self.costs.crossing_s))
        if people:
            yield from self.write(gateway, people, message)

    def write(self, gateway: Node, people: list[int], message: int) -> Steps:
        """A gateway writes the message to people that it holds, one after the other."""
        write = partial(self.push, message=message)
        yield from gateway.work_off(self.costs.message_out_s, people, write)

    def delivered(self, person: int, message: int) -> None:
        """The person sees it now."""
        self.deliveries.append(Delivery(message, person, self.env.now))

    def summary(self) -> dict[str, object]:
        """What such a program reports: a digest of its rows, and quantiles of the latency."""
        rows = sorted((one.message, one.person, one.time_s) for one in self.deliveries)
        columns = [np.array(column) for column in zip(*rows, strict=True)]
        digest = hashlib.sha256(b"".join(column.tobytes() for column in columns)).hexdigest()
        if not rows:
            return {"deliveries": 0, "digest": digest}
        late_s = columns[2] - np.array(self.times_s)[columns[0]]
        median_s, most_s = np.quantile(late_s, (0.5, 0.99)).tolist()
        return {"deliveries": len(rows), "digest": digest, "p50_s": median_s, "p99_s": most_s}


def _rate_bps(rate: object) -> float:
    return float(getattr(rate, "mean_bps", float("inf")))
