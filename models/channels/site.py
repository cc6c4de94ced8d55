"""What every client and session of one channel shares: world, design, set-up, accounts.

Keeps the connections ever opened, so that bytes and packets can be added up at the end.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from models.parts.balancer import Balancer
from models.parts.costs import Costs, tls_cost_s
from models.protocols.heartbeat import HEARTBEATS, Heartbeat
from sim.history import OUTCOMES, REASONS
from sim.transport.connection import CLIENT, SERVER, Connection
from sim.transport.handshake import Dial, Exchange, Setup, tls_exchanges
from sim.transport.wire import TLS, header_bytes, syn_bytes

if TYPE_CHECKING:
    from models.design import Design
    from models.service import Service
    from sim.engine import Engine
    from sim.history import Recorder
    from sim.node import Node
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
        self.heartbeat: Heartbeat = HEARTBEATS[design.heartbeat]
        self.balancer = Balancer(world, place.nodes, world.scenario.servers.balancer)
        self.setup = Setup(
            (*tls_exchanges(record, tls_cost_s(tls.version, tls.resumed)), *place.greeting),
            record.record_bytes if record is not None else 0,
        )
        self.connections: list[Connection] = []

    def dial(self, person: int, node: Node) -> Dial:
        """A fresh attempt from this person's path to `node`, not started yet."""
        return Dial(self.engine, self.recorder, self.world.paths[person], node, self.setup)

    def attempted(self, person: int, node: Node, outcome: str, started_s: float) -> None:
        """Write down how an attempt to connect ended."""
        took_s = self.engine.now_s - started_s
        self.recorder.attempts.extend((started_s, person, node.index, OUTCOME[outcome], took_s))

    def flying(self) -> Iterator[Any]:
        """Payloads on the wire of any connection."""
        for connection in self.connections:
            yield from connection.flying()

    def settle(self) -> None:
        """The run is over: what is under way has not arrived."""
        for connection in self.connections:
            connection.settle()

    def traffic(self) -> list[tuple[int, int, int, int, int]]:
        """Rows of the traffic table: packets and wire bytes by direction, bare ACKs included."""
        rows = []
        header = header_bytes()
        for end in (CLIENT, SERVER):
            packets = wire = messages = 0
            for connection in self.connections:
                ours, theirs = connection.directions[end], connection.directions[1 - end]
                sent = ours.packets + theirs.packets + 1  # each data packet the other way is acked
                packets += sent
                wire += ours.bytes + ours.packets * ours.overhead_bytes
                wire += theirs.packets * header + syn_bytes()
                messages += ours.messages
            rows.append((self.channel, end, packets, wire, messages))
        return rows
