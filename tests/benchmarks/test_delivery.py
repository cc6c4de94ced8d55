"""What a recorded delivery costs at 20 receivers, in bare SimPy events and beside idiomatic SimPy.

Three programs on one clock, timed in turns in one job, the quickest of several rounds each:

* ours: the service of the plain WebSocket design fans a message out through its gateways' cores
  (and between gateways, the backplane) down 20 people's links into the history;
* bare: one generator that yields time-outs, nothing else pending;
* idiomatic: the same model as SimPy's guides would have it: a process per message and receiver, a
  time-out per hop, a resource per connection and per node, a dataclass per delivery.

Idiomatic gives the same deliveries at the same microseconds, and a test says so; heartbeats are
off, it has none. CPU time, garbage collection off.
"""

import gc
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any

import pytest
import simpy

from models import DESIGNS
from models.channels.websocket import body_bytes
from models.costs import AIOHTTP
from models.protocols.websocket import frame_bytes
from models.servers.backplane.broadcast import Broadcast
from sim.api import load_scenario
from sim.history import LIVE, SEND
from sim.node import Node
from sim.transport.connection import SERVER
from sim.world import build_world

pytestmark = pytest.mark.benchmark(group="delivery", timer=time.process_time)

RECEIVERS = 20
PEOPLE = range(RECEIVERS + 1)
START_S, GAP_S = 30.0, 0.05  # everybody is connected by then; apart, as chat messages are
BARE_EVENTS = 100_000
ROUNDS = 7
# Gateways -> most bare events per delivery, least speed-up. On one gateway 20 receivers are one
# piece of work; over four they are four pieces and three trips through the backplane.
BOUNDS = {1: (3.0, 8.0), 4: (5.0, 6.0)}


def changes(gateways: int) -> dict[str, Any]:
    everybody = {"kind": "fixed", "size": len(PEOPLE)}
    return {
        "people.count": len(PEOPLE),
        "conversations": {"per_person": 1, "direct_share": 0.0, "sizes": everybody},
        "actions.send.per_person_per_minute": 30.0,
        "networks": [{"share": 1.0, "profile": "4g", "loss": {"kind": "none"}}],
        "servers.gateways": gateways,
        "transport.lane": "fast",
        "time": {"warmup_s": START_S, "measure_s": 120.0, "drain_s": 10.0},
    }


class Ours:
    """A chat that stands: everybody connected, messages waiting to be fanned out."""

    def __init__(self, gateways: int) -> None:
        self.world = build_world(load_scenario("commuter-day", changes(gateways)), 0)
        quiet = DESIGNS["full-websocket"].variant("quiet", {"heartbeat": "none"})
        self.system = quiet.build(self.world)
        for person in PEOPLE:
            self.system.join(person)
        self.world.engine.run(START_S)
        action = self.world.workload.action.tolist()
        self.sends = [message for message, what in enumerate(action) if what == SEND]
        self.deliveries = RECEIVERS * len(self.sends)

    def __call__(self) -> None:
        engine, fan_out = self.world.engine, self.system.service.fan_out.start
        node, sends = self.world.gateways[0], self.sends

        def step(place: int) -> None:
            fan_out(node, sends[place])
            if place + 1 < len(sends):
                engine.at(START_S + GAP_S * (place + 1), step, place + 1)

        engine.at(START_S, step, 0)
        engine.run(START_S + GAP_S * len(sends) + 1.0)

    @property
    def rows(self) -> set[tuple[int, int, int]]:
        """Message, person and microsecond of every delivery that was fanned out here."""
        copies = self.world.ledger.copies()
        return {(message, person, round(at_s * 1e6)) for message, person, at_s, *_ in copies}


@dataclass
class Delivery:
    message: int
    person: int
    time_s: float
    via: int
    visible: bool


