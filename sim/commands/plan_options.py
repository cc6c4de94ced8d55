"""The flags of `plan`, declared once, as in `options`."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final

import typer

from sim.commands.crowds import Clients, HowLost, OneDesign, Quiet, SpreadBy
from sim.commands.options import AsJson, Results, Seed, Settings, a_number

PLANS_OUT: Final = Path("results/plans")


@dataclass(frozen=True, slots=True)
class PlanOptions:
    """What must hold when a zone is lost, and what may be chosen."""

    design: OneDesign = None
    clients: Clients = 1_000_000
    zones: Annotated[int, typer.Option(help="Zones that nodes are in; one is lost.")] = 3
    how: HowLost = "crashes"
    recovery: Annotated[
        float,
        typer.Option(callback=a_number, help="Seconds until 99 % are connected again, at most."),
    ] = 60.0
    cpu: Annotated[
        float, typer.Option(callback=a_number, help="Share of a node's cores afterwards, at most.")
    ] = 0.6
    memory: Annotated[
        float,
        typer.Option(callback=a_number, help="MB of a node's connections afterwards, at most."),
    ] = 2000.0
    delivery: Annotated[
        float,
        typer.Option(
            callback=a_number,
            help="Seconds of delivery at the 99th percentile, between people who stay connected.",
        ),
    ] = 1.0
    loss: Annotated[
        float, typer.Option(callback=a_number, help="Share of messages that may be lost.")
    ] = 0.005
    backoff: Annotated[
        str,
        typer.Option(
            help="Back-offs to choose from, as a,b: shipped, a name (see docs/designs.md), or"
            " RULE:CAP as full-jitter:60."
        ),
    ] = "shipped,full-jitter"
    admission: Annotated[
        str,
        typer.Option(help="New connections a second that each node lets in, as any,500,100."),
    ] = "any,500"
    most_nodes: Annotated[int, typer.Option(help="Nodes at most.")] = 300
    price: Annotated[
        float | None, typer.Option(callback=a_number, help="Of a node for an hour, in $.")
    ] = None
    runs: Annotated[int, typer.Option(help="How often each thing is played.")] = 3
    people: Annotated[int, typer.Option(help="People of an exact run, in all zones.")] = 600
    spread: SpreadBy = None
    seed: Seed = None
    set_: Settings = None
    out: Results = PLANS_OUT
    json: AsJson = False
    quiet: Quiet = False
