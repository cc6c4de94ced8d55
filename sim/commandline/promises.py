"""Commands that hold designs, claims and rtcsim itself to what is promised or measured."""

from pathlib import Path
from typing import Annotated

import typer

from sim import registry
from sim.commandline.app import DesignName
from sim.commands.bench_options import BenchOptions
from sim.commands.claim_options import ClaimOptions
from sim.commands.hunt_options import CatalogueOptions, HuntOptions
from sim.commands.options import CheckOptions, RunOptions, Scenario, scenario_names, with_options
from sim.commands.validate_options import ValidateOptions
from sim.scenario import DEFAULT_SCENARIO

commands = typer.Typer()


@commands.command()
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

    raise typer.Exit(checking.check(scenarios, options, gates, registry.designs()))


@commands.command()
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

    checking.baseline(scenario, out, options, registry.designs())


@commands.command()
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

    raise typer.Exit(hunting.hunt(design, options, registry.designs()))


@commands.command()
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
    explaining.explain(question, registry.designs())


@commands.command()
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

    cataloguing.guarantees(names or (), options, registry.designs())


@commands.command()
@with_options
def claims(*, options: ClaimOptions) -> None:
    """Put an article's claims about chat systems to the test.

    For each: the verdict, the figure that decides it, the command that shows it alone.
    """
    from sim.commands import claiming

    claiming.claims(options, registry.designs())


@commands.command()
@with_options
def validate(*, options: ValidateOptions) -> None:
    """Hold predictions against measurements of real software.

    Measured beside predicted for every cell; exit code 3 when a target is missed.
    """
    from sim.commands import validate as command

    if options.measure is not None:
        from sim.commands import measuring

        raise typer.Exit(measuring.measure(options.measure, options.cells))
    raise typer.Exit(command.validate(options, registry.designs()))


@commands.command()
@with_options
def bench(*, options: BenchOptions) -> None:
    """Measure what a run costs on this machine, in bare SimPy events a delivery.

    Every variant runs in processes of its own, in turns: the product compiled and not, idiomatic
    SimPy for four families of designs. Takes long; --quick is small and rough. Ctrl-C leaves what
    has been measured by then.
    """
    from sim.commands import benching

    raise typer.Exit(benching.bench(options, registry.designs()))
