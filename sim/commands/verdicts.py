"""What `check` says: promises and how they fared, on the terminal and in files for CI services."""

import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from sim.commands import output
from sim.commands.options import CheckOptions, RunOptions
from sim.errors import InputError

if TYPE_CHECKING:
    from rich.console import RenderableType

    from sim.report.gating.result import Checked

_STYLES = {"fail": "bold red", "unknown": "yellow", "pass": "green"}
_WORDS = {"fail": "FAIL", "unknown": "unknown", "pass": "pass"}


def write(found: Sequence["Checked"], gates: CheckOptions) -> list[str]:
    """The files that were asked for, each whole or not at all; says which cannot be written."""
    from sim.experiment.store import write_file
    from sim.report.gating.junit import junit
    from sim.report.gating.markdown import markdown

    failed = []
    for file, made in ((gates.junit, junit), (gates.markdown, markdown)):
        if file is not None:
            try:
                write_file(file, made(found, strict=gates.strict))
            except InputError as error:
                failed += error.messages
    return failed


def show(found: Sequence["Checked"], options: RunOptions, gates: CheckOptions) -> None:
    """Print every scenario, what failed in full, and what the exit code means."""
    from rich.text import Text

    from sim.experiment.store import as_json
    from sim.report.gating.annotations import annotations
    from sim.report.gating.words import ending

    if options.json:
        text = as_json({"checked": [one.plain() for one in found]})
        # Half a character, from the name of a file, has no UTF-8, but an escape in JSON.
        sys.stdout.write(text.encode("utf-8", "backslashreplace").decode("utf-8"))
        return
    console = output.console_for_results()
    for one in found:
        for part in _parts(one, quiet=options.quiet):
            # Only a table is broken into lines: elsewhere a name could come to begin one.
            console.print(part, soft_wrap=isinstance(part, str | Text), markup=False)
    for line in annotations(found, strict=gates.strict) if gates.github else ():
        print(line)
    console.print(ending(found, strict=gates.strict), style="bold", markup=False)


def _parts(found: "Checked", *, quiet: bool) -> Iterator["RenderableType"]:
    """What is printed of one scenario: all promises, then what failed in full."""
    from rich.text import Text

    from sim.report.escape import terminal
    from sim.report.gating.words import details, effort, label

    if not quiet:
        yield Text(terminal(f"{found.scenario}: {effort(found)}"), style="bold")
        yield _table(found)
        yield from _curves(found)
        yield from map(terminal, found.notes)
    for row in found.rows:
        if row.state == "fail":
            yield Text(terminal(f"{_WORDS['fail']}  {label(found, row)}"), style=_STYLES["fail"])
            yield from (f"  {terminal(line)}" for line in details(row))
            yield ""
    if not quiet:
        yield from ([terminal(f"Results: {found.folder}")] if found.folder else [])
        yield terminal(f"Repeat:  {found.repeat}")


def _curves(found: "Checked") -> Iterator["RenderableType"]:
    """What the gates can see, where that is known."""
    import rich.box
    from rich.table import Table
    from rich.text import Text

    from sim.report.escape import terminal
    from sim.report.gating.curves import HEADINGS, explained, together

    if not found.curves:
        return
    yield f"{explained(curve for _, _, curve in found.curves)}:"
    table = Table(box=rich.box.SIMPLE_HEAD, pad_edge=False)
    for title in HEADINGS:
        table.add_column(title, overflow="fold")
    for cells in together(found.curves):
        table.add_row(*(Text(terminal(one)) for one in cells))
    yield table


def _table(found: "Checked") -> "RenderableType":
    import rich.box
    from rich.table import Table
    from rich.text import Text

    from sim.report.escape import terminal

    table = Table(box=rich.box.SIMPLE_HEAD, pad_edge=False)
    for title in ("", "design", "promise", "found"):
        table.add_column(title, overflow="fold")
    for row in found.rows:
        state = Text(_WORDS[row.state], style=_STYLES[row.state])
        cells = (row.design, row.title, row.found)
        table.add_row(state, *(Text(terminal(one)) for one in cells))
    return table
