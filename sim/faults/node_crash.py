"""A server process dies."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from sim.faults.base import (
    Connected,
    Cuts,
    Form,
    Hit,
    Mishap,
    Moment,
    OfNode,
    Patience,
    Phrase,
    Span,
    Stage,
    Strike,
    Surroundings,
    exact,
)

if TYPE_CHECKING:
    from sim.streams import Streams


class NodeCrash(Strike, OfNode):
    """A server process dies: its host answers with resets until the process is back."""

    kind: Literal["node-crash"]
    mishap: ClassVar[str] = "server process killed"
    at_s: Moment = Field(description="when the process dies, in seconds")
    restart_s: Span = Field(description="seconds until the process accepts again, at least")
    restart_spread_s: Patience = Field(
        0.0, description="seconds by which it may take longer, drawn each time"
    )
    cuts: ClassVar[Cuts] = "at once"

    def healed(self, nodes: int) -> tuple[str, float]:
        """When it is back at the latest."""
        return "restart_s", self.at_s + self.restart_s + self.restart_spread_s

    def strike(self, stage: Stage, system: Connected, index: int) -> None:
        """Down, and up again when luck has it."""
        node = stage.nodes[self.node]
        stage.engine.at(self.at_s, node.crash)
        stage.engine.at(self._back_s(stage.streams, index), node.restart)

    def mishaps(self, streams: Streams, index: int, around: Surroundings) -> Iterator[Mishap]:
        """Until it is really back."""
        yield Mishap(self.at_s, self._back_s(streams, index), "node", (self.node,))

    def _back_s(self, streams: Streams, index: int) -> float:
        luck = streams.generator("fault-restart", index).random()
        return float(self.at_s + self.restart_s + luck * self.restart_spread_s)

    @property
    def hit(self) -> Hit:
        """At the node."""
        return Hit(
            "node",
            self.node,
            Phrase("killed", "{} is killed"),
            Phrase("started again", "{} is started again"),
        )

    @classmethod
    def forms(cls) -> tuple[Form, ...]:
        """One class, without luck."""
        return (Form("crash", 3, "a node's process is killed and started again", _made),)


def _made(node: int, at_s: float, for_s: float) -> NodeCrash:
    return NodeCrash(
        kind="node-crash",
        node=node,
        at_s=exact(at_s),
        restart_s=exact(for_s),
        restart_spread_s=0.0,
    )
