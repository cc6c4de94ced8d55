"""Designs by name: the ones that are given, and variants made from them by changing fields.

A design is opaque here. Leaves out what designs there are; `models` and its entry points say that,
and only the command asks them.
"""

import dataclasses
import difflib
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol, runtime_checkable

from sim.scenario.gaps import gap
from sim.scenario.scenario import NAME, NAME_LENGTH, Location, Scenario, Variant

NAME_RULE = f"small letters a to z, digits and dashes, at most {NAME_LENGTH}; no dash in front"
_NEEDED = ("build", "describe", "variant")
_HAS = ("name", "summary", "claims", *_NEEDED)


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


@runtime_checkable
class HasTraits(Protocol):
    """A design that says as values what a difference may come from; none has to."""

    def traits(self) -> Mapping[str, Any]:
        """What it has, by the names of `sim.report.stored.Traits`."""
        ...


def fault(name: object, design: object) -> str | None:
    """Why `design` cannot take part under `name`, whoever made it; None when it can."""
    if not (isinstance(name, str) and len(name) <= NAME_LENGTH and re.fullmatch(NAME, name)):
        return f"{name!r:.80} is no name of a design; allowed: {NAME_RULE}"
    lacking = [one for one in _NEEDED if not callable(getattr(design, one, None))]
    lacking += [one for one in ("name", "summary") if not isinstance(getattr(design, one, 0), str)]
    if lacking or isinstance(design, type):
        return f"'{name}' is no design; allowed: what has {', '.join(_HAS)} (`models.Design`)"
    if (own := getattr(design, "name", name)) != name:
        return f"'{name}' is the key of a design whose name is {own!r:.80}; allowed: its own name"
    return None


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


def unfit(scenario: Scenario, known: Mapping[str, Design]) -> Iterator[tuple[Location, str]]:
    """Designs that this scenario has too many gateways for, those that join later included.

    A design may say how many it can have (`gateways_max`).
    """
    count = scenario.servers.gateways + sum(fault.joining for fault in scenario.faults)
    for design in pick(scenario.designs, known, scenario.variants):
        most = getattr(design, "gateways_max", math.inf)
        if count > most:
            allowed = f"allowed: {most:g}, or without '{design.name}', whose servers do not cluster"
            yield ("servers", "gateways"), f"{count}; {allowed}"


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
    unknown = [key for key in changes if allowed and key not in allowed]
    for key in unknown:
        words = gap((*at, key), changes[key]) or _unknown("field", key, allowed)
        yield (*at, key), words
    left = {key: value for key, value in changes.items() if key not in unknown}
    for field, message in _refusals(known[base], name, left):
        there = not message.startswith("unknown")
        wish = gap((*at, field), left[field], known=there) if field in left else None
        yield (*at, *field.split(".")) if field else at, wish or message


def _refusals(base: Design, name: str, changes: dict[str, Any]) -> list[tuple[str, str]]:
    """Fields of a variant that are wrong, and what is; "" where only all of them together are.

    An error may carry `problems`, a message for each field; without them each is tried alone.
    """
    error = _refused(base, name, changes)
    if error is None:
        return []
    if told := getattr(error, "problems", ()):
        return [(field, _without_key(message, field)) for field, message in told]
    alone = {key: _refused(base, name, {key: value}) for key, value in changes.items()}
    words = {key: re.sub(r"^design '[^']*': ", "", str(one)) for key, one in alone.items() if one}
    return [(key, said.removeprefix(f"{key} = ")) for key, said in words.items()] or [
        ("", str(error))
    ]


def _without_key(message: str, field: str) -> str:
    """The message, where its key is said beside it."""
    return message.removeprefix(f"{field} = ").removeprefix(f"{field}: ")


def _refused(base: Design, name: str, changes: dict[str, Any]) -> Exception | None:
    try:
        base.variant(name, changes)
    except (TypeError, ValueError) as error:
        return error
    return None


def _fields(design: Any) -> list[str]:
    """Fields a variant may change, when the design shows them and does not judge them itself."""
    if not dataclasses.is_dataclass(design) or hasattr(design, "keys"):
        return []
    fixed = ("name", "summary")
    return [field.name for field in dataclasses.fields(design) if field.name not in fixed]


def _unknown(what: str, name: str, allowed: Sequence[str]) -> str:
    return f"unknown {what} '{name}'; allowed: {', '.join(allowed)}{nearest(name, allowed)}"
