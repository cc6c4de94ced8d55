"""The `rtcsim` command: what can be typed, and how everything ends.

The composition root: the only module of `sim` that knows `models`. Heavy imports happen inside the
commands, so that `--help` answers at once. Exit codes: 0 done, 1 crash, 2 bad input, 130 Ctrl-C;
of `validate` also 3 target missed; of `check` also 3 safety violated, 4 liveness violated,
5 unknown (--strict), 6 not comparable.
"""

import signal
import sys
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.commands.hunt_options import CatalogueOptions, HuntOptions
from sim.commands.options import CheckOptions, RunOptions, with_options
from sim.commands.validate_options import ValidateOptions
from sim.experiment.errors import InputError, Interrupted, ReportError
from sim.files.writing import reason

if TYPE_CHECKING:
    from sim.experiment.designs import Design

DEFAULT_SCENARIO = "commuter-day"
ENTRY_POINTS = "rtcsim.designs"
BAD_INPUT, CRASH, INTERRUPTED = 2, 1, 130

app = typer.Typer(
    help="Compare designs of chat systems: latency, loss, duplicates, recovery and cost.",
    epilog="Start with `rtcsim compare`. Results go to results/runs/.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

Scenario = Annotated[
    str, typer.Argument(help="A shipped scenario (see `rtcsim list scenarios`) or a TOML file.")
]


class Kind(StrEnum):
    """What can be listed."""

    DESIGNS = "designs"
    NETWORKS = "networks"
    FAULTS = "faults"
    METRICS = "metrics"
    GUARANTEES = "guarantees"
    SCENARIOS = "scenarios"


@app.callback()
def _global(
    *,
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="On a crash, show the traceback.")] = False,
) -> None:
    del version, debug  # `main` acts on both before any command runs


@app.command()
@with_options
def compare(scenario: Scenario = DEFAULT_SCENARIO, *, options: RunOptions) -> None:
    """Run all designs of a scenario and compare them.

    Says which differences are real, and by how much.
    """
    from sim.commands import running

    running.compare(scenario, options, designs())


@app.command()
@with_options
def run(scenario: Scenario = DEFAULT_SCENARIO, *, options: RunOptions) -> None:
    """Run one design and show all its figures.

    Name it with --designs; otherwise it is the scenario's first.
    """
    from sim.commands import running

    running.run(scenario, options, designs())


@app.command()
@with_options
def check(
    scenarios: Annotated[list[str], typer.Argument(help="Shipped scenarios or TOML files.")],
    *,
    options: RunOptions,
    gates: CheckOptions,
) -> None:
    """Hold designs to what a scenario promises; for CI.

    Ends with 0 when no promise is broken, 3 or 4 when one is (safety, liveness), 5 under --strict
    when not all could be decided, 6 when the baseline is not comparable, 2 on bad input.
    """
    from sim.commands import checking

    raise typer.Exit(checking.check(scenarios, options, gates, designs()))


@app.command()
@with_options
def baseline(
    scenario: Scenario = DEFAULT_SCENARIO,
    *,
    out: Annotated[Path, typer.Option(help="File to write, as results/baselines/NAME.json.")],
    options: RunOptions,
) -> None:
    """Write the file that `check --baseline` compares with.

    Compares the designs as `compare` does, and keeps every figure of every replication.
    """
    from sim.commands import checking

    checking.baseline(scenario, out, options, designs())


@app.command()
@with_options
def hunt(
    design: Annotated[str, typer.Argument(help="A design (see `rtcsim list designs`).")],
    *,
    options: HuntOptions,
) -> None:
    """Search for the smallest schedule of faults that breaks a guarantee.

    Tells it step by step, draws it, and saves it as a scenario. Ends with 3 or 4 when a guarantee
    is broken (safety, liveness), 0 when nothing was found.
    """
    from sim.commands import hunting

    raise typer.Exit(hunting.hunt(design, options, designs()))


@app.command()
def explain(
    run: Annotated[Path, typer.Argument(help="A result folder, or a scenario file.")],
    *,
    message: Annotated[int, typer.Option(min=0, help="Number of the message.")],
    design: Annotated[
        str | None, typer.Option(help="Design of that run; its first when left out.")
    ] = None,
    replication: Annotated[int, typer.Option(min=0, help="Replication of that run.")] = 0,
    person: Annotated[
        int | None, typer.Option(min=0, help="Its reader; the worst served when left out.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder for the diagram; beside the run when left out.")
    ] = None,
) -> None:
    """Tell what happened to one message: every hop and every cause of delay.

    Simulates that replication once more, and draws the way of the message.
    """
    from sim.commands import explaining

    question = explaining.Question(run, message, design, replication, person, out)
    explaining.explain(question, designs())


