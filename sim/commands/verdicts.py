"""What `check` says: promises and how they fared, on the terminal and in files for CI services."""

import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from sim.commands import output
from sim.commands.options import CheckOptions, RunOptions

if TYPE_CHECKING:
    from rich.console import RenderableType

    from sim.report.gating.result import Checked

_STYLES = {"fail": "bold red", "unknown": "yellow", "pass": "green"}
_WORDS = {"fail": "FAIL", "unknown": "unknown", "pass": "pass"}


def write(found: Sequence["Checked"], gates: CheckOptions) -> None:
    """The files that were asked for."""
    from sim.report.gating.junit import junit
    from sim.report.gating.markdown import markdown

    for file, made in ((gates.junit, junit), (gates.markdown, markdown)):
        if file is not None:
            file.write_text(made(found, strict=gates.strict), "utf-8")


def show(found: Sequence["Checked"], options: RunOptions, gates: CheckOptions) -> None:
    """Print every scenario, what failed in full, and what the exit code means."""
    from sim.experiment.store import as_json
    from sim.report.gating.annotations import annotations
    from sim.report.gating.words import ending

    if options.json:
        sys.stdout.write(as_json({"checked": [one.plain() for one in found]}))
        return
    console = output.console_for_results()
    for one in found:
        for part in _parts(one, quiet=options.quiet):
            console.print(part, soft_wrap=isinstance(part, str), markup=False)
    for line in annotations(found, strict=gates.strict) if gates.github else ():
        print(line)
    console.print(ending(found, strict=gates.strict), style="bold", markup=False)


def _parts(found: "Checked", *, quiet: bool) -> Iterator["RenderableType"]:
    """What is printed of one scenario: all promises, then what failed in full."""
    from rich.text import Text

    from sim.report.gating.words import details, effort, label

    if not quiet:
        yield Text(f"{found.scenario}: {effort(found)}", style="bold")
        yield _table(found)
        yield from found.notes
    for row in found.rows:
        if row.state == "fail":
            yield Text(f"{_WORDS['fail']}  {label(found, row)}", style=_STYLES["fail"])
            yield from (f"  {line}" for line in details(row))
            yield ""
    if not quiet:
        yield from ([f"Results: {found.folder}"] if found.folder else [])
        yield f"Repeat:  {found.repeat}"


def _table(found: "Checked") -> "RenderableType":
    import rich.box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=rich.box.SIMPLE_HEAD, pad_edge=False)
    for title in ("", "design", "promise", "found"):
        table.add_column(title, overflow="fold")
    for row in found.rows:
        state = Text(_WORDS[row.state], style=_STYLES[row.state])
        table.add_row(state, *map(Text, (row.design, row.title, row.found)))
    return table
