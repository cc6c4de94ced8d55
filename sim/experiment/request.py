"""What is asked for besides a scenario, as values: of the command and of the library alike.

The command parses what was typed into a `Request`, the library makes one of Python values; from
there on both do the same: a checked `Plan`, its execution, and the command that repeats it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sim.errors import InputError
from sim.report.escape import shell

if TYPE_CHECKING:
    from sim.experiment.runner import Outcome, Plan, Progress
    from sim.experiment.stopping import Stop
    from sim.scenario.designs import Design
    from sim.scenario.places import Change

DEFAULT_OUT: Final = Path("results/runs")


@dataclass(frozen=True, slots=True)
class Request:
    """What decides a run besides the scenario (the first six), and how it is to be run.

    `stop`, when given, decides how many replications there are.
    `changes` are those of other keys than the first five. `typed`: what is wrong is blamed on
    flags of the command line. `anyway`: also what does not fit this machine or takes days.
    """

    designs: tuple[str, ...] | None = None
    seed: int | None = None
    replications: int | None = None
    trace: Path | None = None
    footing: str | None = None
    changes: tuple[Change, ...] = ()
    workers: int = 0
    cluster: str | None = None
    out: Path = DEFAULT_OUT
    histories: bool = False
    anyway: bool = False
    typed: bool = False
    stop: Stop | None = None

    @property
    def all_changes(self) -> list[Change]:
        """Everything that differs from the scenario's file. Raises `InputError` for the trace."""
        made = [*self.changes]
        if self.designs is not None:
            made.append(self._change(("designs",), [*self.designs], "designs"))
        if self.seed is not None:
            made.append(self._change(("seed",), self.seed, "seed"))
        if self.replications is not None:
            made.append(self._change(("replications",), self.replications, "replications"))
        if self.footing is not None:
            made.append(self._change(("footing",), self.footing, "footing"))
        if self.trace is not None:
            made.append(self._change(("trace", "file"), str(self.trace), "trace"))
            if not any(one.location == ("time", "measure_s") for one in made):
                made.append(self._change(("time", "measure_s"), _span_s(self.trace), "trace"))
        return made

    def _change(self, location: tuple[str, ...], value: Any, name: str) -> Change:
        from sim.scenario.places import Change

        return Change(location, value, f"--{name}" if self.typed else name)


def planned(command: str, scenario: str, asked: Request, known: Mapping[str, Design]) -> Plan:
    """Everything that is to run, checked. Raises `InputError`."""
    from sim.experiment.footing import line_up
    from sim.experiment.runner import Plan
    from sim.scenario.designs import pick
    from sim.scenario.load import load

    loaded = load(scenario, known, asked.all_changes)
    if command != "compare" and asked.footing is None:
        loaded = loaded.model_copy(update={"footing": "shipped"})
    repeat = command_line(command, scenario, asked, loaded.seed)
    designs, study = line_up(loaded, pick(loaded.designs, known, loaded.variants))
    if asked.stop and asked.stop.decided and len(designs) < 2:
        flag = "--until decided" if asked.typed else "decided"
        raise InputError([f"{flag}: one design; allowed: two or more, or a precision"])
    return Plan(
        scenario=loaded,
        designs=designs,
        out=asked.out,
        command=repeat,
        resume=resume_line(repeat, asked),
        workers=asked.workers,
        histories=asked.histories,
        cluster=asked.cluster,
        study=study,
        stop=asked.stop,
        sequential=asked.stop is not None,
    )


def execute(plan: Plan, anyway: bool, tell: Callable[[str], None], progress: Progress) -> Outcome:
    """Run the plan once it is clear that it fits; `tell` is told how long a long run will take.

    Raises `InputError` for a run that cannot fit, unless it is to run `anyway`.
    """
    from sim.experiment.footing import tables
    from sim.experiment.runner import run
    from sim.experiment.store import require_writable

    require_writable(plan.out)  # before a rehearsal, which may take a minute
    look_ahead(plan, anyway, tell)
    if plan.stop is None:
        return run(plan, progress)
    return run(plan, progress, plan.stop.grow(plan.scenario, tables(plan.designs, plan.study)))


def look_ahead(plan: Plan, anyway: bool, tell: Callable[[str], None]) -> None:
    """Load compiled code, and tell how long a long run will take.

    Raises `InputError` for one that cannot fit.
    """
    from sim.experiment.estimate import estimate, require_fit
    from sim.experiment.preparing import prepare

    prepare(plan, tell)
    found = estimate(plan)
    if found is None:
        return
    if not anyway:
        require_fit(found)
    tell(str(found))


def command_line(command: str, scenario: str, asked: Request, seed: int) -> str:
    """The command that repeats the run exactly; the seed is always spelled out.

    Leaves out what cannot change a result: workers, folders, and what is printed.
    """
    words = ["rtcsim", *command.split(), f"./{scenario}" if scenario.startswith("-") else scenario]
    words += ["--designs", ",".join(asked.designs)] if asked.designs else []
    words += ["--seed", str(seed)]
    words += ["--replications", str(asked.replications)] if asked.replications else []
    words += ["--footing", asked.footing] if asked.footing else []
    words += ["--trace", str(asked.trace)] if asked.trace else []
    words += [word for one in asked.changes for word in ("--set", _setting(one))]
    words += [*_stopping(asked.stop)] if asked.stop else []
    return " ".join(map(shell, words))


def _stopping(stop: Stop) -> Iterator[str]:
    if stop.precision is not None:
        yield from ("--precision", f"{100 * stop.precision:g}%")
    if stop.decided:
        yield from ("--until", "decided")
    if stop.budget is not None:
        yield from ("--budget", str(stop.budget))


def _setting(change: Change) -> str:
    """`key=value` as it was typed, or would be."""
    from sim.scenario.write import toml_value

    key = ".".join(map(str, change.location))
    return change.typed or f"{key}={toml_value(change.value)}"


def resume_line(repeat: str, asked: Request) -> str:
    """`repeat` with what it takes to find an interrupted run again."""
    return " ".join([repeat, *map(shell, _places(asked))])


def _places(asked: Request) -> Iterator[str]:
    if asked.out != DEFAULT_OUT:
        yield from ("--out", str(asked.out))
    if asked.histories:
        yield "--histories"
    if asked.anyway:
        yield "--anyway"


def _span_s(trace: Path) -> float:
    """Whole seconds that hold every message of a trace. Raises `InputError`."""
    from sim.workload.errors import TraceError
    from sim.workload.section import MAX_SECONDS
    from sim.workload.trace import read_trace

    try:
        found = read_trace(trace)
    except TraceError as error:
        raise InputError(error.messages) from None
    if found.span_s <= MAX_SECONDS:
        return found.span_s
    days = found.span_s / 86_400.0
    unit = "; milliseconds?" if found.span_s / 1000.0 <= MAX_SECONDS else ""
    part = f"choose how much of it with --set time.measure_s=SECONDS{unit}"
    message = f"its messages lie {days:,.1f} days apart; allowed: {MAX_SECONDS / 86_400.0:g} days"
    raise InputError([f"--trace {trace}: {message}; {part}"])
