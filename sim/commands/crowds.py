"""What `storm` and `plan` have in common: the crowd that is asked about, and how they answer."""

from __future__ import annotations

import re
import shlex
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from typing import TYPE_CHECKING, Annotated, Any, Final, Protocol

import typer

from sim.errors import InputError

if TYPE_CHECKING:
    from rich.console import RenderableType

    from sim.scenario.designs import Design
    from sim.scenario.scenario import Scenario

_AMOUNT: Final = re.compile(r"([0-9][0-9_,]*(?:\.[0-9]+)?)([kKmM]?)")
_TIMES: Final = {"": 1, "k": 1_000, "m": 1_000_000}
_PLACES: Final = ("out", "json", "quiet")  # change nothing of what comes out


def amount(typed: object) -> int:
    """A whole number as people write it: 10M, 250k, 1,000,000. Raises BadParameter."""
    match = _AMOUNT.fullmatch(str(typed).strip())  # the default comes as a number
    value = 0.5
    if match is not None:
        value = float(match[1].replace(",", "").replace("_", "")) * _TIMES[match[2].lower()]
    if value != int(value):
        raise typer.BadParameter(f"'{typed}' is not allowed; allowed: a number, as 250000 or 10M")
    return int(value)


OneDesign = Annotated[
    str | None, typer.Option(help="The design; the scenario's first when left out.")
]
Clients = Annotated[
    int, typer.Option(parser=amount, metavar="NUMBER", help="Clients, as 250000 or 10M.")
]
HowLost = Annotated[
    str, typer.Option(help="crashes: clients are told; vanishes: their pings find out.")
]
SpreadBy = Annotated[
    str | None,
    typer.Option(
        help="round-robin, least-connections, sticky or dns; the scenario's balancer when left out."
    ),
]
Quiet = Annotated[bool, typer.Option("--quiet", help="No progress bar, no table.")]


class Choice(Protocol):
    """Options that choose a design and change a scenario."""

    @property
    def design(self) -> str | None: ...
    @property
    def set_(self) -> list[str] | None: ...


def world_of(
    scenario: str, options: Choice, known: Mapping[str, Design]
) -> tuple[Scenario, Design]:
    """The scenario and the design; a design's name in the place of a scenario's is one, too."""
    from sim.scenario import DEFAULT_STORM
    from sim.scenario.load import change, load
    from sim.storms.stormed import design_of

    name, wanted = scenario, options.design
    if scenario in known:
        if wanted not in (None, scenario):
            raise InputError([f"'{scenario}' is a design, and --design says '{wanted}'"])
        name, wanted = DEFAULT_STORM, scenario
    world = load(name, known, [change(one) for one in options.set_ or ()])
    return world, design_of(world, wanted, known)


def repeated(command: str, scenario: str, options: Any) -> str:
    """What gives the same again: every flag that is not as usual."""
    words = ["rtcsim", command, scenario]
    for one in fields(options):
        value = getattr(options, one.name)
        if one.name in _PLACES or value == one.default:
            continue
        flag = one.name.rstrip("_").replace("_", "-")
        if value is False:
            words.append(f"--no-{flag}")
            continue
        for each in value if isinstance(value, list) else [value]:
            words += [f"--{flag}", str(each)]
    return shlex.join(words)


def teller(hidden: bool) -> Callable[[str], None]:
    """Says a line to who waits, if anybody may be told."""

    def tell(line: str) -> None:
        if not hidden:
            print(line, file=sys.stderr)

    return tell


def answered(
    told: Mapping[str, Any], table: Iterable[RenderableType], page: object, digest: str
) -> None:
    """Print the answer, what it rests on, and where there is more."""
    from rich.text import Text

    from sim.commands.output import console_for_results

    console = console_for_results()
    for line in told["answer"]:
        console.print(Text(line, style="bold"))
    for part in table:
        console.print(part)
    for line in (f"Report:  {page}", f"Repeat:  {told['command']}"):
        console.print(line, markup=False, soft_wrap=True)
    console.print(f"Digest:  {digest[:12]}", markup=False)
