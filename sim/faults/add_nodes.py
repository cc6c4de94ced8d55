"""Nodes join."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from sim.faults.base import Connected, Moment, NodeCount, Stage, Strike, Surroundings, Tier


class AddNodes(Strike):
    """More gateways, or API nodes, join under load."""

    kind: Literal["add-nodes"]
    at_s: Moment = Field(description="when the new nodes accept, in seconds")
    count: NodeCount = Field(description="nodes added")
    tier: Tier = Field("gateways", description="which kind of nodes")

    def _own_problems(self, around: Surroundings) -> Iterator[tuple[str, str]]:
        if self.tier == "api-nodes" and not around.api_nodes:
            yield "tier", "there are no API nodes; allowed: gateways"

    @property
    def joining(self) -> int:
        """Gateways that join."""
        return self.count if self.tier == "gateways" else 0

    def strike(self, stage: Stage, system: Connected, index: int) -> None:
        """All at once."""
        join = stage.add_gateway if self.tier == "gateways" else stage.add_api_node
        for _ in range(self.count):
            stage.engine.at(self.at_s, join)
