"""The catalogue as a Markdown page: all designs at a glance, then each with its evidence.

Every violated cell names its witness, and with it the command that shows it. What stands between
two marks was written by hand and is kept when the page is written anew. Leaves out how cells come
about (`catalogue`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from sim.files.by_hand import BEGIN, END
from sim.hunt.catalogue import CALM, COLUMNS, Cell
from sim.hunt.wording import FAULTS
from sim.scenario.designs import Design

_INTRO: Final = """\
# Which guarantee holds, and what breaks it

Every design is played through the same small schedules: 2 or 3 people, 1 to 3 messages and up to
2 faults of one class at a time, timed around the messages and between their steps. Each run is
judged for every guarantee. This command writes the page anew:

```bash
{command}
```

- **✗** violated: some schedule breaks the guarantee. The smallest one found is the witness; one
  command replays it and draws what happens.
- **✓** holds: so many schedules put the guarantee to the test, and none of them broke it. That is
  evidence, not a proof: no race that so few people, messages and faults can make was met.
  `rtcsim hunt` looks harder.
- **–** unknown: nothing put the guarantee to the test, or a run does not record what it takes.
- **◆** claimed: the design promises it of itself.

What is judged is the design as modelled, with its defaults, on two gateways and an API node; see
`rtcsim list designs` and the sources named there. A guarantee in words: `rtcsim list guarantees`.
"""
_FEW: Final = 2
"""As many classes may be missing for "all but"."""


def page(cells: Sequence[Cell], designs: Mapping[str, Design], command: str, more: str = "") -> str:
    """The whole page; `more` stands by hand between the overview and the designs."""
    lines = [_INTRO.format(command=command), *_classes(), "", *_overview(cells, designs), ""]
    lines += [BEGIN, more.strip(), END, ""]
    for name in dict.fromkeys(cell.design for cell in cells):
        own = [cell for cell in cells if cell.design == name]
        lines += [f"## {name}", "", designs[name].summary, ""]
        lines += [*_table(own, designs[name].claims), "", *_witnesses(own)]
    return "\n".join(lines)


def _classes() -> Iterator[str]:
    yield "| class | what happens |"
    yield "|---|---|"
    yield f"| {CALM} | nothing breaks |"
    for name, what in FAULTS.items():
        yield f"| {name} | {what} |"


def _overview(cells: Sequence[Cell], designs: Mapping[str, Design]) -> Iterator[str]:
    """A row per design, a column per guarantee of which anything is known: what breaks it."""
    judged = list(dict.fromkeys(cell.guarantee for cell in cells))
    silent = [name for name in judged if _unknown(cells, name)]
    names = [name for name in judged if name not in silent]
    yield "## At a glance\n"
    yield "✗ with the classes of faults that break a guarantee, ✓ where none was found to.\n"
    yield f"| design | {' | '.join(names)} |"
    yield f"|---|{'---|' * len(names)}"
    for design in dict.fromkeys(cell.design for cell in cells):
        own = [cell for cell in cells if cell.design == design]
        claims = designs[design].claims
        row = (_breaking([one for one in own if one.guarantee == n], n in claims) for n in names)
        yield f"| [{design}](#{design}) | {' | '.join(row)} |"
    for name in silent:
        reason = next(cell.what for cell in cells if cell.guarantee == name)
        yield f"\n*{name}* is unknown for every design: {reason}."


def _unknown(cells: Iterable[Cell], guarantee: str) -> bool:
    return all(cell.state == "silent" for cell in cells if cell.guarantee == guarantee)


def _breaking(row: Sequence[Cell], claimed: bool) -> str:
    broken = [cell.faults for cell in row if cell.state == "violated"]
    sign = " ◆" if claimed else ""
    if broken:
        return f"✗{sign} {_classes_in_words(broken)}"
    return f"✓{sign}" if any(cell.state == "held" for cell in row) else f"–{sign}"


def _classes_in_words(broken: Sequence[str]) -> str:
    if CALM in broken:
        return "even without a fault"
    missing = [name for name in FAULTS if name not in broken]
    if not missing:
        return "any fault"
    return f"all but {', '.join(missing)}" if len(missing) <= _FEW else ", ".join(broken)


def _table(own: Sequence[Cell], claims: Sequence[str]) -> Iterator[str]:
    """A row per guarantee, a column per class; numbers in brackets are those of witnesses."""
    columns = [name for name in COLUMNS if any(cell.faults == name for cell in own)]
    place = {(cell.guarantee, cell.faults): cell for cell in own}
    numbers = _numbers(own)
    yield f"| guarantee | {' | '.join(columns)} |"
    yield f"|---|{'---|' * len(columns)}"
    for name in dict.fromkeys(cell.guarantee for cell in own):
        row = (_cell(place[name, column], numbers) for column in columns)
        yield f"| {name}{' ◆' if name in claims else ''} | {' | '.join(row)} |"


def _cell(cell: Cell, numbers: Mapping[str, int]) -> str:
    if cell.state == "violated":
        return f"✗ [{numbers[cell.schedule]}]"
    return f"✓ {cell.held:,}" if cell.state == "held" else "–"


def _numbers(own: Sequence[Cell]) -> dict[str, int]:
    """Witnesses are numbered by schedule: one schedule often breaks several guarantees."""
    schedules = dict.fromkeys(cell.schedule for cell in own if cell.schedule)
    return {schedule: number for number, schedule in enumerate(schedules, 1)}


def _witnesses(own: Sequence[Cell]) -> Iterator[str]:
    """Every witness with its command, then what stays unknown, and why."""
    for schedule, number in _numbers(own).items():
        cells = [cell for cell in own if cell.schedule == schedule]
        broken = ", ".join(dict.fromkeys(cell.guarantee for cell in cells))
        yield f"{number}. {cells[0].faults}: {cells[0].what} (breaks {broken})  "
        yield f"   `{cells[0].replay}`"
    reasons: dict[str, list[str]] = {}
    for name in dict.fromkeys(cell.guarantee for cell in own if _unknown(own, cell.guarantee)):
        why = next(cell.what for cell in own if cell.guarantee == name)
        reasons.setdefault(why, []).append(name)
    for why, names in reasons.items():
        yield f"\nUnknown: *{', '.join(names)}*, {why}."
    yield ""
