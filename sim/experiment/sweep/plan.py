"""Everything a sweep is to run, checked: its points, the scenario and the designs of each, cells.

Leaves out running them (`run`) and what is made of them (`summary`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial, reduce
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from sim.errors import InputError
from sim.experiment.estimate import load as load_of
from sim.experiment.footing import line_up
from sim.experiment.provenance import experiment_key
from sim.experiment.request import Request, command_line
from sim.experiment.sweep import axes as swept_axes
from sim.experiment.sweep.axes import OPTIONS, Axis, Number
from sim.experiment.sweep.dataset import Dataset
from sim.experiment.sweep.points import Points, Sample, points
from sim.metrics import HEADLINE, METRICS
from sim.report import wording
from sim.report.escape import shell
from sim.scenario.designs import Design, nearest, pick
from sim.scenario.load import changed, check, open_scenario
from sim.scenario.places import Change
from sim.scenario.scenario import Scenario
from sim.scenario.schema import child

if TYPE_CHECKING:
    from sim.scenario.places import Source

SWEEPS_OUT: Final = Path("results/sweeps")
MOST_CELLS: Final = 1_000_000
MOST_SAID: Final = 20  # mistakes; as many points may make one each
_DIGEST: Final = 40  # hexadecimal digits: 160 bits
# What a replication of one design does not depend on.
_BESIDE: Final[Mapping[str, Any]] = {
    "question": "",
    "decides": (),
    "guarantees": (),
    "margins": {},
    "variants": {},
    "replications": 1,
    "footing": "shipped",
}
_OF_ALL_POINTS: Final = {*_BESIDE, "seed"} - {"variants"}


class Cell(NamedTuple):
    """One design at one point in one replication; `load` is what it costs, in person-seconds."""

    digest: str
    point: int
    scenario: Scenario
    design: Design
    replication: int
    load: float


@dataclass(frozen=True, slots=True)
class Asked:
    """What a sweep is asked for besides a run (`request`): what is swept, how, and which figures.

    `store` is the place of cells, a folder or a URL; "" for `cells` in the folder of results.
    `dask`: address of a scheduler, or "local", instead of local processes.
    """

    over: Mapping[str, str | Sequence[Number]] | Sequence[str]
    request: Request
    sample: str = Sample.GRID
    points: int | None = None
    metrics: tuple[str, ...] = ()
    store: str = ""
    dask: str | None = None


@dataclass(frozen=True)
class Plan:
    """A sweep that is to be run; `designs` are as they are named, before any option is swept."""

    asked: Asked
    scenario: Scenario
    axes: tuple[Axis, ...]
    sample: Sample
    points: Points
    designs: tuple[Design, ...]
    metrics: tuple[str, ...]
    cells: tuple[Cell, ...] = field(repr=False)
    command: str
    resume: str

    @property
    def store(self) -> str:
        """The place of cells."""
        return self.asked.store or str(self.asked.request.out / "cells")

    @cached_property
    def key(self) -> str:
        """Digest of all cells and of what is asked of them."""
        asked = [*(one.word for one in self.axes), self.sample, *self.metrics]
        every = sorted(one.digest for one in self.cells)
        return sha256("\n".join([*asked, *every]).encode()).hexdigest()


def planned(scenario: str, asked: Asked, known: Mapping[str, Design]) -> Plan:
    """Check everything that is to run. Raises `InputError` with every mistake."""
    wrong: list[str] = []
    swept = _or_wrong(lambda: swept_axes.axes(asked.over), wrong)
    metrics = _or_wrong(lambda: require_metrics(asked.metrics), wrong)
    sample = _or_wrong(lambda: sample_called(asked.sample), wrong)
    _or_wrong(Dataset(asked.store).require_known, wrong)
    source = open_scenario(scenario)
    changes = asked.request.all_changes
    base = _or_wrong(lambda: check(source, known, changes), wrong)
    chosen = None
    if swept is not None and base is not None:
        swept = _or_wrong(lambda: _of_points(swept, base), wrong)
    if swept is not None and sample is not None:
        seed = base.seed if base is not None else 0
        chosen = _or_wrong(lambda: points(swept, sample, asked.points, seed), wrong)
    worlds = None
    if swept is not None and chosen is not None:
        world = _World(source, changes, known, asked.request.designs or ())
        worlds = _or_wrong(lambda: _worlds(world, swept, chosen.values), wrong)
    if wrong or worlds is None or chosen is None:
        raise InputError(dict.fromkeys(wrong))
    cells = tuple(_cells(worlds))
    if len(cells) > MOST_CELLS:
        fewer = "with fewer points, designs or --replications"
        raise InputError([f"{len(cells):,} cells; allowed: at most {MOST_CELLS:,}, {fewer}"])
    repeat = _command(scenario, asked, swept, base.seed)
    designs = _designs(base, known)
    names = metrics or base.decides or HEADLINE
    resume = _resume(repeat, asked)
    return Plan(asked, base, swept, sample, chosen, designs, names, cells, repeat, resume)


def _of_points(swept: Sequence[Axis], base: Scenario) -> tuple[Axis, ...]:
    """The axes, steps of keys that hold any number not rounded, however their ends are written.

    Raises `InputError` for keys that cannot be another at each point.
    """
    if wrong := [
        f"--over {one.key}: is the same at all points; allowed: --set {one.key}=VALUE"
        for one in swept
        if one.key.partition(".")[0] in _OF_ALL_POINTS
    ]:
        raise InputError(wrong)
    data: Any = base.model_dump()
    held = [reduce(child, _change(one.key, 0).location, data) for one in swept]
    return tuple(
        one.unrounded() if isinstance(value, float) else one
        for one, value in zip(swept, held, strict=True)
    )


def sample_called(name: str) -> Sample:
    """The way to choose points called so. Raises `InputError`."""
    known = [one.value for one in Sample]
    if name not in known:
        allowed = f"allowed: {', '.join(known)}{nearest(name, known)}"
        raise InputError([f"--sample {name:.60}: {allowed}"])
    return Sample(name)


def require_metrics(names: Sequence[str]) -> tuple[str, ...]:
    """The metrics called so, by their names or by the words that head their columns.

    Raises `InputError` for what is no metric, or is better neither higher nor lower.

    >>> require_metrics(["lost", "latency_p50"])
    ('loss_pressed', 'latency_p50')
    """
    known = [one.name for one in METRICS if one.better != "none"]
    short = {wording.label(name).short: name for name in reversed(known)}
    found = [short.get(name, name) for name in names]
    wrong = [
        f"--metric: unknown '{name:.60}'; allowed: {', '.join(known)}{nearest(name, known)}"
        for name in found
        if name not in known
    ]
    if wrong:
        raise InputError(wrong)
    return tuple(dict.fromkeys(found))


def _or_wrong(make: Any, wrong: list[str]) -> Any:
    """What is made; None, with the mistakes added to `wrong`."""
    try:
        return make()
    except InputError as error:
        wrong += error.messages
        return None


class _World(NamedTuple):
    """What points are made of; `designs` are those that were asked for, if any were."""

    source: Source
    changes: Sequence[Change]
    known: Mapping[str, Design]
    designs: Sequence[str]


def _worlds(
    world: _World, swept: Sequence[Axis], values: Sequence[Sequence[Number]]
) -> list[tuple[Scenario, tuple[Design, ...]]]:
    """The scenario and the designs of every point. Raises `InputError` with what cannot be."""
    keys = [one.key for one in swept]
    found, wrong = [], dict[str, None]()
    for row in values:
        at = dict(zip(keys, row, strict=True))
        options = {key: value for key, value in at.items() if key.startswith(OPTIONS)}
        own = [_change(key, value) for key, value in at.items() if key not in options]
        designs = tuple(world.known[one] for one in world.designs if one in world.known)
        scenario = None
        try:
            scenario = check(world.source, world.known, [*world.changes, *own])
            designs = _designs(scenario, world.known)
        except InputError as error:
            wrong |= dict.fromkeys(error.messages)
        mistakes: list[str] = []
        made = [_or_wrong(partial(_with_options, one, options), mistakes) for one in designs]
        wrong |= dict.fromkeys(mistakes)
        if scenario is not None and not mistakes:
            found.append((scenario, tuple(made)))
        if len(wrong) >= MOST_SAID:
            break
    if wrong:
        raise InputError(wrong)
    return found


def _designs(scenario: Scenario, known: Mapping[str, Design]) -> tuple[Design, ...]:
    """The designs to compare: as shipped, unless equal footing alone is asked for."""
    picked = pick(scenario.designs, known, scenario.variants)
    return line_up(scenario, picked)[0] if scenario.footing == "equal" else picked


def _change(key: str, value: Number) -> Change:
    made = changed(key, value)
    return Change(made.location, made.value, f"--over {key}", f"{key}={value}")


def _with_options(design: Design, given: Mapping[str, Number]) -> Design:
    """The design under its own name with these options. Raises `InputError`."""
    if not given:
        return design
    changes: dict[str, Any] = {}
    for key, value in given.items():
        *path, last = key.removeprefix(OPTIONS).split(".")
        here = changes
        for name in path:
            here = here.setdefault(name, {})
        here[last] = value
    try:
        return design.variant(design.name, changes)
    except (TypeError, ValueError) as error:
        told = getattr(error, "problems", None) or [(", ".join(given), str(error))]
        raise InputError(f"--over {OPTIONS}{at.removeprefix(OPTIONS)}: {design.name}: {message}"
                         for at, message in told) from None  # fmt: skip


def _cells(worlds: Sequence[tuple[Scenario, tuple[Design, ...]]]) -> Iterator[Cell]:
    """Every cell, point by point."""
    for place, (scenario, designs) in enumerate(worlds):
        load = load_of(scenario)
        for design in designs:
            alone = scenario.model_copy(
                update={**_BESIDE, "name": "cell", "designs": (design.name,)}
            )
            key = experiment_key(alone, [design], histories=False)
            for number in range(scenario.replications):
                digest = sha256(f"{key} {number}".encode()).hexdigest()[:_DIGEST]
                yield Cell(digest, place, alone, design, number, load)


def _command(scenario: str, asked: Asked, swept: Sequence[Axis], seed: int) -> str:
    """The command that repeats the sweep exactly."""
    words = [word for one in swept for word in ("--over", one.word)]
    words += ["--sample", str(asked.sample)] if asked.sample != Sample.GRID else []
    words += ["--points", str(asked.points)] if asked.points is not None else []
    words += [word for one in asked.metrics for word in ("--metric", one)]
    base = command_line("sweep", scenario, asked.request, seed)
    return " ".join([base, *map(shell, words)])


def _resume(repeat: str, asked: Asked) -> str:
    """The same with what it takes to find its cells again."""
    words = []
    if asked.request.out != SWEEPS_OUT:
        words += ["--out", str(asked.request.out)]
    words += ["--store", asked.store] if asked.store else []
    words += ["--dask", asked.dask] if asked.dask else []
    words += ["--anyway"] if asked.request.anyway else []
    return " ".join([repeat, *map(shell, words)])
