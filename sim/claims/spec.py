"""A claim as it is written: its words, its worlds, and the inequalities that decide it.

Every value is checked when it is read. Leaves out which designs there are and whether a world can
be built: that is found when it is planned (`sim.claims.worlds`).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Annotated, Any, Final, Literal

from pydantic import ConfigDict, Field, model_validator

from sim.experiment.statistics import LEAST
from sim.scenario.gates import MetricName
from sim.workload.section import Section

DEMONSTRATED: Final = "demonstrated"
REFUTED: Final = "refuted"
CONDITIONAL: Final = "conditional"
TOO_FEW: Final = "too few runs"
PROVENANCE: Final = "provenance"
NOT_YET: Final = "not yet testable"

Text = Annotated[str, Field(min_length=1)]


class _Part(Section):
    """A table of a claim's file; a key that it does not have is a mistake."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class WorldSpec(_Part):
    """A scenario with changes, and the designs that meet the same luck in it."""

    scenario: Text = Field(description="a shipped scenario, by name")
    designs: tuple[Text, ...] = Field(min_length=1, description="designs that are run in it")
    replications: int = Field(12, ge=LEAST, le=100, description="independent repetitions")
    set: dict[str, Any] = Field({}, description="scenario keys that are changed, with their values")


class Side(_Part):
    """A figure: a design's, in a world."""

    design: Text = Field(description="the design")
    world: str = Field("", description="the world; the claim's first when left out")


class Inequality(_Part):
    """What has to hold: a figure is above or below another, or within so much of it.

    The other is `limit`, or `times` another design's figure plus `by`. Both `by` and `limit` are in
    the metric's unit.
    """

    says: Text = Field(description="what it means, in a few words")
    metric: MetricName = Field(description="the figure (`rtcsim list metrics`)")
    figure: Side = Field(description="whose")
    relation: Literal["above", "below", "within"] = Field(description="of figure to the other")
    other: Side | None = Field(None, description="the other's")
    limit: float | None = Field(None, description="a number instead of the other's")
    times: float = Field(1.0, gt=0, description="factor of the other's figure")
    by: float = Field(0.0, description="difference beyond that")
    why: str = Field("", description="what the limit, factor or difference stands for")

    @model_validator(mode="after")
    def _has_one_other(self) -> Inequality:
        if (self.other is None) == (self.limit is None):
            raise ValueError("other or limit has to be given, and not both")
        if self.relation == "within" and self.by < 0:
            raise ValueError("by: a distance is not negative")
        if not self.why and (self.limit is not None or self.times != 1 or self.by):
            raise ValueError("why: a limit, times or by is not there without its reason")
        return self


class BoundarySpec(_Part):
    """One number of a world, between two ends; where the verdict changes is looked for."""

    world: str = Field("", description="the world; the claim's first when left out")
    key: Text = Field(description="the scenario key whose number is changed")
    between: tuple[float, float] = Field(description="the smallest and the largest value")
    says: Text = Field(description="what the number is, with its unit")
    steps: int = Field(4, ge=0, le=12, description="points to look at between the ends")
    scale: Literal["linear", "log"] = Field("log", description="how the middle is found")
    whole: bool = Field(False, description="whether only whole numbers make sense")

    @model_validator(mode="after")
    def _is_a_range(self) -> BoundarySpec:
        low, high = self.between
        if not (math.isfinite(low) and math.isfinite(high) and low < high):
            raise ValueError("between: the first has to be less than the second")
        if self.scale == "log" and low <= 0:
            raise ValueError("between: on a log scale the first has to be above 0")
        return self


class ChoicesSpec(_Part):
    """One key of a world and values for it: for which of them the claim is true is looked for."""

    world: str = Field("", description="the world; the claim's first when left out")
    key: Text = Field(description="the scenario key that is changed")
    values: tuple[str | int | float, ...] = Field(min_length=2, description="what it is set to")
    says: Text = Field(description="what the key is")


