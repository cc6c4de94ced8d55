"""A host is gone for a while."""

from typing import ClassVar, Literal

from pydantic import Field

from sim.faults.base import (
    Connected,
    Cuts,
    Form,
    Hit,
    Moment,
    OfNode,
    Phrase,
    Span,
    Stage,
    Strike,
    exact,
)


class HostLoss(Strike, OfNode):
    """A whole host is gone: its peers get silence until it is back."""

    kind: Literal["host-loss"]
    mishap: ClassVar[str] = "host lost"
    at_s: Moment = Field(description="when the host vanishes, in seconds")
    back_s: Span = Field(description="seconds until the host is back")
    cuts: ClassVar[Cuts] = "at once"

    def healed(self, nodes: int) -> tuple[str, float]:
        """When it is back."""
        return "back_s", self.at_s + self.back_s

    def strike(self, stage: Stage, system: Connected, index: int) -> None:
        """Gone, and back."""
        node = stage.nodes[self.node]
        stage.engine.at(self.at_s, node.lose_host)
        stage.engine.at(self.at_s + self.back_s, node.restart)

    @property
    def hit(self) -> Hit:
        """At the node."""
        return Hit(
            "node",
            self.node,
            Phrase("host gone", "the host of {} is gone"),
            Phrase("host back", "the host of {} is back"),
        )

    @classmethod
    def forms(cls) -> tuple[Form, ...]:
        """One class."""
        return (Form("host", 4, "a node's host is gone for a while", _made),)


def _made(node: int, at_s: float, for_s: float) -> HostLoss:
    return HostLoss(kind="host-loss", node=node, at_s=exact(at_s), back_s=exact(for_s))
