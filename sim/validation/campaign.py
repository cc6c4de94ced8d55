"""Runs the twins of all measured cells, replication by replication, in a pool of processes.

A job is one replication of one twin and returns plain numbers; nothing depends on the order of
finishing. Leaves out what a good prediction is (`compare`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from sim.errors import InputError
from sim.experiment.workers import as_they_end, default_workers, processes
from sim.scenario.designs import Design, pick
from sim.scenario.load import Source, check, parse
from sim.scenario.scenario import Scenario
from sim.validation import runs, twins
from sim.validation.conflict import OneClientId
from sim.validation.measured import Floats, Measurements, Row
from sim.validation.quantities import (
    Outage,
    comebacks,
    kernel,
    latencies_ms,
    per_side,
    takeovers,
)
from sim.validation.shift import moment_s, outages_shifted, shifted

Progress = Callable[[int, int], None]
Designs = Mapping[str, Design]


@dataclass(frozen=True, slots=True)
class Cell:
    """A twin ready to run, and the rows of the tables that it predicts."""

    name: str
    kind: str  # "latency", "outages", "conflict" or "storm"
    rows: tuple[Row, ...]
    scenario: Scenario
    design: Design
    outages: tuple[Outage, ...] = ()


@dataclass(slots=True)
class Prediction:
    """What the replications of one twin said, in the order of their numbers."""

    cell: Cell
    latencies_ms: list[Floats] = field(default_factory=list)
    kernel: list[dict[str, float]] = field(default_factory=list)
    sides: dict[str, list[dict[str, float]]] = field(default_factory=dict)
    digests: list[str] = field(default_factory=list)
    """Of what each said: see `sim.validation.runs`."""

    @property
    def replications(self) -> int:
        """How many runs stand behind it."""
        return len(self.kernel)


def cells(found: Measurements, designs: Designs, wanted: Sequence[str] = ()) -> list[Cell]:
    """The cells of some tables whose names contain one of `wanted`, all without any.

    A cell whose design does not exist here is left out. Raises `InputError` for names of no cell,
    and for what `twins` cannot make.
    """
    every = [*_latency_cells(found), *_outage_cells(found), *_reconnecting_cells(found)]
    chosen = [one for one in every if _is_wanted(one[0].name, wanted)]
    if wanted and not chosen:
        names = ", ".join(twin.name for twin, _, _ in every)
        raise InputError([f"--cells {','.join(wanted)}: no such cell; allowed: {names}"])
    loaded = (_load(twin, kind, rows, designs) for twin, kind, rows in chosen)
    return [one for one in loaded if one is not None]


def _is_wanted(name: str, wanted: Sequence[str]) -> bool:
    return not wanted or any(word in name for word in wanted)


_Found = tuple[twins.Twin, str, tuple[Row, ...]]


def _latency_cells(found: Measurements) -> Iterator[_Found]:
    for row in found.of("latency"):
        yield _own(row) or twins.latency(row), "latency", (row,)


def _outage_cells(found: Measurements) -> Iterator[_Found]:
    campaigns: dict[tuple[str, ...], list[Row]] = {}
    for row in found.of("outages"):
        key = tuple(row[column] for column in ("fault", "cell", "down_s", "up_s"))
        campaigns.setdefault(key, []).append(row)
    for rows in campaigns.values():
        twin = twins.outages(tuple(rows))
        own = _own(rows[0])
        yield replace(own, outages=twin.outages) if own else twin, "outages", tuple(rows)


def _reconnecting_cells(found: Measurements) -> Iterator[_Found]:
    for row in found.of("id_conflict"):
        yield _own(row) or twins.conflict(row), "conflict", (row,)
    for row in found.of("reconnect_storm"):
        twin, own = twins.storm(row), _own(row)
        yield replace(own, outages=twin.outages) if own else twin, "storm", (row,)


def _own(row: Row) -> twins.Twin | None:
    """The twin that a row names itself, by the file in its column `scenario`."""
    file = row.get("scenario")
    if not file:
        return None
    try:
        return twins.Twin(Path(file).stem, Path(file).read_text("utf-8"))
    except OSError as error:
        raise InputError([f"scenario {file}: cannot be read: {error.strerror}"]) from None


def _load(twin: twins.Twin, kind: str, rows: tuple[Row, ...], designs: Designs) -> Cell | None:
    source = Source(f"{twin.name}.toml", twin.text, Path.cwd())
    variants = parse(source).get("variants", {})
    if any(one.get("base") not in designs for one in variants.values()):
        return None
    scenario = check(source, designs)
    (design,) = pick(scenario.designs[:1], designs, scenario.variants)
    if kind == "conflict":
        design = OneClientId(design)
    return Cell(twin.name, kind, rows, scenario, design, twin.outages)


@dataclass(frozen=True, slots=True)
class Effort:
    """How often and how wide: 0 replications for each cell's own number, 0 workers for all."""

    replications: int = 0
    workers: int = 0
    seed: int | None = None


