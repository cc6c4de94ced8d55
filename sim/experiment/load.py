"""A TOML file and `--set` changes in, a checked `Scenario` out, or every problem at once.

A problem is one line: `file:line: key: what is wrong; allowed: ...; did you mean '...'?`.
Leaves out what designs there are (the caller knows) and the rules themselves (the models know).
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from sim.experiment.designs import Design, nearest
from sim.experiment.designs import problems as design_problems
from sim.experiment.errors import InputError
from sim.experiment.lines import line_of, scan
from sim.experiment.problems import Problem, Table, validate
from sim.experiment.scenario import Location, Scenario
from sim.experiment.schema import child
from sim.workload.errors import TraceError

DEFAULT_SCENARIO = "commuter-day"


@dataclass(frozen=True, slots=True)
class Change:
    """One value given on the command line; `label` is what the user typed, for messages."""

    location: Location
    value: Any
    label: str


@dataclass(frozen=True, slots=True)
class Source:
    """A scenario file's text and its name in messages."""

    label: str
    text: str
    folder: Path


def load(scenario: str, designs: Mapping[str, Design], changes: Iterable[Change] = ()) -> Scenario:
    """Read a shipped scenario (by name) or a file; `designs` are those that exist.

    Raises `InputError` with every problem of the file and the changes.
    """
    return check(open_scenario(scenario), designs, changes)


def check(
    source: Source, designs: Mapping[str, Design], changes: Iterable[Change] = ()
) -> Scenario:
    """The scenario in `source`. Raises `InputError` with everything that is wrong."""
    data = parse(source)
    changes = list(changes)
    problems = _apply(changes, data)
    problems += [Problem(at, message) for at, message in design_problems(data, designs)]
    checked, found = validate(_with_absolute_paths(data, source.folder, changes))
    problems += found
    if checked is not None and not problems:
        _check_trace(checked)
        return checked
    lines = scan(source.text)
    raise InputError(
        f"{_place(problem.location, source, lines, changes)}{problem.message}"
        for problem in sorted(problems, key=lambda one: line_of(one.location, lines) or 0)
    )


def shipped() -> dict[str, str]:
    """Texts of the scenarios that come with the package, by name."""
    folder = resources.files("sim.scenarios")
    files = sorted(folder.iterdir(), key=lambda entry: entry.name)
    return {
        entry.name.removesuffix(".toml"): entry.read_text("utf-8")
        for entry in files
        if entry.name.endswith(".toml")
    }


def open_scenario(scenario: str) -> Source:
    """The text of a shipped scenario or of a file."""
    path = Path(scenario)
    texts = shipped()
    if scenario in texts and not path.is_file():
        return Source(f"{scenario}.toml", texts[scenario], Path.cwd())
    try:
        return Source(scenario, path.read_text("utf-8"), path.parent.absolute())
    except FileNotFoundError:
        hint = nearest(scenario.removesuffix(".toml"), texts)
        names = ", ".join(texts)
        raise InputError(
            [f"{scenario}: no such file and no shipped scenario; shipped: {names}{hint}"]
        ) from None
    except UnicodeDecodeError as error:
        raise InputError([f"{scenario}: not a text in UTF-8 (byte {error.start})"]) from None
    except OSError as error:
        raise InputError([f"{scenario}: cannot be read: {error.strerror}"]) from None


def parse(source: Source) -> Table:
    """The TOML of `source` as plain values."""
    try:
        data = tomllib.loads(source.text)
    except tomllib.TOMLDecodeError as error:
        raise InputError([_toml_message(source, str(error))]) from None
    if not data:
        raise InputError(
            [f"{source.label}: the file is empty; `rtcsim new` writes a commented scenario"]
        )
    return data


def change(setting: str) -> Change:
    """`key=value` as typed after `--set`; the value is TOML, a bare word is a text."""
    key, equals, text = setting.partition("=")
    parts = [part.strip() for part in key.split(".")]
    if not equals or not all(parts):
        raise InputError([f"--set {setting}: allowed: key=value, such as people.count=500"])
    location = tuple(int(part) if part.isdigit() else part for part in parts)
    try:
        value = tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        value = text.strip()
    return Change(location, value, f"--set {key.strip()}")


def _toml_message(source: Source, text: str) -> str:
    """`tomllib` ends its messages with the place; bring it to the front."""
    what, _, place = text.rpartition(" (at ")
    numbers = [part.strip(",)") for part in place.split() if part.strip(",)").isdigit()]
    if len(numbers) != 2:
        numbers = [str(max(1, len(source.text.splitlines()))), "end"]
    return f"{source.label}:{numbers[0]}: column {numbers[1]}: not valid TOML: {what or text}"


def _apply(changes: Iterable[Change], data: Table) -> list[Problem]:
    return [problem for one in changes if (problem := _apply_one(one, data))]


def _apply_one(one: Change, data: Table) -> Problem | None:
    """Put one value into `data`, making tables on the way but no list entries."""
    here: Any = data
    *path, last = one.location
    for depth, key in enumerate(path):
        if isinstance(here, dict):
            here = here.setdefault(str(key), {})
        elif (here := child(here, key)) is None:
            return Problem(one.location, _no_entry(one.location[: depth + 1], data))
    if isinstance(here, dict):
        here[str(last)] = one.value
    elif isinstance(here, list) and isinstance(last, int) and last < len(here):
        here[last] = one.value
    else:
        return Problem(one.location, _no_entry(one.location, data))
    return None


def _no_entry(location: Location, data: Table) -> str:
    around: Any = data
    for key in location[:-1]:
        around = child(around, key)
    count = len(around) if isinstance(around, list) else 0
    allowed = f"; allowed: 0 to {count - 1}" if count else ""
    return f"there is no '{location[-1]}' here to set{allowed}"


def _with_absolute_paths(data: Table, folder: Path, changes: Iterable[Change]) -> Table:
    """Files named in the scenario are beside it; files named on the command line are not."""
    typed = {one.location for one in changes}

    def walk(value: Any, location: Location) -> Any:
        if isinstance(value, dict):
            return {key: walk(one, (*location, key)) for key, one in value.items()}
        if isinstance(value, list):
            return [walk(one, (*location, index)) for index, one in enumerate(value)]
        if location and location[-1] == "file" and isinstance(value, str):
            return str((Path.cwd() if location in typed else folder) / value)
        return value

    return dict(walk(data, ()))


def _check_trace(scenario: Scenario) -> None:
    """Read the trace once, so that a bad row is found before the first event."""
    if scenario.trace.file is None:
        return
    from sim.workload.trace import read_trace

    try:
        read_trace(scenario.trace.file)
    except TraceError as error:
        raise InputError(error.messages) from None


def _place(
    location: Location, source: Source, lines: Mapping[Location, int], changes: Iterable[Change]
) -> str:
    """`file:line: key: ` or, for what was typed on the command line, that option."""
    key = ".".join(map(str, location))
    for one in changes:
        if location[: len(one.location)] == one.location:
            return f"{one.label}: " if one.label.endswith(key) else f"{one.label}: {key}: "
    line = line_of(location, lines)
    place = source.label if line is None else f"{source.label}:{line}"
    return f"{place}: {key}: " if key else f"{place}: "
