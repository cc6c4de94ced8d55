"""Hunts and the catalogue as functions, for notebooks and programs.

What a hunt gives back shows its sequence diagram when a notebook displays it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

from sim.errors import InputError
from sim.guarantees import GUARANTEES
from sim.hunt.catalogue import COLUMNS, SCHEDULES, Survey, catalogue
from sim.hunt.finding import Finding, finding
from sim.hunt.judging import SearchTarget
from sim.hunt.rehearsal import moments_s
from sim.hunt.schedule import CLASSES, USUAL
from sim.hunt.search import Searched, hunt
from sim.hunt.space import Limits
from sim.hunt.stage import nodes, stage
from sim.hunt.wording import broken, unbroken
from sim.scenario.designs import Design, nearest, pick
from sim.scenario.load import Change
from sim.scenario.scenario import Scenario
from sim.sequence.drawing import draw
from sim.sequence.mermaid import mermaid
from sim.sequence.words import words

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Hunt:
    """How much to search, and where: classes of faults, schedules, seed, processes (0: all)."""

    faults: tuple[str, ...] = USUAL
    schedules: int = 2000
    seed: int = 1
    workers: int = 0


@dataclass(frozen=True, slots=True)
class Hunted:
    """What a hunt has found: its verdict in words, and, if anything broke, how."""

    target: SearchTarget
    searched: Searched
    finding: Finding | None

    @property
    def violated(self) -> bool:
        """Whether the guarantee was broken."""
        return self.finding is not None

    @property
    def verdict(self) -> str:
        """What breaks the guarantee, or what was searched in vain and what that means."""
        if self.finding is None:
            return unbroken(self.target, self.searched)
        return broken(self.finding, self.searched)

    @property
    def schedule(self) -> str:
        """The smallest schedule as one line for `rtcsim hunt --schedule`, empty for none."""
        return "" if self.searched.found is None else str(self.searched.found.schedule)

    @property
    def steps(self) -> list[str]:
        """What happens, a line a step; empty when nothing broke."""
        return [] if self.finding is None else words(self.finding.story)

    @property
    def scenario(self) -> Scenario | None:
        """The scenario that replays it."""
        return None if self.finding is None else self.finding.scenario

    @property
    def mermaid(self) -> str:
        """The sequence diagram as Mermaid text."""
        return "" if self.finding is None else mermaid(self.finding.story, self.finding.title)

    def _repr_svg_(self) -> str | None:
        if self.finding is None:
            return None
        return draw(self.finding.story, self.finding.title, self.finding.witness.what)

    def __repr__(self) -> str:
        return self.verdict


def find_violation(
    design: str,
    guarantee: str,
    known: Mapping[str, Design],
    changes: Sequence[Change] = (),
    effort: Hunt | None = None,
) -> Hunted:
    """Look for the smallest schedule that makes a design break a guarantee.

    Raises `InputError` for what the world cannot be, and for names that do not exist.
    """
    effort = effort or Hunt()
    _require("guarantee", [guarantee], GUARANTEES)
    _require("faults", effort.faults, CLASSES)
    world = stage(design, known, None, changes)
    (chosen,) = pick((design,), known, world.variants)
    limits = Limits(effort.faults, nodes=nodes(world))
    limits = replace(limits, moments_s=moments_s(chosen, world))
    target = SearchTarget(chosen, guarantee, world, limits, seed=effort.seed)
    searched = hunt(target, effort.schedules, effort.workers)
    found = None if searched.found is None else finding(target, searched.found)
    return Hunted(target, searched, found)


def guarantee_table(
    designs: Sequence[str], known: Mapping[str, Design], effort: Hunt | None = None
) -> pd.DataFrame:
    """The catalogue of these designs, a row per design, guarantee and class of faults.

    Raises `InputError` for a design that does not exist.
    """
    import pandas as pd

    _require("designs", designs, known)
    effort = effort or Hunt(schedules=SCHEDULES)
    surveys = [
        Survey(known[name], stage(name, known), faults, effort.schedules, effort.seed)
        for name in designs
        for faults in COLUMNS
        if faults not in CLASSES or faults in effort.faults
    ]
    cells = catalogue(surveys, effort.workers)
    return pd.DataFrame([{**asdict(cell), "state": cell.state} for cell in cells])


def _require(what: str, names: Iterable[str], known: Collection[str]) -> None:
    """Raises `InputError` for every name that is not known."""
    found = [
        f"{what}: '{name}'; allowed: {', '.join(known)}{nearest(name, known)}"
        for name in names
        if name not in known
    ]
    if found:
        raise InputError(found)
