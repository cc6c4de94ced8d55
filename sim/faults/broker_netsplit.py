"""The nodes of a cluster are parted into two sides."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Literal

from pydantic import Field

from sim.faults.base import Form, Hit, Moment, NodeCount, Outage, Phrase, Surroundings, exact


class BrokerNetsplit(Outage):
    """Some gateways reach each other and none of the others; clients reach them all.

    What a cluster does then is its own affair: it goes on and loses what is for readers on the
    other side, refuses everything, or keeps it; and when both meet again, one side may be
    restarted. API nodes, nodes that join later and what stands between nodes (Redis) are on the
    side of gateway 0.
    """

    kind: Literal["broker-netsplit"]
    mishap: ClassVar[str] = "gateways parted into two sides"
    start_s: Moment = Field(description="when the links between the two sides die, in seconds")
    end_s: Moment = Field(description="when they work again, in seconds")
    nodes: NodeCount = Field(1, description="gateways on the far side, those counted last")

    def far_side(self, gateways: int) -> tuple[int, ...]:
        """The numbers of the gateways that do not reach the others."""
        return tuple(range(gateways - self.nodes, gateways))

    def _own_problems(self, around: Surroundings) -> Iterator[tuple[str, str]]:
        if around.gateways < 2:
            yield "nodes", "there is one gateway; allowed: with servers.gateways of 2 or more"
        elif self.nodes >= around.gateways:
            most = around.gateways - 1
            yield "nodes", f"{self.nodes} of {around.gateways} gateways; allowed: 1 to {most}"
        yield from super()._own_problems(around)

    @property
    def hit(self) -> Hit:
        """Between the nodes."""
        return Hit(
            "nobody",
            0,
            Phrase("netsplit", "the {} is parted: the last gateways reach no others"),
            Phrase("joined again", "the {} is whole again"),
        )

    @classmethod
    def forms(cls) -> tuple[Form, ...]:
        """One class: the last gateway against the others."""
        words = "the last gateway and the others cannot reach each other"
        return (Form("netsplit", 40, words, _made, usual=False),)


def _made(_: int, at_s: float, for_s: float) -> BrokerNetsplit:
    start_s, end_s = exact(at_s), exact(at_s + for_s)
    return BrokerNetsplit(kind="broker-netsplit", start_s=start_s, end_s=end_s, nodes=1)
