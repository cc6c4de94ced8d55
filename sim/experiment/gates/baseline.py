"""A run kept to compare later ones with: what changed for the worse, told apart from chance.

The baseline is one JSON file that a repository can hold. It has every metric of every replication,
so a later run with the same seed is compared pair by pair: only what changed in the design can make
a difference (`regress`). What is not comparable is refused, not compared. So is a file whose
figures are no longer those that `rtcsim baseline` wrote: a checksum over the contents tells.
"""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from sim.errors import InputError
from sim.experiment.errors import NotComparable
from sim.experiment.gates.decide import pooled
from sim.experiment.store import as_json, read_text, write_file
from sim.files.reading import parse_json
from sim.guarantees import GUARANTEES
from sim.metrics import METRICS
from sim.metrics.judged import NEVER
from sim.scenario.scenario import Scenario
from sim.scenario.write import plain

FORMAT: Final = 2
LIMIT_BYTES: Final = 64 * 2**20
"""More than any baseline needs: 100,000 replications of a design are some 30 MB."""
MOST_SHOWN: Final = 60
"""Characters of a value, and of a list of mistakes its lines, that are shown."""
_RATES: Final = tuple(one.name for one in METRICS if one.kind == "rate")
_ANEW: Final = "`rtcsim baseline` makes it anew"
_UNDER_TEST: Final = (
    "name", "question", "designs", "seed", "replications", "guarantees", "variants", "margins",
    "decides", "footing",
)  # fmt: skip
"""Keys of a scenario that are no part of the world: what may differ, or is compared by itself."""

Measures = Mapping[str, Sequence[Mapping[str, Any]]]
Json = Mapping[str, Any]


class _Part(BaseModel):
    """A table of the file: every key is known and there, and has its type."""

    model_config = ConfigDict(extra="forbid", strict=True)


class _Held(_Part):
    """How a guarantee fared."""

    state: Literal["holds", "violated", "unknown"]
    checked: Annotated[int, Field(ge=0)]
    violations: Annotated[int, Field(ge=0)]


_Count = Annotated[int, Field(ge=0)]


class _Design(_Part):
    """One design: every list has one entry for each replication."""

    messages: list[_Count]
    digests: list[str]
    metrics: dict[str, list[Any]]
    guarantees: dict[str, _Held]

    @field_validator("metrics")
    @classmethod
    def _values(cls, metrics: dict[str, list[Any]]) -> dict[str, list[Any]]:
        for name, values in metrics.items():
            is_rate = name in _RATES
            wrong = [one for one in values if not _fits(one, rate=is_rate)]
            if wrong:
                kind = "[hits, trials]" if is_rate else f'a number from 0, "{NEVER}"'
                text = json.dumps(wrong[0])[:MOST_SHOWN]
                said = f"{name}: {text}; allowed: {kind} or null"
                raise PydanticCustomError("value", "{said}", {"said": said})
        return metrics

    @model_validator(mode="after")
    def _even(self) -> Self:
        count = len(self.messages)
        lists = {"digests": self.digests} | self.metrics
        uneven = [name for name, found in lists.items() if len(found) != count]
        if uneven:
            said = f"{uneven[0]}: not {count} replications, as messages has"
            raise PydanticCustomError("length", "{said}", {"said": said})
        return self


class _Contents(_Part):
    """The whole file."""

    format: int
    rtcsim: str
    name: str
    seed: _Count
    world: dict[str, Any]
    designs: dict[str, _Design]
    checksum: str


def made(scenario: Scenario, measures: Measures) -> dict[str, Any]:
    """What the file holds. The measures have the verdicts of all guarantees."""
    contents = {
        "format": FORMAT,
        "rtcsim": version("rtcsim"),
        "name": scenario.name,
        "seed": scenario.seed,
        "world": world(scenario),
        "designs": {design: _design(found) for design, found in measures.items()},
    }
    return contents | {"checksum": checksum(contents)}


def checksum(contents: Json) -> str:
    """Of everything but the checksum, however the file is laid out."""
    rest = {key: value for key, value in contents.items() if key != "checksum"}
    text = json.dumps(rest, sort_keys=True, separators=(",", ":"))
    return f"sha256:{sha256(text.encode()).hexdigest()}"


def _design(measures: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    names = measures[0]["metrics"]
    totals = {name: pooled(name, measures) for name in GUARANTEES}
    return {
        "messages": [one["conservation"]["messages"] for one in measures],
        "digests": [one["digest"] for one in measures],
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
    """Store it, whole or not at all. Raises `InputError` when the file cannot be written."""
    write_file(file, as_json(baseline))


def read(place: Path, scenario: str) -> dict[str, Any]:
    """The baseline in a file, or of a scenario in a folder of them.

    Raises `InputError` for a file that is missing, damaged, edited or no baseline, with every
    mistake that is in it; `NotComparable` for another version of the format.
    """
    file = place / f"{scenario}.json" if place.is_dir() else place
    text = read_text(file, LIMIT_BYTES)
    found = parse_json(text, str(file))
    if not isinstance(found, dict) or "format" not in found:
        raise InputError([f"{file}: not a baseline; `rtcsim baseline` writes one"])
    if isinstance(found["format"], int) and found["format"] != FORMAT:
        reason = f"{file}: format {found['format']}; this version reads format {FORMAT}"
        raise NotComparable([f"{reason}; {_ANEW}"])
    try:
        _Contents.model_validate_json(text)
    except ValidationError as error:
        raise InputError(_mistakes(file, error)) from None
    if found["checksum"] != checksum(found):
        raise InputError([f"{file}: checksum: the file was edited since it was made; {_ANEW}"])
    return found


def _mistakes(file: Path, error: ValidationError) -> list[str]:
    found = error.errors(include_url=False, include_input=False)
    lines = [f"{file}: {_key(one['loc'])}{_said(one['msg'])}" for one in found[:MOST_SHOWN]]
    rest = len(found) - len(lines)
    return [*lines, f"{file}: {rest} more mistakes"] if rest else lines


def _key(place: tuple[int | str, ...]) -> str:
    return ".".join(map(str, place)) + ": " if place else ""


def _said(message: str) -> str:
    return message[:1].lower() + message[1:]


def _fits(value: Any, *, rate: bool) -> bool:
    """Whether this is a value as `sim.metrics.measure` stores it."""
    if value is None:
        return True
    if not rate:
        return value == NEVER or (_is_number(value) and 0 <= value < math.inf)
    counts = isinstance(value, list) and len(value) == 2 and all(map(_is_number, value))
    return counts and value[0] >= 0 and value[1] > 0


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


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
