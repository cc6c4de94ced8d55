"""A process behind the nodes, or their proxy, dies."""

from typing import ClassVar, Literal

from pydantic import Field

from sim.faults.backend import Backend, OfBackend, backend_forms
from sim.faults.base import Connected, Cuts, Form, Hit, Moment, Phrase, Span, Stage, Strike


class BackendCrash(Strike, OfBackend):
    """The store, authenticator, backplane or proxy dies: what it had in hand is not done.

    What a store has committed it still has when it is back.
    """

    kind: Literal["backend-crash"]
    mishap: ClassVar[str] = "store, authenticator, backplane or proxy down"
    at_s: Moment = Field(description="when the process dies, in seconds")
    restart_s: Span = Field(description="seconds until it answers again")
    cuts: ClassVar[Cuts] = "throughout"

    def healed(self, nodes: int) -> tuple[str, float]:
        """When it is back."""
        return "restart_s", self.at_s + self.restart_s

    def strike(self, stage: Stage, system: Connected, index: int) -> None:
        """Down, and up again."""
        for process in self.struck(stage):
            stage.engine.at(self.at_s, process.crash)
            stage.engine.at(self.at_s + self.restart_s, process.restart)

    @property
    def hit(self) -> Hit:
        """At the process."""
        return self.hits(
            Phrase("killed", "the {} is killed"), Phrase("started again", "the {} is started again")
        )

    @classmethod
    def forms(cls) -> tuple[Form, ...]:
        """One class for each process."""
        return backend_forms("crash", 20, "the {} is killed and started again", _made)


def _made(backend: Backend, at_s: float, for_s: float) -> BackendCrash:
    return BackendCrash(kind="backend-crash", backend=backend, at_s=at_s, restart_s=for_s)
