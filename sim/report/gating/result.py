"""What a check of one scenario found, in plain values."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, Final, Literal

from sim.report.gating.curves import Curve

State = Literal["pass", "fail", "unknown"]
Kind = Literal["safety", "liveness"]
HOLDS, SAFETY, LIVENESS, UNKNOWN, NOT_COMPARABLE = 0, 3, 4, 5, 6
"""How a check ends, as exit codes; 2 is bad input and 1 a crash, as everywhere."""


@dataclass(frozen=True, slots=True)
class Case:
    """The run that breaks a promise, and how it does: what happened, why, and when."""

    replication: int
    what: str
    cause: str
    timeline: tuple[tuple[float, str], ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One promise of one design. `replay` repeats what decided it; `line` is its line in the file.

    `found` says on what the state rests, `curve` what this gate can see.
    """

    design: str
    title: str
    kind: Kind
    statement: str
    state: State
    found: str
    replay: str
    line: int | None = None
    case: Case | None = None
    curve: Curve | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """All promises of one scenario, and the run that they were decided on.

    `file` is None for a shipped scenario, `folder` for a run that is not stored, `replication` for
    a run of more than that one. `notes` are what else the reader must know.
    """

    scenario: str
    file: str | None
    seed: int
    replications: int
    looks: tuple[int, ...]
    folder: str | None
    repeat: str
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()
    replication: int | None = None

    @property
    def curves(self) -> list[tuple[str, str, Curve]]:
        """Of each promise that has one: design, title, operating curve."""
        return [(row.design, row.title, row.curve) for row in self.rows if row.curve is not None]

    def plain(self) -> dict[str, Any]:
        """As JSON values."""
        return asdict(self)


def exit_code(found: Iterable[Checked], *, strict: bool) -> int:
    """What the command ends with: the worst of all rows; unknown counts only when strict."""
    rows = [row for one in found for row in one.rows]
    broken = [row.kind for row in rows if row.state == "fail"]
    if broken:
        return SAFETY if "safety" in broken else LIVENESS
    doubt = any(row.state == "unknown" for row in rows)
    return UNKNOWN if strict and doubt else HOLDS


MEANING: Final = {
    HOLDS: "no promise is broken",
    SAFETY: "something happened that never may",
    LIVENESS: "something did not happen in time",
    UNKNOWN: "not everything could be decided",
    NOT_COMPARABLE: "not comparable",
}
