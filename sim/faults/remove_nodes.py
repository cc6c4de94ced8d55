"""Nodes leave."""

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
    Tier,
)


class RemoveNodes(Strike):
    """The youngest gateways, or API nodes, drain and leave for good."""

    kind: Literal["remove-nodes"]
    mishap: ClassVar[str] = "nodes leaving"
    at_s: Moment = Field(description="when the nodes start to drain, in seconds")
    count: NodeCount = Field(description="nodes removed")
    tier: Tier = Field("gateways", description="which kind of nodes")
    drain_s: Patience = Field(description="seconds a node takes to let go")
    cuts: ClassVar[Cuts] = "throughout"

    def healed(self, nodes: int) -> tuple[str, float]:
        """When they have gone: those that stay serve all."""
        return "drain_s", self.at_s + self.drain_s

    def _own_problems(self, around: Surroundings) -> Iterator[tuple[str, str]]:
        gateways = self.tier == "gateways"
        there, what = (around.gateways, "gateway") if gateways else (around.api_nodes, "API node")
        if self.count >= there:
            most = f"at most {there - 1}" if there > 1 else "none"
            yield "count", f"{self.count} leaves no {what}; allowed: {most}"

    def strike(self, stage: Stage, system: Connected, index: int) -> None:
        """Who leaves is known when the time comes; one node always stays."""

        def leave() -> None:
            tier = stage.gateways if self.tier == "gateways" else stage.apis
            staying = [node for node in tier if node.accepting]
            for node in staying[max(1, len(staying) - self.count) :]:
                node.drain(self.drain_s)
                stage.engine.at(self.at_s + self.drain_s, node.exit)

        stage.engine.at(self.at_s, leave)
