"""All measurements of one table, in turns: what slows the machine down meets every variant."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from statistics import fmean
from time import monotonic
from typing import Final

from sim.bench.cells import (
    Cell,
    Designs,
    Sample,
    deliveries,
    growth,
    idle_person_bytes,
    sample,
    warm_up,
)
from sim.bench.fresh import fresh
from sim.bench.programs import command_cpu_s

PARTS: Final = ("deliveries", "growth", "idle", "tiny", "default")
DEFAULT_COMMAND: Final = ("compare",)
TINY_COMMAND: Final = (
    "compare", "--set", "people.count=10", "--set", "time.measure_s=30",
    "--designs", "full-websocket,hybrid", "--replications", "2", "--workers", "1",
)  # fmt: skip

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be measured; `designs` and `weathers` by name, `parts` of PARTS."""

    designs: tuple[str, ...]
    weathers: tuple[str, ...]
    people: int
    rounds: int
    parts: tuple[str, ...] = PARTS

    @property
    def cells(self) -> list[Cell]:
        """Every cell once, in the order of the table."""
        found: list[Cell] = []
        if "deliveries" in self.parts:
            found += deliveries(self.designs, self.weathers, self.people)
        if "growth" in self.parts:
            found += growth(self.designs[0], self.people)
        return list(dict.fromkeys(found))


@dataclass(slots=True)
class Measured:
    """Everything that was found; CPU seconds, bytes of one idle person by design."""

    request: Request
    samples: dict[Cell, list[Sample]] = field(default_factory=dict)
    idle_bytes: dict[str, float] = field(default_factory=dict)
    commands_s: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Step:
    """Something to measure: steps with the same name take about as long."""

    name: str
    do: Callable[[], str]


def measure(found: Measured, known: Designs, tell: Tell) -> None:
    """Measure everything that was asked for into `found`, which holds by any moment what is done.

    `tell` hears of each step and how long the rest will take, roughly. Raises `InputError` when
    there are too few people to tell anything.
    """
    steps = list(_steps(found.request, known, found))
    tell(f"{len(steps)} measurements, each in processes of its own; an estimate follows")
    took_s: dict[str, float] = {}
    for number, step in enumerate(steps, 1):
        begun_s = monotonic()
        said = step.do()
        took_s[step.name] = monotonic() - begun_s
        usual_s = fmean(took_s.values())
        left_s = sum(took_s.get(one.name, usual_s) for one in steps[number:])
        tell(f"{number}/{len(steps)} {step.name}: {said}; about {_minutes(left_s)} left")


def _steps(request: Request, known: Designs, found: Measured) -> Iterator[_Step]:
    for design in request.designs:
        yield _Step(f"{design}, warming up", partial(_warm_up, design, known))
    cells = request.cells
    for turn in range(request.rounds):
        for cell in cells if turn % 2 == 0 else reversed(cells):
            yield _Step(str(cell), partial(_sample, cell, known, found))
    if "idle" in request.parts:
        for design in request.designs:
            yield _Step(f"{design}, idle people", partial(_idle, design, known, found))
    for name, words in (("tiny", TINY_COMMAND), ("default", DEFAULT_COMMAND)):
        if name in request.parts:
            yield _Step(f"rtcsim {' '.join(words)}", partial(_command, name, words, found))


def _warm_up(design: str, known: Designs) -> str:
    warm_up(design, known)
    return "done"


def _sample(cell: Cell, known: Designs, found: Measured) -> str:
    one = sample(cell, known)
    found.samples.setdefault(cell, []).append(one)
    return f"{one.events:.2f} bare events a delivery"


def _idle(design: str, known: Designs, found: Measured) -> str:
    found.idle_bytes[design] = idle_person_bytes(design, found.request.people, known)
    return f"{found.idle_bytes[design]:,.0f} bytes each"


def _command(name: str, words: Sequence[str], found: Measured) -> str:
    found.commands_s[name] = fresh(partial(command_cpu_s, words))
    return f"{found.commands_s[name]:.1f} s of CPU"


def _minutes(left_s: float) -> str:
    return f"{left_s:.0f} s" if left_s < 90.0 else f"{left_s / 60.0:.0f} min"
