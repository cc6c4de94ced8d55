"""The flags of `rare`, declared once, as in `options`."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

import typer

from sim.commands.options import MOST_REPLICATIONS, Anyway, AsJson, Seed, Settings, Workers


class Part(StrEnum):
    """What can go wrong with a reception."""

    LOST = "lost"
    LATE = "late"
    TWICE = "twice"


@dataclass(frozen=True, slots=True)
class RareOptions:
    """What is rare, and how much to spend on it."""

    metric: Annotated[
        Part,
        typer.Option(help="Receptions lost for good, more than a second late, or shown twice."),
    ] = Part.LOST
    seed: Seed = None
    replications: Annotated[
        int | None,
        typer.Option(
            min=3, max=MOST_REPLICATIONS, help="Independent repetitions, each with many outages."
        ),
    ] = None
    workers: Workers = 0
    set_: Settings = None
    anyway: Anyway = False
    json: AsJson = False
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress bar.")] = False
