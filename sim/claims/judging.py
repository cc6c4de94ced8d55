"""One claim put to the test: its worlds are run, its inequalities decided, its boundary found.

What comes out is what is stored: plain values, the same for the same seed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from sim.claims import ladder, provenance
from sim.claims.deciding import Measured, decide
from sim.claims.spec import NOT_YET, PROVENANCE, BoundarySpec, ChoicesSpec, Claim
from sim.claims.verdicts import Boundary, level, over_choices, search, verdict
from sim.claims.worlds import Effort, Runs, plan

if TYPE_CHECKING:
    from sim.experiment.runner import Measures
    from sim.scenario.designs import Design

DECIDED: Final = "decided"


@dataclass(frozen=True, slots=True)
class Judge:
    """What it takes to put claims to the test."""

    effort: Effort
    known: Mapping[str, Design]
    runs: Runs

    def judge(self, claim: Claim) -> dict[str, Any]:
        """What is found of a claim, as it is stored."""
        told: dict[str, Any] = {
            "id": claim.id,
            "claim": claim.claim,
            "question": claim.question,
            "needs": list(claim.needs),
            "leaves_out": list(claim.leaves_out),
        }
        if claim.provenance is not None:
            return {**told, "verdict": PROVENANCE, **provenance.shown(claim.provenance, self.known)}
        if claim.kind != DECIDED:
            return {**told, "verdict": NOT_YET}
        return {**told, **self._decided(claim)}

    def _decided(self, claim: Claim) -> dict[str, Any]:
        made = {name: plan(world, self.effort, self.known) for name, world in claim.worlds.items()}
        told: dict[str, Any] = {"worlds": {name: one.command for name, one in made.items()}}
        moving = claim.world_of(claim.moves.world) if claim.moves else None
        fixed = {name: self.runs.measures(one) for name, one in made.items() if name != moving}
        sure = level(len(claim.decides), self.effort.points(claim))
        if moving is None:
            told |= _decisions(claim, Measured(fixed, sure))
        else:
            told |= _Points(self, claim, fixed, sure).told()
        if claim.ladder is not None:
            world = claim.world_of(claim.ladder.world)
            told["ladder"] = ladder.climbed(claim.ladder, fixed[world])
        return told


@dataclass(frozen=True, slots=True)
class _Points:
    """A claim of which one world is changed; the others are run already."""

    judge: Judge
    claim: Claim
    fixed: Mapping[str, Measures]
    level: float
    looked: dict[Any, dict[str, Any]] = field(default_factory=dict)

    def told(self) -> dict[str, Any]:
        """The verdict over all points, and what was found at each."""
        if self.claim.choices is not None:
            return self._chosen(self.claim.choices)
        assert self.claim.boundary is not None
        return self._searched(self.claim.boundary)

    def _searched(self, asked: BoundarySpec) -> dict[str, Any]:
        spec = asked.model_copy(update={"steps": self.judge.effort.steps(asked)})
        found = search(spec, lambda value: self._at(int(value) if asked.whole else value))
        points = [self.looked[value] for value in sorted(self.looked)]
        return {"verdict": found.verdict, "boundary": _told(asked, found), "points": points}

    def _chosen(self, asked: ChoicesSpec) -> dict[str, Any]:
        words = {value: self._at(value) for value in asked.values}
        told = {"key": asked.key, "says": asked.says}
        points = list(self.looked.values())
        return {"verdict": over_choices(words.values()), "choices": told, "points": points}

    def _at(self, value: Any) -> str:
        """The verdict with this value."""
        claim, moves = self.claim, self.claim.moves
        assert moves is not None
        moving = claim.world_of(moves.world)
        made = plan(claim.worlds[moving], self.judge.effort, self.judge.known, {moves.key: value})
        worlds = {moving: self.judge.runs.measures(made), **self.fixed}
        ordered = {name: worlds[name] for name in claim.worlds}
        found = _decisions(claim, Measured(ordered, self.level))
        self.looked[value] = {"value": value, "command": made.command, **found}
        return str(found["verdict"])


def _told(asked: BoundarySpec, found: Boundary) -> dict[str, Any]:
    return {
        "key": asked.key,
        "says": asked.says,
        "low": found.low,
        "high": found.high,
        "below": found.below,
        "above": found.above,
    }


def _decisions(claim: Claim, measured: Measured) -> dict[str, Any]:
    found = [decide(one, measured) for one in claim.decides]
    return {
        "verdict": verdict(one.state for one in found),
        "level": measured.level,
        "decisions": [one.as_json() for one in found],
    }


def runs_of(claim: Claim, effort: Effort) -> int:
    """Replications that a claim takes, at most: those of every world, and of every point."""
    moving = claim.world_of(claim.moves.world) if claim.moves else None
    return sum(
        len(world.designs) * effort.replications(world)
        * (effort.points(claim) if name == moving else 1)
        for name, world in claim.worlds.items()
    )  # fmt: skip
