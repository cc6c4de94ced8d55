"""`sweep`: from what was typed to a plan, its run under a progress bar, and what is printed."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from time import monotonic
from typing import TYPE_CHECKING, Any, Final

from sim.commands import output
from sim.commands.sweep_options import SweepOptions
from sim.errors import InputError
from sim.experiment.errors import ConservationError, ReportError

if TYPE_CHECKING:
    from rich.console import RenderableType

    from sim.experiment.runner import Outcome
    from sim.experiment.sweep.plan import Plan
    from sim.experiment.sweep.run import Pace, Progress
    from sim.experiment.sweep.tables import Table
    from sim.scenario.designs import Design

WIDTH: Final = 80
COLUMNS: Final = 5  # of swept values on a terminal
MOST_TABLES: Final = 4
LINE_EVERY_S: Final = 30.0


def sweep(scenario: str, options: SweepOptions, known: Mapping[str, Design]) -> None:
    """Run a sweep and print its answer, its tables and where its results are."""
    from sim.experiment.sweep.plan import planned
    from sim.experiment.sweep.results import look_ahead, run

    plan = planned(scenario, options.asked, known)
    look_ahead(plan, _teller(quiet=options.quiet))
    with bar(quiet=options.quiet) as progress:
        outcome = run(plan, progress)
    show(outcome, plan, options)


def show(outcome: Outcome, plan: Plan, options: SweepOptions) -> None:
    """Print a finished sweep. Raises `ConservationError`, and `InputError` or `ReportError` when
    it could not be drawn."""
    from rich.text import Text

    from sim.experiment.store import as_json

    if options.json:
        sys.stdout.write(as_json(outcome.summary))
    else:
        console = output.console_for_results()
        for line in outcome.summary["answer"].splitlines():
            console.print(Text(line, style="bold"))
        for part in _view(outcome, plan, quiet=options.quiet):
            console.print(part, soft_wrap=isinstance(part, str), markup=False)
    if not outcome.summary["conservation"]["adds_up"]:
        raise ConservationError(f"{outcome.folder}: receptions owed are unaccounted for")
    if outcome.undrawn is not None:
        kind = InputError if isinstance(outcome.undrawn, OSError) else ReportError
        raise kind([outcome.why_undrawn]) if kind is InputError else kind(outcome.why_undrawn)


def _view(outcome: Outcome, plan: Plan, *, quiet: bool) -> Iterator[RenderableType]:
    from rich.text import Text

    from sim.experiment.sweep.tables import tables

    if not quiet:
        every = [*tables(outcome.summary, COLUMNS)]
        yield from (_table(one) for one in every[:MOST_TABLES])
        if len(every) > MOST_TABLES:
            yield Text(f"{len(every) - MOST_TABLES} more tables are in the report.", "dim")
        for note in outcome.summary["notes"]:
            yield Text(f"• {note}")
        if outcome.resumed:
            yield Text(f"{outcome.resumed} cells were found finished from an earlier sweep.")
        if outcome.damaged:
            yield Text(f"{outcome.damaged} more were found damaged and computed again.")
    yield f"Results: {outcome.folder}"
    if outcome.undrawn is None:
        yield f"Report:  {outcome.folder / 'report.html'}"
    if not quiet:
        yield f"Repeat:  {plan.command}"
        yield f"Digest:  {outcome.summary['digest']}"


def _table(found: Table) -> RenderableType:
    import rich.box
    from rich.table import Table as Drawn
    from rich.text import Text

    from sim.experiment.sweep.tables import BEST

    table = Drawn(box=rich.box.SIMPLE_HEAD, title=Text(found.title), title_justify="left")
    table.add_column(found.corner, overflow="fold", max_width=WIDTH // 3)
    for head in found.heads:
        table.add_column(head, justify="right", overflow="fold")
    for name, cells in found.rows:
        texts = [
            f"{one.value} {BEST if one.is_best else ' '}\n{one.interval}  ".rstrip("\n ")
            if one.interval
            else f"{one.value} {BEST if one.is_best else ' '}"
            for one in cells
        ]
        table.add_row(Text(name), *map(Text, texts))
    return table


def _teller(*, quiet: bool) -> Callable[[str], None]:
    return lambda line: None if quiet else print(line, file=sys.stderr)


@contextmanager
def bar(*, quiet: bool, clock: Callable[[], float] = monotonic) -> Iterator[Progress]:
    """A callback that shows how far a sweep is and what time is left: a bar on a terminal, else a
    line now and then."""
    if quiet:
        yield lambda pace: None
    elif not sys.stderr.isatty():
        yield Lines(clock).told
    else:
        yield from _drawn()


def _drawn() -> Iterator[Progress]:
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    counts = TextColumn("{task.fields[cells]} of {task.fields[of]} cells")
    columns = ("sweeping", BarColumn(), counts, TimeRemainingColumn())
    drawn = Bar(*columns, console=Console(stderr=True), transient=True)
    task: list[Any] = []

    def progress(pace: Pace) -> None:
        if not task:
            # Not before workers are forked: a drawing thread must not be forked along.
            drawn.start()
            task.append(drawn.add_task("", total=pace.of_load, cells=0, of=pace.of_cells))
        drawn.update(task[0], completed=pace.load, cells=pace.cells)

    try:
        yield progress
    finally:
        drawn.stop()


class Lines:
    """How far a sweep is, in a line of standard error every half minute."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._begun: tuple[float, Pace] | None = None
        self._said_s = 0.0

    def told(self, pace: Pace) -> None:
        """Called once before the first cell and after each."""
        now_s = self._clock()
        if self._begun is None:
            self._begun, self._said_s = (now_s, pace), now_s
        if now_s - self._said_s < LINE_EVERY_S:
            return
        self._said_s = now_s
        begun_s, before = self._begun
        left_s = pace.left_s(now_s - begun_s, before)
        left = "" if left_s is None else f", {_time(left_s)} left"
        print(f"{pace.cells} of {pace.of_cells} cells{left}", file=sys.stderr)


def _time(left_s: float) -> str:
    for unit, length_s in (("h", 3600.0), ("min", 60.0)):
        if left_s >= 2 * length_s:
            return f"about {left_s / length_s:.0f} {unit}"
    return f"about {max(left_s, 1.0):.0f} s"
