"""A process stands still for a while."""

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


class NodePause(Strike, OfNode):
    """A process stands still (garbage collection, live migration): nothing is lost by itself."""

    kind: Literal["node-pause"]
    mishap: ClassVar[str] = "server process standing still"
    at_s: Moment = Field(description="when the process stops, in seconds")
    for_s: Span = Field(description="seconds it stands still")
    cuts: ClassVar[Cuts] = "throughout"

    def healed(self, nodes: int) -> tuple[str, float]:
        """When it goes on."""
        return "for_s", self.at_s + self.for_s

    def strike(self, stage: Stage, system: Connected, index: int) -> None:
        """It heals by itself."""
        node = stage.nodes[self.node]
        stage.engine.at(self.at_s, node.pause, self.at_s + self.for_s)

    @property
    def hit(self) -> Hit:
        """At the node."""
        return Hit(
            "node",
            self.node,
            Phrase("stands still", "{} stands still"),
            Phrase("goes on", "{} goes on"),
        )

    @classmethod
    def forms(cls) -> tuple[Form, ...]:
        """One class."""
        return (Form("pause", 5, "a node stands still", _made),)


def _made(node: int, at_s: float, for_s: float) -> NodePause:
    return NodePause(kind="node-pause", node=node, at_s=exact(at_s), for_s=exact(for_s))
