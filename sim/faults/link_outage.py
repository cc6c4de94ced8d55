"""A person's link is dead for a while."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, ClassVar, Final, Literal

from pydantic import Field

from sim.faults.base import LINK_UP, Connected, Form, Moment, OfPerson, Outage, Phrase, Stage, exact

if TYPE_CHECKING:
    from sim.streams import Streams


_MOVED: Final = Phrase(
    "link up, with a new address", "the link of {} works again, with a new address"
)


class LinkOutage(Outage, OfPerson):
    """One person's link is dead for a while, in silence."""

    kind: Literal["link-outage"]
    mishap: ClassVar[str] = "one person’s link dead"
    start_s: Moment = Field(description="when the link dies, in seconds from the start of the run")
    end_s: Moment = Field(description="when the link works again, in seconds")
    changes_address: bool = Field(
        False, description="the device comes back with a new IP address: old connections are dead"
    )

    def dead_links(self, streams: Streams, index: int, people: int) -> list[int]:
        """The person, where there is one: a trace may have fewer people."""
        return [self.person] if self.person < people else []

    def strike(self, stage: Stage, system: Connected, index: int) -> None:
        """A new address when the link is back."""
        if self.changes_address and self.person < stage.people:
            stage.engine.at(self.end_s, system.move, self.person)

    @property
    def links_after(self) -> Phrase:
        """Up, perhaps with a new address."""
        return _MOVED if self.changes_address else LINK_UP

    @classmethod
    def forms(cls) -> tuple[Form, ...]:
        """With the old address, and with a new one."""
        return (
            Form(
                "link",
                0,
                "a person's link goes down in silence",
                partial(_made, False),
                holds=lambda fault: not fault.changes_address,
            ),
            Form(
                "address",
                2,
                "a person's link goes down and comes back with a new address",
                partial(_made, True),
                holds=lambda fault: fault.changes_address,
            ),
        )


def _made(changes: bool, person: int, at_s: float, for_s: float) -> LinkOutage:
    return LinkOutage(
        kind="link-outage",
        person=person,
        start_s=exact(at_s),
        end_s=exact(at_s + for_s),
        changes_address=changes,
    )
