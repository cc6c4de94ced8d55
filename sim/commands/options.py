"""The flags of the commands, declared once, where several share them or there are many.

A command takes them as one value, `RunOptions` or another; `with_options` shows typer the single
flags.
"""

import inspect
import math
import shlex
from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass
from enum import StrEnum
from functools import wraps
from pathlib import Path
from typing import Annotated, Any, get_type_hints

import typer

from sim.errors import InputError
from sim.experiment.request import DEFAULT_OUT, Request
from sim.experiment.stopping import DECIDED, Stop

MOST_SEED = 2**63 - 1
MOST_REPLICATIONS = 10_000
MOST_WORKERS = 1_024
_OWN = ("--precision", "--until", "--budget", "--footing")  # of `compare`, which others lack

Seed = Annotated[int | None, typer.Option(min=0, max=MOST_SEED, help="All luck comes from it.")]
Workers = Annotated[
    int,
    typer.Option(
        min=0, max=MOST_WORKERS, help="Processes; 1 = in this one, 0 = one per processor."
    ),
]
Settings = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Change any scenario key; repeatable."),
]
Anyway = Annotated[
    bool, typer.Option("--anyway", help="Run even what does not fit this machine or takes days.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON, nothing else.")]
Results = Annotated[Path, typer.Option(help="Folder for result folders.")]
Footing = Annotated[
    str | None,
    typer.Option(
        metavar="equal|shipped|both",
        help="Designs with their own defaults, all with the same timers and safety, or both.",
    ),
]


def a_number(given: float | None) -> float | None:
    """An option's number; infinity and what is no number pass every range. Raises BadParameter."""
    if given is not None and not math.isfinite(given):
        raise typer.BadParameter(f"{given} is not allowed; allowed: a finite number")
    return given


class Kind(StrEnum):
    """What can be listed."""

    DESIGNS = "designs"
    NETWORKS = "networks"
    BOXES = "boxes"
    HTTP_SERVERS = "http-servers"
    FAULTS = "faults"
    METRICS = "metrics"
    GUARANTEES = "guarantees"
    SCENARIOS = "scenarios"


@dataclass(frozen=True, slots=True)
class RunOptions:
    """What the user asked for besides the scenario."""

    designs: Annotated[
        str | None, typer.Option(help="Designs to run, as a,b,c; the first is the reference.")
    ] = None
    seed: Seed = None
    replications: Annotated[
        int | None,
        typer.Option(min=1, max=MOST_REPLICATIONS, help="Independent repetitions of every design."),
    ] = None
    workers: Workers = 0
    cluster: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS", help="Dask scheduler to use instead of local processes."),
    ] = None
    out: Results = DEFAULT_OUT
    trace: Annotated[
        Path | None, typer.Option(help="CSV of real messages to replay instead of drawn ones.")
    ] = None
    set_: Settings = None
    histories: Annotated[
        bool, typer.Option("--histories", help="Keep the history of every replication (large).")
    ] = False
    anyway: Anyway = False
    json: AsJson = False
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress bar, no table.")] = False

    @property
    def request(self) -> Request:
        """The same as values. Raises `InputError` for what cannot be read as such."""
        from sim.scenario.load import change

        names = [name.strip() for name in (self.designs or "").split(",")]
        return Request(
            designs=None if self.designs is None else tuple(name for name in names if name),
            seed=self.seed,
            replications=self.replications,
            trace=self.trace,
            changes=tuple(change(one) for one in self.set_ or ()),
            workers=self.workers,
            cluster=self.cluster,
            out=self.out,
            histories=self.histories,
            anyway=self.anyway,
            typed=True,
        )


@dataclass(frozen=True, slots=True)
class StopOptions:
    """When a run has enough replications, where their number is not given."""

    precision: Annotated[
        str | None,
        typer.Option(
            metavar="RATIO", help="Add replications until what decides is known so well: 10%."
        ),
    ] = None
    until: Annotated[
        str | None,
        typer.Option(
            metavar="decided",
            help="Add replications until the best design is known within the margin.",
        ),
    ] = None
    budget: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=MOST_REPLICATIONS,
            help="Most replications to add up to; by default 10 times the scenario's.",
        ),
    ] = None

    @property
    def stop(self) -> Stop | None:
        """The same as a value. Raises `InputError` for what cannot be read as such."""
        if self.until not in (None, DECIDED):
            raise InputError([f"--until: '{self.until}' is not allowed; allowed: {DECIDED}"])
        if self.precision is None and self.until is None:
            if self.budget is not None:
                raise InputError(["--budget: allowed with --precision or --until decided"])
            return None
        return Stop(self._ratio, self.until == DECIDED, self.budget)

    @property
    def _ratio(self) -> float | None:
        if self.precision is None:
            return None
        percent = self.precision.endswith("%")
        try:
            found = float(self.precision.removesuffix("%")) / (100 if percent else 1)
        except ValueError:
            found = math.nan
        if not 0 < found < 1:
            allowed = "allowed: more than 0 % and less than 100 %, as 10% or 0.1"
            raise InputError([f"--precision: '{self.precision}' is not allowed; {allowed}"])
        return found


