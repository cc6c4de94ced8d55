"""`validate`: measured beside predicted, cell by cell, and an exit code that can gate."""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from sim.errors import InputError

if TYPE_CHECKING:
    from rich.table import Table

    from sim.commands.validate_options import ValidateOptions
    from sim.scenario.designs import Design
    from sim.validation.compare import Verdict

MISSED = 3


def validate(request: ValidateOptions, known: Mapping[str, Design]) -> int:
    """Run the twins and print the comparison; 3 when a target is missed, else 0."""
    from sim.commands.files import require_place
    from sim.commands.running import bar
    from sim.files.by_hand import kept_in
    from sim.files.writing import write_file
    from sim.validation import campaign, compare, measured, page, runs

    found = measured.recorded() if request.against is None else measured.read(request.against)
    wanted = [word.strip() for word in request.cells.split(",") if word.strip()]
    cells = campaign.cells(found, known, wanted)
    if not cells:
        raise InputError([f"{found.source}: no cell with a twin; see `rtcsim validate --help`"])
    by_hand = ""
    if request.page is not None:
        require_place(request.page, "--page")
        by_hand = kept_in(request.page)
    if request.runs is not None:
        require_place(request.runs, "--runs")
    effort = campaign.Effort(request.replications, request.workers)
    with bar(hidden=request.quiet or request.json) as progress:
        predictions = campaign.run(cells, effort, progress)
    verdicts = compare.judge(predictions, found)
    if request.page is not None:
        write_file(request.page, page.document(verdicts, by_hand))
    if request.runs is not None:
        write_file(request.runs, runs.table({one.cell.name: one.digests for one in predictions}))
    _publish(request, verdicts)
    return MISSED if any(one.inside is False for one in verdicts) else 0


def _publish(request: ValidateOptions, verdicts: Sequence[Verdict]) -> None:
    from sim.experiment.store import as_json

    if request.json:
        sys.stdout.write(as_json({"verdicts": [_plain(one) for one in verdicts]}))
    else:
        _print(request, verdicts)


def _plain(one: Verdict) -> dict[str, Any]:
    """JSON knows neither nan nor infinity."""
    row = asdict(one) | {"ratio": one.ratio}
    return {
        key: None if isinstance(value, float) and not math.isfinite(value) else value
        for key, value in row.items()
    }


def _print(request: ValidateOptions, verdicts: Sequence[Verdict]) -> None:
    from sim.commands.output import console_for_results
    from sim.validation import page
    from sim.validation.known import KNOWN

    console = console_for_results()
    if not request.quiet:
        console.print(_table(verdicts))
    console.print(page.summary(verdicts), style="bold")
    for one in verdicts:
        if one.inside is False:
            why = KNOWN.get(one.key, page.OPEN) if request.against is None else ""
            console.print(f"missed: {one.key}{': ' if why else ''}{why}", markup=False)
    if request.page is not None:
        console.print(f"Page: {request.page}", soft_wrap=True)
    console.print("Next: rtcsim validate --cells NAME, or --against your own tables")


def _table(verdicts: Sequence[Verdict]) -> Table:
    import rich.box
    from rich.table import Table

    from sim.validation import page

    table = Table(box=rich.box.SIMPLE_HEAD, pad_edge=False)
    for title in ("cell and quantity", "measured", "predicted", "95 % interval", "ratio", ""):
        left = title in ("cell and quantity", "")
        table.add_column(title, justify="left" if left else "right", no_wrap=True)
    for cell, rows in page.by_cell(verdicts).items():
        table.add_row(f"[bold]{cell}[/bold]")
        for one in rows:
            style = "red" if one.inside is False else ""
            table.add_row(
                f"  {one.quantity}",
                page.figure(one.measured),
                page.figure(one.predicted),
                page.interval(one),
                page.figure(one.ratio),
                page.outcome(one),
                style=style,
            )
    return table
