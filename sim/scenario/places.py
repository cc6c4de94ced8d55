"""Where a problem is: a line of the file, or what was typed on the command line.

What the file has wrong by itself is blamed on the file, everything else on what was typed: no user
is sent to a line that somebody else wrote.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.scenario.lines import line_of, scan
from sim.scenario.problems import Problem
from sim.scenario.scenario import Location


@dataclass(frozen=True, slots=True)
class Change:
    """One value given besides the file; `label` is what messages call it.

    `typed` is the whole `key=value` of a command line, empty for what was not typed.
    """

    location: Location
    value: Any
    label: str
    typed: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """A scenario file's text and its name in messages."""

    label: str
    text: str
    folder: Path


def told(
    problems: Sequence[Problem],
    source: Source,
    changes: Sequence[Change],
    own: Collection[Problem],
) -> list[str]:
    """One line per problem, in the order of the file. `own`: what is wrong without the changes."""
    lines = scan(source.text)
    ordered = sorted(problems, key=lambda one: line_of(one.location, lines) or 0)
    return [f"{_place(one, source, lines, _to_blame(one, changes, own))}" for one in ordered]


def _to_blame(
    problem: Problem, changes: Sequence[Change], own: Collection[Problem]
) -> Sequence[Change]:
    """What was typed that made this problem; nothing when the file has it by itself."""
    at = _words(problem.location)
    if around := [one for one in changes if at[: len(one.location)] == _words(one.location)]:
        return around[:1]
    if problem in own:
        return ()
    inside = [one for one in changes if _words(one.location)[: len(at)] == at]
    beside = [one for one in changes if _words(one.location)[:1] == at[:1]]
    return inside or beside or changes


def _words(location: Location) -> tuple[str, ...]:
    return tuple(map(str, location))


def _place(
    problem: Problem, source: Source, lines: Mapping[Location, int], blamed: Sequence[Change]
) -> str:
    """`file:line: key: what` or, for what was typed on the command line, that option."""
    key = ".".join(_words(problem.location))
    if blamed:
        option = ", ".join(dict.fromkeys(one.label for one in blamed))
        return f"{option}: {'' if option.endswith(key) else f'{key}: '}{problem.message}"
    line = line_of(problem.location, lines)
    place = source.label if line is None else f"{source.label}:{line}"
    return f"{place}: {key}: {problem.message}" if key else f"{place}: {problem.message}"
