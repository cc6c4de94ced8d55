"""A process behind the nodes, or their proxy, is slow for a while."""

from typing import ClassVar, Final, Literal

from pydantic import Field

from sim.faults.backend import Backend, OfBackend, backend_forms
from sim.faults.base import Connected, Cuts, Form, Hit, Moment, Phrase, Span, Stage, Strike
from sim.process import Process

_HUNTED: Final = 100.0  # times as slow: a write of 5 ms takes longer than a chat is quick


class BackendSlow(Strike, OfBackend):
    """The store, authenticator, backplane or proxy takes longer for everything (a bad plan)."""

    kind: Literal["backend-slow"]
    mishap: ClassVar[str] = "store, authenticator, backplane or proxy slow"
    at_s: Moment = Field(description="when it becomes slow, in seconds")
    for_s: Span = Field(description="seconds it is slow")
    factor: float = Field(
        gt=1, le=1e6, description="how many times as long everything takes that begins meanwhile"
    )
    cuts: ClassVar[Cuts] = "throughout"

    def healed(self, nodes: int) -> tuple[str, float]:
        """When it is as quick as before."""
        return "for_s", self.at_s + self.for_s

    def strike(self, stage: Stage, system: Connected, index: int) -> None:
        """Slow, and quick again; two at a time multiply."""
        for process in self.struck(stage):
            stage.engine.at(self.at_s, _times, process, self.factor)
            stage.engine.at(self.at_s + self.for_s, _times, process, 1.0 / self.factor)

    @property
    def hit(self) -> Hit:
        """At the process."""
        return self.hits(
            Phrase("slow", "the {} is slow"), Phrase("as before", "the {} is as quick as before")
        )

    @classmethod
    def forms(cls) -> tuple[Form, ...]:
        """One class for each process."""
        return backend_forms("slow", 30, f"the {{}} takes {_HUNTED:g} times as long", _made)


def _times(process: Process, factor: float) -> None:
    process.slowness *= factor


def _made(backend: Backend, at_s: float, for_s: float) -> BackendSlow:
    return BackendSlow(kind="backend-slow", backend=backend, at_s=at_s, for_s=for_s, factor=_HUNTED)
