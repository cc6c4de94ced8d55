"""`compare` and `run`: from what was typed to a plan, its execution, and what is printed."""

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sim.commands import output
from sim.commands.options import CompareOptions, RunOptions, StopOptions
from sim.errors import InputError
from sim.experiment import request

if TYPE_CHECKING:
    from sim.experiment.runner import Outcome, Plan, Progress
    from sim.scenario.designs import Design

Designs = Mapping[str, "Design"]


def compare(scenario: str, options: RunOptions, how: CompareOptions, known: Designs) -> None:
    """Run every design of the scenario and print the comparison."""
    asked = replace(options.request, footing=how.footing, stop=how.stop)
    plan = request.planned("compare", scenario, asked, known)
    outcome = execute(plan, options)
    output.show(outcome, plan, options, output.comparison)


def run(scenario: str, options: RunOptions, stops: StopOptions, known: Designs) -> None:
    """Run one design and print everything that was measured of it."""
    if scenario in known:
        raise InputError([f"'{scenario}' is a design: rtcsim run --designs {scenario}"])
    plan = make_plan("run", scenario, options, known, stops)
    if options.designs is None:
        plan = _first_only(plan)
    elif len(plan.designs) > 1:
        names = ", ".join(design.name for design in plan.designs)
        raise InputError([f"--designs: {names}; allowed: one design; `compare` takes several"])
    outcome = execute(plan, options)
    output.show(outcome, plan, options, output.single)


def make_plan(
    command: str,
    scenario: str,
    options: RunOptions,
    known: Designs,
    stops: StopOptions | None = None,
) -> "Plan":
    """Everything that is to run, checked. Raises `InputError`."""
    asked = replace(options.request, stop=stops.stop if stops else None)
    return request.planned(command, scenario, asked, known)


def execute(plan: "Plan", options: RunOptions) -> "Outcome":
    """Run the plan under a progress bar, once it is clear that it fits."""
    with bar(hidden=options.quiet) as progress:
        return request.execute(plan, options.anyway, teller(options), progress)


def look_ahead(plan: "Plan", options: RunOptions) -> None:
    """Say how long a long run will take. Raises `InputError` for one that cannot fit."""
    request.look_ahead(plan, options.anyway, teller(options))


def teller(options: RunOptions) -> Callable[[str], None]:
    """What is said besides results goes to standard error, unless all is to be quiet."""

    def tell(line: str) -> None:
        if not options.quiet:
            print(line, file=sys.stderr)

    return tell


def _first_only(plan: "Plan") -> "Plan":
    first = plan.scenario.designs[:1]
    scenario = plan.scenario.model_copy(update={"designs": first})
    return replace(plan, scenario=scenario, designs=plan.designs[:1])


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
