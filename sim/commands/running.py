"""`compare` and `run`: from what was typed to a plan, its execution, and what is printed."""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.commands import output
from sim.commands.options import RunOptions, command_line, resume_line
from sim.errors import InputError

if TYPE_CHECKING:
    from sim.experiment.runner import Outcome, Plan, Progress
    from sim.scenario.designs import Design
    from sim.scenario.load import Change

Designs = Mapping[str, "Design"]


def compare(scenario: str, options: RunOptions, known: Designs) -> None:
    """Run every design of the scenario and print the comparison."""
    plan = make_plan("compare", scenario, options, known)
    outcome = execute(plan, options)
    output.show(outcome, plan, options, output.comparison)


def run(scenario: str, options: RunOptions, known: Designs) -> None:
    """Run one design and print everything that was measured of it."""
    if scenario in known:
        raise InputError([f"'{scenario}' is a design: rtcsim run --designs {scenario}"])
    plan = make_plan("run", scenario, options, known)
    if options.designs is None:
        plan = _first_only(plan)
    elif len(plan.designs) > 1:
        names = ", ".join(design.name for design in plan.designs)
        raise InputError([f"--designs: {names}; allowed: one design; `compare` takes several"])
    outcome = execute(plan, options)
    output.show(outcome, plan, options, output.single)


def make_plan(command: str, scenario: str, options: RunOptions, known: Designs) -> "Plan":
    """Everything that is to run, checked. Raises `InputError`."""
    from sim.experiment.runner import Plan
    from sim.scenario.designs import pick
    from sim.scenario.load import load

    loaded = load(scenario, known, changes(options))
    repeat = command_line(command, scenario, options, loaded.seed)
    return Plan(
        scenario=loaded,
        designs=pick(loaded.designs, known, loaded.variants),
        out=options.out,
        command=repeat,
        resume=resume_line(repeat, options),
        workers=options.workers,
        histories=options.histories,
        cluster=options.cluster,
    )


def changes(options: RunOptions) -> list["Change"]:
    """The options that change the scenario. Raises `InputError`."""
    from sim.scenario.load import Change, change

    made = [change(one) for one in options.set_ or ()]
    if options.designs is not None:
        names = [name.strip() for name in options.designs.split(",") if name.strip()]
        made.append(Change(("designs",), names, "--designs"))
    if options.seed is not None:
        made.append(Change(("seed",), options.seed, "--seed"))
    if options.replications is not None:
        made.append(Change(("replications",), options.replications, "--replications"))
    if options.trace is not None:
        made.append(Change(("trace", "file"), str(options.trace), "--trace"))
        if not any(one.location == ("time", "measure_s") for one in made):
            measure_s = _span_s(options.trace)
            made.append(Change(("time", "measure_s"), measure_s, "--trace"))
    return made


def execute(plan: "Plan", options: RunOptions) -> "Outcome":
    """Run the plan under a progress bar, once it is clear that it fits."""
    from sim.experiment.runner import run
    from sim.experiment.store import require_writable

    require_writable(plan.out)  # before a rehearsal, which may take a minute
    look_ahead(plan, options)
    with bar(hidden=options.quiet) as progress:
        return run(plan, progress)


def look_ahead(plan: "Plan", options: RunOptions) -> None:
    """Say how long a long run will take. Raises `InputError` for one that cannot fit."""
    from sim.experiment.estimate import estimate, require_fit

    found = estimate(plan)
    if found is None:
        return
    if not options.anyway:
        require_fit(found)
    if not options.quiet:
        print(found, file=sys.stderr)


def _first_only(plan: "Plan") -> "Plan":
    from dataclasses import replace

    first = plan.scenario.designs[:1]
    scenario = plan.scenario.model_copy(update={"designs": first})
    return replace(plan, scenario=scenario, designs=plan.designs[:1])


def _span_s(trace: Path) -> float:
    """Whole seconds that hold every message of a trace. Raises `InputError`."""
    from sim.workload.errors import TraceError
    from sim.workload.spec import MAX_SECONDS
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


@contextmanager
def bar(*, hidden: bool) -> Iterator["Progress"]:
    """A progress callback that draws to standard error, when that is a terminal."""
    if hidden or not sys.stderr.isatty():
        yield lambda finished, total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    columns = ("simulating", BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    drawn = Progress(*columns, console=Console(stderr=True), transient=True)
    task: list[Any] = []

    def progress(finished: int, total: int) -> None:
        if not task:
            # Not before workers are forked: a drawing thread must not be forked along.
            drawn.start()
            task.append(drawn.add_task("", total=total))
        drawn.update(task[0], completed=finished, total=total)

    try:
        yield progress
    finally:
        drawn.stop()
