"""Where each key of a TOML file stands: key path -> line number.

`tomllib` keeps no positions. This scan follows tables, arrays of tables and `key = value` lines of
a file that is already known to be valid, and skips what lies inside strings and brackets. Keys
inside an inline table have the line of the key that holds the table.
"""

import re
from collections.abc import Mapping

Location = tuple[str | int, ...]

_HEADER = re.compile(r"^\s*(\[\[?)\s*(.+?)\s*\]\]?\s*(?:#.*)?$")
_PART = re.compile(r"""[A-Za-z0-9_-]+|"[^"]*"|'[^']*'""")
_KEY = re.compile(rf"^\s*((?:{_PART.pattern})(?:\s*\.\s*(?:{_PART.pattern}))*)\s*=")
# Strings first, so that brackets and hashes inside them do not count; one may still be open.
_MARK = re.compile(
    r'"""[\s\S]*?(?:"""|\Z)|\'\'\'[\s\S]*?(?:\'\'\'|\Z)'
    r'|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'|#[^\n]*|[\[\]{}]'
)
_LONG_QUOTES = ('"""', "'''")


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


def _statements(text: str) -> list[tuple[int, str]]:
    """Lines of `text`, with values that go over several lines joined to their first line."""
    joined: list[tuple[int, str]] = []
    pending, start, depth = "", 1, 0
    for number, line in enumerate(text.splitlines(), 1):
        pending, start = (f"{pending}\n{line}", start) if pending else (line, number)
        header = depth == 0 and _HEADER.match(pending)
        depth = 0 if header else _open(pending)
        if depth == 0:
            joined.append((start, pending))
            pending = ""
    return joined


def _open(statement: str) -> int:
    """Brackets and long strings that `statement` leaves open."""
    marks: list[str] = _MARK.findall(statement)
    depth = sum((mark in "[{") - (mark in "]}") for mark in marks)
    return depth + sum(mark.startswith(_LONG_QUOTES) and not _closed(mark) for mark in marks)


def _closed(long_string: str) -> bool:
    return len(long_string) >= 6 and long_string.endswith(long_string[:3])


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
