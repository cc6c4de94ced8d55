"""What is certain of a number of nodes before anything is played, by arithmetic alone.

With a zone lost, K nodes are left of n in z zones: K = n (z - 1) / z. They hold all N clients, so
the fullest holds at least N / K, which takes memory and pings. N / z were cut off, and each
handshake takes a node CPU time and one admission, so 99 % of them are not back before
0.99 N / (z K r), where r is what a node can do in a second. All of that only falls as n grows, so
what is too few here is too few for certain.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.plans.judged import FAILS, Judged, certain
from sim.plans.question import CPU, MEMORY, RECOVERY
from sim.storms.figures import ENOUGH
from sim.transport.accepting import BURST

if TYPE_CHECKING:
    from sim.plans.question import Question, Way


@dataclass(frozen=True, slots=True)
class Needs:
    """Of one node of a design: memory of a connection, CPU seconds a second of its pings, cores,
    handshakes a second, connections that it may hold (`models.costs`, `servers`)."""

    connection_bytes: int
    idle_s: float
    cores: int
    capacity_per_s: float
    connections_limit: int


def left(question: Question, nodes: int) -> int:
    """Nodes that are left when a zone is lost."""
    return nodes - nodes // question.zones


def held(question: Question, nodes: int) -> float:
    """Clients that each of those has at the least, once everybody is back."""
    return question.clients / left(question, nodes)


def soonest_s(question: Question, needs: Needs, way: Way, nodes: int) -> float:
    """Before that nobody can have 99 % of those who were cut off back."""
    each = ENOUGH * question.clients / question.zones / left(question, nodes)
    rate = math.inf if way.admissions_per_s is None else way.admissions_per_s
    return max(each / needs.capacity_per_s, (each - BURST) / rate)


def certainly(question: Question, needs: Needs, way: Way, nodes: int) -> Iterator[Judged]:
    """Every limit of which this number of nodes is certainly too few."""
    each = held(question, nodes)
    figures = {
        RECOVERY: soonest_s(question, needs, way, nodes),
        CPU: each * needs.idle_s / needs.cores,
        MEMORY: each * needs.connection_bytes,
    }
    if each > needs.connections_limit:  # some are refused for ever
        figures[RECOVERY] = math.inf
    for name, value in figures.items():
        found = certain(name, value, question.limits.of(name))
        if found.state == FAILS:
            yield found


def fewest(question: Question, needs: Needs, way: Way) -> int | None:
    """The fewest nodes of which nothing is certain; None when all that are allowed are too few."""
    for nodes in question.numbers_of_nodes:
        if next(certainly(question, needs, way, nodes), None) is None:
            return nodes
    return None
