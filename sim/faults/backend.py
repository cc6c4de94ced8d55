"""What faults of a process behind the nodes, or before them, have in common."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Annotated, Final, Literal, TypeAlias

from pydantic import Field, field_validator

from sim.faults.base import Fault, Form, Hit, Phrase, Stage, Surroundings, exact

if TYPE_CHECKING:
    from sim.process import Process

Backend: TypeAlias = Literal["store", "authenticator", "backplane", "proxy"]
ALL: Final = "all"
MOST: Final = 999
"""The last of as many proxies as there can be (`sim.path.limits`)."""


class OfBackend(Fault):
    """A fault of a process behind the nodes, or before them, which all of them share."""

    backend: Backend = Field(description="process that is hit: behind all nodes, or their proxy")
    proxy: Annotated[int, Field(ge=0, le=MOST)] | Literal["all"] | None = Field(
        None,
        description='of several proxies the one that is hit, counted from 0, or "all"; the first'
        " one when left out",
    )

    @field_validator("proxy", mode="before")
    @classmethod
    def _is_one_or_all(cls, given: object) -> object:
        if given in (None, ALL) or (type(given) is int and 0 <= given <= MOST):
            return given
        raise ValueError(f'{given!r} is not allowed; allowed: a whole number from 0, or "all"')

    def _own_problems(self, around: Surroundings) -> Iterator[tuple[str, str]]:
        if self.backend in around.unasked:
            asked = _ASKED[self.backend]
            yield "backend", f"nobody asks the {self.backend} here; allowed: with {asked}"
        elif self.backend != "proxy":
            if self.proxy is not None:
                yield "proxy", f'the {self.backend} is hit; allowed: with backend = "proxy"'
        elif self.proxy not in (None, ALL, *range(around.proxies)):
            most = f'0 to {around.proxies - 1}, or "all"'
            yield "proxy", f"there is no proxy {self.proxy}; allowed: {most}"
        yield from super()._own_problems(around)

    def struck(self, stage: Stage) -> list[Process]:
        """The processes that are hit: one, or all proxies."""
        found = [one for name, one in stage.behind.items() if name.split()[0] == self.backend]
        return found if self.proxy == ALL else [found[self.proxy or 0]]

    def hits(self, begins: Phrase, ends: Phrase) -> Hit:
        """A bar on a lane of its own, or on that of the backplane or proxy."""
        if self.proxy == ALL:
            begins, ends = _with_all(begins), _with_all(ends)
        first = self.proxy in (None, 0, ALL)
        lane = self.backend if first else f"{self.backend} {self.proxy}"
        return Hit("nobody", 0, begins, ends, lane=lane)


def _with_all(phrase: Phrase) -> Phrase:
    return Phrase(phrase.label, phrase.sentence.replace("{}", "{}, like all others,"))


_STAGED: Final[tuple[Backend, ...]] = ("store", "authenticator", "backplane")
_ASKED: Final = {
    "authenticator": "authenticator.check_s above 0",
    "proxy": "a box of layer 7 before all servers that has a request_s, such as nginx",
}


def backend_forms(
    verb: str, rank: int, words: str, make: Callable[[Backend, float, float], OfBackend]
) -> tuple[Form, ...]:
    """A class for each backend of a hunt's stage: `store-VERB`; `words` with {} for its name."""

    def form(place: int, backend: Backend) -> Form:
        return Form(
            f"{backend}-{verb}", rank + place, words.format(backend),
            lambda _, at_s, for_s: make(backend, exact(at_s), exact(for_s)),
            holds=lambda fault: bool(fault.backend == backend),
            usual=False,
        )  # fmt: skip

    return tuple(form(place, backend) for place, backend in enumerate(_STAGED))
