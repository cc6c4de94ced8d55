"""What is timed: bare SimPy, whole runs of the product, idiomatic SimPy, whole commands.

CPU seconds of the process in which they run (`fresh`).
"""

from __future__ import annotations

import gc
import subprocess
import sys
import tracemalloc
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from tempfile import TemporaryDirectory
from time import process_time
from typing import TYPE_CHECKING, Any, Final

from sim.bench.scenario import CONNECTED_S

if TYPE_CHECKING:
    import simpy

    from sim.experiment.run import Design, System
    from sim.scenario.scenario import Scenario
    from sim.world import World

BARE_EVENTS: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Taken:
    """CPU seconds, and how many events or deliveries they were spent on."""

    cpu_s: float
    count: int

    @property
    def each_s(self) -> float:
        """CPU seconds of one."""
        return self.cpu_s / self.count


def bare() -> Taken:
    """One process that waits, again and again, with nothing else pending."""
    import simpy

    env = simpy.Environment()
    env.process(_ticks(env))
    begun_s = process_time()
    env.run()
    return Taken(process_time() - begun_s, BARE_EVENTS)


def _ticks(env: simpy.Environment) -> Generator[simpy.Event, Any, None]:
    for _ in range(BARE_EVENTS):
        yield env.timeout(1.0)


def product(scenario: Scenario, design: Design) -> Taken:
    """A whole run: people come, write and beat; then its history, its digest and all metrics."""
    from sim.experiment.run import run_replication
    from sim.metrics import measure

    begun_s = process_time()
    history = run_replication(scenario, design, 0)
    measure(history)
    return Taken(process_time() - begun_s, len(history.tables["deliveries"]["message"]))


def idiomatic(scenario: Scenario, family: str) -> Taken:
    """The same as processes and resources, with a digest and quantiles of what was delivered."""
    from sim.bench.idiomatic import IDIOMATIC
    from sim.world import build_world

    begun_s = process_time()
    chat = IDIOMATIC[family](build_world(scenario, 0))
    chat.run()
    chat.summary()
    return Taken(process_time() - begun_s, len(chat.deliveries))


class _Looked:
    """A design whose run is looked at once everybody is connected: `traced_bytes` by then."""

    def __init__(self, design: Design) -> None:
        self.name = design.name
        self.claims = design.claims
        self.traced_bytes = 0
        self._design = design

    def build(self, world: World) -> System:
        """The design's own system."""
        world.engine.at(CONNECTED_S, self._look)
        return self._design.build(world)

    def _look(self) -> None:
        gc.collect()
        self.traced_bytes, _ = tracemalloc.get_traced_memory()


def idle_bytes(scenario: Scenario, design: Design) -> int:
    """Bytes that Python and numpy hold when everybody is connected and nobody has written."""
    from sim.experiment.run import run_replication

    looked = _Looked(design)
    tracemalloc.start()
    run_replication(scenario, looked, 0)
    return looked.traced_bytes


def command_cpu_s(words: Sequence[str]) -> float:
    """CPU seconds of a whole `rtcsim` command that writes a result folder, workers included.

    Raises CalledProcessError when the command fails.
    """
    import resource

    with TemporaryDirectory() as folder:
        command = [sys.executable, "-P", "-m", "sim.cli", *words, "--out", folder, "--quiet"]
        subprocess.run(  # noqa: S603 - our own command
            command, stdout=subprocess.DEVNULL, check=True
        )
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime
