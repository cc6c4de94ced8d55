"""The catalogue as a Markdown page: all designs at a glance, then each with its evidence.

Every violated cell names its witness, and with it the command that shows it. Leaves out how cells
come about (`catalogue`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from sim.guarantees import GUARANTEES
from sim.hunt.catalogue import CALM, COLUMNS, Cell
from sim.hunt.wording import FAULTS

_INTRO: Final = """\
# Which guarantee holds, and what breaks it

Every design is played through the same small schedules: 2 or 3 people, 1 to 3 messages and up to
2 faults of one class at a time, timed around the messages and between their steps. Each run is
judged for every guarantee. `{command}` writes this page anew.

A cell says **holds** with the number of schedules that put the guarantee to the test, or what
breaks it, with a witness that one command replays, or **–** where nothing could be said. *Holds*
means that none of so many schedules broke it: it is evidence, not a proof. `rtcsim hunt` looks
harder. What is judged is the design as modelled, with its defaults, on two gateways and an API
node; see `rtcsim list designs` and the sources named there.
"""


def page(cells: Sequence[Cell], summaries: Mapping[str, str], command: str, more: str = "") -> str:
    """The whole page; `more` stands between the overview and the designs."""
    lines = [_INTRO.format(command=command), *_classes(), "", *_overview(cells)]
    lines += ["", more.strip(), ""] if more else [""]
    for design in dict.fromkeys(cell.design for cell in cells):
        own = [cell for cell in cells if cell.design == design]
        lines += [f"## {design}", "", summaries[design], "", *_table(own), "", *_witnesses(own), ""]
    return "\n".join(lines)


def _classes() -> Iterator[str]:
    yield "| class | what happens |"
    yield "|---|---|"
    yield f"| {CALM} | nothing breaks |"
    for name, what in FAULTS.items():
        yield f"| {name} | {what} |"


def _overview(cells: Sequence[Cell]) -> Iterator[str]:
    """A row per design, a column per guarantee: what breaks it."""
    names = list(GUARANTEES)
    yield "## At a glance"
    yield ""
    yield "Classes of faults that break a guarantee; empty where none was found to.\n"
    yield f"| design | {' | '.join(names)} |"
    yield f"|---|{'---|' * len(names)}"
    for design in dict.fromkeys(cell.design for cell in cells):
        own = [cell for cell in cells if cell.design == design]
        row = [_breaking([one for one in own if one.guarantee == name]) for name in names]
        yield f"| [{design}](#{design}) | {' | '.join(row)} |"


def _breaking(row: Sequence[Cell]) -> str:
    broken = [cell.faults for cell in row if cell.state == "violated"]
    if broken:
        return "all" if set(broken) >= set(FAULTS) else ", ".join(broken)
    return "" if any(cell.state == "held" for cell in row) else "–"


def _table(own: Sequence[Cell]) -> Iterator[str]:
    """A row per guarantee, a column per class; numbers in brackets are those of witnesses."""
    columns = [name for name in COLUMNS if any(cell.faults == name for cell in own)]
    place = {(cell.guarantee, cell.faults): cell for cell in own}
    numbers = _numbers(own)
    yield f"| guarantee | {' | '.join(columns)} |"
    yield f"|---|{'---|' * len(columns)}"
    for name in dict.fromkeys(cell.guarantee for cell in own):
        row = (_cell(place[name, column], numbers) for column in columns)
        yield f"| {name} | {' | '.join(row)} |"


def _cell(cell: Cell, numbers: Mapping[str, int]) -> str:
    if cell.state == "violated":
        return f"**broken** [{numbers[cell.schedule]}]"
    return f"holds ({cell.held})" if cell.state == "held" else "–"


def _numbers(own: Sequence[Cell]) -> dict[str, int]:
    """Witnesses are numbered by schedule: one schedule often breaks several guarantees."""
    schedules = dict.fromkeys(cell.schedule for cell in own if cell.schedule)
    return {schedule: number for number, schedule in enumerate(schedules, 1)}


def _witnesses(own: Sequence[Cell]) -> Iterator[str]:
    for schedule, number in _numbers(own).items():
        cells = [cell for cell in own if cell.schedule == schedule]
        names = ", ".join(dict.fromkeys(cell.guarantee for cell in cells))
        yield f"{number}. {cells[0].what} (breaks {names})  "
        yield f"   `{cells[0].replay}`"
    silent = {cell.guarantee: cell.what for cell in own if cell.state == "silent"}
    always = [
        name
        for name in silent
        if all(cell.state == "silent" for cell in own if cell.guarantee == name)
    ]
    if always:
        yield ""
    for name in always:
        yield f"*{name}*: nothing to say, {silent[name]}."
        yield ""
