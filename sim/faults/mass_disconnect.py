"""Many connections are reset at once."""

from typing import ClassVar, Literal

from pydantic import Field

from sim.faults.base import Connected, Cuts, Moment, OfShare, Stage, Strike


class MassDisconnect(Strike, OfShare):
    """Connections of many people are reset at once; links and nodes stay up."""

    kind: Literal["mass-disconnect"]
    mishap: ClassVar[str] = "connections of many reset at once"
    at_s: Moment = Field(description="when connections are reset, in seconds")
    cuts: ClassVar[Cuts] = "at once"

    def strike(self, stage: Stage, system: Connected, index: int) -> None:
        """Everybody hit at one instant."""
        hit = self.drawn(stage.streams, index, stage.people)

        def disconnect() -> None:
            for person in hit:
                system.disconnect(person)

        stage.engine.at(self.at_s, disconnect)
