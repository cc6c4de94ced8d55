"""A client sends as fast as it is told to, for a while."""

from typing import ClassVar, Literal

from pydantic import Field

from sim.faults.base import Hit, Moment, OfPerson, Outage, Phrase


class Flood(Outage, OfPerson):
    """One person's client sends without end: a loop in a program, or somebody who means it.

    They go to the first of the person's conversations, at even distances, beside what the person
    does anyway, while the app is open. What becomes of them is up to the servers.
    """

    kind: Literal["flood"]
    mishap: ClassVar[str] = "one client’s flood"
    start_s: Moment = Field(description="when the first is sent, in seconds from the start")
    end_s: Moment = Field(description="when no more are sent, in seconds")
    per_s: float = Field(10.0, gt=0, le=10_000, description="messages a second")

    @property
    def sends_per_s(self) -> float:
        """What it says."""
        return self.per_s

    @property
    def hit(self) -> Hit:
        """At the person."""
        return Hit(
            "person",
            self.person,
            Phrase("flood", "the client of {} sends without end"),
            Phrase("flood over", "the client of {} sends no more than usual"),
        )