class Rung(_Part):
    """A design of a ladder, and what it adds to the one before."""

    design: Text = Field(description="the design")
    adds: Text = Field(description="the mechanism that it adds")


class LadderSpec(_Part):
    """Designs of one world in order: what each adds is its difference to the one before."""

    world: str = Field("", description="the world; the claim's first when left out")
    metrics: tuple[MetricName, ...] = Field(min_length=1, description="figures that are shown")
    rungs: tuple[Rung, ...] = Field(min_length=2, description="from the bottom to the top")


class ProvenanceSpec(_Part):
    """What is shown of designs, instead of a verdict."""

    shows: Literal["channels", "sources"] = Field(description="what of each design's table")
    designs: tuple[Text, ...] = Field(min_length=1, description="which designs")


class Claim(_Part):
    """One claim. Either it is decided in worlds, or its provenance is shown, or it needs what is
    not there yet; what is decided may have parts that need something, too."""

    id: str = Field(pattern=r"^[A-Z][0-9A-Za-z-]*$", description="its name in short")
    claim: Text = Field(max_length=200, description="what is claimed, in our own words")
    question: Text = Field(max_length=300, description="what is asked of the harness")
    worlds: dict[str, WorldSpec] = Field({}, description="worlds by name")
    decides: tuple[Inequality, ...] = Field((), description="all of them make the claim true")
    boundary: BoundarySpec | None = Field(None, description="where it stops being true")
    choices: ChoicesSpec | None = Field(None, description="for which choices it is true")
    ladder: LadderSpec | None = Field(None, description="designs that are built up step by step")
    provenance: ProvenanceSpec | None = Field(None, description="where it comes from")
    needs: tuple[Text, ...] = Field((), description="what the harness lacks to test it (in full)")
    leaves_out: tuple[Text, ...] = Field((), description="parts of it that the worlds do not touch")

    @model_validator(mode="after")
    def _fits_together(self) -> Claim:
        if problems := list(self._problems()):
            raise ValueError("; ".join(problems))
        return self

    @property
    def kind(self) -> Literal["decided", "provenance", "not yet testable"]:
        """Whether there is a verdict, and what stands in its place."""
        if self.decides:
            return "decided"
        return "provenance" if self.provenance else "not yet testable"

    @property
    def moves(self) -> BoundarySpec | ChoicesSpec | None:
        """What is changed in a world, if anything."""
        return self.boundary or self.choices

    def world_of(self, name: str) -> str:
        """The world that is meant: the first when none is named."""
        return name or next(iter(self.worlds))

    def _problems(self) -> Iterator[str]:
        if bool(self.worlds) != bool(self.decides):
            yield "worlds and decides belong together"
        ways = [bool(self.decides), self.provenance is not None]
        if sum(ways) > 1 or not (any(ways) or self.needs):
            yield "a claim has worlds, or provenance, or needs something"
        if self.leaves_out and not any(ways):
            yield "what is not tested leaves nothing out"
        if not self.worlds:
            if self.boundary or self.choices or self.ladder:
                yield "boundary, choices and ladder need worlds"
            return
        if len([one for one in (self.boundary, self.choices, self.ladder) if one]) > 1:
            yield "a claim has a boundary, or choices, or a ladder"
        for side in self._sides():
            if (at := self.world_of(side.world)) not in self.worlds:
                yield f"there is no world '{at}'; allowed: {', '.join(self.worlds)}"
            elif side.design not in self.worlds[at].designs:
                allowed = ", ".join(self.worlds[at].designs)
                yield f"'{side.design}' does not run in '{at}'; allowed: {allowed}"
        if self.moves and self.world_of(self.moves.world) not in self.worlds:
            yield f"there is no world '{self.moves.world}'; allowed: {', '.join(self.worlds)}"

    def _sides(self) -> Iterator[Side]:
        for one in self.decides:
            yield one.figure
            if one.other is not None:
                yield one.other
        if self.ladder is not None:
            for rung in self.ladder.rungs:
                yield Side(design=rung.design, world=self.ladder.world)
