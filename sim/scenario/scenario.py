"""The scenario: everything a run is given, as frozen values that check themselves.

Each section of the TOML file is one model; every field says its unit and its range, and that text
is what error messages and `rtcsim new` print. People and networks define their own sections
(`sim.workload.spec`, `sim.network.spec`, `sim.faults`); servers and time are here. Leaves out
reading files (`load`) and knowing designs: names of designs are checked by whoever has them.
"""

import math
from collections.abc import Iterator
from difflib import get_close_matches
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, model_validator

from sim.faults import AnyFault
from sim.faults.base import Surroundings
from sim.metrics import METRICS
from sim.network.spec import NetworkSpec
from sim.path.presets import PRESETS
from sim.path.spec import Front, Middlebox, judge, nearest
from sim.scenario.gates import Gate, MetricName
from sim.scenario.gates import problems as gate_problems
from sim.workload.size import expected_actions
from sim.workload.spec import MAX_SECONDS, Section, WorkloadSpec

NAME = r"^[a-z0-9][a-z0-9-]*$"
NAME_LENGTH = 60
Name = Annotated[str, Field(pattern=NAME, max_length=NAME_LENGTH)]
SHARES_TOLERANCE = 1e-6
# What a replication keeps in memory at once: some 20 to 100 bytes each.
MOST_ACTIONS = 100_000_000
MOST_MEMBERSHIPS = 50_000_000
MOST_NODE_SECONDS = 100_000_000

Location = tuple[str | int, ...]


class CrossCheckError(ValueError):
    """Values that are right one by one and wrong together, as (location, message) pairs."""

    def __init__(self, problems: list[tuple[Location, str]]) -> None:
        self.problems = problems
        super().__init__("; ".join(f"{'.'.join(map(str, at))}: {text}" for at, text in problems))


class Time(Section):
    """Warm up, measure under faults, then drain: wait (bounded) for what is still under way."""

    warmup_s: float = Field(
        60.0, ge=0, le=86_400, description="seconds left out at the start, until queues are steady"
    )
    measure_s: float = Field(600.0, gt=0, le=MAX_SECONDS, description="seconds that are measured")
    drain_s: float = Field(
        120.0, ge=0, le=86_400, description="seconds at most to wait for what is under way"
    )

    @property
    def measured_until_s(self) -> float:
        """When measuring ends and the drain begins, in seconds from the start."""
        return self.warmup_s + self.measure_s


class Tls(Section):
    """What a new connection pays for secrecy, in round trips."""

    version: Literal["none", "1.2", "1.3"] = Field(
        "1.3", description="TLS version: 0, 2 or 1 round trips (RFC 5246 7.3, RFC 8446 2)"
    )
    resumed: bool = Field(
        False, description="sessions are resumed: TLS 1.2 saves a round trip, 1.3 only work"
    )


class Transport(Section):
    """How closely TCP is followed."""

    lane: Literal["auto", "fast", "exact"] = Field(
        "auto",
        description="fast: a recursion, for thin streams; exact: packet by packet, two to four"
        " times slower; auto: exact for people whose streams are too dense for the recursion",
    )
    syn: Literal["linear", "exponential"] = Field(
        "linear",
        description="how clients' kernels repeat a SYN. linear: after 1, 2, 3, 4, 5, 7, 11 s ..."
        " (Linux 6.5 and later, net.ipv4.tcp_syn_linear_timeouts = 4); exponential: after 1, 3, 7,"
        " 15 s ... (Linux up to 6.4, where there is no such setting; RFC 6298)",
    )


