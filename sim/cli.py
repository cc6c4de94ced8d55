"""The `rtcsim` command: what can be typed, and how everything ends.

Which designs there are, `sim.registry` knows. Heavy imports happen inside the commands, so that
`--help` answers at once. Exit codes: 0 done, 1 crash, 2 bad input, 130 Ctrl-C;
of `validate` also 3 target missed; of `check` also 3 safety violated, 4 liveness violated,
5 unknown (--strict), 6 not comparable.
"""

import errno
import os
import signal
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from sim.commands.bench_options import BenchOptions
from sim.commands.claim_options import ClaimOptions
from sim.commands.hunt_options import CatalogueOptions, HuntOptions
from sim.commands.options import (
    CheckOptions,
    CompareOptions,
    Kind,
    RunOptions,
    Scenario,
    StopOptions,
    scenario_names,
    with_options,
)
from sim.commands.rare_options import RareOptions
from sim.commands.sweep_options import SweepOptions
from sim.commands.typed import USAGE_ERROR, note, require_utf8, usage
from sim.commands.validate_options import ValidateOptions
from sim.errors import InputError, InputNote
from sim.experiment.errors import Interrupted, ReportError
from sim.files.writing import reason
from sim.registry import designs
from sim.report.escape import terminal
from sim.scenario import DEFAULT_SCENARIO

BAD_INPUT, CRASH, INTERRUPTED, NOBODY_READS = 2, 1, 130, 141

app = typer.Typer(
    help="Compare designs of chat systems: latency, loss, duplicates, recovery and cost.",
    epilog="Start with `rtcsim compare`. Results go to results/runs/.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


def _design_names(incomplete: str) -> list[str]:
    return [name for name in designs() if name.startswith(incomplete)]


DesignName = Annotated[
    str, typer.Argument(help="A design (see `rtcsim list designs`).", autocompletion=_design_names)
]


@app.callback()
def _global(
    *,
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="On a crash, show the traceback.")] = False,
) -> None:
    del version, debug  # `main` acts on both before any command runs


@app.command()
@with_options
def compare(
    scenario: Scenario = DEFAULT_SCENARIO, *, options: RunOptions, how: CompareOptions
) -> None:
    """Run all designs of a scenario and compare them.

    Says which differences are real, by how much, and which of them the architecture makes.
    """
    from sim.commands import running

    running.compare(scenario, options, how, designs())


@app.command()
@with_options
def run(scenario: Scenario = DEFAULT_SCENARIO, *, options: RunOptions, stops: StopOptions) -> None:
    """Run one design and show all its figures.

    Name it with --designs; otherwise it is the scenario's first.
    """
    from sim.commands import running

    running.run(scenario, options, stops, designs())


@app.command()
@with_options
def attribute(
    designs: Annotated[
        tuple[str, str],
        typer.Argument(metavar="A B", help="Two designs.", autocompletion=_design_names),
    ],
    scenario: Scenario = DEFAULT_SCENARIO,
    *,
    metric: Annotated[str, typer.Option(help="A figure (see `rtcsim list metrics`).")],
    options: RunOptions,
) -> None:
    """Tell where a difference between two designs comes from.

    Swaps one aspect at a time, in all orders: heartbeat, back-off, retry, key, store, recovery,
    channel. The shares add up to the difference.
    """
    from sim import registry
    from sim.commands import attributing

    known = registry.designs()
    attributing.attribute(designs, metric, scenario, options, known, registry.between)


@app.command()
@with_options
def sweep(scenario: Scenario = DEFAULT_SCENARIO, *, options: SweepOptions) -> None:
    """Change numbers step by step, and tell who is best where.

    Where designs change places, with an interval, or which number moves a figure most. Killed at
    any moment, the same command goes on.
    """
    from sim.commands import sweeping

    sweeping.sweep(scenario, options, designs())


