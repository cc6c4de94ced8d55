"""What every client and session of one channel shares: world, design, set-up, accounts.

Keeps the connections ever opened, so that bytes and packets can be added up at the end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from models.channels.heart import deaf
from models.parts.balancer import Balancer
from models.parts.costs import Costs, tls_cost_s
from models.protocols.heartbeat import HEARTBEATS, Heartbeat, SideSpec
from sim.history import OUTCOMES, REASONS
from sim.transport.connection import CLIENT, SERVER
from sim.transport.handshake import Dial, Exchange, Setup, tls_exchanges
from sim.transport.reference import ReferenceConnection
from sim.transport.wire import TLS

if TYPE_CHECKING:
    from models.design import Design
    from models.service import Service
    from sim.engine import Engine
    from sim.node import Node
    from sim.recorder import Recorder
    from sim.transport.segment.options import Counters
    from sim.transport.stream import Dialling, Stream
    from sim.world import World

OUTCOME: Final = {name: code for code, name in enumerate(OUTCOMES)}
REASON: Final = {name: code for code, name in enumerate(REASONS)}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a channel lives: its number, its nodes, their costs, its handshake after TLS."""

    channel: int
    nodes: list[Node]
    costs: Costs
    greeting: tuple[Exchange, ...] = ()


def _heartbeat(name: str) -> Heartbeat:
    """A preset, or the client's side of one with the server's side of another ("a+b")."""
    ours, _, theirs = name.partition("+")
    client, server = HEARTBEATS[ours], HEARTBEATS[theirs or ours]
    return Heartbeat(client.client, server.server, f"{client.source}; {server.source}")


def _by_clock(spec: SideSpec | None, phase_s: float) -> SideSpec | None:
    """The same with ticks where that clock has them; unchanged when nothing waits for a tick."""
    if spec is None:
        return None
    ping, watch = spec.ping, spec.watch
    if ping is not None and ping.tick_s:
        ping = replace(ping, phase_s=phase_s)
    if watch is not None and watch.tick_s:
        watch = replace(watch, phase_s=phase_s)
    return SideSpec(ping, watch)


class Site:
    """One channel of one system under test."""

    def __init__(self, world: World, design: Design, service: Service, place: Place) -> None:
        tls = world.scenario.tls
        record = TLS.get((tls.version, tls.resumed))
        self.world: World = world
        self.engine: Engine = world.engine
        self.recorder: Recorder = world.recorder
        self.design = design
        self.service = service
        self.channel = place.channel
        self.costs = place.costs
        self.heartbeat = _heartbeat(design.heartbeat)
        self._node_phase_s: dict[int, float] = {}
        self.client_deaf = deaf(self.heartbeat.client)
        self.server_deaf = deaf(self.heartbeat.server) and not self._looks_when_pinged
        self.balancer = Balancer(world, place.nodes, world.scenario.servers.balancer)
        self.setup = Setup(
            (*tls_exchanges(record, tls_cost_s(tls.version, tls.resumed)), *place.greeting),
            record.record_bytes if record is not None else 0,
            nodelay=(design.client_nodelay, design.server_nodelay),
        )
        self.exact_setup = replace(self.setup, exact=True)
        self.session: Callable[[int, Node], Dialling] = self.dial
        self.connections: list[Stream] = []
        costs = place.costs
        for node in place.nodes:
            node.host(costs.wake_share, costs.wake_max_s, costs.connection_bytes)

    @property
    def _looks_when_pinged(self) -> bool:
        """A server that never pings looks into a reader's log when the reader pings."""
        server = self.heartbeat.server
        return self.design.recovery == "cursor" and (server is None or server.ping is None)

    def dial(self, person: int, node: Node) -> Dial:
        """A fresh attempt from this person's path to `node`, not started yet."""
        world = self.world
        setup = self.exact_setup if world.exact[person] else self.setup
        return Dial(self.engine, self.recorder, world.paths[person], node, setup, person)

    def client_heartbeat(self, person: int) -> SideSpec | None:
        """What a client's end does, by that client's clock."""
        return _by_clock(self.heartbeat.client, self.world.clock_phase_s[person])

    def server_heartbeat(self, node: Node) -> SideSpec | None:
        """What a server's end does, by that node's clock."""
        if node.index not in self._node_phase_s:
            luck = self.world.streams.generator("node-clock", node.index)
            self._node_phase_s[node.index] = luck.random()
        return _by_clock(self.heartbeat.server, self._node_phase_s[node.index])

    def attempted(self, person: int, node: Node, outcome: str, started_s: float) -> None:
        """Write down how an attempt to connect ended."""
        took_s = self.engine.now_s - started_s
        self.recorder.attempts.extend((started_s, person, node.index, OUTCOME[outcome], took_s))

    def flying(self) -> Iterator[Any]:
        """Payloads on the wire of any connection."""
        for connection in self.connections:
            yield from connection.flying()

    def kernel(self) -> Iterator[Counters]:
        """What the kernels counted on connections of the exact lane, either end."""
        for stream in self.connections:
            if isinstance(stream, ReferenceConnection):
                yield from stream.counters

    def settle(self) -> None:
        """The run is over: what is under way has not arrived."""
        for connection in self.connections:
            connection.settle()

    def traffic(self) -> list[tuple[int, int, int, int, int]]:
        """Rows of the traffic table: packets, wire bytes and writes by direction."""
        rows = []
        for end in (CLIENT, SERVER):
            counts = [(0, 0, 0), *(stream.traffic(end) for stream in self.connections)]
            packets, size_bytes, messages = (sum(column) for column in zip(*counts, strict=True))
            rows.append((self.channel, end, packets, size_bytes, messages))
        return rows
