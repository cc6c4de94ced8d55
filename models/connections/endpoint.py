"""What every client and session of one channel shares: world, options, set-up, accounts.

Keeps the connections ever opened, so that bytes and packets can be added up at the end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from models.calm.keepalive import RowKeepAlive
from models.connections.device import Device, device_of
from models.connections.keepalive import KeepAlive, ignores_traffic
from models.costs import Costs, tls_cost_s
from models.protocols.heartbeat import SideSpec
from models.protocols.link import LinkOptions
from models.servers.balancer import Balancer
from sim.history import PROXY
from sim.path.dial import ProxiedDial
from sim.transport.connection import CLIENT, SERVER
from sim.transport.handshake import Dial, Exchange, Setup, tls_exchanges
from sim.transport.reference import ReferenceConnection
from sim.transport.tapped import wire
from sim.transport.tcp import Kernel
from sim.transport.wire import TLS

if TYPE_CHECKING:
    from models.options import Options
    from models.protocols.machine import Luck
    from models.protocols.tcp_keepalive import TcpKeepAlive
    from models.servers.messages import Messages
    from models.servers.service import Service
    from sim.engine import Engine
    from sim.ledger import Ledger
    from sim.node import Node
    from sim.process import Process
    from sim.remote import RemoteCall
    from sim.transport.segment.options import Counters
    from sim.transport.stream import Dialling, Stream
    from sim.world import World


@dataclass(frozen=True, slots=True)
class Slot:
    """A channel's place in its system: what it is told, whom it serves, its number there.

    receives: people receive on this channel.
    """

    world: World
    options: Options
    service: Service
    number: int
    receives: bool

    @property
    def messages(self) -> Messages:
        """What can be looked up of each message."""
        return self.service.messages


@dataclass(frozen=True, slots=True)
class Hosting:
    """Where a channel lives: its nodes, their costs, its handshake after TLS."""

    nodes: list[Node]
    costs: Costs
    greeting: tuple[Exchange, ...] = ()


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


def _dialling(options: Options) -> LinkOptions:
    """How clients open a connection, and open it again."""
    backoff, connection = options.backoff, options.connection
    return LinkOptions(
        backoff.policy, connection.connect_timeout_s, stable_s=backoff.stable_s,
        attempts_max=backoff.tries,
    )  # fmt: skip


def _probing(options: Options) -> tuple[TcpKeepAlive | None, TcpKeepAlive | None]:
    """What the kernels of client and server are asked to do in silence; None for nothing."""
    client = options.tcp.client_keepalive or options.client.software.tcp_keepalive
    server = options.tcp.server_keepalive
    return client if client.is_on else None, server if server.is_on else None


class Endpoint:
    """One channel of one system under test."""

    def __init__(self, slot: Slot, hosting: Hosting) -> None:
        world, connection = slot.world, slot.options.connection
        tls = world.scenario.tls
        record = TLS.get((tls.version, tls.resumed))
        self.world: World = world
        self.engine: Engine = world.engine
        self.ledger: Ledger = world.ledger
        self.options = slot.options
        self.calm = slot.service.calm
        self.channel = slot.number
        self.costs = costs = hosting.costs
        self.heartbeat = slot.options.heartbeat.ends
        self.link_options = _dialling(slot.options)
        self._node_phase_s: dict[int, float] = {}
        self.client_ignores_traffic = ignores_traffic(self.heartbeat.client)
        self.server_ignores_traffic = ignores_traffic(self.heartbeat.server)
        self.balancer = Balancer(world, hosting.nodes, world.scenario.servers.balancer)
        token_s = world.scenario.servers.token_check_s
        self.request_s = costs.request_s + token_s
        *first, last = hosting.greeting or (None,)
        checked = [] if last is None else [replace(last, cost_s=last.cost_s + token_s)]
        secrecy = tls_exchanges(record, tls_cost_s(tls.version, tls.resumed))
        self.setup = Setup(
            (*secrecy, *first, *checked),
            record.record_bytes if record is not None else 0,
            Kernel(world.scenario.transport.syn),
            nodelay=(connection.client_nodelay, connection.server_nodelay),
            boxes=world.boxes,
            accept_s=0.0 if hosting.greeting else costs.accept_s,
            calls=self._admission() if hosting.greeting else (),
            keepalive=_probing(slot.options),
        )
        if world.proxy is not None:
            behind_s, accept_s = self.setup.accept_s, world.proxy.accept_s
            self.setup = replace(
                self.setup, accept_s=accept_s, door=world.proxy, secrecy=len(secrecy),
                behind_s=behind_s,
            )  # fmt: skip
        self.exact_setup = replace(self.setup, exact=True)
        self.greets = bool(hosting.greeting)
        self.session: Callable[[int, Node], Dialling] = self.dial
        self.connections: list[Stream] = []
        self.origins, self.origin = slot.service.origins, (world.proxy or hosting.nodes[0]).index
        self.shared: list[Callable[[], Iterator[Any]]] = []
        """What is on the wire for this channel, of connections that it shares (`http2`)."""
        self.drop = slot.service.drop
        self.attached: Callable[[int], None] = (
            slot.service.rooms.connected if slot.receives else _nobody
        )
        """Runs when a server has a new connection, or a poll, of a person who receives by it."""
        self.send_buffer = slot.service.send_buffer
        self.settled: Callable[[], None] = _nothing
        """Runs once, when the run is over and nothing that is under way will arrive."""
        self._held: dict[int, Any] = {}  # payloads that a process has yet to write
        self._held_ever = 0
        for node in hosting.nodes:
            node.host(costs.wake_share, costs.wake_max_s, costs.connection_bytes, costs.cores_max)
            node.reads_first = costs.reads_first

    def _admission(self) -> tuple[RemoteCall, ...]:
        """What is asked of others before a connection that stays open is served."""
        world = self.world
        authenticate = (world.authenticate,) if world.authenticate.cost_s else ()
        return (*authenticate, *[world.read] * world.scenario.servers.session_reads)

    def admit(self, call: Callable[..., object], *args: Any) -> None:
        """The same for a connection whose protocol says who it is: `call(*args)` afterwards."""
        self._ask(self._admission(), call, args)

    def _ask(
        self, calls: tuple[RemoteCall, ...], call: Callable[..., object], args: tuple[Any, ...]
    ) -> None:
        if calls:
            calls[0].start(self._ask, calls[1:], call, args)
        else:
            call(*args)

    def dial(self, person: int, node: Node, requests: bool = False) -> Dial:
        """A fresh attempt from this person's path to `node`, not started yet."""
        world = self.world
        setup = self.exact_setup if world.exact[person] else self.setup
        if requests and setup.boxes is not None:
            setup = replace(setup, requests=True)
        if world.proxies is not None and len(world.proxies.all) > 1:
            door = node if node.kind == PROXY else world.proxies.pick(person)
            setup = replace(setup, door=door)
        kind = Dial if setup.door is None or setup.door is node else ProxiedDial
        return kind(self.engine, self.ledger, world.paths[person], node, setup, person)

    def leads_to(self, person: int, chosen: Node | None) -> Node:
        """Where a new HTTP connection goes: to a proxy, else to the node `chosen`, or to any."""
        if self.world.proxies is not None:
            return self.world.proxies.pick(person)
        return chosen or self.balancer.pick(person)

    def keepalive(
        self, spec: SideSpec | None, luck: Luck, ping: Callable[[], None],
        dead: Callable[[], None], process: Process | None = None,
    ) -> KeepAlive | RowKeepAlive:  # fmt: skip
        """The heartbeat of one end: in rows, unless objects alone run the connections."""
        if self.calm is not None:
            return RowKeepAlive(self.calm, spec, luck, ping, dead, process)
        return KeepAlive(self.engine, spec, luck, ping, dead, process)

    def device(self, person: int) -> Device | None:
        """What runs the timers of this person's clients; None: they are on time."""
        return device_of(self.world, self.options.client.software, person)

    def client_keepalive(
        self, person: int, luck: Luck, ping: Callable[[], None], dead: Callable[[], None]
    ) -> KeepAlive | RowKeepAlive:
        """The heartbeat of a person's client: with objects where its timers may be late."""
        spec, device = self.client_heartbeat(person), self.device(person)
        if device is not None:
            return KeepAlive(self.engine, spec, luck, ping, dead, device)
        return self.keepalive(spec, luck, ping, dead)

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
        self.ledger.attempted(person, node.index, outcome, started_s)

    def hold(self, payload: Any) -> int:
        """A process will write this payload to a connection; `release` takes what this returns."""
        self._held_ever += 1
        self._held[self._held_ever] = payload
        return self._held_ever

    def release(self, key: int) -> Any:
        """The process has come to it: the payload."""
        return self._held.pop(key)

    def flying(self) -> Iterator[Any]:
        """Payloads on the wire of any connection, or about to be written to it."""
        yield from self._held.values()
        for connection in self.connections:
            yield from connection.flying()
        for flying in self.shared:
            yield from flying()

    def kernel(self) -> Iterator[Counters]:
        """What the kernels counted on connections of the exact lane, either end."""
        for stream in self.connections:
            ends = wire(stream)
            if isinstance(ends, ReferenceConnection):
                yield from ends.counters

    def settle(self) -> None:
        """The run is over: what is under way has not arrived."""
        for connection in self.connections:
            connection.settle()
        self.settled()

    def traffic(self) -> list[tuple[int, int, int, int, int]]:
        """Rows of the traffic table: packets, wire bytes and writes by direction."""
        rows = []
        for end in (CLIENT, SERVER):
            counts = [(0, 0, 0), *(stream.traffic(end) for stream in self.connections)]
            packets, size_bytes, messages = (sum(column) for column in zip(*counts, strict=True))
            rows.append((self.channel, end, packets, size_bytes, messages))
        return rows


def _nobody(person: int) -> None:
    """Nothing depends on it."""


def _nothing() -> None:
    """Nobody wants to know."""
