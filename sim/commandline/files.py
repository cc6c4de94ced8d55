"""Commands about files: reports, what a scenario may say, a scenario or design to start from."""

from pathlib import Path
from typing import Annotated

import typer

from sim import registry
from sim.commands.options import Kind
from sim.scenario import DEFAULT_SCENARIO

commands = typer.Typer()


@commands.command()
def report(
    folder: Annotated[Path, typer.Argument(help="A result folder, as results/runs/NAME-DIGEST.")],
) -> None:
    """Rebuild the report of a result folder.

    Plots and report.html are made anew from the stored data alone.
    """
    from sim.commands import files

    files.report(folder)


@commands.command(name="list")
def list_(
    kind: Annotated[Kind, typer.Argument(help="What to list.")],
    *,
    json: Annotated[bool, typer.Option("--json", help="Print JSON, nothing else.")] = False,
) -> None:
    """List what a scenario can name."""
    from sim.commands import listing

    listing.show(kind.value, registry.designs(), json=json)


@commands.command()
def schema() -> None:
    """Print the JSON schema of scenario files, for editors.

    Editors with a TOML language server take it from `#:schema scenario.schema.json` on a first
    line.
    """
    from sim.commands import listing

    listing.schema()


@commands.command()
def new(
    file: Annotated[Path, typer.Argument(help="File to write; - prints.")] = Path("scenario.toml"),
    *,
    start_from: Annotated[
        str, typer.Option("--from", help="Scenario whose values to start from.")
    ] = DEFAULT_SCENARIO,
) -> None:
    """Write a commented scenario file to start from."""
    from sim.commands import files

    files.new(file, start_from, registry.designs())


@commands.command(name="new-design")
def new_design(
    folder: Annotated[
        Path, typer.Argument(help="Folder to write; its name is the module's, as my_designs.")
    ],
) -> None:
    """Write a small package with a design of your own to start from.

    The design changes one number of a shipped one; a test holds it to what it promises.
    """
    from sim.commands import scaffolding

    scaffolding.new_design(folder, registry.designs())
