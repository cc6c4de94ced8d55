"""The flags of `claims`, declared once, as in `options`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import typer

from sim.claims.tested import CLAIMS_OUT
from sim.commands.options import MOST_SEED, AsJson, Results, Workers


@dataclass(frozen=True, slots=True)
class ClaimOptions:
    """Which claims, with what luck, and how sure."""

    only: Annotated[
        list[str] | None,
        typer.Option(metavar="ID", help="Test this claim, as S2a; repeatable, or as S1,S2a."),
    ] = None
    seed: Annotated[int, typer.Option(min=0, max=MOST_SEED, help="All luck comes from it.")] = 1
    quick: Annotated[
        bool, typer.Option("--quick", help="Half of the replications: less sure, half the time.")
    ] = False
    workers: Workers = 0
    out: Results = CLAIMS_OUT
    json: AsJson = False
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress bar, no table.")] = False

    @property
    def names(self) -> list[str]:
        """The ids that were asked for."""
        return [name.strip() for one in self.only or () for name in one.split(",") if name.strip()]
