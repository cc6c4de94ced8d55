"""Designs by name: the ones that are given, and variants made from them by changing fields.

A design is opaque here. Leaves out what designs there are; `models` and its entry points say that,
and only the command asks them.
"""

import dataclasses
import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol

from sim.experiment.scenario import Location, Variant


class Design(Protocol):
    """What an experiment needs to know of a design; it must also survive pickling."""

    @property
    def name(self) -> str: ...

    @property
    def summary(self) -> str: ...

    @property
    def claims(self) -> Sequence[str]: ...

    def build(self, world: Any) -> Any:
        """The system under test in a world; only a replication calls it."""
        ...

    def describe(self) -> Mapping[str, str | Mapping[str, str]]:
        """What the design is, row by row, for people."""
        ...

    def variant(self, name: str, changes: dict[str, Any]) -> "Design":
        """The design under another name, changed. Raises ValueError when that cannot be."""
        ...


def pick(
    names: Sequence[str], known: Mapping[str, Design], variants: Mapping[str, Variant]
) -> tuple[Design, ...]:
    """The designs called `names`, which `problems` has found in order."""
    return tuple(
        known[variants[name].base].variant(name, variants[name].changes)
        if name in variants
        else known[name]
        for name in names
    )


def problems(
    data: Mapping[str, Any], known: Mapping[str, Design]
) -> Iterator[tuple[Location, str]]:
    """What is wrong with the designs and variants a scenario names, before it is validated."""
    variants = data.get("variants", {})
    variants = variants if isinstance(variants, Mapping) else {}
    for at, name in _named(data):
        if isinstance(name, str) and name not in known and name not in variants:
            yield at, _unknown("design", name, [*known, *variants])
    for name, fields in variants.items():
        if isinstance(fields, Mapping) and isinstance(fields.get("base"), str):
            yield from _variant_problems(name, fields, known)


def _named(data: Mapping[str, Any]) -> Iterator[tuple[Location, object]]:
    """Every place where a design is named: those to compare, and those of each guarantee."""
    gates = data.get("guarantees", [])
    places: list[tuple[Location, object]] = [(("designs",), data.get("designs", []))]
    for index, gate in enumerate(gates if isinstance(gates, list) else []):
        if isinstance(gate, Mapping):
            places.append((("guarantees", index, "designs"), gate.get("designs", [])))
    for at, names in places:
        for index, name in enumerate(names if isinstance(names, list) else []):
            yield (*at, index), name


def nearest(word: str, names: Iterable[str]) -> str:
    """`; did you mean 'x'?` when one of `names` is near `word`, else nothing."""
    near = difflib.get_close_matches(word, list(names), n=1, cutoff=0.6)
    return f"; did you mean '{near[0]}'?" if near else ""


def _variant_problems(
    name: str, fields: Mapping[str, Any], known: Mapping[str, Design]
) -> Iterator[tuple[Location, str]]:
    base, at = fields["base"], ("variants", name)
    changes = {key: value for key, value in fields.items() if key != "base"}
    if name in known:
        yield at, f"'{name}' is a design already; allowed: a name of its own"
    if base not in known:
        yield (*at, "base"), _unknown("design", base, list(known))
        return
    allowed = _fields(known[base])
    if unknown := [key for key in changes if allowed and key not in allowed]:
        yield from (((*at, key), _unknown("field", key, allowed)) for key in unknown)
        return
    try:
        known[base].variant(name, changes)
    except (TypeError, ValueError) as error:
        yield at, str(error)


def _fields(design: Any) -> list[str]:
    """Fields a variant may change, when the design shows them."""
    if not dataclasses.is_dataclass(design):
        return []
    fixed = ("name", "summary")
    return [field.name for field in dataclasses.fields(design) if field.name not in fixed]


def _unknown(what: str, name: str, allowed: Sequence[str]) -> str:
    return f"unknown {what} '{name}'; allowed: {', '.join(allowed)}{nearest(name, allowed)}"
