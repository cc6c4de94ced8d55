"""A process behind the nodes, or their proxy, stands still for a while."""

from typing import ClassVar, Literal

from pydantic import Field

from sim.faults.backend import Backend, OfBackend, backend_forms
from sim.faults.base import Connected, Cuts, Form, Hit, Moment, Phrase, Span, Stage, Strike


class BackendPause(Strike, OfBackend):
    """The store, authenticator, backplane or proxy stands still: what is asked of it waits."""

    kind: Literal["backend-pause"]
    mishap: ClassVar[str] = "store, authenticator, backplane or proxy standing still"
    at_s: Moment = Field(description="when the process stops, in seconds")
    for_s: Span = Field(description="seconds it stands still")
    cuts: ClassVar[Cuts] = "throughout"

    def healed(self, nodes: int) -> tuple[str, float]:
        """When it goes on."""
        return "for_s", self.at_s + self.for_s

    def strike(self, stage: Stage, system: Connected, index: int) -> None:
        """It heals by itself."""
        for process in self.struck(stage):
            stage.engine.at(self.at_s, process.pause, self.at_s + self.for_s)

    @property
    def hit(self) -> Hit:
        """At the process."""
        return self.hits(
            Phrase("stands still", "the {} stands still"), Phrase("goes on", "the {} goes on")
        )

    @classmethod
    def forms(cls) -> tuple[Form, ...]:
        """One class for each process."""
        return backend_forms("pause", 10, "the {} stands still", _made)


def _made(backend: Backend, at_s: float, for_s: float) -> BackendPause:
    return BackendPause(kind="backend-pause", backend=backend, at_s=at_s, for_s=for_s)
