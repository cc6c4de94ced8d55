"""The flags of `hunt` and `guarantees`, declared once, as in `options`."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from sim.commands.options import Workers

HUNTS_OUT = Path("results/hunts")
LEAST_MINUTES, MOST_MINUTES = 0.01, 10_080.0  # a week
MOST_WITHIN_S = 86_400.0


@dataclass(frozen=True, slots=True)
class HuntOptions:
    """Where to look, how long, and for what."""

    guarantee: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            help="What to break (see `rtcsim list guarantees`); repeatable. By default what the"
            " design claims.",
        ),
    ] = None
    within: Annotated[
        float | None,
        typer.Option(help="The guarantee's bound in seconds, if it has one; 0 to 86,400."),
    ] = None
    against: Annotated[
        str | None,
        typer.Option(
            metavar="OTHER",
            help="Play this other design, or MODULE:NAME of one, under the same schedules, and say"
            " what is worse in one of them; of all guarantees unless some are named.",
        ),
    ] = None
    faults: Annotated[
        str,
        typer.Option(
            help="What may break, as a,b,c; an empty text for nothing. There are also app (closed"
            " and opened), netsplit (gateways parted), and store-, authenticator- and"
            " backplane-pause, -crash and -slow."
        ),
    ] = "link,reset,address,crash,host,pause,backplane"
    people: Annotated[int, typer.Option(min=2, max=4, help="Most people of a schedule.")] = 4
    messages: Annotated[int, typer.Option(min=1, max=10, help="Most messages of one.")] = 4
    most_faults: Annotated[int, typer.Option(min=0, max=10, help="Most faults of one.")] = 3
    schedules: Annotated[
        int,
        typer.Option("--schedules", "--examples", min=1, help="Schedules to try before giving up."),
    ] = 5000
    minutes: Annotated[
        float | None, typer.Option(help="Try for so long instead; 0.01 to 10,080 (a week).")
    ] = None
    schedule: Annotated[
        str | None,
        typer.Option(
            help="Try this one only, as an earlier hunt printed it: 'people=2 send=5:0'; 2 to 100"
            " people, at most 2,000 words, seconds from 0 to 86,400."
        ),
    ] = None
    scenario: Annotated[
        str | None,
        typer.Option(help="Scenario whose networks, servers and variants to hunt in."),
    ] = None
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="Change any key of it; repeatable."),
    ] = None
    seed: Annotated[int, typer.Option(min=0, help="What is tried follows from it.")] = 1
    workers: Workers = 0
    out: Annotated[Path, typer.Option(help="Folder for what is found.")] = HUNTS_OUT
    json: Annotated[bool, typer.Option("--json", help="Print JSON, nothing else.")] = False
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress bar, no steps.")] = False


@dataclass(frozen=True, slots=True)
class CatalogueOptions:
    """How much to put every design through, and where the catalogue goes besides the screen."""

    schedules: Annotated[
        int, typer.Option(min=1, help="Schedules per design and class of faults.")
    ] = 200
    seed: Annotated[int, typer.Option(min=0, help="What is tried follows from it.")] = 1
    workers: Workers = 0
    out: Annotated[Path | None, typer.Option(help="Also write the catalogue as JSON.")] = None
    page: Annotated[Path | None, typer.Option(help="Also write it as a Markdown page.")] = None
    json: Annotated[bool, typer.Option("--json", help="Print JSON, nothing else.")] = False
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress bar.")] = False
