"""A plan from what is asked to what is told, for programs and for the command."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypedDict

from sim.experiment.errors import Interrupted
from sim.experiment.estimate import load
from sim.plans.bounds import fewest
from sim.plans.exactly import Exactly
from sim.plans.picture import picture
from sim.plans.question import SHIPPED, Limits, Question, ways
from sim.plans.runs import Runs, unseen
from sim.plans.scaled import world
from sim.plans.search import Search
from sim.plans.storming import Stage
from sim.plans.told import tell
from sim.plans.world import changed
from sim.storms.scaled import FEW

if TYPE_CHECKING:
    import pandas as pd

    from sim.experiment.work import Work
    from sim.report.canvas import Picture
    from sim.storms.question import Spread
    from sim.storms.question import What as How

BACKOFFS: Final = (SHIPPED, "full-jitter")
ADMISSIONS: Final[tuple[float | None, ...]] = (None, 500.0)
# On a machine of 2026: what is told beforehand is right within a few times.
_STORM_S: Final = 2.5e-6  # a client
_LOAD_S: Final = 3e-5  # a person-second (`sim.experiment.estimate.load`)
_STORMS: Final = 8  # numbers of nodes that a way is played with, about
_EXACT: Final = 5  # those that are played message by message, over all ways


class What(TypedDict, total=False):
    """What must hold, and what may be chosen; the flags of `rtcsim plan` in Python.

    recovery, delivery in seconds, memory in bytes, cpu and loss as shares. backoffs and admissions
    are tried in all pairs; None: any number is let in.
    """

    clients: int
    zones: int
    how: How
    recovery: float
    cpu: float
    memory: float
    delivery: float
    loss: float
    backoffs: Sequence[str]
    admissions: Sequence[float | None]
    most_nodes: int
    runs: int
    people: int
    price: float | None
    spread: Spread
    seed: int


def asked(what: What, spread: Spread, seed: int) -> Question:
    """The question, with the usual answers to what is left open. Raises `InputError`."""
    given: dict[str, Any] = {"spread": spread, "seed": seed, **what}
    limits = {name: given.pop(name) for name in Limits.__slots__ if name in given}
    backoffs = tuple(given.pop("backoffs", BACKOFFS))
    admissions = tuple(given.pop("admissions", ADMISSIONS))
    return Question(limits=Limits(**limits), ways=ways(backoffs, admissions), **given)


@dataclass(frozen=True, slots=True)
class Telling:
    """Who hears how far it is, and of what takes long; where finished runs are kept, if anywhere;
    the command that goes on from there."""

    progress: Callable[[int, int], None] = unseen
    tell: Callable[[str], None] = lambda line: None
    work: Work | None = None
    resume: str = ""


def planned(stage: Stage, how: Telling) -> dict[str, Any]:
    """Search, and say what was found. Raises `InputError`, `Interrupted` after Ctrl-C."""
    stage.require_ways()
    needs = stage.needs()
    question = stage.question
    most = (len(question.ways) * (_STORMS + 1) + _EXACT) * question.runs
    runs = Runs(how.work, how.progress, most)
    if (line := estimate(stage, needs)) is not None:
        how.tell(line)
    with _kept(runs, how.resume):
        rows = Search(stage, needs, runs, Exactly(stage, needs, runs)).rows()
    told = tell(stage, rows)
    told["resumed"] = runs.resumed
    return told


def estimate(stage: Stage, needs: Any) -> str | None:
    """How long it will take, roughly; None when that is not worth a line.

    Raises `InputError` for a scenario whose groups do not fit into an exact run.
    """
    question = stage.question
    clients = min(question.clients, FEW) if stage.is_apart else question.clients
    storms_s = (
        question.runs * _STORM_S * (len(question.ways) * _STORMS * clients + question.clients)
    )
    way = question.ways[0]
    nodes = fewest(question, needs, way) or question.numbers_of_nodes[-1]
    small = world(question, changed(stage.design, stage.scenario, way)[1], needs, way, nodes)
    # Of drawn sizes most are small, which a list of them does not tell.
    drawn = small.model_copy(update={"conversations": stage.scenario.conversations})
    exact_s = question.runs * (_EXACT + len(question.ways)) * _LOAD_S * load(drawn)
    minutes = (storms_s + exact_s) / 60.0
    if minutes < 0.5:
        return None
    return f"about {math.ceil(minutes)} min; Ctrl-C keeps what is finished"


@contextmanager
def _kept(runs: Runs, resume: str) -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        raise Interrupted(runs.finished, max(runs.most, runs.finished), resume) from None


@dataclass(frozen=True, slots=True, eq=False)
class Planned:
    """What was found: everything `told` as it is stored, and the `answer` in two lines."""

    told: dict[str, Any]

    @property
    def answer(self) -> tuple[str, ...]:
        """How many nodes with which way to come back, what binds, and what they cost."""
        return tuple(self.told["answer"])

    @property
    def nodes(self) -> int | None:
        """The fewest that hold; None when none do."""
        found: int | None = self.told["nodes"]
        return found

    @property
    def frontier(self) -> pd.DataFrame:
        """A row for each way to come back: its fewest nodes and what binds there."""
        import pandas as pd

        names = ("backoff", "admissions_per_s", "nodes", "state", "binding")
        rows = [
            {name: one[name] for name in names}
            | {figure["limit"]: figure["value"] for figure in one["figures"]}
            for one in self.told["rows"]
        ]
        return pd.DataFrame(rows)

    def picture(self) -> Picture:
        """The frontier, as the command draws it; a notebook shows it by itself."""
        return picture(self.told)
