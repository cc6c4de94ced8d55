"""What is asked: how large the crowd is, what must hold when a zone is lost, what may be chosen."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Final

from sim.errors import InputError
from sim.experiment.statistics import LEAST
from sim.storms.question import CRASHES, FAILURES, MOST_CLIENTS, MOST_NODES, SPREADS, Spread, What

SHIPPED: Final = "shipped"
"""The back-off that the design has."""
HOURS_A_MONTH: Final = 730.0  # 8,760 / 12
MOST_RUNS: Final = 100
MOST_PEOPLE: Final = 100_000
MOST_LIMIT_S: Final = 3_600.0
LEAST_A_ZONE: Final = 20  # people of an exact run, so that conversations have their sizes
RECOVERY, CPU, MEMORY, DELIVERY, LOSS = LIMITS = ("recovery", "cpu", "memory", "delivery", "loss")
"""What may bind, in the order in which it is looked at."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What must hold when a zone is lost for good; each is a largest value that is allowed.

    recovery: seconds until 99 % of those cut off are connected again. cpu: share of its cores that
    the busiest node spends once they are. memory: bytes of the connections of the fullest node
    then. delivery: seconds, 99th percentile, between people who keep their connections. loss: share
    of what is sent from the loss on (`sim.plans.scaled.window_s`) and never arrives.
    """

    recovery: float = 60.0
    cpu: float = 0.6
    memory: float = 2e9
    delivery: float = 1.0
    loss: float = 0.005

    def of(self, name: str) -> float:
        """The limit called so."""
        return float(getattr(self, name))


@dataclass(frozen=True, slots=True)
class Way:
    """How clients come back: the rule of their waits, and how many a gateway lets in a second.

    backoff: "shipped", a back-off's name, or RULE:CAP, such as "full-jitter:60", which begins at
    1 s. admissions_per_s None: any number.
    """

    backoff: str = SHIPPED
    admissions_per_s: float | None = None

    @property
    def words(self) -> str:
        """As a table has it: `full-jitter:60, 200/s`."""
        return f"{self.backoff}, {self.rate}"

    @property
    def slug(self) -> str:
        """As part of a file's name."""
        return self.words.replace(", ", "-").replace(":", "-to-").replace("/", "-a-")

    @property
    def rate(self) -> str:
        """How many are let in a second."""
        return "any" if self.admissions_per_s is None else f"{self.admissions_per_s:g}/s"


@dataclass(frozen=True, slots=True)
class Question:
    """Everything that is asked. Raises `InputError` with every mistake.

    Nodes are in `zones` in equal numbers, so their number is a multiple of that, at most
    `most_nodes`; one zone is lost and does not come back. how: its processes crash, or its hosts
    vanish. runs: how often each thing is played, with seeds from `seed` on. people: in an exact
    run. price: of a node for an hour; None: no money is told.
    """

    clients: int = 1_000_000
    zones: int = 3
    how: What = CRASHES
    limits: Limits = Limits()
    ways: tuple[Way, ...] = (Way(),)
    most_nodes: int = 300
    runs: int = 3
    people: int = 600
    price: float | None = None
    spread: Spread = "round-robin"
    seed: int = 1

    @property
    def numbers_of_nodes(self) -> range:
        """All that may be tried, ascending."""
        return range(self.zones, self.most_nodes + 1, self.zones)

    def __post_init__(self) -> None:
        wrong = [*self._wrong_sizes(), *self._wrong_words(), *self._wrong_limits()]
        if wrong:
            raise InputError(wrong)

    def _wrong_sizes(self) -> Iterator[str]:
        ranges = (
            ("zones", self.zones, 2, MOST_NODES),
            ("clients", self.clients, max(self.zones, 2), MOST_CLIENTS),
            ("most_nodes", self.most_nodes, self.zones, MOST_NODES),
            ("runs", self.runs, LEAST, MOST_RUNS),
            ("people", self.people, LEAST_A_ZONE * self.zones, MOST_PEOPLE),
        )
        for key, value, low, high in ranges:
            if not low <= value <= high:
                yield f"{key} = {value:,}; allowed: {low:,} to {high:,}"
        if self.price is not None and not 0.0 <= self.price < math.inf:
            yield f"price = {self.price:g}; allowed: 0 or more for a node and an hour"

    def _wrong_words(self) -> Iterator[str]:
        if self.how not in FAILURES:
            yield f"how = '{self.how}'; allowed: {', '.join(FAILURES)}"
        if self.spread not in SPREADS:
            yield f"spread = '{self.spread}'; allowed: {', '.join(SPREADS)}"
        if not self.ways:
            yield "ways: none; allowed: at least one"
        for rate in dict.fromkeys(one.admissions_per_s for one in self.ways):
            if rate is not None and not 0.0 < rate <= 1e6:
                yield f"admission = {rate:g}; allowed: more than 0 up to 1,000,000 a second, or any"

    def _wrong_limits(self) -> Iterator[str]:
        most = {RECOVERY: MOST_LIMIT_S, CPU: 1.0, DELIVERY: MOST_LIMIT_S, LOSS: 1.0}
        for one in fields(self.limits):
            value, high = self.limits.of(one.name), most.get(one.name, 1e15)
            if not 0.0 < value <= high:
                yield f"{one.name} = {value:g}; allowed: more than 0 up to {high:,.0f}"


def ways(backoffs: tuple[str, ...], admissions: tuple[float | None, ...]) -> tuple[Way, ...]:
    """Every back-off with every rate, each once.

    >>> [one.words for one in ways(("shipped",), (None, 200.0))]
    ['shipped, any', 'shipped, 200/s']
    """
    return tuple(dict.fromkeys(Way(one, rate) for one in backoffs for rate in admissions))
