"""A planted fault, and what a check says of it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Planted:
    """A mistake that somebody could make: `old`, once in the file `path`, becomes `new`.

    `subjects` are those that the mutant is played on: designs that run through this place; none
    where no design does. Which check has to catch it is not said. `survives`: why none does, empty
    for a fault that has to be caught.
    """

    name: str
    what: str
    path: str
    old: str
    new: str
    subjects: tuple[str, ...] = ()
    survives: str = ""

    @property
    def module(self) -> str:
        """What the file is imported as."""
        return self.path.removesuffix(".py").replace("/", ".")


@dataclass(frozen=True, slots=True)
class Complaint:
    """What a check says of the code: the kind of check, its name, and the particulars."""

    kind: str
    check: str
    detail: str
