"""All replications of all designs, in a pool of processes, then one result folder.

A job is one design in one replication; it depends on nothing but the scenario and its own number,
so neither the number of workers nor the order of finishing can reach the results. Finished jobs are
stored at once; Ctrl-C keeps them. Leaves out what a replication does (`run`), what is measured
(`sim.metrics`) and how it is summed up (`statistics`).
"""

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from importlib import import_module
from multiprocessing.context import BaseContext
from pathlib import Path
from typing import Any, NamedTuple

from sim.experiment.cluster import cluster
from sim.experiment.designs import Design
from sim.experiment.errors import Interrupted
from sim.experiment.provenance import experiment_key, provenance
from sim.experiment.scenario import Scenario
from sim.experiment.store import HISTORIES, Results, Work, as_json, publish, require_writable
from sim.experiment.tables import tables
from sim.experiment.write import to_toml

Measure = dict[str, Any]
Progress = Callable[[int, int], None]
"""Called with (finished, total): once before the first job and after each."""
Measures = Mapping[str, Sequence[Measure]]
Grow = Callable[[Measures], int]
"""Given every replication so far, by design, says how many there shall be."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What to run, and where the result folder goes.

    `command` repeats the run exactly and is stored; `resume` also finds the folder again.
    `workers` is 0 for one per processor; a `cluster` (address of a Dask scheduler) replaces them.
    `histories` keeps every replication's history (large).
    """

    scenario: Scenario
    designs: tuple[Design, ...]
    out: Path
    command: str
    resume: str
    workers: int = 0
    histories: bool = False
    cluster: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """A finished run: its folder, its summary, and how many replications were found finished."""

    folder: Path
    summary: dict[str, Any]
    resumed: int


class ReplicationError(Exception):
    """One replication crashed: a mistake in the program or in a design, not in the input."""


class _Job(NamedTuple):
    design: Design
    replication: int


@dataclass(slots=True)
class _Batch:
    """Jobs of one run that are still to do, and the place of those that are done."""

    plan: Plan
    work: Work
    jobs: list[_Job] = field(default_factory=list)
    total: int = 0

    @property
    def finished(self) -> int:
        return self.total - len(self.jobs)


def run(
    plan: Plan,
    progress: Progress = lambda finished, total: None,
    grow: Grow = lambda measures: 0,
) -> Outcome:
    """Run what is not finished yet, sum up, and store the result folder.

    Replications are added for as long as `grow` asks for more of them than there are. Raises
    `InputError` when `plan.out` cannot be written, `Interrupted` after Ctrl-C, and
    `ReplicationError` when a replication crashes.
    """
    require_writable(plan.out)
    batch = _batch(plan)
    resumed = batch.finished
    batch.work.open()
    try:
        _run_jobs(batch, progress)
        while (wanted := grow(_measures(batch))) > batch.plan.scenario.replications:
            batch = _batch(_with_replications(batch.plan, wanted))
            _run_jobs(batch, progress)
        outcome = _publish(batch, resumed)
    except KeyboardInterrupt:
        batch.jobs = _unfinished(batch.plan, batch.work)
        raise Interrupted(batch.finished, batch.total, plan.resume) from None
    finally:
        batch.work.discard_if_empty()
    batch.work.discard()
    return outcome


