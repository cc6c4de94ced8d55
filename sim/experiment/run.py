"""One run, top to bottom: build the world, start people, measure under faults, drain, judge, store.

The design is anything with `name`, `claims` and `build(world)`; the system it builds is told who
opens and closes the app and who acts. `sim.ledger` writes down what happens, and dates it itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from sim.experiment.collecting import rarely_collecting
from sim.faults.plan import arm, floods
from sim.history import SEND, History
from sim.tape import Say, Tape
from sim.world import World, build_world

if TYPE_CHECKING:
    from sim.scenario.scenario import Scenario

_DRAIN_STEP_S = 1.0
_CONNECTED_WITHIN_S = 2.0
_MEMORY_EVERY_S = 5


class System(Protocol):
    """What a run needs of a system under test."""

    channels: dict[str, Any]
    said: Say

    def join(self, person: int) -> None: ...
    def leave(self, person: int) -> None: ...
    def play(self) -> None: ...
    def disconnect(self, person: int) -> None: ...
    def move(self, person: int) -> None: ...
    def pending(self) -> Iterator[tuple[int, int]]: ...
    def finish(self) -> None: ...
    def kernel(self) -> dict[str, int]: ...
    def traffic(self) -> Sequence[tuple[int, int, int, int, int]]: ...


class Design(Protocol):
    """What a run needs of a design."""

    @property
    def name(self) -> str: ...
    @property
    def claims(self) -> Sequence[str]: ...
    def build(self, world: World) -> System: ...


@rarely_collecting()
def run_replication(
    scenario: Scenario,
    design: Design,
    replication: int,
    passive: bool = True,
    tape: Tape | None = None,
    plain: bool | None = None,
) -> History:
    """Simulate one replication of one design and return its history.

    `passive` False leaves everything to objects, an event for each thing. `plain`: whether what is
    calm is carried by the loop as it stands; False: by compiled code, where there can be any; None:
    as is quicker for its size. The history is the same. A `tape` is filled with every hop (and
    needs objects).

    >>> import sim
    >>> world = sim.load_scenario(changes={"people.count": 20, "time.measure_s": 20})
    >>> history = sim.run_replication(world, sim.designs()["hybrid"], replication=0)
    >>> history.digest() == sim.run_replication(world, sim.designs()["hybrid"], 0).digest()
    True
    """
    world = build_world(scenario, replication)
    world.passive = passive and tape is None
    if plain is not None:
        world.plain, world.small = plain, False
    world.ledger.tape = tape
    return play(world, design, tape)


@rarely_collecting()
def play(world: World, design: Design, tape: Tape | None = None) -> History:
    """The history of a design in a world that was built for it alone. `tape`: the world's."""
    scenario, system = world.scenario, design.build(world)
    if tape is not None:
        tape.say = system.said
    _start_people(world, system)
    system.play()
    _sample_nodes(world)
    arm(scenario.faults, world, system)
    world.engine.run(scenario.time.measured_until_s)  # every fault has healed by then
    drained = _drain(world, system)
    return _judge(world, system, design, drained)


def _start_people(world: World, system: System) -> None:
    """Everybody opens and closes the app when the workload says so."""
    first_s = _first_arrivals_s(world)
    until_s = world.scenario.time.measured_until_s  # nobody comes or goes while it drains
    for person, sessions in enumerate(world.workload.sessions):
        for start_s, end_s in sessions:
            join_s = start_s if start_s > 0.0 else first_s[person]
            if join_s < min(end_s, until_s):
                world.engine.at(join_s, system.join, person)
                if end_s < until_s:
                    world.engine.at(end_s, system.leave, person)


def _first_arrivals_s(world: World) -> list[float]:
    """When those present from the start come.

    One by one in the first tenth of the warm-up, since a steady state has no common first second;
    or together, at a moment that leaves time to connect before the measuring begins.
    """
    luck = world.streams.generator("arrival", 0)
    spread = luck.random(world.workload.people)
    warmup_s, within_s = world.scenario.time.warmup_s, world.scenario.people.arrive_within_s
    if within_s is None:
        return [float(share) * warmup_s / 10.0 for share in spread]
    moment_s = luck.random() * max(warmup_s - within_s - _CONNECTED_WITHIN_S, 0.0)
    return [float(moment_s + share * within_s) for share in spread]


def _sample_nodes(world: World) -> None:
    """Once a second: CPU used, connections and waiting connections of every node.

    Memory is looked at less often: it takes a look at every connection, and what fills it lasts.
    """

    def sample(second: int) -> None:
        world.ledger.sampled(second, world.nodes)
        if second % _MEMORY_EVERY_S == 0:
            fullest_bytes = max(node.memory_bytes() for node in world.nodes)
            world.memory_peak_bytes = max(world.memory_peak_bytes, fullest_bytes)
        world.engine.at(second + 1.0, sample, second + 1)

    world.engine.at(1.0, sample, 1)


def _drain(world: World, system: System) -> bool:
    """Let what is under way arrive; True when nothing is held any more before the bound."""
    time = world.scenario.time
    end_s = time.measured_until_s + time.drain_s
    while world.engine.now_s < end_s:
        world.engine.run(min(world.engine.now_s + _DRAIN_STEP_S, end_s))
        if not _owing(world, system):
            return True
    return not _owing(world, system)


def _owing(world: World, system: System) -> bool:
    action = world.workload.action
    return any(action[message] == SEND for message, _ in system.pending())


def _judge(world: World, system: System, design: Design, drained: bool) -> History:
    """Close the books: what is still held, bytes, and the facts a reader of the history needs."""
    scenario, ledger = world.scenario, world.ledger
    system.finish()
    for message, person in system.pending():
        ledger.held(message, person)
    for row in system.traffic():
        ledger.carried(*row)
    meta = {
        "design": design.name,
        "scenario": scenario.name,
        "seed": scenario.seed,
        "replication": world.replication,
        "people": world.workload.people,
        "warmup_s": scenario.time.warmup_s,
        "measure_s": scenario.time.measure_s,
        "drain_s": scenario.time.drain_s,
        "horizon_s": scenario.time.measured_until_s + scenario.time.drain_s,
        "end_s": world.engine.now_s,
        "drained": drained,
        "grace_s": scenario.people.grace_s,
        "owed": scenario.people.owed,
        "channels": list(system.channels),
        "cores": scenario.servers.cores,
        "backplane_messages": world.backplane_messages,
        "claims": list(design.claims),
        "exact_people": sum(world.exact),
        "kernel": system.kernel(),
        "memory_peak_bytes": world.memory_peak_bytes,
        "behind_peak": {
            name: process.peak_share(scenario.time.warmup_s, scenario.time.measured_until_s)
            for name, process in world.behind.items()
        },
        "faults": _faults(scenario),
        "fault_cuts": [fault.cuts for fault in scenario.faults],
    }
    if scenario.actions.list.taken_down == "page":
        meta["whole_pages"] = True
    if flooded := floods(scenario.faults):
        meta["floods"] = [[person, start_s, end_s] for person, start_s, end_s, _ in flooded]
    if world.between:  # only a backplane that counts has something to tell
        meta["between"] = dict(sorted(world.between.items()))
    return ledger.history(meta)


def _faults(scenario: Scenario) -> list[dict[str, Any]]:
    """The plan as a reader of the history needs it: what struck, from when to when."""
    nodes = scenario.servers.gateways + scenario.servers.api_nodes
    return [
        {"kind": fault.kind, "start_s": fault.begins_s, "end_s": fault.healed_s(nodes)}
        for fault in scenario.faults
    ]
