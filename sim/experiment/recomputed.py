"""Whether a stored summary is what its replications say: computed once more and compared.

Everything in a summary but the catalogue follows from the replications, the scenario and what the
designs say of themselves, all of which are stored. Sums and the digest are compared always,
estimates only when the same program made them: another version may estimate otherwise.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sim.errors import InputError
from sim.experiment.attribution.shares import Game, attributed
from sim.experiment.footing import Equal
from sim.experiment.gates import told
from sim.experiment.provenance import program
from sim.experiment.store import REPLICATIONS, SUMMARY, read_measures
from sim.experiment.summary import books, digest, every_book, summarise
from sim.report import shapes
from sim.scenario.problems import validate
from sim.scenario.scenario import Scenario

Json = Mapping[str, Any]
_ELSEWHERE: Final = ("catalogue",)  # parts that come from the program and not from the run
_NEEDED: Final = {"digest", "drained", "metrics", "conservation", "incidents", "series", "ccdf"}
_CLOSE: Final = 1e-6  # relative: machines differ in the last bits of a float


@dataclass(frozen=True, slots=True)
class _Said:
    """A design as far as a stored result knows it."""

    name: str
    claims: Sequence[str]
    description: Mapping[str, Any]
    said: Mapping[str, Any]
    summary: str = ""

    def describe(self) -> Mapping[str, Any]:
        return self.description

    def traits(self) -> Mapping[str, Any]:
        return self.said

    def build(self, world: Any) -> Any:
        raise AssertionError(f"{self.name} is not here; only what it said is")

    def variant(self, name: str, changes: dict[str, Any]) -> "_Said":
        raise AssertionError(f"{self.name} is not here; nothing becomes {name} by {changes}")


def unchecked(folder: Path, summary: Json) -> str:
    """Why the figures of a result could not be recomputed in full, "" when they were.

    Raises `InputError` when they were and the summary says something else.
    """
    stored = read_measures(folder)
    measures, missing = _in_order(summary, stored)
    if missing:
        return f"{REPLICATIONS}/ lacks {missing}"
    if old := [key for key, one in stored.items() if not one.keys() >= _NEEDED]:
        return f"{old[0][0]}-{old[0][1]} is of another version"
    sums = {name: books(found) for name, found in measures.items()}
    _compare(folder, summary, {"digest": digest(measures)})
    _compare(folder, {"conservation": every_book(summary)}, {"conservation": sums})
    text, parsed = shapes.scenario(folder / shapes.SCENARIO)
    scenario, _ = validate(dict(parsed)) if text else (None, [])
    if scenario is None:
        return f"{shapes.SCENARIO} is missing or of another version"
    if shapes.provenance(folder / shapes.PROVENANCE).get("program") != program():
        return "another version of rtcsim, NumPy or SciPy made the estimates; the sums are right"
    try:
        found = _again(summary, scenario, measures) | _attributed(summary, scenario, stored)
        if gates := summary.get("gates"):
            found |= told.again(gates, scenario.guarantees, list(measures), measures)
    except (ArithmeticError, LookupError, TypeError, ValueError) as error:
        why = f"{type(error).__name__}: {error}"
        raise InputError([f"{folder / REPLICATIONS}: damaged: {why}"]) from None
    _compare(folder, summary, found)
    return ""


def _in_order(
    summary: Json, stored: Mapping[tuple[str, int], dict[str, Any]]
) -> tuple[dict[str, list[dict[str, Any]]], str]:
    """Replications by design as they were summed up, and which are not there, in words."""
    equal = (summary.get("equal") or {}).get("conservation") or {}
    names = list(dict.fromkeys([*(summary.get("conservation") or summary["designs"]), *equal]))
    numbers = range(int(summary.get("replications", 0)))
    wanted = [(name, number) for name in names for number in numbers]
    missing = [f"{name}-{number}" for name, number in wanted if (name, number) not in stored]
    if missing or not wanted:
        more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
        return {}, f"{missing[0]}{more}" if missing else "everything"
    return {name: [stored[name, number] for number in numbers] for name in names}, ""


def _again(
    summary: Json, scenario: Scenario, measures: Mapping[str, list[dict[str, Any]]]
) -> dict[str, Any]:
    designs = _said(summary)
    shipped = {one.name: measures[one.name] for one in designs}
    found = summarise(scenario, designs, shipped, summary.get("sequential") is True)
    if footing := summary.get("footing"):
        equal = _said(summary.get("equal") or {})
        stand = Equal(scenario, equal, footing["stands"], footing["lacks"], beside=bool(equal))
        found |= stand.part(found, measures)
    return {key: value for key, value in found.items() if key not in _ELSEWHERE}


def _attributed(
    summary: Json, scenario: Scenario, stored: Mapping[tuple[str, int], dict[str, Any]]
) -> dict[str, Any]:
    """What an attribution adds, from the replications of its designs, too; nothing without one."""
    if "attribution" not in summary:
        return {}
    game = Game.of(summary["attribution"])
    numbers = range(int(summary["replications"]))
    measures = {name: [stored[name, at] for at in numbers] for name in game.designs.values()}
    return attributed(game, measures, scenario.margins)


def _said(summary: Json) -> tuple[_Said, ...]:
    """The designs of a comparison as far as its summary knows them."""
    described, promised = summary.get("descriptions", {}), summary.get("guarantees", {})
    traits = summary.get("traits", {})
    names = summary.get("conservation") or summary.get("designs") or {}
    return tuple(
        _Said(
            name,
            _claims(promised.get(name, {})),
            described.get(name, {}),
            traits.get(name, {}),
        )
        for name in names
    )


def _claims(rows: Json) -> list[str]:
    return [guarantee for guarantee, row in rows.items() if row.get("claimed")]


def _compare(folder: Path, summary: Json, found: Json) -> None:
    for key, value in found.items():
        for place, said, right in _differences(key, summary.get(key), value):
            where = f"{folder / SUMMARY}: edited: {place}"
            raise InputError([f"{where} is {said!r}, by the stored replications {right!r}"])


def _differences(place: str, said: Any, right: Any) -> Iterator[tuple[str, Any, Any]]:
    """Where two values differ, key by key; floats may in their last bits."""
    if isinstance(right, Mapping) and isinstance(said, Mapping):
        for key in dict.fromkeys((*said, *right)):
            yield from _differences(f"{place}.{key}", said.get(key), right.get(key))
    elif isinstance(right, list | tuple) and isinstance(said, list) and len(said) == len(right):
        for index, (one, other) in enumerate(zip(said, right, strict=True)):
            yield from _differences(f"{place}.{index}", one, other)
    elif not _equal(said, right):
        yield place, said, right


def _equal(said: Any, right: Any) -> bool:
    if isinstance(said, float) and isinstance(right, float):
        return math.isclose(said, right, rel_tol=_CLOSE, abs_tol=1e-12)
    return bool(said == right)
