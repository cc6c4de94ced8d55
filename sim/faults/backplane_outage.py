"""Nodes cannot reach each other for a while."""

from typing import ClassVar, Literal

from pydantic import Field

from sim.faults.base import Form, Hit, Moment, Outage, Phrase, exact


class BackplaneOutage(Outage):
    """Nodes cannot reach each other; what is published then is gone, or late where it waits."""

    kind: Literal["backplane-outage"]
    mishap: ClassVar[str] = "nodes cut off from each other"
    start_s: Moment = Field(description="when publishing stops to work, in seconds")
    end_s: Moment = Field(description="when publishing works again, in seconds")
    backplane: ClassVar[bool] = True

    @property
    def hit(self) -> Hit:
        """Between the nodes."""
        return Hit(
            "nobody",
            0,
            Phrase("down", "the {} goes down"),
            Phrase("up again", "the {} works again"),
        )

    @classmethod
    def forms(cls) -> tuple[Form, ...]:
        """One class."""
        return (Form("backplane", 6, "nodes cannot reach each other", _made),)


def _made(_: int, at_s: float, for_s: float) -> BackplaneOutage:
    return BackplaneOutage(kind="backplane-outage", start_s=exact(at_s), end_s=exact(at_s + for_s))
