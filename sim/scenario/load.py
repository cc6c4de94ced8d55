"""A TOML file and `--set` changes in, a checked `Scenario` out, or every problem at once.

A problem is one line: `file:line: key: what is wrong; allowed: ...; did you mean '...'?`.
Leaves out what designs there are (the caller knows) and the rules themselves (the models know).
"""

import os
import re
import tomllib
import warnings
from collections.abc import Iterable, Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import Any, Final

from sim.errors import InputError, InputNote
from sim.files.reading import read_text
from sim.scenario.designs import Design, nearest, unfit
from sim.scenario.designs import problems as design_problems
from sim.scenario.lines import MOST_LEVELS, too_deep
from sim.scenario.places import Change, Source, told
from sim.scenario.problems import Problem, Table, validate
from sim.scenario.scenario import Location, Scenario
from sim.scenario.schema import child
from sim.workload.errors import TraceError

__all__ = [
    "Change",
    "Source",
    "change",
    "changed",
    "check",
    "load",
    "open_scenario",
    "parse",
    "shipped",
]

MAX_BYTES: Final = 16 * 2**20
"""A script of 300,000 messages; no scenario written by hand has a thousandth of it."""
_TOO_DEEP = f"nested too deeply; allowed: {MOST_LEVELS} tables or lists inside each other"
_TOO_LONG = "a number has too many digits; allowed: what fits into 64 bits"
_LONG_NUMBER = re.compile(r"[0-9_]{4000}")
_INDEX = re.compile(r"[0-9]{1,9}")


def load(scenario: str, designs: Mapping[str, Design], changes: Iterable[Change] = ()) -> Scenario:
    """Read a shipped scenario (by name) or a file; `designs` are those that exist.

    Raises `InputError` with every problem of the file and the changes.
    """
    return check(open_scenario(scenario), designs, changes)


def check(
    source: Source, designs: Mapping[str, Design], changes: Iterable[Change] = ()
) -> Scenario:
    """The scenario in `source`. Raises `InputError` with everything that is wrong."""
    changes = list(changes)
    checked, problems = _examined(source, designs, changes)
    traced = _trace_problems(checked) if checked else []
    if checked is not None and not problems and not traced:
        return checked
    own = _examined(source, designs, ())[1] if problems and changes else problems
    raise InputError([*told(problems, source, changes, own), *traced])


def _examined(
    source: Source, designs: Mapping[str, Design], changes: Sequence[Change]
) -> tuple[Scenario | None, list[Problem]]:
    """The scenario with these changes, where there is one, and everything that is wrong with it."""
    data = parse(source)
    problems = _apply(changes, data)
    problems += [Problem(at, message) for at, message in design_problems(data, designs)]
    checked, found = validate(data, lambda sound: _with_absolute_paths(sound, source, changes))
    if checked is not None and not problems:
        found = [*found, *(Problem(at, message) for at, message in unfit(checked, designs))]
    return checked, [*problems, *(one for one in found if one not in problems)]


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
    """The text of a shipped scenario or of a file. Raises `InputError`."""
    texts = shipped()
    if scenario in texts and not Path(scenario).is_file():
        return Source(f"{scenario}.toml", texts[scenario], Path.cwd())
    if os.path.lexists(scenario):
        path = Path(scenario)
        text = read_text(path, MAX_BYTES).removeprefix("\ufeff")
        return Source(scenario, text, path.parent.absolute())
    hint = nearest(scenario.removesuffix(".toml"), texts)
    names = ", ".join(texts)
    shown = scenario if len(scenario) <= 200 else f"{scenario[:197]}..."
    raise InputError([f"{shown}: no such file and no shipped scenario; shipped: {names}{hint}"])


def parse(source: Source) -> Table:
    """The TOML of `source` as plain values."""
    text = source.text
    if line := too_deep(text):
        raise InputError([f"{source.label}:{line}: {_TOO_DEEP}"])
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError([_toml_message(source, str(error))]) from None
    except ValueError:
        found = _LONG_NUMBER.search(text)
        line = text.count("\n", 0, found.start() if found else 0) + 1
        raise InputError([f"{source.label}:{line}: {_TOO_LONG}"]) from None
    if not data:
        raise InputError(
            [f"{source.label}: the file is empty; `rtcsim new` writes a commented scenario"]
        )
    return data


def change(setting: str) -> Change:
    """`key=value` as typed after `--set`; the value is TOML, a bare word is a text.

    Raises `InputError`.
    """
    key, equals, text = setting.partition("=")
    parts = [part.strip() for part in key.split(".")]
    shown = setting if len(setting) <= 200 else f"{setting[:197]}..."
    if not equals or not all(parts):
        raise InputError([f"--set {shown}: allowed: key=value, such as people.count=500"])
    if len(setting.splitlines()) > 1:
        raise InputError([f"--set {shown}: allowed: one key=value on one line"])
    location = tuple(int(part) if _INDEX.fullmatch(part) else part for part in parts)
    if len(parts) > MOST_LEVELS or too_deep(text):
        raise InputError([f"--set {shown}: {_TOO_DEEP}"])
    return Change(location, _value(text, shown), f"--set {key.strip()}", setting)


