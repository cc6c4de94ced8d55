"""`storm`: from what was typed to a storm, its figures, and what is printed of them."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields
from typing import TYPE_CHECKING, Any, Final, Protocol, cast

from sim.commands import running
from sim.commands.storm_options import StormOptions
from sim.errors import InputError

if TYPE_CHECKING:
    from rich.console import RenderableType

    from sim.scenario.designs import Design
    from sim.scenario.scenario import Scenario
    from sim.storms.outcome import Play
    from sim.storms.question import Spread, Storm
    from sim.storms.question import What as How

WIDTH: Final = 80
_PLACES: Final = ("out", "json", "quiet")  # change nothing of what comes out


def storm(scenario: str, options: StormOptions, known: Mapping[str, Design], play: Play) -> None:
    """Play the storm, print the answer and the table, leave a folder. Raises `InputError`."""
    from sim.experiment.store import require_writable
    from sim.storms import stored
    from sim.storms.told import Telling, tell

    world, design = world_of(scenario, options, known)
    asked = question(options, world)
    require_writable(options.out)
    with running.bar(hidden=options.quiet or options.json) as progress:
        search = _teller(options) if options.rescue else None
        told = tell(asked, design, world, Telling(play, progress, search))
    told["command"] = command(scenario, options)
    folder = stored.publish(options.out, told)
    if options.json:
        sys.stdout.write(stored.as_json(told))
        return
    _print(told, folder / stored.PAGE, options)


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


def question(options: StormOptions, world: Scenario) -> Storm:
    """What is asked, checked. Raises `InputError` with what is wrong."""
    from sim.storms.stormed import What, asked

    what: What = {
        "clients": options.clients,
        "nodes": options.nodes,
        "zones": options.zones,
        "lose_zone": options.lose_zone,
        "how": cast("How", options.how),
        "at_s": options.at,
        "back_after_s": options.back_after,
        "stages": options.stages,
        "stage_s": options.stage_s,
        "spread": cast("Spread", options.spread or world.servers.balancer),
        "ttl_s": options.ttl,
        "horizon_s": options.horizon,
        "seed": world.seed if options.seed is None else options.seed,
    }
    if options.lose is not None:
        what["lose"] = options.lose
    return asked(world, what)


def command(scenario: str, options: StormOptions) -> str:
    """What gives the same again."""
    words = ["rtcsim", "storm", scenario]
    for one in fields(options):
        value, usual = getattr(options, one.name), one.default
        if one.name in _PLACES or value == usual:
            continue
        flag = f"--{one.name.rstrip('_').replace('_', '-')}"
        if value is False:
            words.append(f"--no-{one.name}")
            continue
        for each in value if isinstance(value, list) else [value]:
            words += [flag, str(each)]
    return shlex.join(words)


def _teller(options: StormOptions) -> Callable[[str], None]:
    def tell(line: str) -> None:
        if not (options.quiet or options.json):
            print(line, file=sys.stderr)

    return tell


def _print(told: Mapping[str, Any], page: object, options: StormOptions) -> None:
    from rich.text import Text

    from sim.commands.output import console_for_results

    console = console_for_results()
    for line in told["answer"]:
        console.print(Text(line, style="bold"))
    for part in () if options.quiet else _table(told):
        console.print(part)
    for line in (f"Report:  {page}", f"Repeat:  {told['command']}"):
        console.print(line, markup=False, soft_wrap=True)
    console.print(f"Digest:  {told['figures']['digest'][:12]}", markup=False)


def _table(told: Mapping[str, Any]) -> Iterator[RenderableType]:
    import rich.box
    from rich.table import Table
    from rich.text import Text

    from sim.storms import wording

    table = Table(box=rich.box.SIMPLE_HEAD, width=WIDTH)
    table.add_column(f"{told['design']}, {told['storm']['clients']:,} clients", ratio=1)
    table.add_column("", justify="right", no_wrap=True)
    for what, value in wording.rows(told["figures"]):
        table.add_row(what, value)
    yield table
    yield from (Text(f"• {note}") for note in told["notes"])
