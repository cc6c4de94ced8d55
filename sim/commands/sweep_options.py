"""The flags of `sweep`, declared once, as in `options`."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.commands.options import (
    MOST_REPLICATIONS,
    Anyway,
    AsJson,
    Results,
    RunOptions,
    Seed,
    Settings,
    Workers,
)

if TYPE_CHECKING:
    from sim.experiment.sweep.plan import Asked

SWEEPS_OUT = Path("results/sweeps")


@dataclass(frozen=True, slots=True)
class SweepOptions:
    """What is swept, how, and by whom."""

    over: Annotated[
        list[str] | None,
        typer.Option(
            metavar="KEY=VALUES",
            help="A number of the scenario, or of every design behind `options.`, and its values:"
            " 0,0.01,0.05 or 50..500:4 or 1..1000:4:log; with points that are spread a range,"
            " 50..500 or 1..1000:log; repeatable.",
        ),
    ] = None
    metric: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            help="A figure (see `rtcsim list metrics`); repeatable; the first is the answer's. By"
            " default what the scenario decides by.",
        ),
    ] = None
    sample: Annotated[
        str,
        typer.Option(
            help="Which points: grid (all combinations), list (side by side), latin, sobol (spread"
            " over ranges), morris, saltelli (to tell which key moves a figure)."
        ),
    ] = "grid"
    points: Annotated[
        int | None, typer.Option(min=1, help="How many, of those that are spread.")
    ] = None
    designs: Annotated[str | None, typer.Option(help="Designs to run, as a,b,c.")] = None
    seed: Seed = None
    replications: Annotated[
        int | None,
        typer.Option(min=1, max=MOST_REPLICATIONS, help="Independent repetitions of every point."),
    ] = None
    set_: Settings = None
    workers: Workers = 0
    dask: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS", help="Dask scheduler to use instead; local starts one."),
    ] = None
    store: Annotated[
        str,
        typer.Option(
            help="Place of finished cells: a folder, or a URL of fsspec's, as s3://bucket/folder;"
            " `cells` in the folder of results when left out."
        ),
    ] = ""
    out: Results = SWEEPS_OUT
    anyway: Anyway = False
    json: AsJson = False
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress, no table.")] = False

    @property
    def asked(self) -> "Asked":
        """The same as values. Raises `InputError` for what cannot be read as such."""
        from sim.experiment.sweep.plan import Asked

        run = RunOptions(
            designs=self.designs,
            seed=self.seed,
            replications=self.replications,
            workers=self.workers,
            out=self.out,
            set_=self.set_,
            anyway=self.anyway,
        )
        return Asked(
            over=tuple(self.over or ()),
            request=run.request,
            sample=self.sample,
            points=self.points,
            metrics=tuple(self.metric or ()),
            store=self.store,
            dask=self.dask,
        )
