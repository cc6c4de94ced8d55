"""`storm`: from what was typed to a storm, its figures, and what is printed of them."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from time import monotonic
from typing import TYPE_CHECKING, Any, Final, cast

from sim.commands import running
from sim.commands.crowds import answered, repeated, teller, world_of
from sim.commands.storm_options import StormOptions

if TYPE_CHECKING:
    from rich.console import RenderableType

    from sim.scenario.designs import Design
    from sim.scenario.scenario import Scenario
    from sim.storms.outcome import Play
    from sim.storms.question import Spread, Storm
    from sim.storms.question import What as How

WIDTH: Final = 80


def storm(scenario: str, options: StormOptions, known: Mapping[str, Design], play: Play) -> None:
    """Play the storm, print the answer and the table, leave a folder. Raises `InputError`."""
    from sim.experiment.store import require_writable
    from sim.storms import stored
    from sim.storms.told import Telling, tell

    world, design = world_of(scenario, options, known)
    asked = question(options, world)
    require_writable(options.out)
    with running.bar(hidden=options.quiet or options.json) as progress:
        search = teller(options.quiet or options.json) if options.rescue else None
        told = tell(asked, design, world, Telling(play, progress, search, monotonic))
    told["command"] = repeated("storm", scenario, options)
    folder = stored.publish(options.out, told)
    if options.json:
        sys.stdout.write(stored.as_json(told))
        return
    table = () if options.quiet else _table(told)
    answered(told, table, folder / stored.PAGE, told["figures"]["digest"])


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
