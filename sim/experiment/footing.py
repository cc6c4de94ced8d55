"""Designs as shipped and on equal footing: who runs, and what is told of the second comparison.

As shipped, a difference may come from the architecture or from somebody's defaults. On equal
footing all have the same timers and are as safe as their architecture allows; what is left is the
architecture's. A design says itself how it would stand there (`models.footing`); one that cannot
stands as shipped. Both comparisons meet the same luck, since nothing of it depends on a design.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol, runtime_checkable

from sim.experiment.changed import answers, changed
from sim.experiment.summary import digest, luck_check, summarise
from sim.scenario.designs import Design
from sim.scenario.scenario import Scenario

Measures = Mapping[str, Sequence[dict[str, Any]]]

OPAQUE: Final = {"options": "it says nothing of its options, so it stands as shipped"}
_OWN: Final = (
    "designs", "comparisons", "verdicts", "selected", "unbeaten", "descriptions", "traits",
    "conservation", "incidents", "ccdf", "series", "guarantees",
    "answer", "notes", "suggestion", "checks",
)  # fmt: skip


class Stand(Protocol):
    """A design on equal footing, as `models.footing.Stand` has it."""

    @property
    def design(self) -> Design: ...
    @property
    def lacks(self) -> Mapping[str, str]: ...
    @property
    def alike(self) -> str: ...
    @property
    def changed(self) -> int: ...


@runtime_checkable
class CanStand(Protocol):
    """A design that knows how it would stand on equal footing."""

    def on_equal_footing(self) -> Stand: ...


@dataclass(frozen=True, slots=True)
class _Shipped:
    """How a design stands that says nothing of its options."""

    design: Design
    lacks: Mapping[str, str]
    alike: str
    changed: int = 0


@dataclass(frozen=True, slots=True)
class Equal:
    """The designs of a scenario on equal footing, each system once.

    stands: design as shipped -> name of what it is on equal footing. lacks: that name -> part of
    the footing -> why it has it otherwise or not. beside: whether the designs as shipped are
    compared, too; else these are the ones that are compared.
    """

    scenario: Scenario
    line_up: tuple[Design, ...]
    stands: Mapping[str, str]
    lacks: Mapping[str, Mapping[str, str]]
    beside: bool
    name: str = ""

    @property
    def designs(self) -> tuple[Design, ...]:
        """Those that do not run as shipped anyway."""
        if not self.beside:
            return ()
        return tuple(one for one in self.line_up if self.stands.get(one.name) != one.name)

    @property
    def told(self) -> dict[str, Any]:
        """Who stands as what, and what of the footing each cannot have."""
        lacks = {name: dict(parts) for name, parts in self.lacks.items() if parts}
        return {"stands": dict(self.stands), "lacks": lacks}

    def part(self, summary: Mapping[str, Any], measures: Measures) -> dict[str, Any]:
        """What the summary says besides: the comparison on equal footing, and what it changes."""
        if not self.beside:
            return {"footing": self.told}
        found = {one.name: measures[one.name] for one in self.line_up}
        equal = summarise(self.scenario, self.line_up, found, summary.get("sequential") is True)
        both = {**summary, "equal": {key: equal[key] for key in _OWN}, "footing": self.told}
        told = {**self.told, "changed": changed(both)}
        return {
            "digest": digest(measures),
            "answer": answers(both),
            "checks": _checks(summary["checks"], equal["checks"], luck_check(measures)),
            "footing": told,
            "equal": both["equal"],
        }


def tables(designs: Sequence[Design], study: object) -> list[list[str]]:
    """Names of the designs that are compared with each other, table by table."""
    beside = study.line_up if isinstance(study, Equal) and study.beside else ()
    return [[one.name for one in line] for line in (designs, beside) if line]


def line_up(
    scenario: Scenario, designs: tuple[Design, ...]
) -> tuple[tuple[Design, ...], Equal | None]:
    """The designs to compare on the scenario's footing, and those on equal footing if asked for.

    A design alone is compared with nothing: it stands as shipped, unless equal footing is asked.
    Designs that all stand as shipped on equal footing are compared once.
    """
    if scenario.footing == "shipped" or (scenario.footing == "both" and len(designs) == 1):
        return designs, None
    equal = equal_footing(scenario, designs)
    return (designs if equal.beside else equal.line_up), equal


def equal_footing(scenario: Scenario, designs: Sequence[Design]) -> Equal:
    """The line-up on equal footing; designs that become one system stand under one name.

    That is the name of the one that changes least, so one that changes nothing keeps its own.
    """
    stands = {one.name: _stand(one) for one in designs}
    alike: dict[str, list[str]] = {}
    for name, stand in stands.items():
        alike.setdefault(stand.alike, []).append(name)
    names: dict[str, str] = {}
    lacks: dict[str, Mapping[str, str]] = {}
    line: list[Design] = []
    for group in alike.values():
        least = stands[min(group, key=lambda name: stands[name].changed)]
        one = _named(least.design, stands) if least.changed else least.design
        line.append(one)
        lacks[one.name] = least.lacks
        names |= dict.fromkeys(group, one.name)
    in_order = {name: names[name] for name in stands}
    other = any(stand != name for name, stand in in_order.items())
    return Equal(scenario, tuple(line), in_order, lacks, other and scenario.footing == "both")


def _checks(
    shipped: Sequence[dict[str, str]], equal: Sequence[dict[str, str]], luck: dict[str, str]
) -> list[dict[str, str]]:
    """Of each self-check that as shipped, or that on equal footing where only it wants attention.

    Luck is compared over all that ran.
    """
    other = {one["name"]: one | {"detail": f"on equal footing: {one['detail']}"} for one in equal}
    return [
        luck
        if one["name"] == luck["name"]
        else other[one["name"]]
        if one["state"] == "ok" != other[one["name"]]["state"]
        else one
        for one in shipped
    ]


def _stand(design: Design) -> Stand:
    if isinstance(design, CanStand):
        return design.on_equal_footing()
    return _Shipped(design, OPAQUE, f"{design.name} as shipped")


def _named(design: Design, taken: Mapping[str, Stand]) -> Design:
    """The design under a name that no design of the scenario has."""
    return next(
        design if name == design.name else design.variant(name, {})
        for name in _names(design.name)
        if name not in taken
    )


def _names(first: str) -> Iterator[str]:
    yield first
    number = 2
    while True:
        yield f"{first}-{number}"
        number += 1
