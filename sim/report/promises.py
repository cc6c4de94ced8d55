"""Verdicts on guarantees as tables: what this run showed, and what the shipped catalogue knows.

A row per guarantee, a column per design; every cell has a sign, a word and its evidence, and the
witness of a violation in words beside the table. Everything comes from the stored summary: nothing
is judged here. Leaves out all looks (`templates/`).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from sim.guarantees import GUARANTEES
from sim.report.stored import Json, Results

# State -> (word, name of the shape and colour on the page).
STATES: Final = {
    "holds": ("holds", "better"),
    "violated": ("violated", "worse"),
    "unknown": ("unknown", "unknown"),
    "": ("not judged", "unknown"),
}
_COUNTED: Final = {"holds": "hold", "violated": "violated", "unknown": "unknown"}
ENOUGH: Final = 299
"""Facts without a violation before a check lets that count as kept."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One guarantee of one design: state, evidence in figures, and the whole of it in words."""

    state: str
    evidence: tuple[str, ...]
    words: str
    claimed: bool = False

    @property
    def word(self) -> str:
        """What the state is called."""
        return STATES[self.state][0]

    @property
    def mark(self) -> str:
        """Name of its shape."""
        return STATES[self.state][1]


@dataclass(frozen=True, slots=True)
class Row:
    """One guarantee with its statement, a cell per design."""

    guarantee: str
    kind: str
    statement: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """What breaks guarantees of a design, or why nothing can be said of them, in words.

    `replay` is the command that shows it, empty where there is none.
    """

    guarantees: str
    what: str
    replay: str = ""


@dataclass(frozen=True, slots=True)
class Cases:
    """All of one design: its name, its place in the run, how many, and each."""

    design: str
    index: int
    count: str
    cases: tuple[Case, ...]


@dataclass(frozen=True, slots=True)
class Board:
    """A table of guarantees: designs (name, place in the run) across, cases below, by design.

    `version` and `command` made it, empty for what the run itself says.
    """

    designs: tuple[tuple[str, int], ...]
    rows: tuple[Row, ...]
    cases: tuple[Cases, ...]
    version: str = ""
    command: str = ""


def in_run(results: Results) -> Board | None:
    """The verdicts on the histories of this run; None for results without any."""
    told = results.part("guarantees")
    if not any(told.get(design) for design in results.designs):
        return None
    return _board(results, told, lambda row: _judged(row, results), partial(_witnesses, results))


def in_catalogue(results: Results) -> Board | None:
    """What the catalogue knew about these designs when they were run; None for nothing."""
    stored = results.part("catalogue")
    told, made = stored.get("designs") or {}, stored.get("made") or {}
    if not any(told.get(design) for design in results.designs):
        return None
    board = _board(results, told, _tried, _schedules)
    return replace(board, version=str(made.get("rtcsim", "")), command=str(made.get("command", "")))


def _board(
    results: Results,
    told: Json,
    cell: Callable[[Json], Cell],
    cases: Callable[[str, Json], Iterator[Case]],
) -> Board:
    designs = [(name, place) for place, name in enumerate(results.designs) if told.get(name)]
    rows = {
        guarantee: tuple(cell(told[name].get(guarantee) or {}) for name, _ in designs)
        for guarantee in dict.fromkeys(one for name, _ in designs for one in told[name])
    }
    found = (
        _cases(
            one, tuple(cases(one[0], told[one[0]])), {name: row[at] for name, row in rows.items()}
        )
        for at, one in enumerate(designs)
    )
    return Board(tuple(designs), tuple(map(_row, rows, rows.values())), tuple(found))


def _row(guarantee: str, cells: tuple[Cell, ...]) -> Row:
    known = GUARANTEES.get(guarantee)
    return Row(guarantee, known.kind if known else "", known.statement if known else "", cells)


def _cases(design: tuple[str, int], broken: Sequence[Case], own: Mapping[str, Cell]) -> Cases:
    """What breaks, and then what is unknown, with its reason."""
    unknown: dict[str, list[str]] = {}
    for guarantee, cell in own.items():
        if cell.state == "unknown":
            unknown.setdefault(cell.words, []).append(guarantee)
    silent = [Case(", ".join(names), f"unknown: {why}") for why, names in unknown.items()]
    states = [cell.state for cell in own.values()]
    counts = [f"{states.count(one)} {word}" for one, word in _COUNTED.items() if one in states]
    return Cases(*design, ", ".join(counts), (*broken, *silent))


def _judged(row: Json, results: Results) -> Cell:
    """A cell of this run."""
    state, checked = str(row.get("state", "")), int(row.get("checked") or 0)
    evidence = [f"{row.get('violations', 0):,} of {checked:,}"] if checked else []
    if state == "violated":
        evidence += [f"{row.get('violated_in')} of {results.summary.get('replications')} runs"]
    return Cell(state, tuple(evidence), str(row.get("found", "")), bool(row.get("claimed")))


def _witnesses(results: Results, design: str, rows: Json) -> Iterator[Case]:
    """The first violation of every guarantee; several often have the same."""
    by_case: dict[tuple[str, str], list[str]] = {}
    for guarantee, row in rows.items():
        if (found := row.get("witness")) is not None:
            cause = f"; {found['cause']}" if found.get("cause") else ""
            what = f"{found['what']} (replication {found['replication']}{cause})"
            by_case.setdefault((what, _explained(results, design, found)), []).append(guarantee)
    for (what, replay), names in by_case.items():
        yield Case(", ".join(names), what, replay)


def _explained(results: Results, design: str, witness: Json) -> str:
    """The command that tells the witness's message; empty where it is no message."""
    if witness.get("message", -1) < 0 or not results.summary.get("digest"):
        return ""
    folder = f"results/runs/{results.summary.get('scenario')}-{results.summary['digest'][:12]}"
    which = f"--design {design} --replication {witness['replication']}"
    whom = f"--message {witness['message']} --person {witness['person']}"
    return f"rtcsim explain {folder} {which} {whom}"


def _tried(row: Json) -> Cell:
    """A cell of the catalogue."""
    broken, held = list(row.get("violated") or ()), dict(row.get("held") or {})
    if broken:
        by = "without any fault" if "none" in broken else f"by {', '.join(broken)}"
        return Cell("violated", (by,), str(row.get("what", "")))
    if held:
        listed = ", ".join(f"{name} {count:,}" for name, count in held.items())
        return Cell("holds", (f"{sum(held.values()):,} schedules",), f"schedules: {listed}")
    return Cell("unknown" if row else "", (), str(row.get("reason", "")))


def _schedules(design: str, rows: Json) -> Iterator[Case]:
    """The simplest witness of every guarantee; one schedule often breaks several."""
    by_schedule: dict[str, list[str]] = {}
    for guarantee, row in rows.items():
        if row.get("violated"):
            by_schedule.setdefault(str(row["schedule"]), []).append(guarantee)
    for schedule, names in by_schedule.items():
        replay = f"rtcsim hunt {design} --guarantee {names[0]} --schedule '{schedule}'"
        yield Case(", ".join(names), str(rows[names[0]]["what"]), replay)
