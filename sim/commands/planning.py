"""`plan`: from what was typed to a question, the search for its answer, and what is printed."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final, cast

from sim.commands import running
from sim.commands.crowds import answered, repeated, teller, world_of
from sim.commands.plan_options import PLANS_OUT, PlanOptions
from sim.errors import InputError

if TYPE_CHECKING:
    from rich.console import RenderableType

    from sim.plans.planned import What
    from sim.plans.question import Question
    from sim.plans.storming import Stage
    from sim.scenario.designs import Design
    from sim.scenario.scenario import Scenario
    from sim.storms.outcome import Play
    from sim.storms.question import Spread
    from sim.storms.question import What as How

ANY: Final = "any"
_BYTES_A_MB: Final = 1e6


def plan(scenario: str, options: PlanOptions, known: Mapping[str, Design], play: Play) -> None:
    """Search, print the answer and the frontier, leave a folder. Raises `InputError`."""
    from sim.experiment.store import require_writable
    from sim.experiment.work import Work
    from sim.plans import stored
    from sim.plans.planned import Telling, planned
    from sim.plans.storming import Stage

    world, design = world_of(scenario, options, known)
    stage = Stage(question(options, world), design, world, play)
    require_writable(options.out)
    repeat = repeated("plan", scenario, options)
    resume = (
        repeat if options.out == PLANS_OUT else f"{repeat} --out {shlex.quote(str(options.out))}"
    )
    work = Work(options.out, key(stage))
    hidden = options.quiet or options.json
    with work.opened(), running.bar(hidden=hidden) as progress:
        told = planned(stage, Telling(progress, teller(hidden), work, resume))
        told["command"] = repeat
        folder = stored.publish(options.out, told)
        work.discard()
    if options.json:
        sys.stdout.write(stored.as_json(told))
        return
    table = () if options.quiet else _table(told)
    answered(told, table, folder / stored.PAGE, stored.digest(told))


def question(options: PlanOptions, world: Scenario) -> Question:
    """What is asked, checked. Raises `InputError` with everything that is wrong."""
    from sim.plans.planned import asked

    what: What = {
        "clients": options.clients,
        "zones": options.zones,
        "how": cast("How", options.how),
        "recovery": options.recovery,
        "cpu": options.cpu,
        "memory": options.memory * _BYTES_A_MB,
        "delivery": options.delivery,
        "loss": options.loss,
        "backoffs": _words(options.backoff),
        "admissions": [_rate(one) for one in _words(options.admission)],
        "most_nodes": options.most_nodes,
        "runs": options.runs,
        "people": options.people,
        "price": options.price,
    }
    spread = cast("Spread", options.spread or world.servers.balancer)
    return asked(what, spread, world.seed if options.seed is None else options.seed)


def key(stage: Stage) -> str:
    """Digest of all that decides a run: kept ones are found by it."""
    from sim.experiment.provenance import experiment_key

    given = asdict(stage.question)
    for other in ("ways", "price", "runs", "most_nodes"):  # they decide which runs there are
        given.pop(other)
    whole = experiment_key(stage.scenario, [stage.design], histories=False)
    return sha256(f"{whole} {sorted(given.items())}".encode()).hexdigest()


def _words(typed: str) -> list[str]:
    return [word for one in typed.split(",") if (word := one.strip())]


def _rate(word: str) -> float | None:
    if word == ANY:
        return None
    try:
        return float(word)
    except ValueError:
        allowed = "allowed: any, or a number a second, as 200"
        raise InputError([f"--admission '{word:.60}'; {allowed}"]) from None


def _table(told: Mapping[str, Any]) -> Iterator[RenderableType]:
    import rich.box
    from rich.table import Table
    from rich.text import Text

    from sim.plans import wording

    table = Table(box=rich.box.SIMPLE_HEAD, padding=(0, 0, 0, 1))
    for place, head in enumerate(wording.HEADS):
        justify: Any = "right" if place else "left"
        table.add_column(head, justify=justify, overflow="fold", no_wrap=not place)
    for row in wording.rows(told):
        table.add_row(*map(Text, row))
    table.add_section()
    table.add_row(*map(Text, wording.limits(told)))
    yield table
    yield from (Text(f"• {note}") for note in told["notes"])
    if told["resumed"]:
        yield Text(f"{told['resumed']:,} runs were found finished from an earlier plan.")
