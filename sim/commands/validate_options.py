"""The flags of `validate`."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from sim.commands.options import Workers


@dataclass(frozen=True, slots=True)
class ValidateOptions:
    """What to hold against what. `against` None: the recorded measurements."""

    against: Annotated[
        Path | None,
        typer.Option(help="Your own tables: a folder or a CSV file (see results/validation)."),
    ] = None
    cells: Annotated[str, typer.Option(help="Only cells whose names contain one of a,b,c.")] = ""
    replications: Annotated[
        int, typer.Option(min=0, help="Repetitions of every twin; 0 = each twin's own number.")
    ] = 0
    workers: Workers = 0
    page: Annotated[
        Path | None, typer.Option(help="Also write the comparison as a Markdown page.")
    ] = None
    runs: Annotated[
        Path | None, typer.Option(help="Also write a digest of what each run said, as CSV.")
    ] = None
    json: Annotated[bool, typer.Option("--json", help="Print JSON, nothing else.")] = False
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress bar, no table.")] = False
    measure: Annotated[
        Path | None,
        typer.Option(help="Do not predict: measure real software here and write tables to it."),
    ] = None
