"""Commands that ask: what is better, where it comes from, how often, when."""

from typing import Annotated

import typer

from sim import registry
from sim.commandline.app import DesignName, design_names
from sim.commands.options import CompareOptions, RunOptions, Scenario, StopOptions, with_options
from sim.commands.plan_options import PlanOptions
from sim.commands.rare_options import RareOptions
from sim.commands.storm_options import StormOptions
from sim.commands.sweep_options import SweepOptions
from sim.scenario import DEFAULT_SCENARIO, DEFAULT_STORM

commands = typer.Typer()


@commands.command()
@with_options
def compare(
    scenario: Scenario = DEFAULT_SCENARIO, *, options: RunOptions, how: CompareOptions
) -> None:
    """Run all designs of a scenario and compare them.

    Says which differences are real, by how much, and which of them the architecture makes.
    """
    from sim.commands import running

    running.compare(scenario, options, how, registry.designs())


@commands.command()
@with_options
def run(scenario: Scenario = DEFAULT_SCENARIO, *, options: RunOptions, stops: StopOptions) -> None:
    """Run one design and show all its figures.

    Name it with --designs; otherwise it is the scenario's first.
    """
    from sim.commands import running

    running.run(scenario, options, stops, registry.designs())


@commands.command()
@with_options
def attribute(
    designs: Annotated[
        tuple[str, str],
        typer.Argument(metavar="A B", help="Two designs.", autocompletion=design_names),
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
    from sim.commands import attributing

    known = registry.designs()
    attributing.attribute(designs, metric, scenario, options, known, registry.between)


@commands.command()
@with_options
def sweep(scenario: Scenario = DEFAULT_SCENARIO, *, options: SweepOptions) -> None:
    """Change numbers step by step, and tell who is best where.

    Where designs change places, with an interval, or which number moves a figure most. Killed at
    any moment, the same command goes on.
    """
    from sim.commands import sweeping

    sweeping.sweep(scenario, options, registry.designs())


@commands.command()
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

    command.rare(design, scenario, options, registry.designs())


@commands.command()
@with_options
def storm(scenario: Scenario = DEFAULT_STORM, *, options: StormOptions) -> None:
    """Play a reconnect storm of millions of clients: when they are back, or that they never are."""
    from sim.commands import storm as command

    command.storm(scenario, options, registry.designs(), registry.play_storm)


@commands.command()
@with_options
def plan(scenario: Scenario = DEFAULT_STORM, *, options: PlanOptions) -> None:
    """Tell how many nodes it takes to lose a zone, and with which back-off and admission rate.

    So that recovery, CPU, memory, delivery and loss hold; which of them binds, and what it costs.
    Killed at any moment, the same command goes on.
    """
    from sim.commands import planning

    planning.plan(scenario, options, registry.designs(), registry.play_storm)
