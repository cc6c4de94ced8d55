"""A person closes the app for a while."""

from typing import ClassVar, Literal

from pydantic import Field

from sim.faults.base import Form, Hit, Moment, OfPerson, Outage, Phrase, exact


class AppClosed(Outage, OfPerson):
    """One person closes the app and opens it again; what it keeps in memory, it keeps.

    A session of the workload ends and another begins, as when the person had wanted it so. Whatever
    the person would have done meanwhile is not done.
    """

    kind: Literal["app-closed"]
    mishap: ClassVar[str] = ""  # nothing broke
    start_s: Moment = Field(description="when the app is closed, in seconds from the start")
    end_s: Moment = Field(description="when it is opened again, in seconds")

    def closed_apps(self, people: int) -> list[int]:
        """The person, where there is one: a trace may have fewer people."""
        return [self.person] if self.person < people else []

    @property
    def hit(self) -> Hit:
        """At the person."""
        return Hit(
            "person",
            self.person,
            Phrase("app is closed", "{} closes the app"),
            Phrase("app is opened", "{} opens the app again"),
        )

    @classmethod
    def forms(cls) -> tuple[Form, ...]:
        """One class, which a hunt tries when it is told to."""
        return (Form("app", 50, "a person closes the app and opens it again", _made, usual=False),)


def _made(person: int, at_s: float, for_s: float) -> AppClosed:
    return AppClosed(
        kind="app-closed", person=person, start_s=exact(at_s), end_s=exact(at_s + for_s)
    )