def run(
    chosen: Sequence[Cell], effort: Effort, progress: Progress = lambda done, total: None
) -> list[Prediction]:
    """Run every replication of every cell; predictions come in the order of the cells."""
    jobs = [
        (place, replication)
        for place, cell in enumerate(chosen)
        for replication in range(effort.replications or cell.scenario.replications)
    ]
    done: dict[tuple[int, int], dict[str, Any]] = {}
    for count, (job, found) in enumerate(_results(chosen, jobs, effort), 1):
        done[job] = found
        progress(count, len(jobs))
    predictions = [Prediction(cell) for cell in chosen]
    for place, replication in sorted(done):
        _add(predictions[place], done[place, replication])
    return predictions


def _results(
    chosen: Sequence[Cell], jobs: Sequence[tuple[int, int]], effort: Effort
) -> Iterator[tuple[tuple[int, int], dict[str, Any]]]:
    workers = min(effort.workers or default_workers(), max(1, len(jobs)))
    if workers == 1:
        for place, replication in jobs:
            yield (place, replication), predict(_seeded(chosen[place], effort), replication)
        return
    with processes(workers) as pool:
        # The dearest first, so that no worker is left with a long one at the end.
        order = sorted(jobs, key=lambda job: chosen[job[0]].kind != "latency")
        futures = {
            pool.submit(predict, _seeded(chosen[place], effort), replication): (place, replication)
            for place, replication in order
        }
        for future in as_they_end(futures):
            yield futures[future], future.result()


def _seeded(cell: Cell, effort: Effort) -> Cell:
    if effort.seed is None:
        return cell
    return replace(cell, scenario=cell.scenario.model_copy(update={"seed": effort.seed}))


def predict(cell: Cell, replication: int) -> dict[str, Any]:
    """One replication of a twin, as plain numbers (in a worker)."""
    from sim.experiment.run import run_replication

    by_s = moment_s(cell.scenario, replication)
    history = run_replication(shifted(cell.scenario, by_s), cell.design, replication)
    found: dict[str, Any] = {"kernel": kernel(history)}
    if cell.kind == "latency":
        found["latencies_ms"] = np.sort(latencies_ms(history)).astype("f4")
    elif cell.kind == "outages":
        found["sides"] = per_side(history, outages_shifted(cell.outages, by_s))
    elif cell.kind == "conflict":
        found["sides"] = {"all": takeovers(history)}
    else:
        found["sides"] = {"all": comebacks(history, cell.outages[0].end_s + by_s)}
    return found


def _add(prediction: Prediction, found: dict[str, Any]) -> None:
    prediction.digests.append(runs.digest(found))
    prediction.kernel.append(found["kernel"])
    if "latencies_ms" in found:
        prediction.latencies_ms.append(found["latencies_ms"].astype("f8"))
    for side, quantities in found.get("sides", {}).items():
        prediction.sides.setdefault(side, []).append(quantities)
