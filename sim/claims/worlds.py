"""The runs of a claim: each of its worlds as a plan, which `rtcsim compare` would run, too."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sim.claims.spec import BoundarySpec, Claim, WorldSpec
from sim.claims.tested import CLAIMS_OUT
from sim.experiment import request
from sim.experiment.request import Request
from sim.experiment.runner import measured
from sim.experiment.statistics import LEAST
from sim.experiment.workers import Workers
from sim.scenario.load import changed

if TYPE_CHECKING:
    from sim.experiment.runner import Measures, Plan
    from sim.scenario.designs import Design

QUICK: Final = 0.5
"""The share of replications, and of a boundary's points, that a quick look takes."""


@dataclass(frozen=True, slots=True)
class Effort:
    """With what luck, and how much work: `quick` is half as sure and half as dear."""

    seed: int = 1
    quick: bool = False
    workers: int = 0
    out: Path = CLAIMS_OUT

    def replications(self, world: WorldSpec) -> int:
        """How often a world is repeated."""
        return max(LEAST, round(world.replications * QUICK)) if self.quick else world.replications

    def steps(self, boundary: BoundarySpec) -> int:
        """How many points between the ends of a range are looked at."""
        return round(boundary.steps * QUICK) if self.quick else boundary.steps

    def points(self, claim: Claim) -> int:
        """How often the world of a claim that is changed is looked at, at most."""
        if claim.choices is not None:
            return len(claim.choices.values)
        return 1 if claim.boundary is None else 2 + self.steps(claim.boundary)


def plan(
    world: WorldSpec, effort: Effort, known: Mapping[str, Design], more: Mapping[str, Any] = {}
) -> Plan:
    """What `rtcsim compare` would run for a world, with `more` changed. Raises `InputError`."""
    changes = {**world.set, **more}
    asked = Request(
        designs=world.designs,
        seed=effort.seed,
        replications=effort.replications(world),
        changes=tuple(changed(key, value) for key, value in changes.items()),
        footing="shipped",
        workers=effort.workers,
        out=effort.out,
    )
    return request.planned("compare", world.scenario, asked, known)


@dataclass(slots=True)
class Runs:
    """Runs plans on the same workers, and keeps what is finished until all is.

    `resume` is the command that goes on after an interruption; `done` is told of every replication.
    """

    workers: Workers
    open: ExitStack
    resume: str
    done: int = 0
    tell: Callable[[int], object] = field(default=lambda done: None)

    def measures(self, plan: Plan) -> Measures:
        """Of every design of a plan, run or found finished."""
        before = self.done

        def progress(finished: int, total: int) -> None:
            self.done = before + finished
            self.tell(self.done)

        given = replace(plan, resume=self.resume)
        return self.open.enter_context(measured(given, self.workers, progress))


@contextmanager
def runs(effort: Effort, resume: str) -> Iterator[Runs]:
    """The workers of a whole study; what they finished goes when the block ends well."""
    with Workers(effort.workers, None, grows=True) as workers, ExitStack() as kept:
        yield Runs(workers, kept, resume)