class Cores:
    """A node's cores, handed out one by one; one that stood idle is dearer to wake."""

    def __init__(self, env: simpy.Environment, like: Node) -> None:
        self.env = env
        self.like = like
        self.idle = simpy.Store(env)
        for free_s in sorted(like._free_s):
            self.idle.put(free_s)

    def work(self, cost_s: float) -> Generator[simpy.Event, Any, None]:
        free_s = yield self.idle.get()
        waking_s = min(self.like.wake_share * (self.env.now - free_s), self.like.wake_max_s)
        yield self.env.timeout(cost_s + waking_s)
        self.idle.put(self.env.now)


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
        self.gateways = range(len(world.gateways))
        spec = world.scenario.backplane
        self.carry_s = spec.publish_s + spec.receiver_s * (len(world.gateways) - 1)
        self.carrier = simpy.Resource(self.env, 1)
        self.nodes = [Cores(self.env, gateway) for gateway in world.gateways]
        receiver = ours.system.service.fan_out.receiver
        homes = [receiver.home(person).index for person in PEOPLE]
        self.people = [[p for p in PEOPLE if homes[p] == gateway] for gateway in self.gateways]
        self.links = [simpy.Resource(self.env, 1) for _ in PEOPLE]
        down, up = world.paths[0].down, world.paths[0].up
        self.delay_s, self.back_s = down.delay.mean_s, up.delay.mean_s
        self.s_per_byte = 8.0 / down.rate.mean_bps
        connection = receiver.sessions[0].end.connection
        self.overhead_bytes = connection.directions[SERVER].overhead_bytes
        self.acked = [0 for _ in PEOPLE]
        self.deliveries: list[Delivery] = []

    def __call__(self) -> None:
        self.env.process(self.chat())
        self.env.run()

    def chat(self) -> Generator[simpy.Event, Any, None]:
        for message in self.sends:
            self.env.process(self.fan_out(0, message))
            self.env.process(self.nodes[0].work(Broadcast.COST_S))
            if len(self.gateways) > 1:
                self.env.process(self.carry(message))
            yield self.env.timeout(GAP_S)

    def carry(self, message: int) -> Generator[simpy.Event, Any, None]:
        with self.carrier.request() as turn:
            yield turn
            yield self.env.timeout(self.carry_s)
        for gateway in self.gateways[1:]:
            self.env.process(self.arrive(gateway, message))

    def arrive(self, gateway: int, message: int) -> Generator[simpy.Event, Any, None]:
        yield self.env.timeout(self.backplane_s)
        self.env.process(self.nodes[gateway].work(Broadcast.COST_S))
        self.env.process(self.fan_out(gateway, message))

    def fan_out(self, gateway: int, message: int) -> Generator[simpy.Event, Any, None]:
        people = [person for person in self.people[gateway] if person != self.actor[message]]
        yield self.env.process(self.nodes[gateway].work(AIOHTTP.message_out_s * len(people)))
        size_bytes = frame_bytes(body_bytes(self.size_bytes[message]), masked=False)
        for person in people:
            self.env.process(self.deliver(person, message, size_bytes))

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


def bare() -> None:
    """One process that waits, again and again."""
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


@pytest.mark.parametrize("gateways", BOUNDS)
def test_both_models_deliver_the_same_at_the_same_times(gateways):
    ours = Ours(gateways)
    idiomatic = Idiomatic(ours)
    earlier = ours.rows
    ours()
    idiomatic()
    assert len(idiomatic.rows) == ours.deliveries
    assert ours.rows - earlier == idiomatic.rows


@pytest.mark.parametrize("gateways", BOUNDS)
def test_a_recorded_delivery_is_cheap(benchmark, capsys, gateways):
    bare_s, idiomatic_s = [], []

    def prepare() -> tuple[tuple[Ours], dict[str, Any]]:
        """A fresh chat for the next round; the others take their turn here."""
        ours = Ours(gateways)
        bare_s.append(cpu_s(bare) / BARE_EVENTS)
        idiomatic_s.append(cpu_s(Idiomatic(ours)) / ours.deliveries)
        return (ours,), {}

    benchmark.pedantic(lambda ours: ours(), setup=prepare, rounds=ROUNDS)
    ours_s = benchmark.stats.stats.min / Ours(gateways).deliveries
    events, speedup = ours_s / min(bare_s), min(idiomatic_s) / ours_s
    benchmark.extra_info |= {"bare_events": events, "speedup": speedup}
    with capsys.disabled():
        print(
            f"\n{gateways} gateway(s): a recorded delivery costs {ours_s * 1e6:.2f} us = "
            f"{events:.2f} bare SimPy events; idiomatic SimPy costs {speedup:.1f} times as much"
        )
    most_events, least_speedup = BOUNDS[gateways]
    assert events <= most_events
    assert speedup >= least_speedup
