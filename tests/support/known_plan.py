"""A world whose plan is known in closed form: c handshakes a second a node, and nothing else."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import numpy as np

import sim
from sim.plans.bounds import left
from sim.plans.judged import Judged, certain
from sim.plans.question import Limits, Question, Way
from sim.plans.runs import Runs
from sim.plans.search import Search
from sim.plans.storming import Stage

CAPACITY_PER_S = 100.0
BYTES = 1_000
IDLE_S = 1e-5
LATENESS_S = 0.3  # times the time that is certain: nobody is quicker than arithmetic


def takes_s(cut: int, nodes_left: int, rate: float = CAPACITY_PER_S) -> float:
    """When 99 % of those cut are back."""
    return LATENESS_S + cut / nodes_left / min(rate, CAPACITY_PER_S)


def play(storm: Any, design: Any, scenario: Any, progress: Any) -> Any:
    """A storm by arithmetic."""
    lost = len({fault.node for fault in storm.faults})
    nodes_left = storm.nodes - lost
    cut = storm.clients * lost // storm.nodes
    rate = scenario.servers.admissions_per_s or math.inf
    took_s = takes_s(cut, nodes_left, rate)
    return SimpleNamespace(
        back_after_s=lambda share: took_s,
        connections=np.full(nodes_left, storm.clients / nodes_left),
        series=np.ones((10, 3), int),
        idle_s=IDLE_S,
        cores=1,
        connection_bytes=BYTES,
        capacity_per_s=CAPACITY_PER_S,
    )


class Exactly:
    """What is measured of so many nodes, by arithmetic; counts how often it is asked."""

    def __init__(self, question: Question, cpu_of_one: float, loss: float, wide: float) -> None:
        self.question, self.cpu_of_one, self.loss = question, cpu_of_one, loss
        self.wide = wide  # times CPU, the far side of its interval
        self.asked: list[tuple[Way, int]] = []

    def played(self, way: Way, nodes: int) -> list[Any]:
        self.asked.append((way, nodes))
        limits = self.question.limits
        cpu = self.cpu_of_one / left(self.question, nodes)
        figures = (("delivery", 0.2), ("loss", self.loss))
        found = [certain(name, value, limits.of(name)) for name, value in figures]
        return [Judged("cpu", cpu, cpu / self.wide, cpu * self.wide, limits.cpu), *found]


def search(cpu_of_one: float = 1e-6, loss: float = 0.0, wide: float = 1.0, **asked: Any) -> Search:
    """A search in that world; of CPU one node would need `cpu_of_one`, give or take `wide`."""
    asked.setdefault("clients", 90_000)
    limits = {name: asked.pop(name) for name in Limits.__slots__ if name in asked}
    question = Question(limits=Limits(**limits), **asked)
    world = sim.load_scenario("node-loss-storm")
    stage = Stage(question, sim.designs()["full-websocket"], world, play)
    exactly: Any = Exactly(question, cpu_of_one, loss, wide)
    return Search(stage, stage.needs(), Runs(), exactly)