class Servers(Section, Front):
    """The machines. Gateways hold connections; API nodes answer requests and keep nothing."""

    gateways: int = Field(4, ge=1, le=1_000, description="gateway nodes at the start")
    api_nodes: int = Field(
        2, ge=0, le=1_000, description="stateless API nodes; with 0 the gateways answer requests"
    )
    cores: int = Field(2, ge=1, le=256, description="CPU cores of each node")
    slowness: float = Field(
        1.0,
        gt=0,
        le=1e6,
        description="how many times as long as was measured all work of a node takes; below 1 its"
        " cores are faster than those (`models/costs.py`)",
    )
    balancer: Literal["round-robin", "least-connections", "sticky"] = Field(
        "round-robin", description="how a new connection finds its node (nginx: round robin)"
    )
    accept_backlog: int = Field(
        511,
        ge=1,
        le=65_535,
        description="connections waiting to be accepted, per node"
        " (511: nginx on Linux, Node.js and Redis; beyond it the SYN is dropped in silence)",
    )
    connections_limit: int = Field(
        50_000,
        ge=1,
        le=10_000_000,
        description="connections a node holds before it refuses (50,000: lower end of the"
        " 50-100 thousand a node that Centrifugo's blog gives as a rule of thumb)",
    )
    admissions_per_s: float | None = Field(
        None,
        gt=0,
        le=1e6,
        description="new connections a second that each gateway lets in, five at once; it refuses"
        " the others with a reset, which costs it nothing (nft: limit rate over ... reject with tcp"
        " reset, burst 5); without it any number",
    )
    queue_limit_s: float | None = Field(
        None,
        gt=0,
        le=3_600,
        description="seconds that a message may wait for the node's process; one that would wait"
        " longer is refused (HTTP 503) when its turn comes; without it everything is done",
    )
    shed_limit_s: float | None = Field(
        None,
        gt=0,
        le=3_600,
        description="seconds that a typing notice or a read receipt may wait for the node's"
        " process; one that would wait longer is refused, long before anything else is; without it"
        " they are treated like the rest",
    )
    rate_per_s: float | None = Field(
        None,
        gt=0,
        le=1e6,
        description="messages, notices and requests a second that servers take of one person,"
        " by whatever connection; more are refused (HTTP 429); without it any number (Ably: 50 a"
        " connection, AWS IoT Core: 100, Discord's gateway: 120 in 60 s)",
    )
    rate_burst: int = Field(
        1, ge=1, le=1_000_000, description="how many of them may come at once (Discord: 120)"
    )
    buffer_limit_bytes: int | None = Field(
        None,
        ge=1,
        le=2**40,
        description="bytes that may wait for a slow reader on one connection; without it what"
        " each design says (`connection.send_buffer`), or any number, as in npm ws, engine.io and"
        " aiohttp (Centrifugo: 1048576)",
    )
    buffer_full: Literal["disconnect", "drop", "drop-oldest"] = Field(
        "disconnect",
        description="what then becomes of the reader: it is cut (Centrifugo, nats-server), or of"
        " what nobody keeps for it the newest (uWebSockets) or the oldest is dropped",
    )
    token_check_s: float = Field(
        44e-6,
        ge=0,
        le=10,
        description="CPU seconds for the token of a request or a new connection (a JWT with RS256:"
        " 44 us, HS256 12 us: jsonwebtoken 9 on Node.js 20.20)",
    )
    session_reads: int = Field(
        1,
        ge=0,
        le=1_000,
        description="reads of the store for a new connection that stays open, one after the other"
        " (who this is and which conversations; assumption)",
    )


class Authenticator(Section):
    """A service that new connections are checked with, beside the token that nodes check."""

    check_s: float = Field(
        0.0,
        ge=0,
        le=60,
        description="CPU seconds of one check; 0: nobody asks (bcrypt of cost 10 takes 0.052, of"
        " cost 12 0.218, PBKDF2 with 600,000 rounds 0.164: Node.js 20.20, OpenSSL 3.0.19)",
    )
    cores: int = Field(1, ge=1, le=4_096, description="CPU cores that check")
    delay_s: float = Field(
        0.0005, ge=0, le=60, description="seconds there and back (inside one zone; assumption)"
    )


class Neighbour(Section):
    """Another environment, with rooms of the same names, on the same Redis."""

    prefix: str = Field(
        "socket.io",
        min_length=1,
        description="what its channels begin with (npm @socket.io/redis-adapter 8.3.0: the default"
        " of everybody)",
    )
    database: int = Field(1, ge=0, le=15, description="the database that its servers select")
    servers: int = Field(1, ge=1, le=1_000, description="how many servers it has")
    messages_per_s: float = Field(
        1.0, gt=0, le=1_000, description="messages that its people send, to one room after another"
    )


