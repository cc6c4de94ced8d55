"""What a recorded delivery costs at 20 receivers, in units of one bare SimPy event.

Three programs on one clock, timed in turns in one job, the quickest of several rounds each:

* ours: the service of the plain WebSocket design fans a message out, over the backplane, through
  four gateways' cores, down 20 people's links, into the history;
* bare: a generator that yields time-outs, one pending;
* idiomatic: the same model as SimPy's own guide would have it, a process per message and receiver,
  a time-out per hop, a resource per connection and per node, a dataclass per delivery.

The last gives the same deliveries at the same times, which is checked before anything is timed.
"""

import gc
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any

import pytest
import simpy

from models import DESIGNS
from models.channels.websocket import COSTS, body_bytes
from models.protocols.websocket import frame_bytes
from sim.api import load_scenario
from sim.history import LIVE, SEND
from sim.world import build_world

pytestmark = pytest.mark.benchmark

RECEIVERS = 20
import os
GATEWAYS = int(os.environ.get('G','1'))
START_S, GAP_S = 30.0, 0.05  # everybody is connected by then; far apart, as chat messages are
BARE_EVENTS = 100_000
ROUNDS = 9
MOST_BARE_EVENTS = 3.0
LEAST_SPEEDUP = 8.0
CHANGES = {
    "servers.gateways": GATEWAYS,
    "people.count": RECEIVERS + 1,
    "conversations": {"per_person": 1, "direct_share": 0.0, "sizes": {"kind": "fixed", "size": 21}},
    "actions.send.per_person_per_minute": 60.0,
    "networks": [{"share": 1.0, "profile": "4g", "loss": {"kind": "none"}}],
    "time": {"warmup_s": 30.0, "measure_s": 120.0, "drain_s": 10.0},
}


class Ours:
    """A chat that stands: everybody connected, messages waiting to be fanned out."""

    def __init__(self) -> None:
        self.world = build_world(load_scenario("commuter-day", CHANGES), 0)
        self.system = DESIGNS["full-websocket"].build(self.world)
        for person in range(RECEIVERS + 1):
            self.system.join(person)
        self.world.engine.run(START_S)
        action = self.world.workload.action.tolist()
        self.sends = [message for message, what in enumerate(action) if what == SEND]

    def __call__(self) -> None:
        engine, fan_out = self.world.engine, self.system.service.fan_out
        node, sends = self.world.gateways[0], self.sends

        def step(place: int) -> None:
            fan_out(node, sends[place])
            if place + 1 < len(sends):
                engine.at(START_S + GAP_S * (place + 1), step, place + 1)

        engine.at(START_S, step, 0)
        engine.run(START_S + GAP_S * len(sends) + 1.0)

    @property
    def rows(self) -> set[tuple[int, int, int]]:
        """Message, person and microsecond of every delivery."""
        flat = self.world.recorder.deliveries
        return {
            (flat[at], flat[at + 1], round(flat[at + 2] * 1e6)) for at in range(0, len(flat), 5)
        }


@dataclass
class Delivery:
    message: int
    person: int
    time_s: float
    via: int
    visible: bool


class Idiomatic:
    """The same chat as processes, resources and objects."""

    def __init__(self, ours: Ours) -> None:
        world = ours.world
        workload = world.workload
        self.env = simpy.Environment(START_S)
        self.sends = ours.sends
        self.size_bytes = workload.size_bytes.tolist()
        self.actor = workload.actor.tolist()
        self.backplane_s = world.scenario.backplane.delay_s
        self.cores = [simpy.Resource(self.env, world.scenario.servers.cores) for _ in range(GATEWAYS)]
        homes = [ours.system.service.receiver.home(p).index for p in range(RECEIVERS + 1)]
        self.people = [[p for p in range(RECEIVERS + 1) if homes[p] == g] for g in range(GATEWAYS)]
        self.links = [simpy.Resource(self.env, 1) for _ in range(RECEIVERS + 1)]
        down, up = world.paths[0].down, world.paths[0].up
        self.delay_s, self.back_s = down.delay.mean_s, up.delay.mean_s
        session = ours.system.channels["websocket"].sessions[0]
        self.overhead_bytes = session.end.connection.directions[1].overhead_bytes
        self.s_per_byte = 8.0 / down.rate.mean_bps
        self.acked = [0] * (RECEIVERS + 1)
        self.deliveries: list[Delivery] = []

    def __call__(self) -> None:
        self.env.process(self.chat())
        self.env.run()

    def chat(self) -> Generator[simpy.Event, Any, None]:
        for message in self.sends:
            self.env.process(self.fan_out(0, message))
            self.env.process(self.work(0, COSTS.backplane_s))
            for gateway in range(1, GATEWAYS):
                self.env.process(self.arrive(gateway, message))
            yield self.env.timeout(GAP_S)

    def arrive(self, gateway: int, message: int) -> Generator[simpy.Event, Any, None]:
        yield self.env.timeout(self.backplane_s)
        self.env.process(self.work(gateway, COSTS.backplane_s))
        self.env.process(self.fan_out(gateway, message))

    def fan_out(self, gateway: int, message: int) -> Generator[simpy.Event, Any, None]:
        people = [person for person in self.people[gateway] if person != self.actor[message]]
        yield self.env.process(self.work(gateway, COSTS.message_out_s * len(people)))
        size_bytes = frame_bytes(body_bytes(self.size_bytes[message]), masked=False)
        for person in people:
            self.env.process(self.deliver(person, message, size_bytes))

    def work(self, gateway: int, cost_s: float) -> Generator[simpy.Event, Any, None]:
        with self.cores[gateway].request() as turn:
            yield turn
            yield self.env.timeout(cost_s)

    def deliver(
        self, person: int, message: int, size_bytes: int
    ) -> Generator[simpy.Event, Any, None]:
        with self.links[person].request() as turn:
            yield turn
            yield self.env.timeout((size_bytes + self.overhead_bytes) * self.s_per_byte)
        yield self.env.timeout(self.delay_s)
        self.deliveries.append(Delivery(message, person, self.env.now, LIVE, visible=True))
        yield self.env.timeout(self.back_s)
        self.acked[person] += 1

    @property
    def rows(self) -> set[tuple[int, int, int]]:
        return {(one.message, one.person, round(one.time_s * 1e6)) for one in self.deliveries}


class Bare:
    """One process that waits, again and again."""

    def __call__(self) -> None:
        env = simpy.Environment()

        def ticks() -> Generator[simpy.Event, Any, None]:
            for _ in range(BARE_EVENTS):
                yield env.timeout(1.0)

        env.process(ticks())
        env.run()


def cpu_s(program: Callable[[], None]) -> float:
    gc.collect()
    gc.disable()
    start_s = time.process_time()
    program()
    took_s = time.process_time() - start_s
    gc.enable()
    return took_s


if __name__ == "__main__":
    o = Ours(); n = len(o.sends); print(n, "messages")
    i = Idiomatic(o); before = o.rows
    o(); i()
    a, b = o.rows - before, i.rows
    print(len(a), len(b), len(a & b), sorted(a - b)[:5], sorted(b - a)[:5])
    best = [9e9] * 3
    for _ in range(7):
        o = Ours(); i = Idiomatic(o)
        for k, (p, c) in enumerate(((o, n * 20), (Bare(), BARE_EVENTS), (i, n * 20))):
            best[k] = min(best[k], cpu_s(p) / c * 1e6)
    print(best, best[0] / best[1], best[2] / best[0])
