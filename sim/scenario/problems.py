"""What is wrong with a scenario, in words: pydantic's errors and our own, each at its key.

Every message says what the value is, what is allowed and what the key means, from the models
themselves. Leaves out files and lines (`load`).
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from pydantic import ValidationError

from sim.network.spec import name_directions
from sim.scenario.designs import nearest
from sim.scenario.gaps import gap
from sim.scenario.lines import MOST_LEVELS
from sim.scenario.scenario import CrossCheckError, Location, Scenario
from sim.scenario.schema import Schema, child

Table = dict[str, Any]

# So that one broken section does not hide what is wrong between the others.
_STAND_INS: Table = {
    "name": "x",
    "designs": ["x"],
    "networks": [{"share": 1.0, "profile": "4g"}],
}
_FAULTS_REFER_TO = {"people", "servers", "time", "trace"}
_MOST_BITS = 1024  # as many as a floating-point number has
_KEY_FIRST = re.compile(r"^([a-z_]+(?:\.[a-z_0-9]+)+): ")


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, and at which key."""

    location: Location
    message: str


@cache
def schema() -> Schema:
    """The rules of a scenario, in words."""
    return Schema(Scenario.model_json_schema())


def validate(
    data: Table, prepared: Callable[[Table], Table] = dict
) -> tuple[Scenario | None, list[Problem]]:
    """The scenario, or what is wrong: keys and values first, then what does not fit together.

    `prepared` may go down into the data: by then it is known how deep that is.
    """
    problems = list(_unreadable(data))
    odd = {problem.location[0] for problem in problems}
    data = name_directions(prepared({key: value for key, value in data.items() if key not in odd}))
    try:
        checked = _strict({**_STAND_INS, **data} if odd else data)
    except ValidationError as error:
        problems += [one for entry in error.errors() for one in _problems_of(entry, data)]
    else:
        return (None, problems) if problems else (checked, [])
    broken = {problem.location[0] for problem in problems if problem.location}
    sound = {key: value for key, value in data.items() if key not in broken}
    for later in _between({**_STAND_INS, **sound}):
        about = later.location[0] if later.location else ""
        about_unknown = about == "faults" and broken & _FAULTS_REFER_TO
        if about in sound and not about_unknown and later not in problems:
            problems.append(later)
    return None, problems


def _unreadable(data: Table) -> Iterator[Problem]:
    """What JSON or a terminal could not carry; found without going down by recursion."""
    waiting: list[tuple[Location, Any]] = [((key,), value) for key, value in data.items()]
    while waiting:
        location, value = waiting.pop()
        if isinstance(value, str) and not _is_unicode(value):
            yield Problem(location, f"{_shown(value)} is not allowed; allowed: a text in Unicode")
        elif isinstance(value, str) and "\0" in value and location[-1] == "file":
            yield Problem(location, f"{_shown(value)} is not allowed; allowed: the path of a file")
        elif isinstance(value, int) and value.bit_length() > _MOST_BITS:
            node = schema().at(location, data) or {}
            digits = f"a number of {value.bit_length():,} bits"
            yield Problem(location, f"{digits} is not allowed; {_allowed(node)}")
        elif isinstance(value, dict | list):
            if len(location) > MOST_LEVELS:
                most = f"allowed: {MOST_LEVELS} tables or lists inside each other"
                yield Problem(location[:3], f"nested too deeply; {most}")
                continue
            pairs = value.items() if isinstance(value, dict) else enumerate(value)
            waiting += [((*location, key), one) for key, one in pairs]


def _is_unicode(text: str) -> bool:
    """Whether no half of a character stands alone, as bytes that are not UTF-8 do in a name."""
    return not any("\ud800" <= letter <= "\udfff" for letter in text)


def _between(data: Table) -> list[Problem]:
    """What does not fit together in sections that are right one by one."""
    try:
        _strict(data)
    except ValidationError as error:
        return [one for entry in error.errors() for one in _problems_of(entry, data)]
    return []


def _strict(data: Table) -> Scenario:
    # JSON mode, because only there strictness still takes lists for tuples. JSON has no dates, and
    # a date is no text either.
    text = json.dumps(data, default=lambda date: {"date": str(date)})
    return Scenario.model_validate_json(text, strict=True)


def _problems_of(entry: Mapping[str, Any], data: Table) -> Iterator[Problem]:
    """One pydantic error in our words."""
    cause = entry.get("ctx", {}).get("error")
    if isinstance(cause, CrossCheckError):
        yield from (Problem(location, message) for location, message in cause.problems)
        return
    if entry["type"] == "too_short" and len(entry["input"]) >= entry["ctx"]["min_length"]:
        return  # only because entries with problems of their own do not count
    location = _without_tags(entry["loc"], data)
    message = _message(entry, location, data)
    if not location and (key := _KEY_FIRST.match(message)):
        location = tuple(key[1].split("."))
        message = message.removeprefix(key[0])
    yield Problem(location, message)


def _without_tags(raw: Iterable[str | int], data: object) -> Location:
    """pydantic puts the name of the chosen alternative into the location; take it out."""
    location: list[str | int] = []
    for key in raw:
        if isinstance(data, dict) and key not in data and key == data.get("kind"):
            continue
        location.append(key)
        data = child(data, key)
    return tuple(location)


def _message(entry: Mapping[str, Any], location: Location, data: Table) -> str:
    rules, kind = schema(), entry["type"]
    if kind == "extra_forbidden":
        if missing := gap(location, entry["input"]):
            return missing
        parent = rules.at(location[:-1], data) or {}
        keys = list(rules.keys(parent))
        return f"unknown key; allowed: {', '.join(keys)}{nearest(str(location[-1]), keys)}"
    if kind.startswith("union_tag"):
        location = (*location, "kind") if not location or location[-1] != "kind" else location
        return _gap(location, entry["input"]) or _kind_message(location, data)
    node = rules.at(location, data) or {}
    if kind == "missing":
        return f"missing; {_allowed(node)}"
    if kind in ("value_error", "assertion_error"):
        return str(entry["msg"]).removeprefix("Value error, ").removeprefix("Assertion failed, ")
    given = entry["input"]
    hint = nearest(given, rules.names(node)) if isinstance(given, str) else ""
    return f"{_shown(given)} is not allowed; {_allowed(node)}{hint}"


def _gap(location: Location, table: object) -> str | None:
    """What is not modelled yet in the keys of a table that is no table of ours."""
    inside = table.items() if isinstance(table, dict) else ()
    return next((words for key, one in inside if (words := gap((*location[:-1], key), one))), None)


def _kind_message(location: Location, data: Table) -> str:
    rules = schema()
    around: object = data
    for key in location[:-1]:
        around = child(around, key)
    kinds = list(rules.kinds(rules.at(location[:-1], data) or {}))
    allowed = f"allowed: {', '.join(kinds)}"
    kind = child(around, "kind")
    if kind is None:
        return f"kind is missing; {allowed}"
    return f"unknown kind {_shown(kind)}; {allowed}{nearest(str(kind), kinds)}"


def _allowed(node: Mapping[str, Any]) -> str:
    meaning = node.get("description", "")
    return f"allowed: {schema().allowed(node)}" + (f" ({meaning})" if meaning else "")


def _shown(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else text[:57] + "..."
