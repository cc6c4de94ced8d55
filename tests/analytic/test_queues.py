"""Waiting times at a node against queueing theory, inside computed intervals.

Independent replications of a node with Poisson arrivals; the interval of their mean is Student's t
at 99.9 %, and must be narrow enough to tell a wrong discipline from the right one. Seeds are fixed.
Sources: Erlang C and Pollaczek-Khinchine, as in Kleinrock, Queueing Systems I, 3.2, 3.5 and 5.6.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import factorial, sqrt

import numpy as np
import pytest
from scipy import stats

from sim.engine import Engine
from sim.history import GATEWAY
from sim.node import Node
from sim.streams import Streams

REPLICATIONS = 24
CUSTOMERS = 4_000
WARM_UP = 800  # relaxation at a load of 0.8 takes about 90 service times (Kleinrock 3.11)
CONFIDENCE = 0.999


@dataclass(frozen=True)
class Queue:
    """Kendall: M/M/c or, with constant service, M/D/1. Service takes 1 s on average."""

    cores: int
    load: float
    constant: bool = False

    @property
    def arrivals_hz(self) -> float:
        return self.load * self.cores

    @property
    def waits(self) -> float:
        """Probability that a customer waits: Erlang C; the load for one server."""
        if self.cores == 1:
            return self.load
        offered = self.arrivals_hz
        full = offered**self.cores / factorial(self.cores) / (1 - self.load)
        return full / (sum(offered**k / factorial(k) for k in range(self.cores)) + full)

    @property
    def wait_s(self) -> float:
        """Mean wait; constant service halves it (Pollaczek-Khinchine)."""
        exponential_s = self.waits / (self.cores - self.arrivals_hz)
        return exponential_s / 2 if self.constant else exponential_s


@dataclass(frozen=True)
class Day:
    """What one replication measured after its warm-up."""

    wait_s: float
    waits: float
    load: float


def simulate(queue: Queue, replication: int) -> Day:
    """One node, one stream of customers, events and all: waits are seen when work is done."""
    engine, streams = Engine(), Streams(11, replication)
    node = Node(engine, 0, GATEWAY, queue.cores)
    arrivals, services = streams.draws("arrivals"), streams.draws("services")
    waited_s: list[float] = []

    def done(came_s: float, cost_s: float) -> None:
        waited_s.append(engine.now_s - came_s - cost_s)

    def arrive(left: int) -> None:
        cost_s = 1.0 if queue.constant else services.exponential(1.0)
        node.work(cost_s, done, engine.now_s, cost_s)
        if left:
            engine.at(engine.now_s + arrivals.exponential(1 / queue.arrivals_hz), arrive, left - 1)

    engine.at(0.0, arrive, CUSTOMERS - 1)
    engine.run(1e9)
    steady_s = np.array(waited_s[WARM_UP:])
    assert len(waited_s) == CUSTOMERS
    assert steady_s.min() > -1e-6
    worked_s = sum(node.busy_s.values())
    return Day(steady_s.mean(), (steady_s > 1e-6).mean(), worked_s / queue.cores / max(node.busy_s))


QUEUES = [
    Queue(1, 0.5),
    Queue(1, 0.8),
    Queue(1, 0.5, constant=True),
    Queue(1, 0.8, constant=True),
    Queue(2, 0.8),
    Queue(4, 0.7),
    Queue(8, 0.9),
]


@pytest.mark.parametrize("queue", QUEUES, ids=str)
def test_waiting_at_a_node_is_what_theory_says(queue):
    count = REPLICATIONS if queue.load < 0.9 else 3 * REPLICATIONS  # busy periods are long there
    days = [simulate(queue, replication) for replication in range(count)]
    for name, expected, width in (
        ("wait_s", queue.wait_s, 0.35),
        ("waits", queue.waits, 0.10),
        ("load", queue.load, 0.05),
    ):
        found = np.array([getattr(day, name) for day in days])
        error = found.std(ddof=1) / sqrt(count)
        half = stats.t.ppf((1 + CONFIDENCE) / 2, count - 1) * error
        assert abs(found.mean() - expected) < half, name
        assert half < width * expected, name


def test_the_formulas_are_the_textbook_s():
    """M/M/2 at load 0.8 and M/D/1 at 0.5, worked out by hand."""
    assert Queue(2, 0.8).waits == pytest.approx(0.7111, abs=1e-4)
    assert Queue(2, 0.8).wait_s == pytest.approx(0.7111 / 0.4, abs=1e-3)
    assert Queue(1, 0.5, constant=True).wait_s == pytest.approx(0.5)