@dataclass(frozen=True, slots=True)
class CompareOptions(StopOptions):
    """What a comparison is asked for besides a run."""

    footing: Footing = None


@dataclass(frozen=True, slots=True)
class CheckOptions:
    """What `check` is asked for besides a run."""

    guarantee: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME", help="Check this instead of what the scenario promises; repeatable."
        ),
    ] = None
    budget: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=MOST_REPLICATIONS,
            help="Most replications to spend; by default 4 times the scenario's.",
        ),
    ] = None
    strict: Annotated[bool, typer.Option("--strict", help="Unknown is a failure.")] = False
    junit: Annotated[Path | None, typer.Option(help="Write JUnit XML here.")] = None
    markdown: Annotated[Path | None, typer.Option(help="Write a page for a CI service.")] = None
    github: Annotated[
        bool, typer.Option("--github", help="Print annotations for GitHub Actions, too.")
    ] = False
    baseline: Annotated[
        Path | None,
        typer.Option(help="Fail on what got worse since this file, or folder of NAME.json."),
    ] = None
    tolerance: Annotated[
        list[str] | None,
        typer.Option(
            metavar="[METRIC=]VALUE",
            help="What a figure may be worse: METRIC=0.01 in its unit, METRIC=5%, 5% for all;"
            " repeatable. By default each metric's own margin.",
        ),
    ] = None
    replication: Annotated[
        int | None,
        typer.Option(
            min=0, max=MOST_REPLICATIONS - 1, help="Only this replication, to see a failure again."
        ),
    ] = None


def scenario_names(incomplete: str) -> list[str]:
    """For a shell that completes: shipped scenarios; files it knows by itself."""
    from sim.scenario.load import shipped

    return [name for name in shipped() if name.startswith(incomplete)]


Scenario = Annotated[
    str,
    typer.Argument(
        help="A shipped scenario (see `rtcsim list scenarios`) or a TOML file.",
        autocompletion=scenario_names,
    ),
]


def with_options(command: Callable[..., None]) -> Callable[..., None]:
    """Show typer every field of the command's dataclass parameters in place of these.

    A flag that the command declares itself hides the field of the same name.
    """
    hints = get_type_hints(command, include_extras=True)
    names = list(inspect.signature(command).parameters)
    groups = {name: hints[name] for name in names if is_dataclass(hints[name])}
    own = [
        parameter.replace(annotation=hints[name])
        for name, parameter in inspect.signature(command).parameters.items()
        if name not in groups
    ]
    hidden = {parameter.name for parameter in own}
    flags = {
        name: [one for one in fields(kind) if one.name not in hidden]
        for name, kind in groups.items()
    }
    shared = [
        inspect.Parameter(
            one.name,
            inspect.Parameter.KEYWORD_ONLY,
            default=one.default,
            annotation=get_type_hints(groups[name], include_extras=True)[one.name],
        )
        for name, found in flags.items()
        for one in found
    ]

    @wraps(command)
    def flat(**given: Any) -> None:
        made = {
            name: kind(**{one.name: given.pop(one.name) for one in flags[name]})
            for name, kind in groups.items()
        }
        command(**given, **made)

    flat.__signature__ = inspect.Signature([*own, *shared])  # type: ignore[attr-defined]
    flat.__annotations__ = {one.name: one.annotation for one in (*own, *shared)}
    return flat


def other_command(repeat: str, command: str, designs: str | None = None) -> str:
    """`repeat` as another command: the same world, for other designs, as often as that says."""
    _, _, scenario, *rest = shlex.split(repeat)
    rest = rest[2:] if rest[:1] == ["--designs"] else rest
    lacking = {index for index, word in enumerate(rest) if word in _OWN}
    rest = [word for index, word in enumerate(rest) if not {index, index - 1} & lacking]
    own = ["--designs", designs] if designs else []
    return shlex.join(["rtcsim", command, scenario, *own, *rest])