@app.command()
@with_options
def check(
    scenarios: Annotated[
        list[str],
        typer.Argument(help="Shipped scenarios or TOML files.", autocompletion=scenario_names),
    ],
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
    design: DesignName,
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
def claims(*, options: ClaimOptions) -> None:
    """Put an article's claims about chat systems to the test.

    A line for each: the verdict, the figure that decides it, the command that shows it alone.
    """
    from sim.commands import claiming

    claiming.claims(options, designs())


@app.command()
@with_options
def rare(
    design: DesignName,
    scenario: Scenario = DEFAULT_SCENARIO,
    *,
    options: RareOptions,
) -> None:
    """Tell how often something goes wrong that is too rare to wait for.

    Makes outages at random moments, counts what each costs, and multiplies by how many there are.
    Say, with a tunnel a day: `rtcsim rare hybrid --set networks.0.outages.up.mean_s=86400`.
    """
    from sim.commands import rare as command

    command.rare(design, scenario, options, designs())


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
@with_options
def bench(*, options: BenchOptions) -> None:
    """Measure what a run costs on this machine, in bare SimPy events a delivery.

    Every variant runs in processes of its own, in turns: the product compiled and not, idiomatic
    SimPy for four families of designs. Takes long; --quick is small and rough. Ctrl-C leaves what
    has been measured by then.
    """
    from sim.commands import benching

    raise typer.Exit(benching.bench(options, designs()))


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
    *,
    json: Annotated[bool, typer.Option("--json", help="Print JSON, nothing else.")] = False,
) -> None:
    """List what a scenario can name."""
    from sim.commands import listing

    listing.show(kind.value, designs(), json=json)


@app.command()
def schema() -> None:
    """Print the JSON schema of scenario files, for editors.

    Editors with a TOML language server take it from `#:schema scenario.schema.json` on a first
    line.
    """
    from sim.commands import listing

    listing.schema()


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


@app.command(name="new-design")
def new_design(
    folder: Annotated[
        Path, typer.Argument(help="Folder to write; its name is the module's, as my_designs.")
    ],
) -> None:
    """Write a small package with a design of your own to start from.

    The design changes one number of a shipped one; a test holds it to what it promises.
    """
    from sim.commands import scaffolding

    scaffolding.new_design(folder, designs())


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
        with warnings.catch_warnings():
            warnings.simplefilter("always", InputNote)
            warnings.showwarning = note
            require_utf8(typed)
            _run([word for word in typed if word != "--debug"])
    except InputError as error:
        _end(BAD_INPUT, error.messages)
    except Interrupted as stop:
        kept = f"Interrupted: {stop.finished} of {stop.total} replications are finished and kept."
        _end(INTERRUPTED, [kept, f"Go on with: {stop.resume}"])
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # nor at the very end
        sys.exit(NOBODY_READS)
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
        if isinstance(error, OSError) and error.errno == errno.ENAMETOOLONG:  # whoever asked for it
            shown = str(error.filename)[:200]
            _end(BAD_INPUT, [f"{shown}...: {error.strerror}; allowed: a path that can exist"])
        if debug:
            raise
        words = str(error) or type(error).__name__
        hint = "This is a mistake in rtcsim or in a design; --debug shows the traceback."
        _end(CRASH, [f"rtcsim crashed: {words}", hint])


def _run(words: list[str]) -> None:
    """The command proper. What is wrong with its usage leaves as an `InputError`, too."""
    try:
        code = app(words, prog_name="rtcsim", standalone_mode=False)
    except typer.Abort:
        raise KeyboardInterrupt from None
    except USAGE_ERROR as error:
        raise InputError(usage(error)) from None
    except SystemExit as ended:  # typer's own way with a reader that has gone
        if getattr(ended.__context__, "errno", None) == errno.EPIPE:
            raise BrokenPipeError from None
        raise
    sys.exit(code if isinstance(code, int) else 0)


def _end(code: int, lines: Sequence[str]) -> None:
    """One line for each: what came from outside cannot begin another, nor steer the terminal."""
    print("\n".join(map(terminal, lines)), file=sys.stderr)
    sys.exit(code)


if __name__ == "__main__":
    main()