def default_workers() -> int:
    """Processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _batch(plan: Plan) -> _Batch:
    work = Work(plan.out, experiment_key(plan.scenario, plan.designs, plan.histories))
    total = len(plan.designs) * plan.scenario.replications
    return _Batch(plan, work, _unfinished(plan, work), total)


def _with_replications(plan: Plan, count: int) -> Plan:
    return replace(plan, scenario=plan.scenario.model_copy(update={"replications": count}))


def _unfinished(plan: Plan, work: Work) -> list[_Job]:
    """Jobs still to do, replication by replication, so that designs advance together."""
    return [
        _Job(design, replication)
        for replication in range(plan.scenario.replications)
        for design in plan.designs
        if work.get(design.name, replication) is None
    ]


def _run_jobs(batch: _Batch, progress: Progress) -> None:
    workers = min(batch.plan.workers or default_workers(), max(1, len(batch.jobs)))
    alone = workers == 1 and batch.plan.cluster is None
    done = _here(batch) if alone else _in_pool(batch, workers)
    finished = batch.finished
    for measure in done:
        if measure is not None:
            batch.work.put(measure)
            finished += 1
        progress(finished, batch.total)


def _here(batch: _Batch) -> Iterator[Measure | None]:
    """Measures of the jobs, run in this process; None first, to say that work begins."""
    yield None
    for job in batch.jobs:
        yield replicate(batch.plan.scenario, *job, _history_folder(batch, job))


def _in_pool(batch: _Batch, workers: int) -> Iterator[Measure | None]:
    """The same from a pool of processes, in the order of finishing."""
    # All workers start at the first submission, before whoever is told starts a thread to draw,
    # and with everything imported, whatever happens to the source files meanwhile.
    import_module("sim.experiment.run")
    import_module("sim.metrics")
    address = batch.plan.cluster
    with cluster(address) if address else processes(workers) as pool:
        futures = [
            pool.submit(replicate, batch.plan.scenario, *job, _history_folder(batch, job))
            for job in batch.jobs
        ]
        yield None
        yield from _results(futures)


def _results(futures: Iterable[Future[Measure]]) -> Iterator[Measure]:
    for future in as_completed(futures):
        yield future.result()


@contextmanager
def processes(workers: int) -> Iterator[ProcessPoolExecutor]:
    """A pool that is gone at once when the block is left by an exception."""
    others = multiprocessing.active_children()
    pool = ProcessPoolExecutor(workers, mp_context=_context(), initializer=_obey_parent)
    try:
        yield pool
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        for process in multiprocessing.active_children():
            if process not in others:
                process.terminate()
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def _context() -> BaseContext:
    # Forked workers have everything imported; on other systems forking is not safe with threads.
    return multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")


def _obey_parent() -> None:
    """In a worker: the parent alone decides what Ctrl-C means, and nobody outlives the parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _history_folder(batch: _Batch, job: _Job) -> Path | None:
    if not batch.plan.histories:
        return None
    return batch.work.histories(job.design.name, job.replication)


def replicate(
    scenario: Scenario, design: Design, replication: int, history_folder: Path | None = None
) -> Measure:
    """Run, measure and judge one replication, keeping its history when there is a folder for it.

    Raises `ReplicationError` for whatever goes wrong.
    """
    from sim.experiment.gates.spec import verdicts
    from sim.experiment.run import run_replication
    from sim.metrics import measure

    try:
        history = run_replication(scenario, design, replication)
        if history_folder is not None:
            history_folder.parent.mkdir(parents=True, exist_ok=True)
            history.write(history_folder)
        measured = measure(history)
        measured["verdicts"] = verdicts(history, scenario.guarantees)
    except Exception as error:
        where = f"{design.name}, replication {replication}"
        raise ReplicationError(f"{where}: {type(error).__name__}: {error}") from error
    return measured


def _publish(batch: _Batch, resumed: int) -> Outcome:
    from sim.experiment.summary import summarise
    from sim.report import write_report

    plan = batch.plan
    measures = _measures(batch)
    summary = summarise(plan.scenario, plan.designs, measures)
    texts = {
        "scenario.toml": to_toml(plan.scenario),
        "provenance.json": as_json(provenance(plan.scenario, plan.command)),
        **tables(summary),
    }
    results = Results(
        f"{plan.scenario.name}-{summary['digest'][:12]}",
        summary,
        [one for found in measures.values() for one in found],
        texts,
        batch.work.folder / HISTORIES if plan.histories else None,
    )
    return Outcome(publish(plan.out, results, write_report), summary, resumed)


def _measures(batch: _Batch) -> dict[str, list[Measure]]:
    """Every replication as it was stored, by design, in the order of numbers."""
    numbers = range(batch.plan.scenario.replications)
    found = {
        design.name: [batch.work.get(design.name, number) for number in numbers]
        for design in batch.plan.designs
    }
    return {name: [one for one in row if one is not None] for name, row in found.items()}