class Backplane(Section):
    """How nodes reach each other: publish and subscribe, at most once."""

    neighbour: Neighbour | None = Field(
        None, description="another environment on the same Redis, if there is one"
    )

    delay_s: float = Field(
        0.0005,
        ge=0,
        le=10,
        description="seconds from node to node (two hops of 0.25 ms inside one zone; assumption)",
    )
    publish_s: float = Field(
        6.6e-6,
        ge=0,
        le=10,
        description="CPU seconds of its one process for a message that is published (Redis 7.0.15:"
        " 7 us for 300 bytes with one subscriber; 1.5 us on a faster core, pipelined: the 650,000"
        " a second of Centrifugo's blog, 2026-06-29)",
    )
    receiver_s: float = Field(
        0.4e-6,
        ge=0,
        le=10,
        description="and for each node that it is copied to (Redis: PUBLISH is O(subscribers))",
    )


class Store(Section):
    """The database as a box with a latency."""

    write_s: float = Field(
        0.005, ge=0, le=60, description="seconds of one durable write (assumption: one zone, SSD)"
    )
    read_s: float = Field(
        0.002, ge=0, le=60, description="seconds of one indexed read (assumption: one zone, SSD)"
    )
    writes_per_s: float | None = Field(
        None,
        gt=0,
        le=1e9,
        description="writes a second that it can do when it does nothing else; more than that"
        " queue up; without it any number (DynamoDB: 1,000 a partition, of 1 kB)",
    )
    reads_per_s: float | None = Field(
        None,
        gt=0,
        le=1e9,
        description="reads a second that it can do when it does nothing else; without it"
        " any number (DynamoDB: 3,000 a partition)",
    )
    timeout_s: float = Field(
        30.0,
        gt=0,
        le=86_400,
        description="seconds that a node waits for its answer, or until it is back, before it"
        " refuses the message (HTTP 503; HikariCP: connectionTimeout 30 s; MongoDB's drivers:"
        " serverSelectionTimeoutMS 30 s; node-postgres: no limit). Who comes, or catches up, waits"
        " until it is back",
    )


class Variant(Section):
    """A design made from another by changing some of its fields; the rest of the keys are those."""

    model_config = ConfigDict(extra="allow")

    base: str = Field(description="design the variant starts from")

    @property
    def changes(self) -> dict[str, Any]:
        """Fields of the design that differ from its base."""
        return dict(self.__pydantic_extra__ or {})


