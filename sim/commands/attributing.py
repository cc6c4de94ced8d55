"""`attribute`: from what was typed to shares of a difference, and what is printed of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from sim.commands import output, running
from sim.commands.options import RunOptions

if TYPE_CHECKING:
    from rich.console import RenderableType

    from sim.experiment.attribution.study import Between
    from sim.experiment.runner import Outcome, Plan
    from sim.report.attribution import Row, Shares
    from sim.scenario.designs import Design

WIDTH = 80


def attribute(
    names: tuple[str, str],
    metric: str,
    scenario: str,
    options: RunOptions,
    known: Mapping[str, Design],
    mix: Callable[[Design, Design], Between],
) -> None:
    """Run the designs between two, `mix`ed of them, and print what makes their difference."""
    from sim.experiment.attribution.study import planned

    plan = planned(names, metric, scenario, options.request, known, mix)
    outcome = running.execute(plan, options)
    output.show(outcome, plan, options, _view)


def _view(outcome: Outcome, plan: Plan) -> Iterator[RenderableType]:
    """The table of shares, how to read it, and what to do next."""
    from rich.text import Text

    from sim.report.attribution import shares

    if (found := shares(outcome.summary["attribution"])) is not None:
        yield _table(found)
        for note in found.notes:
            yield Text(f"• {note}")
    yield from output.closing(outcome, plan)


def _table(found: Shares) -> RenderableType:
    import rich.box
    from rich.table import Table

    table = Table(box=rich.box.SIMPLE_HEAD, width=WIDTH, show_footer=False)
    table.add_column("aspect", no_wrap=True)
    table.add_column(f"{found.a} → {found.b}", overflow="fold", ratio=1)
    table.add_column(found.heading, justify="right")
    table.add_column("of it", justify="right")
    for row in found.rows:
        table.add_row(*_cells(row), style="" if row.is_clear else "dim")
    table.add_section()
    table.add_row(*_cells(found.whole), style="bold")
    return table


def _cells(row: Row) -> list[str]:
    """A row's words, intervals below their values."""
    share = "\n".join(filter(None, (row.share, row.interval)))
    ratio = "\n".join(filter(None, (row.ratio, row.ratio_interval)))
    return [row.aspect, f"{row.a} → {row.b}", share, ratio]
