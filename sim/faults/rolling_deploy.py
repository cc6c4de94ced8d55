"""Every gateway is replaced in turn."""

from typing import ClassVar, Literal

from pydantic import Field

from sim.faults.base import Connected, Cuts, Moment, Patience, Span, Stage, Strike


class RollingDeploy(Strike):
    """Every gateway in turn: no new connections, close the old ones, restart."""

    kind: Literal["rolling-deploy"]
    at_s: Moment = Field(description="when the first gateway starts to drain, in seconds")
    drain_s: Patience = Field(description="seconds a gateway takes to let go")
    restart_s: Span = Field(description="seconds a gateway is down between old and new version")
    cuts: ClassVar[Cuts] = "throughout"

    def healed(self, gateways: int) -> tuple[str, float]:
        """When the last gateway is back."""
        return "restart_s", self.at_s + gateways * (self.drain_s + self.restart_s)

    def strike(self, stage: Stage, system: Connected, index: int) -> None:
        """One gateway after the other."""
        step_s = self.drain_s + self.restart_s
        for place, node in enumerate(stage.gateways):
            start_s = self.at_s + place * step_s
            stage.engine.at(start_s, node.drain, self.drain_s)
            stage.engine.at(start_s + self.drain_s, node.crash)
            stage.engine.at(start_s + step_s, node.restart)
