"""How long a run will take and how much memory it needs, before it begins: from a short rehearsal.

Each design runs in a process of its own with few people, little time and no faults; what that costs
is drawn out to the work of the whole scenario, which is counted in its workloads: replications may
differ several times, since a few large rooms make most of it. Counted is processor time: a machine
that is busy with other things takes longer. Storms after a fault are left out. Nothing of it
reaches a result.
"""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import process_time
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from sim.errors import InputError
from sim.experiment.runner import ReplicationError, replicate
from sim.experiment.workers import default_workers, obey_parent, start_method
from sim.workload.spec import FixedSizeSpec, ListSizeSpec, SizesSpec, ZipfSpec
from sim.world import WORTH_COMPILING, build_world

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from sim.experiment.runner import Plan
    from sim.scenario.designs import Design
    from sim.scenario.scenario import Scenario

DAY_S: Final = 86_400.0
"""A run that would take longer is refused unless it is wanted anyway."""
SHORT: Final = 2e6
"""Load of a run that is not worth a rehearsal: on a machine of 2026 it takes about a minute."""

_FEW: Final = 1000  # people of a rehearsal at most, drawn ones; larger rooms are cut
_REHEARSED: Final = 160_000.0  # load of a rehearsal at most, but for a few seconds
_LEAST_SPAN_S: Final = 4.0
_REPORT_S: Final = 4.0  # summary, report and plots
_LOOKED_AT: Final = 10  # replications whose workload is counted
_COUNTABLE: Final = 20_000  # people whose workload is drawn in a second
# In person-seconds: a reception, and one more when its packets are simulated one by one.
_RECEPTION: Final = 8.0
_EXACT_RECEPTION: Final = 16.0
_SHARE_OF_RAM: Final = 0.9


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a run of so many replications on so many processes is expected to need."""

    replications: int
    workers: int
    time_s: float
    memory_bytes: float

    def __str__(self) -> str:
        workers = f"{self.workers} worker{_s(self.workers)}"
        return (
            f"about {_time(self.time_s)} on {workers}, {_size(self.memory_bytes)}: "
            f"{self.replications} replication{_s(self.replications)}; Ctrl-C keeps what is finished"
        )

    def refusal(self, memory_bytes: float) -> str | None:
        """Why a machine with so much memory should not begin it; None when it may."""
        workers = f"{self.workers} worker{_s(self.workers)}"
        needs = f"the run would need about {_size(self.memory_bytes)} on {workers}"
        if self.memory_bytes > memory_bytes:
            return (
                f"{needs}, this machine has {_size(memory_bytes)}; allowed: fewer people.count or "
                "--workers, a shorter time.measure_s, or --anyway"
            )
        if self.time_s > DAY_S:
            return (
                f"the run would take about {_time(self.time_s)}; allowed: at most 24 h (fewer "
                "--replications, people.count or time.measure_s), or --anyway"
            )
        return None


class Cost(NamedTuple):
    """Of one replication: processor time, memory of its process before it, and during it."""

    time_s: float
    idle_bytes: float
    memory_bytes: float


Pair = tuple["Scenario", "Scenario"]
"""A rehearsal of the rehearsal, after which everything is imported; and the rehearsal."""
Task = tuple[Pair, "Design", bool]
"""What to rehearse, of which design, and whether the loop runs as it stands."""


def estimate(plan: Plan) -> Estimate | None:
    """What `plan` needs; None if it is short, runs on a cluster, or cannot be rehearsed."""
    scenario, designs = plan.scenario, plan.running
    jobs = len(designs) * scenario.replications
    if plan.cluster is not None or load(scenario) * jobs <= SHORT:
        return None
    workers = min(plan.workers or default_workers(), jobs)
    pair = _rehearsals(scenario)
    plain = not is_worth_compiling(scenario)  # the rehearsal as well, small as it is
    tasks = [(pair, design, plain) for design in designs]
    costs = [one for one in _costs(tasks, workers) if one]
    if len(costs) < len(designs):
        return None  # a mistake that the run itself will tell
    mean, most = _times_the_work(scenario, pair[1])
    time_s = math.fsum(cost.time_s for cost in costs) * mean * scenario.replications
    grown = max(one.idle_bytes + most * (one.memory_bytes - one.idle_bytes) for one in costs)
    memory_bytes = _peak_bytes() + workers * grown
    return Estimate(
        jobs, workers, time_s / min(workers, default_workers()) + _REPORT_S, memory_bytes
    )


def require_fit(found: Estimate) -> None:
    """Raises `InputError` for a run that this machine cannot hold, or that takes days."""
    if reason := found.refusal(_SHARE_OF_RAM * machine_bytes()):
        raise InputError([reason])


def load(scenario: Scenario) -> float:
    """Person-seconds of one replication, weighed with how much people tell each other: a bound."""
    time_ = scenario.time
    whole_s = time_.warmup_s + time_.measure_s + time_.drain_s
    if scenario.trace.file is not None:
        return whole_s + _LOAD_OF_A_BYTE * _bytes_of(scenario.trace.file)
    if scenario.script.rooms:
        return whole_s * scenario.people.count
    actions = scenario.actions
    sends = actions.send.per_person_per_minute * (1.0 + actions.typing.per_send)
    others = actions.seen.per_person_per_minute + actions.list.per_person_per_minute
    return scenario.people.count * whole_s * (1.0 + (sends + others) / 60.0 * _typical(scenario))


_LOAD_OF_A_BYTE: Final = 10.0  # a row of a trace is some 30 bytes, a message


def is_worth_compiling(scenario: Scenario) -> bool:
    """Whether its replications are carried by compiled code (as `sim.world` has it), roughly."""
    return load(scenario) / 5.0 >= WORTH_COMPILING


def brief(scenario: Scenario) -> Scenario:
    """The scenario for a second, with fewer people and without faults."""
    return _rehearsal(_small(scenario), 1.0)


def _times_the_work(scenario: Scenario, rehearsal: Scenario) -> tuple[float, float]:
    """How much more work a replication is than the rehearsal: on average, and at most."""
    if scenario.people.count > _COUNTABLE:
        ratio = load(scenario) / load(rehearsal)
        return ratio, ratio
    looked_at = range(min(scenario.replications, _LOOKED_AT))
    works = [_work(scenario, replication) for replication in looked_at]
    rehearsed = _work(rehearsal, 0)
    return math.fsum(works) / len(works) / rehearsed, max(works) / rehearsed


def _work(scenario: Scenario, replication: int) -> float:
    """What one replication holds, in person-seconds."""
    world = build_world(scenario, replication)
    members = [len(room) for room in world.workload.members]
    exact = [sum(world.exact[person] for person in room) for room in world.workload.members]
    rooms = world.workload.conversation.tolist()
    time_ = scenario.time
    whole_s = time_.warmup_s + time_.measure_s + time_.drain_s
    receptions = sum(members[room] for room in rooms)
    told = _RECEPTION * receptions + _EXACT_RECEPTION * sum(exact[room] for room in rooms)
    return float(world.workload.people * whole_s + told)


def _bytes_of(file: Path) -> float:
    try:
        return float(file.stat().st_size)
    except OSError:
        return math.inf


def _largest(scenario: Scenario) -> int:
    """Members of the largest room there can be."""
    match scenario.conversations.sizes:
        case ZipfSpec(max_size=largest) | FixedSizeSpec(size=largest):
            pass
        case ListSizeSpec(sizes=sizes):
            largest = max(sizes)
        case _:
            largest = 2
    return min(largest, scenario.people.count)


def _typical(scenario: Scenario) -> float:
    """Readers of a message, roughly: groups of drawn sizes are mostly small."""
    largest = _largest(scenario)
    return math.sqrt(largest) if scenario.conversations.sizes.kind == "zipf" else largest


def _small(scenario: Scenario) -> Scenario:
    """The scenario with fewer people, where they are drawn, and rooms that these can fill."""
    if scenario.trace.file is not None or scenario.script.rooms:
        return scenario
    people = min(_FEW, scenario.people.count)
    rooms = scenario.conversations
    return scenario.model_copy(
        update={
            "people": scenario.people.model_copy(update={"count": people}),
            "conversations": rooms.model_copy(update={"sizes": _cut(rooms.sizes, people)}),
        }
    )


def _cut(sizes: SizesSpec, most: int) -> SizesSpec:
    match sizes:
        case FixedSizeSpec():
            return sizes.model_copy(update={"size": min(sizes.size, most)})
        case ListSizeSpec():
            return sizes.model_copy(update={"sizes": tuple(min(one, most) for one in sizes.sizes)})
        case _:
            return sizes


def _span_s(small: Scenario) -> float:
    """Length of the rehearsal, warm-up included."""
    whole_s = small.time.warmup_s + small.time.measure_s
    afford_s = max(_REHEARSED * (whole_s + small.time.drain_s) / load(small), _LEAST_SPAN_S)
    return min(afford_s, whole_s / 2.0)


def _rehearsal(small: Scenario, span_s: float) -> Scenario:
    """The same for so long; its faults would come later."""
    warmup_s = min(small.time.warmup_s, span_s / 4.0)
    time_ = {"warmup_s": warmup_s, "measure_s": span_s - warmup_s, "drain_s": 0.0}
    return small.model_copy(update={"faults": (), "time": small.time.model_copy(update=time_)})


def _rehearsals(scenario: Scenario) -> Pair:
    small = _small(scenario)
    span_s = _span_s(small)
    return _rehearsal(small, span_s / 4.0), _rehearsal(small, span_s)


def _costs(tasks: Sequence[Task], workers: int) -> list[Cost | None]:
    """What each task costs, in a process of its own, as many at a time as there are workers."""
    found: list[Cost | None] = []
    for first in range(0, len(tasks), workers):
        found += _side_by_side(tasks[first : first + workers])
    return found


def _side_by_side(tasks: Sequence[Task]) -> list[Cost | None]:
    context: Any = start_method()  # whose Process the stubs do not know
    ends = [context.Pipe(duplex=False) for _ in tasks]
    started: list[Any] = []
    try:
        for task, (_, told) in zip(tasks, ends, strict=True):
            process = context.Process(target=_tell, args=(told, *task), daemon=True)
            process.start()
            started.append(process)
            told.close()  # so that a process that dies is heard of
        return [_heard(ears) for ears, _ in ends]
    finally:
        for process in started:
            process.terminate()
            process.join()


def _heard(ears: Connection) -> Cost | None:
    try:
        cost: Cost | None = ears.recv()
    except EOFError:
        return None
    return cost


def _tell(told: Connection, *task: Any) -> None:
    """In a process of its own: rehearse and say what it took."""
    obey_parent()
    try:
        told.send(_cost(*task))
    except ReplicationError:
        told.send(None)  # the run itself will say what is wrong


def _cost(pair: Pair, design: Design, plain: bool) -> Cost:
    """The better of two: whatever disturbs a measurement makes it longer."""
    before_bytes = _peak_bytes()
    replicate(pair[0], design, 0, plain=plain)
    idle_bytes = _peak_bytes() - before_bytes
    times_s = []
    for _ in range(2):
        begun_s = process_time()
        replicate(pair[1], design, 0, plain=plain)
        times_s.append(process_time() - begun_s)
    return Cost(min(times_s), idle_bytes, _peak_bytes() - before_bytes)


def _peak_bytes() -> float:
    """The most memory that this process has had.

    By Linux's own account of it: what `getrusage` tells there begins with what the parent had, so
    that a command started by a large program (a notebook) would seem to need nothing.
    """
    try:
        status = Path("/proc/self/status").read_text("ascii", "replace")
        return float(status.partition("VmHWM:")[2].split()[0]) * 1024.0
    except (OSError, LookupError):  # no Linux, or one that does not tell
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024.0


def machine_bytes() -> float:
    """Memory that processes here may use, a container's limit included."""
    try:
        whole = float(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    except (AttributeError, OSError, ValueError):
        return math.inf
    try:
        limit = float(Path("/sys/fs/cgroup/memory.max").read_text("ascii"))
    except (OSError, ValueError):
        return whole
    return min(whole, limit)


def _s(count: int) -> str:
    return "" if count == 1 else "s"


def _time(time_s: float) -> str:
    for unit, length_s in (("days", DAY_S), ("h", 3600.0), ("min", 60.0)):
        if time_s >= 2 * length_s:
            return f"{time_s / length_s:,.0f} {unit}"
    return f"{max(time_s, 1.0):.0f} s"


def _size(size_bytes: float) -> str:
    if size_bytes >= 1e9:
        return f"{size_bytes / 1e9:,.1f} GB"
    return f"{size_bytes / 1e6:,.0f} MB"