class Scenario(WorkloadSpec):
    """One question about designs, and the world in which it is asked.

    >>> import sim
    >>> sim.load_scenario("commuter-day").time.measured_until_s
    660.0
    """

    name: Name = Field(description="short name, which the result folder has, too")
    question: str = Field(
        "How do these designs compare?",
        max_length=300,
        description="what the run is to answer, one sentence",
    )
    designs: tuple[str, ...] = Field(
        min_length=1, description="designs to compare; the first is the reference"
    )
    footing: Literal["both", "equal", "shipped"] = Field(
        "both",
        description="shipped: each design as its table says; equal: all with the same timers,"
        " store, key and recovery, as far as each architecture allows; both: one beside the other",
    )
    decides: tuple[MetricName, ...] = Field(
        (),
        description="figures that decide the question, most important first"
        " (`rtcsim list metrics`); the headline of every report when left out",
    )
    seed: int = Field(1, ge=0, le=2**63 - 1, description="all luck comes from this number")
    replications: int = Field(
        10, ge=1, le=10_000, description="independent repetitions; intervals need at least 2"
    )
    time: Time = Time()
    networks: tuple[NetworkSpec, ...] = Field(
        min_length=1, description="access networks; the shares of people add up to 1"
    )
    path: tuple[Middlebox, ...] = Field(
        (), description="what stands between people and servers: NATs, proxies, balancers"
    )
    tls: Tls = Tls()
    transport: Transport = Transport()
    servers: Servers = Servers()
    authenticator: Authenticator = Authenticator()
    backplane: Backplane = Backplane()
    store: Store = Store()
    faults: tuple[AnyFault, ...] = Field((), description="what breaks, and when")
    guarantees: tuple[Gate, ...] = Field(
        (), description="what designs are held to by `rtcsim check`; their own claims if empty"
    )
    margins: dict[str, Annotated[float, Field(ge=0)]] = Field(
        {}, description="differences worth caring about, by metric and in its unit"
    )
    variants: dict[Name, Variant] = Field({}, description="designs of your own, by name")

    @model_validator(mode="after")
    def _fits_together(self) -> "Scenario":
        if problems := list(self._problems()):
            raise CrossCheckError(problems)
        return self

    def _size_problems(self) -> Iterator[tuple[Location, str]]:
        """Numbers that are right one by one and together ask for more than any memory holds."""
        for_s = self.time.measured_until_s
        nodes = self.servers.gateways + self.servers.api_nodes
        sizes = [(("servers",), "seconds of all nodes", nodes * for_s, MOST_NODE_SECONDS)]
        if not (self.trace.file or self.script.rooms):
            count = self.people.count
            asked, members = expected_actions(self, for_s), count * self.conversations.per_person
            sizes.append((("actions",), f"actions of {count:,} people", asked, MOST_ACTIONS))
            sizes.append((("conversations",), "places in conversations", members, MOST_MEMBERSHIPS))
        for at, what, asked, most in sizes:
            if asked > most:
                how = "with fewer people or nodes, lower rates or a shorter time"
                yield at, f"{asked:.2g} {what} in {for_s:,.0f} s; allowed: {most:,}, {how}"

    def _problems(self) -> Iterator[tuple[Location, str]]:
        yield from _repeated("designs", self.designs, "design")
        yield from _repeated("decides", self.decides, "figure")
        share = math.fsum(network.share for network in self.networks)
        if abs(share - 1) > SHARES_TOLERANCE:
            yield ("networks",), f"the shares add up to {share:g}; allowed: exactly 1"
        yield from self._path_problems()
        yield from self._size_problems()
        around = Surroundings(
            people=None if self.trace.file else self.people.count,
            gateways=self.servers.gateways,
            api_nodes=self.servers.api_nodes,
            measured_until_s=self.time.measured_until_s,
            unasked=() if self.authenticator.check_s else ("authenticator",),
        )
        for index, fault in enumerate(self.faults):
            for key, message in fault.problems(around):
                yield ("faults", index, key), message
        yield from self._promise_problems()

    def _path_problems(self) -> Iterator[tuple[Location, str]]:
        for place, network in enumerate(self.networks):
            if network.nat is not None and network.nat not in PRESETS:
                near = get_close_matches(network.nat, PRESETS, 1)
                hint = f"; did you mean '{near[0]}'?" if near else ""
                allowed = f"allowed: {', '.join(PRESETS)}{hint}"
                yield ("networks", place, "nat"), f"unknown preset '{network.nat}'; {allowed}"
        most = len(self.networks) - 1
        own = self.servers.box()
        boxes = self.path if own is None else (*self.path, own)
        next_to_servers, judging = nearest(boxes), judge(boxes)
        for index, box in enumerate(self.path):
            for key, message in box.problems(box is next_to_servers, box is judging):
                yield ("path", index, key), message
            for number, place in enumerate(box.networks):
                if place > most:
                    at = ("path", index, "networks", number)
                    yield at, f"there is no network {place}; allowed: 0 to {most}"

    def _promise_problems(self) -> Iterator[tuple[Location, str]]:
        known = [metric.name for metric in METRICS]
        for name in self.margins:
            if name not in known:
                near = get_close_matches(name, known, 1)
                hint = f"; did you mean '{near[0]}'?" if near else ""
                yield ("margins", name), f"unknown metric; allowed: {', '.join(known)}{hint}"
        for index, gate in enumerate(self.guarantees):
            for key, message in gate_problems(gate):
                yield ("guarantees", index, key), message
            if gate in self.guarantees[:index]:
                yield ("guarantees", index), f"'{gate.title}' is promised twice; allowed: once"


def _repeated(key: str, names: tuple[str, ...], what: str) -> Iterator[tuple[Location, str]]:
    for index, name in enumerate(names):
        if name in names[:index]:
            yield (key, index), f"'{name}' is listed twice; allowed: each {what} once"
