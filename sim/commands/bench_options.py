"""The flags of `bench`, declared once, as in `options`."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

LEAST_PEOPLE, MOST_PEOPLE = 42, 100_000
MOST_ROUNDS = 99


@dataclass(frozen=True, slots=True)
class BenchOptions:
    """What to measure, at which size, how often."""

    people: Annotated[
        int | None,
        typer.Option(
            min=LEAST_PEOPLE, max=MOST_PEOPLE, help="How many people: 10,000, with --quick 1,050."
        ),
    ] = None
    designs: Annotated[str, typer.Option(help="Designs, as a,b,c.")] = (
        "full-websocket,socketio,sse,hybrid,mqtt-qos1,long-poll"
    )
    worlds: Annotated[str, typer.Option(help="What the network does: calm, loss, outages.")] = (
        "calm,loss,outages"
    )
    rounds: Annotated[
        int | None,
        typer.Option(min=1, max=MOST_ROUNDS, help="Turns of everything: 3, with --quick 1."),
    ] = None
    parts: Annotated[
        str | None,
        typer.Option(
            help="What to measure: deliveries, growth (ten times the people), idle (bytes of a"
            " person), tiny and default (whole commands); all, with --quick without the last."
        ),
    ] = None
    quick: Annotated[
        bool, typer.Option("--quick", help="Small and once: some minutes, and rough.")
    ] = False
    out: Annotated[Path | None, typer.Option(help="Write all figures here, as JSON.")] = None
