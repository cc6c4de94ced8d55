"""A person looks at something else for a while."""

from typing import ClassVar, Literal

from pydantic import Field

from sim.faults.base import Form, Hit, Moment, OfPerson, Outage, Phrase, Rest, exact


class TabHidden(Outage, OfPerson):
    """One person's tab is hidden behind another one.

    What arrives is taken at once, but timers of the client are late where what it runs in makes
    them so (`client` of a design). Whatever the person would have done meanwhile is not done.
    """

    kind: Literal["tab-hidden"]
    mishap: ClassVar[str] = "one person’s tab hidden"
    rest: ClassVar[Rest] = "hidden"
    start_s: Moment = Field(description="when the tab is hidden, in seconds from the start")
    end_s: Moment = Field(description="when it is shown again, in seconds")

    @property
    def hit(self) -> Hit:
        """At the person."""
        return Hit(
            "person",
            self.person,
            Phrase("tab hidden", "{} looks at another tab"),
            Phrase("tab shown", "{} comes back to the tab"),
        )

    @classmethod
    def forms(cls) -> tuple[Form, ...]:
        """One class, which a hunt tries when it is told to."""
        return (Form("hidden", 52, "a person's tab is hidden", _made, usual=False),)


def _made(person: int, at_s: float, for_s: float) -> TabHidden:
    return TabHidden(
        kind="tab-hidden", person=person, start_s=exact(at_s), end_s=exact(at_s + for_s)
    )
