"""The flags of `storm`, declared once, as in `options`."""

from dataclasses import dataclass
from typing import Annotated

import typer

from sim.commands.crowds import Clients, HowLost, OneDesign, Quiet, SpreadBy
from sim.commands.options import AsJson, Results, Seed, Settings, a_number
from sim.experiment.request import DEFAULT_OUT


@dataclass(frozen=True, slots=True)
class StormOptions:
    """How large the crowd is, what fails, and how dials find a node."""

    design: OneDesign = None
    clients: Clients = 1_000_000
    nodes: Annotated[int, typer.Option(help="Nodes that hold them.")] = 40
    lose: Annotated[int | None, typer.Option(help="Nodes that fail; one when left out.")] = None
    zones: Annotated[int, typer.Option(help="Zones that the nodes are in, in turns.")] = 3
    lose_zone: Annotated[
        int | None, typer.Option(metavar="ZONE", help="A whole zone fails instead, from 0.")
    ] = None
    how: HowLost = "crashes"
    at: Annotated[
        float, typer.Option(callback=a_number, help="When the first one fails, in seconds.")
    ] = 1.0
    back_after: Annotated[
        float | None,
        typer.Option(callback=a_number, help="Seconds until each is back; never when left out."),
    ] = None
    stages: Annotated[int, typer.Option(help="They fail in so many equal parts ...")] = 1
    stage_s: Annotated[
        float, typer.Option(callback=a_number, help="... so many seconds apart.")
    ] = 10.0
    spread: SpreadBy = None
    ttl: Annotated[
        float,
        typer.Option(
            callback=a_number, help="With dns: seconds for which a dead node is given out."
        ),
    ] = 60.0
    horizon: Annotated[int, typer.Option(help="Seconds to watch.")] = 600
    seed: Seed = None
    rescue: Annotated[
        bool, typer.Option(help="Where they do not come back, look for the number that helps.")
    ] = True
    set_: Settings = None
    out: Results = DEFAULT_OUT
    json: AsJson = False
    quiet: Quiet = False
