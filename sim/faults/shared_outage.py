"""Many links are dead at the same time."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from sim.faults.base import Cuts, Moment, OfShare, Outage

if TYPE_CHECKING:
    from sim.streams import Streams


class SharedOutage(Outage, OfShare):
    """A tunnel or a region: many links are dead at the same time, in silence."""

    kind: Literal["shared-outage"]
    mishap: ClassVar[str] = "links of many dead at once"
    start_s: Moment = Field(description="when the links die, in seconds from the start of the run")
    end_s: Moment = Field(description="when the links work again, in seconds")
    cuts: ClassVar[Cuts] = "links"

    def dead_links(self, streams: Streams, index: int, people: int) -> list[int]:
        """A share of all people."""
        return self.drawn(streams, index, people)
