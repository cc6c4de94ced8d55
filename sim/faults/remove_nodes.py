"""Gateways leave."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Literal

from pydantic import Field

from sim.faults.base import (
    Connected,
    Cuts,
    Moment,
    NodeCount,
    Patience,
    Stage,
    Strike,
    Surroundings,
)


class RemoveNodes(Strike):
    """The youngest gateways drain and leave for good."""

    kind: Literal["remove-nodes"]
    mishap: ClassVar[str] = "gateways leaving"
    at_s: Moment = Field(description="when the gateways start to drain, in seconds")
    count: NodeCount = Field(description="gateways removed")
    drain_s: Patience = Field(description="seconds a gateway takes to let go")
    cuts: ClassVar[Cuts] = "throughout"

    def healed(self, nodes: int) -> tuple[str, float]:
        """When they have gone: those that stay serve all."""
        return "drain_s", self.at_s + self.drain_s

    def _own_problems(self, around: Surroundings) -> Iterator[tuple[str, str]]:
        if self.count >= around.gateways:
            last = around.gateways - 1
            yield "count", f"{self.count} leaves no gateway; allowed: at most {last}"

    def strike(self, stage: Stage, system: Connected, index: int) -> None:
        """Who leaves is known when the time comes; one gateway always stays."""

        def leave() -> None:
            staying = [node for node in stage.gateways if node.accepting]
            for node in staying[max(1, len(staying) - self.count) :]:
                node.drain(self.drain_s)
                stage.engine.at(self.at_s + self.drain_s, node.exit)

        stage.engine.at(self.at_s, leave)
