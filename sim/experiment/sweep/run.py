"""Running a sweep: what is finished is taken, the rest computed, the longest first.

A cell is stored as soon as it is finished. Ctrl-C keeps what is stored, and so do a full disk, a
killed worker, a dead scheduler; the same command goes on from there. At the end everything is read
as it was stored, so a sweep that was killed ten times is the same bytes as one that was not.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import BrokenExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias

from sim.errors import InputError
from sim.experiment.errors import Interrupted
from sim.experiment.store import require_writable
from sim.experiment.sweep import pools
from sim.experiment.sweep.dataset import Dataset
from sim.files import locks
from sim.files.locks import Lock
from sim.files.writing import reason

if TYPE_CHECKING:
    from sim.experiment.sweep.plan import Cell, Plan
    from sim.metrics import Measure

_MEMORY: Final = "perhaps for lack of memory, of which fewer --workers need less"


class Pace(NamedTuple):
    """How far a sweep is: cells, and the load of cells, which says more of time."""

    cells: int
    of_cells: int
    load: float
    of_load: float

    def left_s(self, elapsed_s: float, before: Pace) -> float | None:
        """Seconds that the rest will take, by what was done since `before`; None before anything
        was."""
        done = self.load - before.load
        return elapsed_s * (self.of_load - self.load) / done if done > 0 else None


Progress: TypeAlias = Callable[[Pace], None]


@dataclass(slots=True)
class Finished:
    """Every measure of a sweep by its cell's digest; how many were there before, and how many of
    those were damaged and computed again."""

    measures: Mapping[str, Measure]
    resumed: int = 0
    damaged: int = 0


@dataclass(slots=True)
class _Batch:
    """Cells of one sweep and the place of those that are finished."""

    plan: Plan
    dataset: Dataset
    left: list[Cell] = field(default_factory=list)
    every: dict[str, Cell] = field(default_factory=dict)
    found: dict[str, Measure] = field(default_factory=dict)
    damaged: int = 0

    def take_stock(self) -> None:
        """See what is still to compute, the longest first."""
        self.every = {one.digest: one for one in self.plan.cells}
        there = self.dataset.cells()
        stored = [one for one in self.every.values() if one.digest in there]
        read = ((one.digest, self.dataset.get(one.digest)) for one in stored)
        self.found = {digest: measure for digest, measure in read if measure is not None}
        self.damaged = len(stored) - len(self.found)
        left = [one for one in self.every.values() if one.digest not in self.found]
        self.left = sorted(left, key=lambda one: -one.load)

    @property
    def pace(self) -> Pace:
        """Before anything is computed."""
        whole = sum(one.load for one in self.every.values())
        left = sum(one.load for one in self.left)
        return Pace(len(self.every) - len(self.left), len(self.every), whole - left, whole)


def finish(plan: Plan, progress: Progress = lambda pace: None) -> Finished:
    """Compute every cell that is not stored yet, and read all of them.

    Raises `InputError` when something outside stops the sweep, saying what is kept, `Interrupted`
    after Ctrl-C, `ReplicationError` when a replication crashes.
    """
    out = plan.asked.request.out
    require_writable(out)
    batch = _Batch(plan, Dataset(plan.store))
    with _told(batch), _alone(out, plan.key):
        batch.dataset.prepare()
        batch.take_stock()
        resumed, damaged = len(batch.every) - len(batch.left), batch.damaged
        if batch.left:
            _compute(batch, progress)
        return Finished(_read(batch), resumed, damaged)


def _compute(batch: _Batch, progress: Progress) -> None:
    asked = batch.plan.asked
    pace = batch.pace
    with pools.pool(asked.request.workers, asked.dask, len(batch.left)) as pool:
        for cell, content in _begun(pool.results(batch.left), progress, pace):
            batch.dataset.put(cell.digest, content)
            pace = pace._replace(cells=pace.cells + 1, load=pace.load + cell.load)
            progress(pace)


def _begun(results: Iterable[pools.Done], progress: Progress, pace: Pace) -> Iterator[pools.Done]:
    """The results; that work has begun is said first, and not before workers are forked: whatever
    draws then must not be forked along."""
    progress(pace)
    yield from results


def _read(batch: _Batch) -> dict[str, Measure]:
    """Every cell as it was stored. Raises FileNotFoundError where one is there no more."""
    found = {}
    for digest in batch.every:
        measure = batch.found.get(digest) or batch.dataset.get(digest)
        if measure is None:
            place = batch.dataset.place
            raise FileNotFoundError(2, "a cell was removed or damaged during the sweep", place)
        found[digest] = measure
    return found


@contextmanager
def _told(batch: _Batch) -> Iterator[None]:
    """Whatever stops a sweep from outside is told with what is kept and how to go on."""
    try:
        yield
    except KeyboardInterrupt:
        done, of = _kept(batch)
        raise Interrupted(done, of, batch.plan.resume) from None
    except BrokenExecutor:
        raise _stopped(batch, f"a worker process was killed, {_MEMORY}") from None
    except MemoryError:
        raise _stopped(batch, f"no memory left, {_MEMORY}") from None
    except pools.StoppedError as error:
        raise _stopped(batch, str(error)) from None
    except pools.OtherProgramError:
        what = "--dask: a worker has another version of rtcsim, or of what it needs"
        raise _stopped(batch, what) from None
    except OSError as error:
        where = error.filename or batch.dataset.place
        raise _stopped(batch, f"{where}: {reason(error)}") from None


def _stopped(batch: _Batch, what: str) -> InputError:
    done, of = _kept(batch)
    kept = f"{done} of {of} cells are finished and kept"
    return InputError([f"{what}; {kept}; go on with: {batch.plan.resume}"])


def _kept(batch: _Batch) -> tuple[int, int]:
    every = {one.digest for one in batch.plan.cells}
    try:
        there = batch.dataset.cells()
    except OSError:
        return 0, len(every)
    return len(every & there.keys()), len(every)


@contextmanager
def _alone(out: Path, key: str) -> Iterator[None]:
    """No other command runs this very sweep into `out` meanwhile. Raises `InputError`.

    Other sweeps may share its cells: those are put whole, and are the same bytes whoever did.
    """
    place = out / f".sweep-{key[:16]}.lock"
    out.mkdir(parents=True, exist_ok=True)
    while True:
        descriptor = os.open(place, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o666)
        if locks.lock(descriptor) is Lock.TAKEN:
            locks.close(descriptor)
            allowed = "allowed: to wait for it, or another --out"
            raise InputError([f"{out}: the same sweep is running here already; {allowed}"])
        if locks.is_at(descriptor, place):
            break
        locks.close(descriptor)  # somebody has just finished it
    try:
        yield
    finally:
        place.unlink(missing_ok=True)
        locks.close(descriptor)


def by_point(plan: Plan, finished: Finished) -> dict[tuple[int, str], list[dict[str, Any]]]:
    """(point, design) -> measures in the order of replications."""
    found: dict[tuple[int, str], list[dict[str, Any]]] = {}
    for cell in plan.cells:
        measure = finished.measures[cell.digest]
        found.setdefault((cell.point, cell.design.name), []).append(measure)
    return found
