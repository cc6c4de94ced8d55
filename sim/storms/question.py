"""What is asked of a storm: how many clients, how many nodes, what fails and when."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from sim.errors import InputError

What = Literal["crashes", "vanishes", "returns"]
Spread = Literal["round-robin", "least-connections", "sticky", "dns"]
CRASHES: Final = "crashes"
VANISHES: Final = "vanishes"
RETURNS: Final = "returns"
FAILURES: Final = (CRASHES, VANISHES)
SPREADS: Final = ("round-robin", "least-connections", "sticky", "dns")
MOST_CLIENTS: Final = 20_000_000
MOST_NODES: Final = 1_000
MOST_SECONDS: Final = 86_400


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """At `at_s` this happens to a node: its process dies, its host vanishes, or it is back."""

    at_s: float
    what: What
    node: int


@dataclass(frozen=True, slots=True)
class Storm:
    """One storm.

    All clients are connected at time 0, evenly over `nodes`; then `faults` happen, in time order.
    `spread`: how a dial finds its node; by "dns" a client takes any address that is still given
    out, and a dead node's is for `ttl_s`. It is watched until `horizon_s`, or until of those cut
    the share `enough` is back. Raises `InputError`.
    """

    clients: int
    nodes: int
    faults: tuple[Fault, ...]
    spread: Spread = "round-robin"
    ttl_s: float = 60.0
    horizon_s: int = 600
    seed: int = 1
    enough: float = 1.0

    @property
    def nodes_left(self) -> int:
        """Nodes that are there in the end."""
        last = {fault.node: fault.what for fault in sorted(self.faults)}
        return self.nodes - sum(what != RETURNS for what in last.values())

    def require_room(self, each: int) -> None:
        """Raises `InputError` where nodes that hold `each` cannot hold all clients at first."""
        if self.clients > each * self.nodes:
            room = f"{self.nodes:,} nodes of servers.connections_limit = {each:,}"
            raise InputError(
                [f"clients = {self.clients:,}; allowed: at most {each * self.nodes:,} ({room})"]
            )

    def __post_init__(self) -> None:
        wrong = [*self._wrong_sizes(), *self._wrong_faults()]
        if wrong:
            raise InputError(wrong)

    def _wrong_sizes(self) -> Iterator[str]:
        ranges = (
            ("clients", self.clients, 1, MOST_CLIENTS),
            ("nodes", self.nodes, 1, MOST_NODES),
            ("horizon_s", self.horizon_s, 1, MOST_SECONDS),
            ("ttl_s", self.ttl_s, 0, MOST_SECONDS),
            ("enough", self.enough, 0, 1),
        )
        for key, value, low, high in ranges:
            if wrong := _beyond(key, value, low, high):
                yield wrong
        if self.spread not in SPREADS:
            yield f"spread = '{self.spread}'; allowed: {', '.join(SPREADS)}"

    def _wrong_faults(self) -> Iterator[str]:
        if not self.faults:
            yield "faults: none; allowed: at least one"
        for fault in self.faults:
            if not 0 <= fault.node < self.nodes:
                yield f"node = {fault.node}; allowed: 0 to {self.nodes - 1}"
        late = [one for one in self.faults if not 0.0 <= one.at_s < self.horizon_s]
        if late:  # the others are of the same flags
            allowed = f"allowed: 0 to below the horizon, {self.horizon_s} s"
            yield f"at_s = {late[-1].at_s:g}, when a node {late[-1].what}; {allowed}"


@dataclass(frozen=True, slots=True)
class Failure:
    """Which nodes fail together, or one after another, and when they are back.

    how: "crashes" (clients are told by its kernel) or "vanishes" (they find out by their pings).
    at_s: when the first one fails. for_s: how long each is away; None: for good. stages: into how
    many equal parts it comes, `stage_s` apart.
    """

    how: What = CRASHES
    at_s: float = 1.0
    for_s: float | None = None
    stages: int = 1
    stage_s: float = 10.0

    def of(self, nodes: Sequence[int]) -> tuple[Fault, ...]:
        """The faults of these nodes. Raises `InputError`."""
        if self.how not in FAILURES:
            raise InputError([f"how = '{self.how}'; allowed: {', '.join(FAILURES)}"])
        if not 1 <= self.stages <= max(len(nodes), 1):
            raise InputError([f"stages = {self.stages}; allowed: 1 to the {len(nodes)} nodes lost"])
        if self.for_s is not None and self.for_s <= 0.0:
            raise InputError([f"back_after_s = {self.for_s:g}; allowed: more than 0"])
        if self.stage_s < 0.0:
            raise InputError([f"stage_s = {self.stage_s:g}; allowed: 0 or more"])
        found = []
        for place, node in enumerate(nodes):
            at_s = self.at_s + place * self.stages // len(nodes) * self.stage_s
            found.append(Fault(at_s, self.how, node))
            if self.for_s is not None:
                found.append(Fault(at_s + self.for_s, RETURNS, node))
        return tuple(sorted(found))


def lost_nodes(nodes: int, lose: int, zones: int, zone: int | None) -> tuple[int, ...]:
    """The first `lose` nodes; or all of one zone, where node n is in zone n modulo `zones`.

    Raises `InputError`.

    >>> lost_nodes(6, 2, 1, None), lost_nodes(6, 1, 3, 1)
    ((0, 1), (1, 4))
    """
    if wrong := _beyond("nodes", nodes, 1, MOST_NODES):
        raise InputError([wrong])
    if zone is None:
        if not 1 <= lose <= nodes:
            raise InputError([f"lose = {lose}; allowed: 1 to the {nodes} nodes there are"])
        return tuple(range(lose))
    if not 1 <= zones <= nodes:
        raise InputError([f"zones = {zones}; allowed: 1 to the {nodes} nodes there are"])
    if not 0 <= zone < zones:
        raise InputError([f"zone = {zone}; allowed: 0 to {zones - 1}"])
    return tuple(range(zone, nodes, zones))


def _beyond(key: str, value: float, low: int, high: int) -> str | None:
    if low <= value <= high:
        return None
    return f"{key} = {value:,}; allowed: {low:,} to {high:,}"
