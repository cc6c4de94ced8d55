"""Where each key of a TOML file stands: key path -> line number.

`tomllib` keeps no positions. This scan follows tables, arrays of tables and `key = value` lines of
a file that is already known to be valid, and skips what lies inside strings and brackets. Keys
inside an inline table have the line of the key that holds the table. Lines end with a line feed and
nothing else, as TOML has it.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Final

Location = tuple[str | int, ...]

MOST_LEVELS: Final = 32
"""Tables and lists inside each other; a scenario needs six."""

_HEADER = re.compile(r"\s*(\[\[?)\s*(.+?)\s*\]\]?\s*(?:#.*)?$")
_PART = re.compile(r"""[A-Za-z0-9_-]+|"[^"]*"|'[^']*'""")
_KEY = re.compile(rf"\s*((?:{_PART.pattern})(?:\s*\.\s*(?:{_PART.pattern}))*)\s*=")
# Strings first, so that brackets and hashes inside them do not count; one may still be open.
_MARK = re.compile(
    r'"""(?:\\[\s\S]|[\s\S])*?(?:"""|\Z)|\'\'\'[\s\S]*?(?:\'\'\'|\Z)'
    r'|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'|#[^\n]*|[\[\]{}\n]'
)
# A key of so many parts takes its readers quadratic time. Atomic, so that it takes ours none.
_LONG_KEY = re.compile(
    rf"(?<![A-Za-z0-9_.\"'-])(?>(?:{_PART.pattern})[ \t]*\.[ \t]*){{{MOST_LEVELS},}}"
)


def scan(text: str) -> dict[Location, int]:
    """Line (from 1) of every table header and key in `text`, which must be valid TOML."""
    found: dict[Location, int] = {}
    table: Location = ()
    counts: dict[Location, int] = {}
    for number, statement in _statements(text):
        if header := _HEADER.match(statement):
            table = _resolve(_parts(header[2]), counts, header[1] == "[[")
            found.setdefault(table, number)
            if table[-1:] == (0,):
                found.setdefault(table[:-1], number)
        elif key := _KEY.match(statement):
            found[(*table, *_parts(key[1]))] = number
    return found


def line_of(location: Location, lines: Mapping[Location, int]) -> int | None:
    """The line of `location`, or of the nearest thing around it."""
    for length in range(len(location), 0, -1):
        if location[:length] in lines:
            return lines[location[:length]]
    return None


def too_deep(text: str) -> int | None:
    """The first line with more than `MOST_LEVELS` open brackets or parts of a key, if any.

    Asked before the text is parsed: parsers go down with every level until they crash.
    """
    for number, depth in _depths(text):
        if depth > MOST_LEVELS:
            return number
    long = _LONG_KEY.search(text)
    return text.count("\n", 0, long.start()) + 1 if long else None


def _depths(text: str) -> Iterator[tuple[int, int]]:
    """Line and brackets open, after every bracket."""
    number, depth, seen = 1, 0, 0
    for mark in _MARK.finditer(text):
        number += text.count("\n", seen, mark.start())
        seen = mark.start()
        if mark[0] in "[]{}":
            depth += 1 if mark[0] in "[{" else -1
            yield number, depth


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """Line and text of every statement, whose value may go over several lines."""
    number, start, depth = 1, 0, 0
    for mark in _MARK.finditer(text):
        if mark[0] == "\n" and depth == 0:
            statement = text[start : mark.start()]
            yield number, statement
            number += statement.count("\n") + 1
            start = mark.end()
        elif mark[0] in "[]{}":
            depth += 1 if mark[0] in "[{" else -1
    yield number, text[start:]


def _parts(dotted: str) -> Location:
    return tuple(part.strip("\"'") for part in _PART.findall(dotted))


def _resolve(parts: Location, counts: dict[Location, int], new_entry: bool) -> Location:
    """The location of a table header; entries of arrays of tables get their index."""
    location: Location = ()
    for depth, part in enumerate(parts, 1):
        location = (*location, part)
        if new_entry and depth == len(parts):
            counts[location] = counts.get(location, -1) + 1
        if location in counts:
            location = (*location, counts[location])
    return location
