"""All replications of all designs, by several workers, then one result folder.

A job is one design in one replication; it depends on nothing but the scenario and its own number,
so neither the number of workers nor the order of finishing can reach the results. Finished jobs are
stored at once; Ctrl-C keeps them, and so does a full disk or a killed worker. Leaves out what a
replication does (`run`), what is measured (`sim.metrics`) and how it is summed up (`statistics`).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import BrokenExecutor, Executor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from errno import ENOENT
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol

from sim.errors import InputError
from sim.experiment.errors import Interrupted
from sim.experiment.provenance import experiment_key, provenance
from sim.experiment.store import HISTORIES, Results, as_json, draw, publish, require_writable
from sim.experiment.tables import tables
from sim.experiment.work import Work, keep_history
from sim.experiment.workers import Workers, as_they_end
from sim.files.writing import reason
from sim.report.escape import shell
from sim.scenario.designs import Design
from sim.scenario.scenario import Scenario
from sim.scenario.write import to_toml

if TYPE_CHECKING:
    from sim.experiment.stopping import Stop

_MEMORY: Final = "perhaps for lack of memory, of which fewer --workers need less"
Measure = dict[str, Any]
Progress = Callable[[int, int], None]
"""Called with (finished, total): once before the first job and after each."""
Measures = Mapping[str, Sequence[Measure]]
Grow = Callable[[Measures], int]
"""Given every replication so far, by design, says how many there shall be."""


class Study(Protocol):
    """What is asked of a comparison besides, and the designs that are run for it alone."""

    @property
    def name(self) -> str: ...
    @property
    def designs(self) -> tuple[Design, ...]: ...
    def part(self, summary: Mapping[str, Any], measures: Measures) -> dict[str, Any]:
        """What it adds to the summary, given that and the measures of every design that ran."""
        ...


@dataclass(frozen=True, slots=True)
class Plan:
    """What to run, and where the result folder goes.

    `command` repeats the run exactly and is stored; `resume` also finds the folder again.
    `workers` is 0 for one per processor; a `cluster` (address of a Dask scheduler) replaces them.
    `histories` keeps every replication's history (large). Designs of a `study` run, too, and are
    not compared. `stop`: what is enough, where the number of replications is not given.
    `sequential`: what was found says how many there are.
    """

    scenario: Scenario
    designs: tuple[Design, ...]
    out: Path
    command: str
    resume: str
    workers: int = 0
    histories: bool = False
    cluster: str | None = None
    study: Study | None = None
    stop: "Stop | None" = None
    sequential: bool = False

    @property
    def running(self) -> tuple[Design, ...]:
        """Every design that runs."""
        return (*self.designs, *(self.study.designs if self.study else ()))


@dataclass(frozen=True, slots=True)
class Outcome:
    """A finished run: its folder and its summary.

    `resumed` replications were found finished; `damaged` ones were found and had to be run again.
    `undrawn` is why there is no report, which `rtcsim report` makes from the data.
    """

    folder: Path
    summary: dict[str, Any]
    resumed: int = 0
    damaged: int = 0
    undrawn: Exception | None = None

    @property
    def why_undrawn(self) -> str:
        """Why there is no report and how to get one, in one line."""
        error = self.undrawn
        why = (
            reason(error)
            if isinstance(error, OSError)
            else f"{type(error).__name__}: {str(error).partition(chr(10))[0]}"
        )
        redo = f"rtcsim report {shell(str(self.folder))}"
        return f"No report: {why}; the figures are stored in {self.folder}; draw with: {redo}"


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

    @property
    def replications(self) -> int:
        return self.plan.scenario.replications

    @property
    def total(self) -> int:
        return len(self.plan.running) * self.replications

    @property
    def finished(self) -> int:
        return self.total - len(self.jobs)

    def every(self) -> list[_Job]:
        """All jobs, replication by replication, so that designs advance together."""
        numbers = range(self.replications)
        return [_Job(design, number) for number in numbers for design in self.plan.running]

    def take_stock(self) -> None:
        """See what is still to do."""
        self.jobs = [job for job in self.every() if not self._is_done(job)]

    def _is_done(self, job: _Job) -> bool:
        place = self.work.histories(job.design.name, job.replication)
        stored = self.work.get(job.design.name, job.replication) is not None
        return stored and (place.is_dir() or not self.plan.histories)

    def damaged(self) -> int:
        """How many are stored and no longer what was stored."""
        return sum(self.work.is_damaged(job.design.name, job.replication) for job in self.jobs)


def run(
    plan: Plan,
    progress: Progress = lambda finished, total: None,
    grow: Grow | None = None,
) -> Outcome:
    """Run what is not finished yet, sum up, and store the result folder.

    Replications are added for as long as `grow` asks for more of them than there are. Raises
    `InputError` when `plan.out` cannot be written or the system stops the run, saying what is
    kept; `Interrupted` after Ctrl-C, and `ReplicationError` when a replication crashes.
    """
    _require_text(plan)
    require_writable(plan.out)
    key = experiment_key(plan.scenario, plan.running, plan.histories)
    batch = _Batch(plan, Work(plan.out, key))
    with _told(batch), batch.work.opened():
        batch.take_stock()
        resumed, damaged = batch.finished, batch.damaged()
        with Workers(plan.workers, plan.cluster, grow is not None) as workers:
            _run_jobs(batch, progress, workers)
            while grow is not None and (wanted := grow(_measures(batch))) > batch.replications:
                batch.plan = _with_replications(batch.plan, wanted)
                batch.take_stock()
                _run_jobs(batch, progress, workers)
        outcome = replace(_publish(batch), resumed=resumed, damaged=damaged)
        batch.work.discard()
    return outcome


@contextmanager
def measured(
    plan: Plan, workers: Workers, progress: Progress = lambda finished, total: None
) -> Iterator[Measures]:
    """Run what is not finished yet and give the measures of every design; publish nothing.

    What is finished is kept until the block ends well, so that a study of several plans that is
    stopped goes on from there. Raises what `run` raises.
    """
    batch = _Batch(plan, Work(plan.out, experiment_key(plan.scenario, plan.running, False)))
    with _told(batch), batch.work.opened():
        batch.take_stock()
        _run_jobs(batch, progress, workers)
        yield _measures(batch)
        batch.work.discard()


@contextmanager
def _told(batch: _Batch) -> Iterator[None]:
    """Whatever stops a run from outside is told with what is kept and how to go on."""
    try:
        yield
    except KeyboardInterrupt:
        batch.take_stock()
        raise Interrupted(batch.finished, batch.total, batch.plan.resume) from None
    except BrokenExecutor:
        raise _stopped(batch, f"a worker process was killed, {_MEMORY}") from None
    except MemoryError:
        raise _stopped(batch, f"no memory left, {_MEMORY}") from None
    except OSError as error:
        raise _stopped(batch, f"{batch.plan.out}: {reason(error)}") from None


def _stopped(batch: _Batch, what: str) -> InputError:
    batch.take_stock()
    kept = f"{batch.finished} of {batch.total} replications are finished and kept"
    return InputError([f"{what}; {kept}; go on with: {batch.plan.resume}"])


def _require_text(plan: Plan) -> None:
    """Raises `InputError` when a name cannot be stored as text: better now than after the run."""
    for text in (plan.command, plan.resume, to_toml(plan.scenario)):
        try:
            text.encode("utf-8")
        except UnicodeEncodeError as error:
            line = next(one for one in text.splitlines() if text[error.start] in one)
            shown = line.encode("utf-8", "backslashreplace").decode()
            raise InputError([f"{shown}: not UTF-8; allowed: names in UTF-8"]) from None


def _with_replications(plan: Plan, count: int) -> Plan:
    return replace(plan, scenario=plan.scenario.model_copy(update={"replications": count}))


def _run_jobs(batch: _Batch, progress: Progress, workers: Workers) -> None:
    pool = workers.for_jobs(len(batch.jobs))
    done = _here(batch) if pool is None else _in_pool(batch, pool)
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


def _in_pool(batch: _Batch, pool: Executor) -> Iterator[Measure | None]:
    """The same from a pool of processes, in the order of finishing."""
    futures = [
        pool.submit(replicate, batch.plan.scenario, *job, _history_folder(batch, job))
        for job in batch.jobs
    ]
    yield None
    yield from (future.result() for future in as_they_end(futures))


def _history_folder(batch: _Batch, job: _Job) -> Path | None:
    if not batch.plan.histories:
        return None
    return batch.work.histories(job.design.name, job.replication)


def replicate(
    scenario: Scenario, design: Design, replication: int, history_folder: Path | None = None,
    plain: bool | None = None,
) -> Measure:  # fmt: skip
    """Run, measure and judge one replication, keeping its history when there is a folder for it.

    `plain`: as in `run_replication`.

    Raises `ReplicationError` for whatever goes wrong.
    """
    from sim.experiment.gates.verdicts import verdicts
    from sim.experiment.run import run_replication
    from sim.metrics import measure

    try:
        history = run_replication(scenario, design, replication, plain=plain)
        measured = measure(history)
        measured["verdicts"] = verdicts(history, scenario.guarantees)
    except MemoryError:
        raise
    except Exception as error:
        where = f"{design.name}, replication {replication}"
        raise ReplicationError(f"{where}: {type(error).__name__}: {error}") from error
    if history_folder is not None:
        keep_history(history, history_folder)
    return measured


def _publish(batch: _Batch) -> Outcome:
    """Store the data, and only then draw: a drawing may fail."""
    from sim.experiment.summary import digest, summarise

    plan = batch.plan
    measures = _measures(batch)
    compared = {design.name: measures[design.name] for design in plan.designs}
    summary = summarise(plan.scenario, plan.designs, compared, plan.sequential)
    name = plan.scenario.name
    if plan.study is not None:
        summary |= plan.study.part(summary, measures)
        name = "-".join(filter(None, (name, plan.study.name)))
    texts = {
        "scenario.toml": to_toml(plan.scenario),
        "provenance.json": as_json(provenance(plan.scenario, plan.command)),
        **tables(summary),
    }
    results = Results(
        f"{name}-{digest(measures)[:12]}",
        summary,
        [one for found in measures.values() for one in found],
        texts,
        batch.work.folder / HISTORIES if plan.histories else None,
    )
    folder = publish(plan.out, results)
    return Outcome(folder, summary, undrawn=_draw(folder))


def _draw(folder: Path) -> Exception | None:
    from sim.report import write_report

    try:
        draw(folder, write_report)
    except Exception as error:  # noqa: BLE001
        return error
    return None


def _measures(batch: _Batch) -> dict[str, list[Measure]]:
    """Every replication as it was stored, by design, in the order of numbers.

    Raises FileNotFoundError when somebody has removed or changed one since it was stored.
    """
    found: dict[str, list[Measure]] = {design.name: [] for design in batch.plan.running}
    for design, number in batch.every():
        measure = batch.work.get(design.name, number)
        if measure is None:
            raise FileNotFoundError(
                ENOENT, "removed or damaged during the run", str(batch.work.folder)
            )
        found[design.name].append(measure)
    return found
