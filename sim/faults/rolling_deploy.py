"""Every node is replaced in turn."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from sim.faults.base import (
    Connected,
    Cuts,
    Mishap,
    Moment,
    Patience,
    Span,
    Stage,
    Strike,
    Surroundings,
)

if TYPE_CHECKING:
    from sim.streams import Streams


class RollingDeploy(Strike):
    """Every gateway in turn, then every API node: no new clients, finish and close, restart."""

    kind: Literal["rolling-deploy"]
    mishap: ClassVar[str] = "node replaced by a new version"
    at_s: Moment = Field(description="when the first node starts to drain, in seconds")
    drain_s: Patience = Field(
        description="seconds in which a node's connections are let go one by one"
    )
    restart_s: Span = Field(
        description="seconds after that until the new version accepts; what is still under way"
        " may finish meanwhile"
    )
    cuts: ClassVar[Cuts] = "throughout"

    def healed(self, nodes: int) -> tuple[str, float]:
        """When the last node is back."""
        return "restart_s", self.at_s + nodes * (self.drain_s + self.restart_s)

    def strike(self, stage: Stage, system: Connected, index: int) -> None:
        """One node after the other."""
        step_s = self.drain_s + self.restart_s
        for place, node in enumerate(stage.nodes):
            start_s = self.at_s + place * step_s
            stage.engine.at(start_s, node.drain, self.drain_s)
            stage.engine.at(start_s + self.drain_s, node.exit)
            stage.engine.at(start_s + step_s, node.restart)

    def mishaps(self, streams: Streams, index: int, around: Surroundings) -> Iterator[Mishap]:
        """One for each node: from when it starts to drain until the new version is up."""
        step_s = self.drain_s + self.restart_s
        for place in range(around.gateways + around.api_nodes):
            start_s = self.at_s + place * step_s
            yield Mishap(start_s, start_s + step_s, "node", (place,))
