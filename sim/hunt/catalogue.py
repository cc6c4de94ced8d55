"""The catalogue: which guarantee of which design survives which class of faults.

Every design is put through the same small schedules, one class of faults at a time, and judged for
every guarantee at once. A cell says violated, with the smallest schedule found, or how much was
tried without a violation, or why nothing could be said. Nothing here is a claim of a design.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Final, Literal

from sim.experiment.collecting import rarely_collecting
from sim.experiment.run import run_replication
from sim.experiment.runner import Progress
from sim.experiment.workers import default_workers, outcome, processes
from sim.guarantees import GUARANTEES, Verdict, judge
from sim.hunt.draws import drawn
from sim.hunt.judging import DesignCrashed
from sim.hunt.rehearsal import moments_s
from sim.hunt.schedule import USUAL, Schedule
from sim.hunt.shrink import simplest
from sim.hunt.space import Limits
from sim.hunt.stage import nodes
from sim.scenario.designs import Design
from sim.scenario.scenario import Scenario

CALM: Final = "none"
COLUMNS: Final = (CALM, *USUAL)
SCHEDULES: Final = 200
"""Schedules per design and class: what breaks once in a hundred of them would most likely show."""
_ASKING_SHARE: Final = 4  # one in so many schedules more, in which senders ask for lists
_PEOPLE, _MESSAGES, _FAULTS = 3, 3, 2

State = Literal["violated", "held", "silent"]


@dataclass(frozen=True, slots=True)
class Cell:
    """One guarantee of one design under one class of faults.

    `schedules` were tried, `held` of them put it to the test without a violation, over `facts`.
    Violated: `schedule` is the smallest found, `what` its witness. Silent: `what` is the reason.
    """

    design: str
    guarantee: str
    faults: str
    schedules: int
    held: int
    facts: int
    schedule: str = ""
    what: str = ""

    @property
    def state(self) -> State:
        """What the cell says."""
        return "violated" if self.schedule else "held" if self.held else "silent"

    @property
    def replay(self) -> str:
        """The command that shows the violation."""
        return (
            f"rtcsim hunt {self.design} --guarantee {self.guarantee} --schedule '{self.schedule}'"
        )


@dataclass(frozen=True, slots=True)
class Survey:
    """What one job of the catalogue does: a design in its world under one class of faults."""

    design: Design
    stage: Scenario
    faults: str
    schedules: int = SCHEDULES
    seed: int = 1


def catalogue(
    surveys: Sequence[Survey], workers: int = 0, progress: Progress = lambda finished, total: None
) -> list[Cell]:
    """All cells of these surveys, in their order; `progress` hears of every survey done."""
    found: list[Cell] = []
    for number, cells in enumerate(_each(surveys, workers or default_workers()), 1):
        found += cells
        progress(number, len(surveys))
    return found


def _each(surveys: Sequence[Survey], workers: int) -> Iterator[list[Cell]]:
    if workers == 1:
        yield from map(survey, surveys)
        return
    with processes(workers) as pool:
        futures: list[Future[list[Cell]]] = [pool.submit(survey, one) for one in surveys]
        yield from map(outcome, futures)


@rarely_collecting()
def survey(one: Survey) -> list[Cell]:
    """The cells of one design under one class of faults, a cell for each guarantee."""
    limits = _limits(one)
    tally = _heard(one, limits, one.schedules)
    asking = _heard(one, replace(limits, asks=True), -(-one.schedules // _ASKING_SHARE))
    return [(asking if kind.asks else tally).cell(name) for name, kind in GUARANTEES.items()]


def _heard(one: Survey, limits: Limits, schedules: int) -> _Tally:
    tally = _Tally(one)
    for schedule in drawn(limits, f"{one.seed}/{one.faults}", schedules):
        tally.hear(schedule)
    return tally


def _limits(one: Survey) -> Limits:
    classes = () if one.faults == CALM else (one.faults,)
    return Limits(
        classes, _PEOPLE, _MESSAGES, _FAULTS * bool(classes), nodes(one.stage),
        moments_s(one.design, one.stage),
    )  # fmt: skip


@dataclass(slots=True)
class _Tally:
    """Verdicts on every guarantee, schedule by schedule; each schedule is played once."""

    survey: Survey
    known: dict[str, Mapping[str, Verdict]] = field(default_factory=dict)
    heard: list[Schedule] = field(default_factory=list)

    def hear(self, schedule: Schedule) -> None:
        """Play a schedule of the survey."""
        self.heard.append(schedule)
        self._verdicts(schedule)

    def _verdicts(self, schedule: Schedule) -> Mapping[str, Verdict]:
        name = str(schedule)
        if name not in self.known:
            one = self.survey
            try:
                history = run_replication(schedule.scenario(one.stage), one.design, 0)
            except Exception as error:
                words = f"{type(error).__name__}: {error}"
                raise DesignCrashed(f"{one.design.name} under '{schedule}': {words}") from error
            self.known[name] = judge(history)
        return self.known[name]

    def cell(self, guarantee: str) -> Cell:
        """What the survey says about one guarantee."""
        verdicts = [self._verdicts(schedule)[guarantee] for schedule in self.heard]
        held = [one for one in verdicts if one.state == "holds"]
        counts = (len(verdicts), len(held), sum(one.checked for one in held))
        place = (self.survey.design.name, guarantee, self.survey.faults)
        broken = [s for s, one in zip(self.heard, verdicts, strict=True) if one.violations]
        if broken:
            least = simplest(
                min(broken, key=lambda schedule: schedule.size),
                lambda schedule: bool(self._verdicts(schedule)[guarantee].violations),
            )
            witness = self._verdicts(least)[guarantee].witness
            return Cell(*place, *counts, str(least), witness.what if witness else "")
        silent = next((one.reason for one in verdicts if one.state == "unknown"), "")
        return Cell(*place, *counts, what="" if held else silent)


def plain(cells: Sequence[Cell], made: Mapping[str, Any]) -> dict[str, Any]:
    """The catalogue as JSON values: design -> guarantee -> class of faults -> cell.

    `made` says with what, and is kept as it is.
    """
    designs: dict[str, dict[str, dict[str, Any]]] = {}
    for cell in cells:
        row = designs.setdefault(cell.design, {}).setdefault(cell.guarantee, {})
        values = {key: value for key, value in asdict(cell).items() if value != ""}
        named = ("design", "guarantee", "faults")
        row[cell.faults] = {"state": cell.state} | {
            key: value for key, value in values.items() if key not in named
        }
    return {"format": 1, "made": dict(made), "columns": list(COLUMNS), "designs": designs}


def read(found: Mapping[str, Any]) -> list[Cell]:
    """The cells that `plain` was made of."""
    return [
        Cell(design, guarantee, faults, **{k: v for k, v in one.items() if k != "state"})
        for design, rows in found["designs"].items()
        for guarantee, row in rows.items()
        for faults, one in row.items()
    ]