@app.command()
@with_options
def guarantees(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="DESIGN", help="Designs; all when left out.")
    ] = None,
    *,
    options: CatalogueOptions,
) -> None:
    """Tell which guarantee of which design survives which class of faults.

    Plays small schedules, one class of faults at a time, and judges every guarantee.
    """
    from sim.commands import cataloguing

    cataloguing.guarantees(names or (), options, designs())


@app.command()
@with_options
def validate(*, options: ValidateOptions) -> None:
    """Hold predictions against measurements of real software.

    Measured beside predicted for every cell; exit code 3 when a target is missed.
    """
    from sim.commands import validate as command

    if options.measure is not None:
        from sim.commands import measuring

        raise typer.Exit(measuring.measure(options.measure, options.cells))
    raise typer.Exit(command.validate(options, designs()))


@app.command()
def report(
    folder: Annotated[Path, typer.Argument(help="A result folder, as results/runs/NAME-DIGEST.")],
) -> None:
    """Rebuild the report of a result folder.

    Plots and report.html are made anew from the stored data alone.
    """
    from sim.commands import files

    files.report(folder)


@app.command(name="list")
def list_(
    kind: Annotated[Kind, typer.Argument(help="What to list.")],
) -> None:
    """List what a scenario can name."""
    from sim.commands import listing

    listing.show(kind.value, designs())


@app.command()
def new(
    file: Annotated[Path, typer.Argument(help="File to write; - prints.")] = Path("scenario.toml"),
    *,
    start_from: Annotated[
        str, typer.Option("--from", help="Scenario whose values to start from.")
    ] = DEFAULT_SCENARIO,
) -> None:
    """Write a commented scenario file to start from."""
    from sim.commands import files

    files.new(file, start_from, designs())


def designs() -> "dict[str, Design]":
    """Every design by name: ours, then those that installed packages add by entry point.

    An entry point names a mapping from design name to design. Raises `InputError` for one that
    does not load or takes a name that is taken.
    """
    from importlib.metadata import entry_points

    from models import DESIGNS

    found: dict[str, Design] = dict(DESIGNS)
    for entry in sorted(entry_points(group=ENTRY_POINTS), key=lambda one: (one.name, one.value)):
        try:
            added = dict(entry.load())
        except Exception as error:
            raise InputError([f"{entry.value}: designs do not load: {error}"]) from error
        if taken := [name for name in added if name in found]:
            raise InputError([f"{entry.value}: '{taken[0]}' is a design already"])
        found.update(added)
    return found


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command; every way to end has its exit code, and bad input never a traceback."""
    typed = list(sys.argv[1:] if arguments is None else arguments)
    if typed[:1] == ["--version"]:
        from importlib.metadata import version

        print(f"rtcsim {version('rtcsim')}")
        return
    debug = "--debug" in typed
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # being told to end is Ctrl-C, too
    try:
        app([word for word in typed if word != "--debug"], prog_name="rtcsim")
    except InputError as error:
        _end(BAD_INPUT, error.messages)
    except Interrupted as stop:
        kept = f"Interrupted: {stop.finished} of {stop.total} replications are finished and kept."
        _end(INTERRUPTED, [kept, f"Go on with: {stop.resume}"])
    except KeyboardInterrupt:
        _end(INTERRUPTED, ["Interrupted before the first replication; nothing was written."])
    except ReportError as error:
        _end(CRASH, [str(error)])
    except OSError as error:
        if debug:
            raise
        where = f"{error.filename}: " if error.filename else ""
        _end(BAD_INPUT, [f"{where}{reason(error)}; --debug shows where in rtcsim this was met"])
    except Exception as error:
        if debug:
            raise
        words = str(error) or type(error).__name__
        hint = "This is a mistake in rtcsim or in a design; --debug shows the traceback."
        _end(CRASH, [f"rtcsim crashed: {words}", hint])


def _end(code: int, lines: Sequence[str]) -> None:
    print("\n".join(lines), file=sys.stderr)
    sys.exit(code)


if __name__ == "__main__":
    main()
