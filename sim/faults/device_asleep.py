"""A person's device sleeps for a while."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from sim.faults.base import Form, Moment, OfPerson, Outage, Phrase, Rest, exact

if TYPE_CHECKING:
    from sim.streams import Streams


class DeviceAsleep(Outage, OfPerson):
    """One person's device sleeps: a closed laptop, a phone in a pocket.

    Nothing is sent or received, as with a dead link, and timers of the client stand still: those
    that are due when it wakes fire then. Connections stay as they were, and the other end is told
    nothing. Whatever the person would have done meanwhile is not done.
    """

    kind: Literal["device-asleep"]
    mishap: ClassVar[str] = "one person’s device asleep"
    rest: ClassVar[Rest] = "asleep"
    start_s: Moment = Field(description="when the device falls asleep, in seconds from the start")
    end_s: Moment = Field(description="when it wakes up, in seconds")

    def dead_links(self, streams: Streams, index: int, people: int) -> list[int]:
        """The person, where there is one: a trace may have fewer people."""
        return [self.person] if self.person < people else []

    @property
    def links_before(self) -> Phrase:
        """It sleeps."""
        return Phrase("device asleep", "the device of {} falls asleep")

    @property
    def links_after(self) -> Phrase:
        """It wakes up."""
        return Phrase("device awake", "the device of {} wakes up")

    @classmethod
    def forms(cls) -> tuple[Form, ...]:
        """One class, which a hunt tries when it is told to."""
        return (Form("sleep", 51, "a person's device sleeps", _made, usual=False),)


def _made(person: int, at_s: float, for_s: float) -> DeviceAsleep:
    return DeviceAsleep(
        kind="device-asleep", person=person, start_s=exact(at_s), end_s=exact(at_s + for_s)
    )
