"""What every design meets: clock, luck, people, paths, nodes, the faults to come, the ledger.

Built from the scenario and the replication alone, so two designs in the same replication meet
the same people, tunnels and crashes. Knows no design.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from sim.engine import Engine
from sim.faults.base import Surroundings, Target
from sim.faults.plan import (
    at_rest,
    backplane_outages,
    closed_apps,
    floods,
    link_outages,
    mishaps,
    netsplits,
    silent_subscribers,
)
from sim.history import API, EVERYBODY, GATEWAY, NODE, PERSON
from sim.ledger import Ledger
from sim.network.outages import Outages
from sim.network.path import Path, build_path
from sim.network.spec import NetworkSpec
from sim.node import Netsplit, Node
from sim.path.build import Boxes, in_front, keep_alive_s, listed
from sim.process import Process
from sim.remote import RemoteCall
from sim.streams import Streams
from sim.transport.tcp import RTO_MIN_S
from sim.workload.build import Workload, build
from sim.workload.closing import closed, idle
from sim.workload.flood import Flood

if TYPE_CHECKING:
    from sim.path.health import Health
    from sim.path.proxies import Proxies
    from sim.path.proxy import Proxy
    from sim.scenario.scenario import Scenario

_TARGETS: Final[dict[Target, int]] = {"person": PERSON, "node": NODE, "nobody": EVERYBODY}


@dataclass(slots=True)
class World:
    """One replication's stage. `passive` False gives every delivery its own event (a check)."""

    scenario: Scenario
    replication: int
    engine: Engine
    streams: Streams
    workload: Workload
    ledger: Ledger
    paths: list[Path]
    gateways: list[Node]
    apis: list[Node]
    backplane_down: Outages
    exact: list[bool]  # by person: whether connections are simulated packet by packet
    clock_phase_s: list[float]  # by person: how far the client's clock is ahead of whole seconds
    nodes: list[Node] = field(default_factory=list)  # both, by index
    passive: bool = True
    plain: bool = True  # the loop over calm connections runs as it stands, and is not compiled
    small: bool = False  # ... since there is too little to do for anything else
    boxes: Boxes | None = None  # what stands on people's paths, if anything does
    proxies: Proxies | None = None  # where connections of people end, if not at the nodes
    health: Health | None = None  # what stands before the nodes believes of them
    http_keep_alive_s: float = math.inf  # how long servers keep an idle HTTP connection
    hidden: dict[int, Outages] = field(default_factory=dict)  # by person: when nobody looks
    asleep: dict[int, Outages] = field(default_factory=dict)  # by person: when the device sleeps
    copies: Any = field(default_factory=lambda: np.zeros(1, np.int64))  # by the backplane
    between: dict[str, float] = field(default_factory=dict)  # what a backplane counts, by name
    silent: tuple[tuple[float, float], ...] = ()  # when somebody listens there and never answers
    netsplits: tuple[Netsplit, ...] = ()  # when gateways have two sides
    memory_peak_bytes: int = 0  # of the fullest node
    down_since_s: dict[int, float] = field(default_factory=dict)  # by node index
    backplane: Process = field(init=False)
    read: RemoteCall = field(init=False)  # one read of the store
    write: RemoteCall = field(init=False)
    authenticate: RemoteCall = field(init=False)
    behind: dict[str, Process] = field(init=False)  # what all nodes share

    def __post_init__(self) -> None:
        store, checks = self.scenario.store, self.scenario.authenticator
        box = Process(self.engine)
        self.read = _call(box, store.reads_per_s, store.read_s, store.timeout_s)
        self.write = _call(box, store.writes_per_s, store.write_s, store.timeout_s)
        authenticator = Process(self.engine, checks.cores)
        self.authenticate = RemoteCall(authenticator, checks.check_s, checks.delay_s)
        self.backplane = Process(self.engine)
        self.behind = {"store": box, "authenticator": authenticator, "backplane": self.backplane}
        if self.proxies is not None and self.proxies.first.request_s:
            self.behind |= self.proxies.by_name()

    @property
    def proxy(self) -> Proxy | None:
        """The first of the proxies: what it can do all can."""
        return None if self.proxies is None else self.proxies.first

    def listens(self, person: int) -> bool:
        """Whether this person has anything to receive: in one-way pairs only readers have."""
        one_way = self.scenario.conversations.sizes.kind == "one-way-pairs"
        return (
            not one_way
            or self.scenario.trace.file is not None
            or (person >= self.workload.people // 2)
        )

    def netsplit(self, one: Node, other: Node, more_s: float = 0.0) -> Netsplit | None:
        """What parts these nodes now, or has until less than so long ago."""
        now_s = self.engine.now_s
        here = (split for split in self.netsplits if split.lasts(now_s, more_s))
        return next((split for split in here if split.parts(one.index, other.index)), None)

    @property
    def needs_objects(self) -> bool:
        """Whether what rows know nothing of happens to who hears whom."""
        return bool(self.netsplits or self.workload.changes)

    @property
    def backplane_messages(self) -> int:
        """Copies that the backplane has carried, so far."""
        return int(self.copies[0])

    @backplane_messages.setter
    def backplane_messages(self, copies: int) -> None:
        self.copies[0] = copies

    @property
    def people(self) -> int:
        """How many people there are."""
        return self.workload.people

    def add_gateway(self) -> Node:
        """A new gateway joins, listening at once."""
        return self._join(self.gateways, GATEWAY)

    def add_api_node(self) -> Node:
        """A new API node joins, listening at once."""
        return self._join(self.apis, API)

    def _join(self, tier: list[Node], kind: int) -> Node:
        node = self._node(kind)
        node.runs_the_same_as(tier[0])
        tier.append(node)
        return node

    def _node(self, kind: int) -> Node:
        servers = self.scenario.servers
        node = Node(self.engine, len(self.nodes), kind, servers.cores)
        node.backlog = servers.accept_backlog
        node.connections_limit = servers.connections_limit
        node.pace = servers.slowness
        if kind == GATEWAY and servers.admissions_per_s is not None:
            node.admission_s = 1.0 / servers.admissions_per_s
        if servers.queue_limit_s is not None:
            node.queue_limit_s = servers.queue_limit_s
        node.on_down.append(self._note_down)
        node.seat(self.workload.people, len(self.workload.members))
        if self.health is not None:
            self.health.watch(node)
        if self.boxes is not None:
            self.boxes.watch(node)
        self.nodes.append(node)
        return node

    def _note_down(self, node: Node) -> None:
        self.down_since_s[node.index] = self.engine.now_s
        self.ledger.down(node.index)


def _call(process: Process, per_s: float | None, takes_s: float, timeout_s: float) -> RemoteCall:
    """A call that takes so long when nobody else is there."""
    cost_s = 0.0 if per_s is None else 1.0 / per_s
    return RemoteCall(process, cost_s, max(0.0, takes_s - cost_s), timeout_s)


Instead = Callable[[NetworkSpec, Streams, int], Outages | None]
"""Given a person's network, luck and number: outages instead of the network's own, or None."""


def build_world(
    scenario: Scenario, replication: int, seed: int | None = None, instead: Instead | None = None
) -> World:
    """Draw everything that does not depend on the design. `seed` defaults to the scenario's."""
    streams = Streams(scenario.seed if seed is None else seed, replication)
    time = scenario.time
    horizon_s = time.measured_until_s + time.drain_s
    workload = build(
        scenario, streams, time.measured_until_s, start_s=time.warmup_s, drain_s=time.drain_s,
        floods=[Flood(*one) for one in floods(scenario.faults)],
    )  # fmt: skip
    workload = closed(workload, closed_apps(scenario.faults, workload.people))
    hidden, asleep = (
        at_rest(scenario.faults, rest, workload.people) for rest in ("hidden", "asleep")
    )
    workload = idle(idle(workload, hidden), asleep)
    engine = Engine(seconds=math.ceil(horizon_s) + 1)
    networks = _networks(scenario, streams, workload.people)
    until_s, specs = time.measured_until_s, scenario.networks
    paths = [
        build_path(specs[network], streams, person, until_s, network, engine.links)
        for person, network in enumerate(networks)
    ]
    if instead is not None:
        for person, network in enumerate(networks):
            if (outages := instead(specs[network], streams, person)) is not None:
                paths[person].outages = outages.clipped(until_s)
    ledger = Ledger(workload, engine)
    _note_incidents(scenario, streams, ledger, paths)
    for person, outages in link_outages(scenario.faults, streams, workload.people).items():
        paths[person].outages = paths[person].outages.merge(outages)
    boxes = listed(scenario.path, scenario.servers, (one.nat for one in scenario.networks))
    proxies, health = in_front(engine, boxes, partial(streams.draws, "proxies"))
    world = World(
        scenario, replication, engine, streams, workload, ledger, paths, [], [],
        backplane_outages(scenario.faults), _exact(scenario, workload, paths),
        _clock_phases_s(scenario, streams, networks), proxies=proxies, health=health,
        boxes=Boxes(engine, boxes, networks, proxies is not None) if boxes else None,
        hidden=hidden, asleep=asleep, silent=silent_subscribers(scenario.faults),
        netsplits=netsplits(scenario.faults, scenario.servers.gateways),
    )  # fmt: skip
    servers = scenario.servers
    for proxy in proxies.all if proxies is not None else ():
        proxy.seat(workload.people, 0)
    world.plain = world.small = is_small(scenario, workload)
    world.http_keep_alive_s = keep_alive_s(servers, boxes)
    world.gateways.extend(world._node(GATEWAY) for _ in range(servers.gateways))
    world.apis.extend(world._node(API) for _ in range(servers.api_nodes))
    for person, path in enumerate(paths):
        ledger.outages(person, (span for span in path.outages if span[0] < horizon_s))
    return world


OUTAGE: Final = "outage"  # of a network's own, as a kind of incident
MOVED: Final = "outage-new-address"
WORTH_COMPILING: Final = 30_000
"""Events from which on it pays to load compiled code: that takes about a second, an event as it
stands 30 us. The result is the same."""


def is_small(scenario: Scenario, workload: Workload) -> bool:
    """Whether there is hardly anything to do: a beat every five seconds, ten events a message."""
    seconds = workload.people * (scenario.time.measured_until_s + scenario.time.drain_s)
    return seconds / 5.0 + 10.0 * len(workload.time_s) < WORTH_COMPILING


def _note_incidents(
    scenario: Scenario, streams: Streams, ledger: Ledger, paths: list[Path]
) -> None:
    """Whatever will go wrong and is drawn by now: links of the networks' own, and faults."""
    servers, time = scenario.servers, scenario.time
    for person, path in enumerate(paths):
        kind = MOVED if path.changes_address else OUTAGE
        for start_s, end_s in path.outages:
            if start_s < time.measured_until_s + time.drain_s:
                ledger.struck(kind, start_s, end_s, PERSON, (person,))
    around = Surroundings(len(paths), servers.gateways, servers.api_nodes, time.measured_until_s)
    for kind, found in mishaps(scenario.faults, streams, around):
        ledger.struck(kind, found.start_s, found.end_s, _TARGETS[found.target], found.numbers)


def _exact(scenario: Scenario, workload: Workload, paths: list[Path]) -> list[bool]:
    """Whose connections the fast lane would not get right: dense streams on imperfect paths.

    Dense: something to carry more often than every two retransmission time-outs, so that the
    repair of one loss meets the next message (see tests/validation for how far the lanes part).
    """
    lane = scenario.transport.lane
    if lane != "auto":
        return [lane == "exact"] * workload.people
    span_s = max(scenario.time.measured_until_s, 1.0)
    by_room = np.bincount(workload.conversation, minlength=len(workload.members)).tolist()
    return [
        _imperfect(path)
        and sum(by_room[room] for room in rooms) / span_s > 1.0 / (2.0 * _calm_rto_s(path))
        for path, rooms in zip(paths, workload.conversations, strict=True)
    ]


def _imperfect(path: Path) -> bool:
    return (
        bool(path.outages)
        or path.up.loss.stationary_loss() + path.down.loss.stationary_loss() > 0.0
    )


def _calm_rto_s(path: Path) -> float:
    return path.up.delay.mean_s + path.down.delay.mean_s + RTO_MIN_S


def _clock_phases_s(scenario: Scenario, streams: Streams, networks: list[int]) -> list[float]:
    """Timers that end with a second of somebody's clock end together where the clock is shared."""
    shared = scenario.people.clients == "one process per network"
    clocks = networks if shared else range(len(networks))
    phases_s = streams.generator("clock", 0).random(max(clocks, default=0) + 1)
    return [float(phases_s[clock]) for clock in clocks]


def _networks(scenario: Scenario, streams: Streams, people: int) -> list[int]:
    """Which access network each person has, by the networks' shares."""
    shares = [network.share for network in scenario.networks]
    if len(shares) == 1:
        return [0] * people
    total = math.fsum(shares)
    if scenario.people.networks == "in order":
        upto = [math.fsum(shares[: place + 1]) for place in range(len(shares))]
        edges = [round(one / total * people) for one in upto]
        return [bisect_right(edges, person) for person in range(people)]
    draw = streams.generator("network", 0)
    chosen = draw.choice(len(shares), size=people, p=[share / total for share in shares])
    return [int(network) for network in chosen]
