"""What a call of the library asks for, and who is told: changes, designs of one's own, warnings."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict

from sim import registry
from sim.errors import InputError
from sim.experiment import request
from sim.experiment.errors import ConservationError
from sim.experiment.stopping import Stop
from sim.experiment.store import read_summary
from sim.experiment.summary import adds_up
from sim.scenario.designs import fault, nearest
from sim.scenario.load import changed

if TYPE_CHECKING:
    from sim.experiment.runner import Plan
    from sim.scenario.designs import Design
    from sim.scenario.places import Change

Changes = Mapping[str, Any]
"""Scenario key -> value, such as `{"people.count": 300}`: what `--set` does."""


class How(TypedDict, total=False):
    """How to run what is compared; nothing of it changes a result.

    `workers` 0, the default, means one process per processor. The result folder is made in `out`.
    `anyway`: also when it does not fit this machine or takes days. `progress` is called with the
    numbers of finished and of all replications.
    """

    workers: int
    out: str | Path
    anyway: bool
    progress: Callable[[int, int], None]


class CompareHow(How, total=False):
    """The same, and what is enough where the number of replications is not given.

    `precision`: replications are added until half an interval of what decides is at most this share
    of its figure. `decided`: until the best design is known within the margin. `budget`: how many
    at most (`sim.experiment.stopping.Stop`).
    """

    precision: float
    decided: bool
    budget: int


class AttributeHow(How, total=False):
    """The same, and how many replications there are instead of the scenario's."""

    replications: int


class SweepHow(AttributeHow, total=False):
    """The same, which points there are, and where and by whom cells are computed.

    `sample`: grid, list, latin, sobol, morris or saltelli; `points`: how many of those that are
    spread. `store`: a folder, or a URL of fsspec's, that keeps finished cells. `dask`: address of a
    scheduler, or "local".
    """

    sample: str
    points: int
    store: str
    dask: str


def carried_out(
    plan: Plan, anyway: bool, progress: Callable[[int, int], None]
) -> tuple[Path, dict[str, Any]]:
    """Run it: the result folder and the summary there. Raises as `compare` does."""
    outcome = request.execute(plan, anyway, tell, progress)
    if outcome.undrawn is not None:
        warnings.warn(outcome.why_undrawn, stacklevel=3)
    summary = read_summary(outcome.folder)
    if not adds_up(summary):
        raise ConservationError(f"{outcome.folder}: receptions owed are unaccounted for")
    return outcome.folder, summary


def require_keywords(given: Iterable[str], kind: Any) -> None:
    """Raises TypeError for a keyword that is none of `kind`, a TypedDict, as Python itself does."""
    known = sorted(kind.__optional_keys__ | kind.__required_keys__)
    for name in given:
        if name not in known:
            allowed = f"allowed: {', '.join(known)}{nearest(name, known)}"
            raise TypeError(f"unexpected keyword argument '{name}'; {allowed}")


def stop_of(how: CompareHow) -> Stop | None:
    """What is enough, if anything was said of that. Raises `InputError`."""
    if not {"precision", "decided", "budget"} & how.keys():
        return None
    return Stop(how.get("precision"), how.get("decided", False), how.get("budget"))


def with_own(own: Sequence[Design]) -> dict[str, Design]:
    """Every known design and the caller's; a name means one design only."""
    known = registry.designs()
    if wrong := [why for one in own if (why := fault(getattr(one, "name", None), one))]:
        raise InputError(wrong)
    for design in own:
        if known.setdefault(design.name, design) != design:
            raise InputError([f"'{design.name}' is a design already; allowed: a name of its own"])
    return known


def as_changes(changes: Changes | None) -> tuple[Change, ...]:
    """What `--set` would have been."""
    return tuple(changed(key, value) for key, value in (changes or {}).items())


def tell(line: str) -> None:
    """Warn whoever called a function of the library, however deep inside it the reason was met."""
    frame, level = sys._getframe(), 1
    while frame.f_back is not None and frame.f_globals["__name__"].partition(".")[0] == "sim":
        frame, level = frame.f_back, level + 1
    warnings.warn(line, stacklevel=level)


def unseen(finished: int, total: int) -> None:
    """Nobody looks."""
