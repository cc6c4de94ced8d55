"""The smaller world of an exact run: fewer people a node, and every node as loaded as in the whole.

A node of the whole has c clients; here it has c / k people and is k times as slow: its work takes k
times as long, it lets in a k-th of the newcomers a second, its accept queue and its limit of
connections are a k-th. What arrives is a k-th and lasts k times as long, which is the same queue
with its clock slowed down k times: the share of its cores that is busy is the same, and so is the
time in which a crowd is let in; what a message waits at a node is k times as long (`exactly` takes
that back). Services that all nodes share are slowed by the ratio of all people. There is one node a
zone: messages cross between fewer nodes than in the whole.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sim.errors import InputError
from sim.faults.plan import node_lost
from sim.plans.mix import evenly_mixed
from sim.storms.question import CRASHES
from sim.workload.spec import FixedSizeSpec, ListSizeSpec, ScriptSpec, TraceSpec

if TYPE_CHECKING:
    from sim.plans.bounds import Needs
    from sim.plans.question import Question, Way
    from sim.scenario.scenario import Scenario

STEADY_S: Final = 60.0
"""At the end, in which everybody is back: the CPU of nodes is taken from there."""
LOST_NODE: Final = 0
"""The one of the first zone."""
_LEAST_S: Final = 30.0
_ROOM: Final = 1.5  # times the time that it takes to let everybody in at first
_SETTLE_S: Final = 12.0


@dataclass(frozen=True, slots=True)
class Scale:
    """How much smaller: people in each zone's node, and how many clients one of them stands for."""

    people: int
    times: float

    @property
    def words(self) -> str:
        """In a clause."""
        return f"{self.people:,} people a node, each node {self.times:,.3g} times as slow"


def scale(question: Question, nodes: int) -> Scale:
    """That of an exact run for so many nodes; no larger than the whole."""
    whole = question.clients / nodes
    people = max(min(question.people // question.zones, round(whole)), 1)
    return Scale(people, whole / people)


def window_s(question: Question) -> float:
    """How long what is sent counts, from the loss on: the time allowed, and a minute more."""
    return float(math.ceil(max(question.limits.recovery, _LEAST_S) + STEADY_S))


def world(question: Question, scenario: Scenario, needs: Needs, way: Way, nodes: int) -> Scenario:
    """The scenario with one node in each zone, the first of which is lost as measuring begins.

    `scenario` has the rate of `way`. Raises `InputError` for groups of more people than it has.
    """
    size, over_s = scale(question, nodes), window_s(question)
    rate = min(needs.capacity_per_s, way.admissions_per_s or math.inf)
    arrive_s = max(_ROOM * question.clients / nodes / rate, 1.0)
    begins_s = float(math.ceil(arrive_s + _SETTLE_S))
    _require_room(scenario, size.people * question.zones)
    people = scenario.people.model_copy(
        update={"count": size.people * question.zones, "arrive_within_s": arrive_s}
    )
    time = scenario.time.model_copy(update={"warmup_s": begins_s, "measure_s": over_s})
    return scenario.model_copy(
        update={
            "people": people,
            "conversations": evenly_mixed(scenario.conversations, people.count),
            "time": time,
            "servers": _servers(scenario, question.zones, size.times),
            "faults": (node_lost(LOST_NODE, begins_s, over_s, told=question.how == CRASHES),),
            "trace": TraceSpec(),
            "script": ScriptSpec(),
            "seed": question.seed,
            "replications": question.runs,
            **_shared(scenario, question.clients / people.count),
        }
    )


def twin(small: Scenario, scenario: Scenario) -> Scenario:
    """The same people in the same time with nodes of the whole, hardly busy, and nothing lost."""
    servers = small.servers.model_copy(
        update={
            "slowness": scenario.servers.slowness,
            "accept_backlog": scenario.servers.accept_backlog,
            "connections_limit": scenario.servers.connections_limit,
            "admissions_per_s": None,
        }
    )
    shared = {key: getattr(scenario, key) for key in ("store", "authenticator", "backplane")}
    return small.model_copy(update={"servers": servers, "faults": (), **shared})


def _require_room(scenario: Scenario, people: int) -> None:
    match scenario.conversations.sizes:
        case FixedSizeSpec(size=largest):
            pass
        case ListSizeSpec(sizes=sizes):
            largest = max(sizes)
        case _:
            return
    if largest > people:
        raise InputError([f"people = {people:,}; allowed: at least the largest group, {largest:,}"])


def _servers(scenario: Scenario, zones: int, times: float) -> Any:
    servers = scenario.servers
    rate = servers.admissions_per_s
    return servers.model_copy(
        update={
            "gateways": zones,
            "api_nodes": math.ceil(servers.api_nodes * zones / servers.gateways),
            "slowness": servers.slowness * times,
            "admissions_per_s": None if rate is None else rate / times,
            "accept_backlog": max(round(servers.accept_backlog / times), 1),
            "connections_limit": max(math.ceil(servers.connections_limit / times), 1),
        }
    )


def _shared(scenario: Scenario, times: float) -> dict[str, Any]:
    """What all nodes share, as loaded by fewer people as by all."""
    store, checks, plane = scenario.store, scenario.authenticator, scenario.backplane
    rates = {"writes_per_s": store.writes_per_s, "reads_per_s": store.reads_per_s}
    less = {key: one / times for key, one in rates.items() if one is not None}
    costs = {"publish_s": plane.publish_s * times, "receiver_s": plane.receiver_s * times}
    return {
        "store": store.model_copy(update=less),
        "authenticator": checks.model_copy(update={"check_s": checks.check_s * times}),
        "backplane": plane.model_copy(update=costs),
    }
