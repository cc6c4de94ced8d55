"""`claims`: from what was typed to verdicts, and what is printed of them."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sim.commands import output
from sim.commands.claim_options import ClaimOptions
from sim.commands.running import bar
from sim.errors import InputError

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from sim.scenario.designs import Design

STYLES = {"demonstrated": "green", "refuted": "red", "conditional": "yellow"}


def claims(options: ClaimOptions, known: Mapping[str, Design]) -> None:
    """Put claims to the test, store what was found, and print it claim by claim."""
    from rich.text import Text

    from sim.claims import campaign
    from sim.claims.reading import chosen
    from sim.claims.worlds import Effort
    from sim.experiment.store import as_json
    from sim.experiment.workers import default_workers
    from sim.report import claims as words

    if options.only and not options.names:
        raise InputError([f"--only {options.only[0]}: names no claim; allowed: ids, as S1,S2a"])
    asked = chosen(options.names)
    effort = Effort(options.seed, options.quick, options.workers, options.out)
    needed_s = campaign.seconds(asked, effort, known)
    if not options.quiet:
        wait_s = needed_s / min(options.workers or default_workers(), default_workers())
        count = len(asked)
        print(f"{count} claim{'s' if count > 1 else ''}: about {minutes(wait_s)}", file=sys.stderr)
    with bar(hidden=options.quiet) as progress:
        tested = campaign.put_to_the_test(asked, effort, known, options.names, progress)
    folder, found = tested.folder, tested.summary
    if options.json:
        sys.stdout.write(as_json(found))
        return
    console = output.console_for_results()
    console.print(Text(words.answer(found), style="bold"), soft_wrap=True)
    if not options.quiet:
        for one in found["claims"]:
            _print(console, one)
    console.print(f"Results: {folder}", soft_wrap=True, markup=False)
    console.print(f"Report:  {folder / 'report.html'}", soft_wrap=True, markup=False)
    console.print(f"Repeat:  {found['command']}", soft_wrap=True, markup=False)


def _print(console: Console, one: Mapping[str, Any]) -> None:
    """A claim: what it says, what decides it and what not, the command that shows it alone."""
    from rich.padding import Padding
    from rich.text import Text

    from sim.report import claims as words

    head, figure, left_out, command = words.lines(one)
    console.print(Text(head, STYLES.get(one["verdict"], "dim")))
    for text in filter(None, (figure, left_out)):
        console.print(Padding(Text(text), (0, 0, 0, 4), expand=False))
    if command:
        console.print(f"    $ {command}", soft_wrap=True, markup=False, highlight=False)
    if "ladder" in one:
        console.print(_ladder(one["ladder"]))


def _ladder(rungs: list[Mapping[str, Any]]) -> RenderableType:
    import rich.box
    from rich.table import Table

    from sim.report import claims as words

    heads, rows = words.rows_of(rungs)
    table = Table(box=rich.box.SIMPLE_HEAD)
    table.add_column(heads[0], overflow="fold", min_width=24)
    for head in heads[1:]:
        table.add_column(head, justify="right")
    for row in rows:
        table.add_row(*row)
    return table


def minutes(wait_s: float) -> str:
    """A wait in words."""
    if wait_s < 55.0:
        return f"{max(5, 5 * round(wait_s / 5))} s"
    return f"{max(1, round(wait_s / 60))} min"
