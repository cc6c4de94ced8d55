"""The flags of `storm`, declared once, as in `options`."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final

import typer

from sim.commands.options import MOST_SEED, a_number
from sim.experiment.request import DEFAULT_OUT

_AMOUNT: Final = re.compile(r"([0-9][0-9_,]*(?:\.[0-9]+)?)([kKmM]?)")
_TIMES: Final = {"": 1, "k": 1_000, "m": 1_000_000}


def amount(typed: object) -> int:
    """A whole number as people write it: 10M, 250k, 1,000,000. Raises BadParameter."""
    match = _AMOUNT.fullmatch(str(typed).strip())  # the default comes as a number
    value = 0.5
    if match is not None:
        value = float(match[1].replace(",", "").replace("_", "")) * _TIMES[match[2].lower()]
    if value != int(value):
        raise typer.BadParameter(f"'{typed}' is not allowed; allowed: a number, as 250000 or 10M")
    return int(value)


@dataclass(frozen=True, slots=True)
class StormOptions:
    """How large the crowd is, what fails, and how dials find a node."""

    design: Annotated[
        str | None, typer.Option(help="The design; the scenario's first when left out.")
    ] = None
    clients: Annotated[
        int, typer.Option(parser=amount, metavar="NUMBER", help="Clients, as 250000 or 10M.")
    ] = 1_000_000
    nodes: Annotated[int, typer.Option(help="Nodes that hold them.")] = 40
    lose: Annotated[int | None, typer.Option(help="Nodes that fail; one when left out.")] = None
    zones: Annotated[int, typer.Option(help="Zones that the nodes are in, in turns.")] = 3
    lose_zone: Annotated[
        int | None, typer.Option(metavar="ZONE", help="A whole zone fails instead, from 0.")
    ] = None
    how: Annotated[
        str, typer.Option(help="crashes: clients are told; vanishes: their pings find out.")
    ] = "crashes"
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
    spread: Annotated[
        str | None,
        typer.Option(
            help="round-robin, least-connections, sticky or dns; the scenario's balancer when left"
            " out."
        ),
    ] = None
    ttl: Annotated[
        float,
        typer.Option(
            callback=a_number, help="With dns: seconds for which a dead node is given out."
        ),
    ] = 60.0
    horizon: Annotated[int, typer.Option(help="Seconds to watch.")] = 600
    seed: Annotated[
        int | None, typer.Option(min=0, max=MOST_SEED, help="All luck comes from it.")
    ] = None
    rescue: Annotated[
        bool, typer.Option(help="Where they do not come back, look for the number that helps.")
    ] = True
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="Change any scenario key; repeatable."),
    ] = None
    out: Annotated[Path, typer.Option(help="Folder for result folders.")] = DEFAULT_OUT
    json: Annotated[
        bool, typer.Option("--json", help="Print the result as JSON, nothing else.")
    ] = False
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress bar, no table.")] = False
