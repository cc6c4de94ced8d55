"""A run kept to compare later ones with: what changed for the worse, told apart from chance.

The baseline is one JSON file that a repository can hold. It has every metric of every replication,
so a later run with the same seed is compared pair by pair: only what changed in the design can make
a difference. Regressions are differences for the worse, beyond a tolerance, that a paired t test
bears out after correction for the number of figures (Holm 1979); and guarantees that held and
are violated now. What is not comparable is refused, not compared.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from sim.experiment.errors import InputError, NotComparable
from sim.experiment.gates.decide import pooled
from sim.experiment.scenario import Scenario
from sim.experiment.store import as_json
from sim.experiment.write import plain
from sim.guarantees import GUARANTEES

FORMAT: Final = 1
_UNDER_TEST: Final = (
    "name", "question", "designs", "seed", "replications", "guarantees", "variants",
)  # fmt: skip
"""Keys of a scenario that are no part of the world: what may differ, or is compared by itself."""

Measures = Mapping[str, Sequence[Mapping[str, Any]]]
Json = Mapping[str, Any]


def made(scenario: Scenario, measures: Measures) -> dict[str, Any]:
    """What the file holds. The measures have the verdicts of all guarantees."""
    return {
        "format": FORMAT,
        "rtcsim": version("rtcsim"),
        "name": scenario.name,
        "seed": scenario.seed,
        "world": world(scenario),
        "designs": {design: _design(found) for design, found in measures.items()},
    }


def _design(measures: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    names = measures[0]["metrics"]
    totals = {name: pooled(name, measures) for name in GUARANTEES}
    return {
        "messages": [one["conservation"]["messages"] for one in measures],
        "metrics": {name: [one["metrics"][name] for one in measures] for name in names},
        "guarantees": {
            name: {"state": one.state, "checked": one.checked, "violations": one.violations}
            for name, one in totals.items()
        },
    }


def world(scenario: Scenario) -> dict[str, Any]:
    """Everything that the designs meet; input files by their contents, wherever they lie."""
    kept = {key: value for key, value in plain(scenario).items() if key not in _UNDER_TEST}
    return {key: _portable(value) for key, value in kept.items()}


def _portable(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            key: _contents(Path(one)) if key == "file" else _portable(one)
            for key, one in value.items()
        }
    return [_portable(one) for one in value] if isinstance(value, list) else value


def _contents(path: Path) -> str:
    return f"sha256:{sha256(path.read_bytes()).hexdigest()}" if path.is_file() else path.name


def write(file: Path, baseline: Json) -> None:
    """Store it. Raises `InputError` when the file cannot be written."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(as_json(baseline), "utf-8")
    except OSError as error:
        raise InputError([f"{file}: cannot be written: {error.strerror}"]) from None


def read(place: Path, scenario: str) -> dict[str, Any]:
    """The baseline in a file, or of a scenario in a folder of them.

    Raises `InputError` for a file that is missing or no baseline, `NotComparable` for another
    version of the format.
    """
    file = place / f"{scenario}.json" if place.is_dir() else place
    try:
        found = json.loads(file.read_text("utf-8"))
    except OSError as error:
        raise InputError([f"{file}: cannot be read: {error.strerror}"]) from None
    except ValueError as error:
        raise InputError([f"{file}: not a baseline: {error}"]) from None
    if not isinstance(found, dict) or "format" not in found:
        raise InputError([f"{file}: not a baseline; `rtcsim baseline` writes one"])
    if found["format"] != FORMAT:
        reason = f"{file}: format {found['format']}; this version reads format {FORMAT}"
        raise NotComparable([reason])
    return found


def require_comparable(baseline: Json, scenario: Scenario, designs: Sequence[str]) -> None:
    """Raises `NotComparable` unless both ask the same of the same world and the same luck."""
    reasons = list(_differences(baseline, scenario, designs))
    if reasons:
        raise NotComparable(reasons)


def _differences(baseline: Json, scenario: Scenario, designs: Sequence[str]) -> Iterator[str]:
    for what, before, now in (
        ("name", baseline["name"], scenario.name),
        ("seed", baseline["seed"], scenario.seed),
    ):
        if before != now:
            yield f"{what}: {before} in the baseline, {now} now"
    yield from _unequal("", baseline["world"], world(scenario))
    known = baseline["designs"]
    for name in designs:
        if name not in known:
            yield f"designs: '{name}' is not in the baseline; it has {', '.join(known)}"
    fewest = min((len(one["messages"]) for one in known.values()), default=0)
    if min(fewest, scenario.replications) < 2:
        yield f"replications: {fewest} in the baseline, {scenario.replications} now; 2 at least"


def _unequal(place: str, before: Any, now: Any) -> Iterator[str]:
    """Where two values differ, key by key."""
    if isinstance(before, dict) and isinstance(now, dict):
        for key in dict.fromkeys((*before, *now)):
            yield from _unequal(f"{place}{key}.", before.get(key), now.get(key))
    elif isinstance(before, list) and isinstance(now, list) and len(before) == len(now):
        for index, (one, other) in enumerate(zip(before, now, strict=True)):
            yield from _unequal(f"{place}{index}.", one, other)
    elif before != now:
        there, here = (json.dumps(one)[:60] for one in (before, now))
        yield f"{place.removesuffix('.')}: {there} in the baseline, {here} now"


def require_same_luck(baseline: Json, measures: Measures) -> None:
    """Raises `NotComparable` when people meant to send other messages under the same seed."""
    for design, found in measures.items():
        before = baseline["designs"][design]["messages"]
        now = [one["conservation"]["messages"] for one in found]
        shared = min(len(before), len(now))
        if before[:shared] != now[:shared]:
            made_by, here = baseline["rtcsim"], version("rtcsim")
            reason = f"{design}: the seed gives other messages; rtcsim {made_by} then, {here} now"
            raise NotComparable([reason])