def changed(key: str, value: Any) -> Change:
    """The value of a key that a program gives, such as `changed("people.count", 500)`.

    Raises `InputError` for what no scenario can hold.
    """
    parts, label = key.split("."), f"changes['{key:.200}']"
    if not all(parts):
        raise InputError([f"{label}: allowed: keys such as people.count"])
    if len(parts) > MOST_LEVELS:
        raise InputError([f"{label}: {_TOO_DEEP}"])
    location = tuple(int(part) if _INDEX.fullmatch(part) else part for part in parts)
    return Change(location, _plain(value, label), label)


def _plain(value: Any, label: str, level: int = 1) -> Any:
    """The same made of what a file can hold: tables, lists, texts, numbers, truth values."""
    if level > MOST_LEVELS:
        raise InputError([f"{label}: {_TOO_DEEP}"])
    if isinstance(value, Mapping):
        return {str(name): _plain(one, label, level + 1) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one, label, level + 1) for one in value]
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    value = value.item() if hasattr(value, "item") else value  # a number of numpy's
    if not isinstance(value, bool | int | float | str):
        kind = type(value).__name__
        raise InputError([f"{label}: {kind}; allowed: a number, text, truth value, list or table"])
    return value


def _value(text: str, shown: str) -> Any:
    """A value as TOML has it, or a bare word."""
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text.strip()
    except ValueError:
        raise InputError([f"--set {shown}: {_TOO_LONG}"]) from None


def _toml_message(source: Source, text: str) -> str:
    """`tomllib` ends its messages with the place; bring it to the front."""
    what, _, place = text.rpartition(" (at ")
    numbers = [part.strip(",)") for part in place.split() if part.strip(",)").isdigit()]
    if len(numbers) != 2:
        numbers = [str(source.text.removesuffix("\n").count("\n") + 1), "end"]
    return f"{source.label}:{numbers[0]}: column {numbers[1]}: not valid TOML: {what or text}"


def _apply(changes: Iterable[Change], data: Table) -> list[Problem]:
    return [problem for one in changes if (problem := _apply_one(one, data))]


def _apply_one(one: Change, data: Table) -> Problem | None:
    """Put one value into `data`, making tables on the way but no lists and no entries of lists."""
    here: Any = data
    *path, last = one.location
    for depth, key in enumerate(path):
        if isinstance(here, dict):
            if str(key) not in here and isinstance(one.location[depth + 1], int):
                return Problem(one.location, _no_list(one.location[: depth + 1]))
            here = (
                _opened(here, str(key))
                if path[:1] == ["variants"]
                else here.setdefault(str(key), {})
            )
        elif (here := child(here, key)) is None:
            return Problem(one.location, _no_entry(one.location[: depth + 1], data))
    if isinstance(here, dict):
        here[str(last)] = one.value
    elif isinstance(here, list) and isinstance(last, int) and last < len(here):
        here[last] = one.value
    else:
        return Problem(one.location, _no_entry(one.location, data))
    return None


def _opened(table: Table, key: str) -> Any:
    """What `key` holds in a variant: a preset's name becomes a table, so that numbers fit in."""
    if isinstance(table.get(key), str):
        table[key] = {"preset": table[key]}
    return table.setdefault(key, {})


def _no_list(location: Location) -> str:
    key = ".".join(map(str, location))
    return f"there is no list '{key}' to set an entry of; allowed: the whole, {key}=[{{...}}]"


def _no_entry(location: Location, data: Table) -> str:
    around: Any = data
    for key in location[:-1]:
        around = child(around, key)
    count = len(around) if isinstance(around, list) else 0
    allowed = f"; allowed: 0 to {count - 1}" if count else ""
    return f"there is no '{location[-1]}' here to set{allowed}"


def _with_absolute_paths(data: Table, source: Source, changes: Iterable[Change]) -> Table:
    """Files named in the scenario are beside it; files named on the command line are not."""
    typed = {one.location for one in changes}

    def walk(value: Any, location: Location) -> Any:
        if isinstance(value, dict):
            return {key: walk(one, (*location, key)) for key, one in value.items()}
        if isinstance(value, list):
            return [walk(one, (*location, index)) for index, one in enumerate(value)]
        if location and location[-1] == "file" and isinstance(value, str):
            return str((Path.cwd() if location in typed else source.folder) / value)
        return value

    return dict(walk(data, ()))


def _trace_problems(scenario: Scenario) -> list[str]:
    """What is wrong with the recorded chat, read once before the first event."""
    if scenario.trace.file is None:
        return []
    from sim.workload.trace import read_trace

    try:
        trace = read_trace(scenario.trace.file)
    except TraceError as error:
        return error.messages
    for note in trace.notes(scenario.time.measure_s):
        warnings.warn(InputNote(f"{scenario.trace.file}: {note}"), stacklevel=2)
    return []
