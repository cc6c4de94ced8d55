"""One schedule played and judged: by the guarantee that is hunted, and by all the others.

Leaves out which schedules are played (`rounds`) and what comes of many of them (`search`).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Final

from sim.experiment.run import run_replication
from sim.guarantees import GUARANTEES, Evidence, Verdict
from sim.hunt.schedule import Schedule
from sim.hunt.space import Limits
from sim.scenario.designs import Design
from sim.scenario.scenario import Scenario
from sim.tape import Tape

STUCK: Final = "eventual-delivery"
"""What a hunt for a safety guarantee looks for besides: what never arrives is not lost, and yet no
schedule in which nothing was found."""


@dataclass(frozen=True, slots=True)
class SearchTarget:
    """What is hunted: the design, the guarantee with its bound, the world, the space, the seed."""

    design: Design
    guarantee: str
    stage: Scenario
    limits: Limits = field(default_factory=Limits)
    bound_s: float | None = None
    seed: int = 1

    @property
    def safety(self) -> bool:
        """Whether what is hunted says that something must never happen."""
        return GUARANTEES[self.guarantee].kind == "safety"

    @property
    def stuck(self) -> SearchTarget:
        """The same hunt for what never arrives."""
        return replace(self, guarantee=STUCK, bound_s=None)

    def __post_init__(self) -> None:
        if GUARANTEES[self.guarantee].asks:
            object.__setattr__(self, "limits", replace(self.limits, asks=True))


@dataclass(frozen=True, slots=True)
class Played:
    """One schedule judged: the verdict on what is hunted, and every guarantee that is broken.

    `broken` are names, in the order of `GUARANTEES`, each by its own bound.
    """

    verdict: Verdict
    broken: tuple[str, ...]

    @property
    def stuck(self) -> bool:
        """Whether something never arrived though everything had healed."""
        return STUCK in self.broken


class DesignCrashed(Exception):
    """A schedule made the simulation fail: a mistake in the design or in the program."""


def play(target: SearchTarget, schedule: Schedule) -> Verdict:
    """The verdict on one schedule. Raises `DesignCrashed`."""
    return GUARANTEES[target.guarantee].on(evidence_of(target, schedule), target.bound_s)


def judged(target: SearchTarget, schedule: Schedule, tape: Tape | None = None) -> Played:
    """One schedule by all guarantees; a `tape` is filled. Raises `DesignCrashed`."""
    evidence = evidence_of(target, schedule, tape)
    verdict = GUARANTEES[target.guarantee].on(evidence, target.bound_s)
    broken = (name for name, one in GUARANTEES.items() if one.on(evidence).violations)
    return Played(verdict, tuple(broken))


def evidence_of(target: SearchTarget, schedule: Schedule, tape: Tape | None = None) -> Evidence:
    """What happens under one schedule. Raises `DesignCrashed`."""
    try:
        scenario = schedule.scenario(target.stage)
        return Evidence(run_replication(scenario, target.design, 0, tape=tape))
    except Exception as error:
        words = f"{type(error).__name__}: {error}"
        message = f"{target.design.name} under --schedule '{schedule}': {words}"
        raise DesignCrashed(message) from error
