"""How long a run will take and how much memory it needs, before it begins: from a short rehearsal.

Each design runs in a process of its own with few people, little time and no faults, then for twice
as long. The line through the two costs is drawn out to the load of the whole scenario. Counted is
processor time: a machine that is busy with other things takes longer. Storms after a fault are left
out. Nothing of it reaches a result.
"""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import process_time
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from sim.experiment.errors import InputError
from sim.experiment.runner import (
    ReplicationError,
    default_workers,
    obey_parent,
    replicate,
    start_method,
)
from sim.workload.spec import FixedSizeSpec, ListSizeSpec, SizesSpec, ZipfSpec

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from sim.experiment.designs import Design
    from sim.experiment.runner import Plan
    from sim.experiment.scenario import Scenario

DAY_S: Final = 86_400.0
"""A run that would take longer is refused unless it is wanted anyway."""
SHORT: Final = 2e6
"""Load of a run that is not worth a rehearsal: on a machine of 2026 it takes about a minute."""

_FEW: Final = 1000  # people of a rehearsal at most, drawn ones; larger rooms are cut
_REHEARSED: Final = 80_000.0  # load of the shorter rehearsal at most, but for two seconds
_LEAST_SPAN_S: Final = 2.0
_REPORT_S: Final = 4.0  # summary, report and plots
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
    """Of one replication: processor time, and memory that its process has taken."""

    time_s: float
    memory_bytes: float


Pair = tuple["Scenario", "Scenario"]
"""The shorter rehearsal and the longer one."""
Task = tuple[Pair, "Design"]


def estimate(plan: Plan) -> Estimate | None:
    """What `plan` needs; None if it is short, runs on a cluster, or cannot be rehearsed."""
    scenario, designs = plan.scenario, plan.designs
    jobs = len(designs) * scenario.replications
    if plan.cluster is not None or load(scenario) * jobs <= SHORT:
        return None
    workers = min(plan.workers or default_workers(), jobs)
    pair = _rehearsals(scenario)
    costs = _costs([(pair, design) for design in designs], workers)
    if None in costs:
        return None  # a mistake that the run itself will tell
    steps = (load(scenario) - load(pair[0])) / (load(pair[1]) - load(pair[0]))
    each = [_drawn_out(one, steps) for one in costs if one is not None]
    time_s = math.fsum(cost.time_s for cost in each) * scenario.replications
    memory_bytes = _peak_bytes() + workers * max(cost.memory_bytes for cost in each)
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


def _spans_s(small: Scenario) -> tuple[float, float]:
    """Length of the two rehearsals, warm-up included."""
    whole_s = small.time.warmup_s + small.time.measure_s
    afford_s = max(_REHEARSED * (whole_s + small.time.drain_s) / load(small), _LEAST_SPAN_S)
    short_s = min(afford_s, whole_s / 4.0)
    return short_s, 2.0 * short_s


def _rehearsal(small: Scenario, span_s: float) -> Scenario:
    """The same for so long; its faults would come later."""
    warmup_s = min(small.time.warmup_s, span_s / 4.0)
    time_ = {"warmup_s": warmup_s, "measure_s": span_s - warmup_s, "drain_s": 0.0}
    return small.model_copy(update={"faults": (), "time": small.time.model_copy(update=time_)})


def _rehearsals(scenario: Scenario) -> Pair:
    small = _small(scenario)
    short_s, long_s = _spans_s(small)
    return _rehearsal(small, short_s), _rehearsal(small, long_s)


def _drawn_out(costs: tuple[Cost, Cost], steps: float) -> Cost:
    """The line through two costs, at so many times their distance from the first."""
    short, long = costs
    return Cost(
        *(one + max(other - one, 0.0) * steps for one, other in zip(short, long, strict=True))
    )


def _costs(tasks: Sequence[Task], workers: int) -> list[tuple[Cost, Cost] | None]:
    """What each task costs, in a process of its own, as many at a time as there are workers."""
    found: list[tuple[Cost, Cost] | None] = []
    for first in range(0, len(tasks), workers):
        found += _side_by_side(tasks[first : first + workers])
    return found


def _side_by_side(tasks: Sequence[Task]) -> list[tuple[Cost, Cost] | None]:
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


def _heard(ears: Connection) -> tuple[Cost, Cost] | None:
    try:
        costs: tuple[Cost, Cost] | None = ears.recv()
    except EOFError:
        return None
    return costs


def _tell(told: Connection, pair: Pair, design: Design) -> None:
    """In a process of its own: run both rehearsals and say what they took."""
    obey_parent()
    before_bytes = _peak_bytes()
    try:
        told.send(tuple(_cost(one, design, before_bytes) for one in pair))
    except ReplicationError:
        told.send(None)  # the run itself will say what is wrong


def _cost(scenario: Scenario, design: Design, before_bytes: float) -> Cost:
    """The better of two: whatever disturbs a measurement makes it longer."""
    times_s = []
    for _ in range(2):
        begun_s = process_time()
        replicate(scenario, design, 0)
        times_s.append(process_time() - begun_s)
    return Cost(min(times_s), _peak_bytes() - before_bytes)


def _peak_bytes() -> float:
    """The most memory that this process has had."""
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
