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
from sim.path.spec import Middlebox, judge, nearest, spreader
from sim.scenario.gates import Gate, MetricName
from sim.scenario.gates import problems as gate_problems
from sim.scenario.servers import Authenticator, Backplane, Servers, Store
from sim.workload.section import MAX_SECONDS, Section
from sim.workload.size import expected_actions
from sim.workload.spec import WorkloadSpec

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
            unasked=tuple(self._unasked()),
            proxies=self._proxies,
        )
        for index, fault in enumerate(self.faults):
            for key, message in fault.problems(around):
                yield ("faults", index, key), message
        yield from self._promise_problems()

    def _unasked(self) -> Iterator[str]:
        """Processes that nobody would miss."""
        if not self.authenticator.check_s:
            yield "authenticator"
        before = nearest(self._boxes())
        if before is None or not before.filled().request_s:
            yield "proxy"

    @property
    def _proxies(self) -> int:
        before = nearest(self._boxes())
        return 1 if before is None else before.filled().count or 1

    def _boxes(self) -> tuple[Middlebox, ...]:
        """Those that stand before servers."""
        own = self.servers.box()
        return self.path if own is None else (*self.path, own)

    def _path_problems(self) -> Iterator[tuple[Location, str]]:
        for place, network in enumerate(self.networks):
            if network.nat is not None and network.nat not in PRESETS:
                near = get_close_matches(network.nat, PRESETS, 1)
                hint = f"; did you mean '{near[0]}'?" if near else ""
                allowed = f"allowed: {', '.join(PRESETS)}{hint}"
                yield ("networks", place, "nat"), f"unknown preset '{network.nat}'; {allowed}"
        most = len(self.networks) - 1
        boxes = self._boxes()
        next_to_servers, checking = nearest(boxes), (judge(boxes), spreader(boxes))
        own = self.servers.proxy
        if self.servers.proxy_count is not None and not (own and PRESETS[own].limits.request_s):
            without = "nothing reads it without a servers.proxy that has a request_s"
            yield ("servers", "proxy_count"), f"{without}; allowed: with one such as nginx"
        for index, box in enumerate(self.path):
            checks = any(box is one for one in checking)
            for key, message in box.problems(box is next_to_servers, checks):
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
