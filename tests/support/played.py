"""Schedules played with a tape, and the stories they make."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from models import DESIGNS
from sim.experiment.run import run_replication
from sim.guarantees import GUARANTEES, Verdict
from sim.history import History
from sim.hunt.judging import SearchTarget
from sim.hunt.schedule import Schedule, read
from sim.hunt.space import Limits
from sim.hunt.stage import nodes, stage
from sim.scenario.designs import pick
from sim.scenario.load import change
from sim.sequence.notes import Focus
from sim.sequence.story import Broken, Record, Story, tell
from sim.tape import Tape


def target(
    design: str,
    guarantee: str,
    classes: str = "",
    changes: Iterable[str] = (),
    seed: int = 1,
) -> SearchTarget:
    """A hunt of a design, or of a variant that `changes` make."""
    world = stage(design, DESIGNS, None, [change(one) for one in changes])
    (found,) = pick((design,), DESIGNS, world.variants)
    limits = Limits(tuple(classes.split(",")) if classes else (), nodes=nodes(world))
    return SearchTarget(found, guarantee, world, limits, seed=seed)


@dataclass(frozen=True, eq=False)
class Played:
    """One schedule of one design, with everything that is known of it."""

    schedule: Schedule
    history: History
    tape: Tape
    record: Record

    @property
    def focus(self) -> Focus:
        """All messages and all people."""
        return Focus(tuple(range(len(self.schedule.sends))), tuple(range(self.schedule.people)))

    def verdict(self, guarantee: str) -> Verdict:
        """What the run says about a guarantee."""
        return GUARANTEES[guarantee].check(self.history)

    def story(self, guarantee: str = "") -> Story:
        """The whole story, of how it breaks a guarantee if one is named."""
        if not guarantee:
            return tell(self.record, self.focus)
        witness = self.verdict(guarantee).witness
        assert witness is not None
        broken = Broken((witness.message, *witness.others), witness.person)
        return tell(self.record, self.focus, broken)


@cache
def played(design: str, text: str) -> Played:
    """This design under the schedule that the text says."""
    schedule = read(text)
    scenario = schedule.scenario(stage(design, DESIGNS))
    tape = Tape()
    history = run_replication(scenario, DESIGNS[design], 0, tape=tape)
    return Played(schedule, history, tape, Record(history, tape, scenario.faults))
