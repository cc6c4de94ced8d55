"""A person's connections are reset."""

from typing import ClassVar, Literal

from pydantic import Field

from sim.faults.base import Connected, Form, Hit, Moment, OfPerson, Phrase, Stage, Strike, exact


class Reset(Strike, OfPerson):
    """One person's connections are reset, as by a middlebox; link and nodes stay up."""

    kind: Literal["reset"]
    mishap: ClassVar[str] = "one person’s connections reset"
    at_s: Moment = Field(description="when the connections are reset, in seconds")

    def strike(self, stage: Stage, system: Connected, index: int) -> None:
        """The person, where there is one: a trace may have fewer people."""
        if self.person < stage.people:
            stage.engine.at(self.at_s, system.disconnect, self.person)

    @property
    def hit(self) -> Hit:
        """At the person."""
        return Hit(
            "person",
            self.person,
            Phrase("connections are reset", "the connections of {} are reset"),
        )

    @classmethod
    def forms(cls) -> tuple[Form, ...]:
        """One class."""
        words = "a person's connections are reset"
        return (Form("reset", 1, words, _made, lasts=False),)


def _made(person: int, at_s: float, _: float) -> Reset:
    return Reset(kind="reset", person=person, at_s=exact(at_s))
