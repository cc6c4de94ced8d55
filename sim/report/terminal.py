"""The one table that the command line prints: the headline, in 80 columns.

Three or four lines a design: its name with the values and their signs, the intervals, and what the
design is. Leaves out which figures there are (`tables`) and how they are put into words
(`wording`).
"""

import textwrap
from collections.abc import Iterator, Sequence

from rich.text import Text

from sim.metrics import METRICS
from sim.report import stored, tables, wording
from sim.report.stored import Json, Results
from sim.report.tables import Cell, Table

WIDTH = 80
CELL_MOST = 11  # letters of one column, its gap included
NAME_LEAST = 17  # letters of the name's column; a longer name has a line of its own
SIGN = 2  # letters right of each value
_OF = {one.name: one.shown.headline for one in METRICS if one.shown.headline}
HEADS = {name: one.head for name, one in _OF.items()}
NOTES = {name: one.note for name, one in _OF.items() if one.note}
UNITS = {"s per person-hour": "s/h"}
HELD = "*: lost or still held at the end"
STYLES = {
    "better": "green",
    "worse": "red",
    "equal": "cyan",
    "too few runs": "yellow",
    "reference": "bold",
}


def headline(summary: Json) -> Text:
    """The headline table; the caption explains the signs that occur."""
    results = stored.from_summary(summary)
    shown = tables.table(results, tables.OVERVIEW)
    lines = [*_heads(shown), *_rows(results, shown), *_caption(shown, results.reference)]
    return Text("\n").join(lines)


def _widths(shown: Table) -> tuple[int, int]:
    """Letters of the name's column and of each other one."""
    count = max(1, len(shown.columns))
    cell = min(CELL_MOST, (WIDTH - NAME_LEAST) // count)
    return WIDTH - cell * count, cell


def _heads(shown: Table) -> Iterator[Text]:
    units = [_unit(column.scale) for column in shown.columns]
    for first, words in (("design", [HEADS[name] for name in shown.metrics]), ("", units)):
        yield Text(_line(shown, first, words), "bold dim")
    yield Text("─" * WIDTH, "dim")


def _unit(scale: wording.Scale) -> str:
    return UNITS.get(scale.unit, scale.unit)


def _line(shown: Table, first: str, cells: Sequence[str]) -> str:
    """Texts right-aligned under the values."""
    name, width = _widths(shown)
    row = first.ljust(name) + "".join(f"{cell}{' ' * SIGN}".rjust(width) for cell in cells)
    return row.rstrip()


def _rows(results: Results, shown: Table) -> Iterator[Text]:
    descriptions = results.part("descriptions")
    for row in shown.rows:
        texts = list(_cells(results, shown, row.design))
        values, intervals = [value for value, _ in texts], [interval for _, interval in texts]
        held = [f"{cell.besides}*" if cell.besides else "" for cell in row.cells]
        yield from _named(shown, row.design, values, row.cells)
        for extra in (intervals, held):
            if any(extra):
                yield Text(_line(shown, "", extra), "dim")
        if summary := (descriptions.get(row.design) or {}).get("summary"):
            yield Text(textwrap.shorten(str(summary), WIDTH - 2, placeholder=" …"), "dim italic")


def _cells(results: Results, shown: Table, design: str) -> Iterator[tuple[str, str]]:
    for metric, column in zip(shown.metrics, shown.columns, strict=True):
        yield wording.terse_texts(results.estimate(design, metric), column.scale)


def _named(shown: Table, name: str, values: Sequence[str], cells: Sequence[Cell]) -> Iterator[Text]:
    """The name and its values, each with its sign; a long name first on its own."""
    width, cell_width = _widths(shown)
    if len(name) >= width:
        yield Text(name, "bold")
        name = ""
    line = Text(name.ljust(width), "bold")
    for value, cell in zip(values, cells, strict=True):
        sign = tables.VERDICTS.get(cell.verdict, (" ", ""))[0]
        line.append(f"{value} ".rjust(cell_width - 1), "not bold")
        line.append(sign, STYLES.get(cell.verdict, "dim"))
    line.rstrip()
    yield line


def _caption(shown: Table, reference: str) -> Iterator[Text]:
    found = [word for word in shown.verdicts if word != "reference"]
    signs = [f"{tables.VERDICTS[word][0]} {tables.VERDICT_WORDS[word]}" for word in found]
    notes = [NOTES[name] for name in shown.metrics if name in NOTES]
    if any(cell.besides for row in shown.rows for cell in row.cells):
        notes.append(HELD)
    if not shown.columns:
        return
    if signs:
        yield Text(_filled(f"{', '.join(signs)}, against ◆ {reference}"), "dim")
    yield Text("±: half the 95 % interval, or both its ends; none: not one case seen", "dim")
    yield Text(_filled("; ".join(notes)), "dim")


def _filled(text: str) -> str:
    return textwrap.fill(text, WIDTH - 1)
