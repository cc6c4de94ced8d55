"""The command with no commands yet, and what several of them take."""

from typing import Annotated

import typer

from sim import registry

app = typer.Typer(
    help="Compare designs of chat systems: latency, loss, duplicates, recovery and cost.",
    epilog="Start with `rtcsim compare`. Results go to results/runs/.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


def design_names(incomplete: str) -> list[str]:
    """For a shell that completes."""
    return [name for name in registry.designs() if name.startswith(incomplete)]


DesignName = Annotated[
    str, typer.Argument(help="A design (see `rtcsim list designs`).", autocompletion=design_names)
]


@app.callback()
def _global(
    *,
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="On a crash, show the traceback.")] = False,
) -> None:
    del version, debug  # `main` acts on both before any command runs
