"""Gateways join."""

from typing import Literal

from pydantic import Field

from sim.faults.base import Connected, Moment, NodeCount, Stage, Strike


class AddNodes(Strike):
    """More gateways join under load."""

    kind: Literal["add-nodes"]
    at_s: Moment = Field(description="when the new gateways accept, in seconds")
    count: NodeCount = Field(description="gateways added")

    def strike(self, stage: Stage, system: Connected, index: int) -> None:
        """All at once."""
        for _ in range(self.count):
            stage.engine.at(self.at_s, stage.add_gateway)
