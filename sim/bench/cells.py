"""A cell: one figure of the table, and how it is measured once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple

from sim.bench.fresh import fresh
from sim.bench.idiomatic import IDIOMATIC
from sim.bench.programs import Taken, bare, idiomatic, idle_bytes, product
from sim.bench.scenario import FEW_PER_MINUTE, MANY_PER_MINUTE, scenario
from sim.errors import InputError

if TYPE_CHECKING:
    from sim.scenario.designs import Design

COMPILED: Final = "compiled"
PLAIN: Final = "not compiled"
IDIOMATIC_SIMPY: Final = "idiomatic SimPy"
CALM: Final = "calm"
LOSS: Final = "loss"
GROWTH: Final = 10  # times as many people

Designs = Mapping[str, "Design"]


@dataclass(frozen=True, slots=True)
class Cell:
    """What a delivery costs one variant of one design, in one kind of weather, at one size."""

    variant: str
    design: str
    weather: str
    people: int

    def __str__(self) -> str:
        return f"{self.design}, {self.weather}, {self.variant}, {self.people:,} people"


class Sample(NamedTuple):
    """One measurement of a cell: CPU seconds of a bare event beside it, and of a delivery."""

    bare_s: float
    delivery_s: float

    @property
    def events(self) -> float:
        """A delivery in bare SimPy events."""
        return self.delivery_s / self.bare_s


def deliveries(designs: Sequence[str], weathers: Sequence[str], people: int) -> list[Cell]:
    """Every cell of the table: the product compiled and not, idiomatic SimPy where it is calm."""
    found = []
    for design in designs:
        for weather in weathers:
            found += [Cell(variant, design, weather, people) for variant in (COMPILED, PLAIN)]
            if weather == CALM and design in IDIOMATIC:
                found.append(Cell(IDIOMATIC_SIMPY, design, weather, people))
    return found


def growth(design: str, people: int) -> list[Cell]:
    """The same with few people and with many."""
    return [Cell(COMPILED, design, CALM, count) for count in (people, GROWTH * people)]


def sample(cell: Cell, known: Designs) -> Sample:
    """Measure a cell: bare events, few messages and many, each in a process of its own.

    Raises `InputError` when there are too few people to tell.
    """
    beside = fresh(bare)
    few, many = (_run(cell, known, rate) for rate in (FEW_PER_MINUTE, MANY_PER_MINUTE))
    more = many.count - few.count
    if more <= 0:
        raise InputError([f"--people {cell.people}: no more deliveries with more messages"])
    return Sample(beside.each_s, (many.cpu_s - few.cpu_s) / more)


def _run(cell: Cell, known: Designs, per_minute: float) -> Taken:
    world = scenario(known, cell.people, cell.weather, per_minute)
    call: Callable[[], Taken]
    if cell.variant == IDIOMATIC_SIMPY:
        call = partial(idiomatic, world, cell.design)
    else:
        call = partial(product, world, known[cell.design])
    return fresh(call, plain=cell.variant == PLAIN)


def idle_person_bytes(design: str, people: int, known: Designs) -> float:
    """Bytes of one more person who is connected and idle: half of the people against all.

    Where packets get lost, since luck takes memory, too.
    """
    half = people // 2
    few, many = (
        fresh(partial(idle_bytes, scenario(known, count, LOSS, 0.0), known[design]))
        for count in (half, 2 * half)
    )
    return (many - few) / half


def warm_up(design: str, known: Designs) -> None:
    """Whatever is compiled once after installation is compiled now."""
    fresh(partial(product, scenario(known, 42, CALM, FEW_PER_MINUTE), known[design]))
