"""Reads a recorded chat: a CSV file of `time_s, sender, conversation, size_bytes`, row by row.

Sender and conversation are any text; the conversation may be empty or its column left out (then
all such rows share one). Only numbers are kept, so a long log needs 28 bytes a row. Texts of
messages are not read.
"""

from __future__ import annotations

import csv
import math
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from sim.workload.errors import TraceError
from sim.workload.sessions import Floats, Ints
from sim.workload.spec import TraceSpec

COLUMNS = ("time_s", "sender", "conversation", "size_bytes")
OPTIONAL = "conversation"
MAX_BYTES = 2**31 - 1  # what the history's column holds
MAX_ERRORS = 10  # a file of the wrong kind is wrong in every row

_HEADER = f"a first line naming the columns {', '.join(COLUMNS)} ({OPTIONAL} may be left out)"


class Row(NamedTuple):
    """One recorded message."""

    time_s: float
    sender: str
    conversation: str
    size_bytes: int


@dataclass(frozen=True, slots=True, eq=False)
class Trace:
    """A whole trace as columns; people and conversations numbered by first appearance."""

    people: int
    time_s: Floats
    sender: Ints
    conversation: Ints
    size_bytes: Ints


def read_trace(path: Path) -> Trace:
    """The trace in `path`; raises TraceError naming each mistake's line and column."""
    people: dict[str, int] = {}
    rooms: dict[str, int] = {}
    time_s, sender, room, size_bytes = array("d"), array("i"), array("i"), array("i")
    for row in rows(path):
        time_s.append(row.time_s)
        sender.append(people.setdefault(row.sender, len(people)))
        room.append(rooms.setdefault(row.conversation, len(rooms)))
        size_bytes.append(row.size_bytes)
    return Trace(
        people=len(people),
        time_s=np.array(time_s),
        sender=np.array(sender),
        conversation=np.array(room),
        size_bytes=np.array(size_bytes),
    )


def trace_span(spec: TraceSpec) -> tuple[float, float]:
    """Times of the first and the last message of the trace, in its own seconds.

    Raises TraceError like `read_trace`, and ValueError when the section names no file.
    """
    if spec.file is None:
        raise ValueError("trace.file: none given; allowed: the path of a CSV file")
    first_s = last_s = math.nan
    for row in rows(spec.file):
        last_s = row.time_s
        first_s = last_s if math.isnan(first_s) else first_s
    return first_s, last_s


def rows(path: Path) -> Iterator[Row]:
    """The good rows one by one; after the last, or the tenth mistake, TraceError if any was bad."""
    reader = _Reader(path)
    try:
        # Undecodable bytes stay distinct in names and fail as numbers with their line.
        with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as lines:
            yield from reader.rows(lines)
    except OSError as error:
        raise TraceError([f"{path}: {error.strerror or error}; allowed: a readable file"]) from None
    if reader.messages:
        raise TraceError(reader.messages)


class _Reader:
    """Checks rows against the header and collects what is wrong."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.messages: list[str] = []
        self._last_s = -math.inf

    def rows(self, lines: Iterator[str]) -> Iterator[Row]:
        table = csv.reader(lines)
        try:
            names = [name.strip() for name in next(table, [])]
            if not self._header_fits(names):
                return
            empty = True
            for cells in filter(None, table):  # blank lines say nothing
                empty = False
                row = self._row(table.line_num, names, cells)
                if row is not None:
                    yield row
                if len(self.messages) >= MAX_ERRORS:
                    self.messages.append(f"{self.path}: stopped after {MAX_ERRORS} mistakes")
                    return
            if empty:
                self._complain(table.line_num, "no rows below the header; allowed: at least one")
        except csv.Error as error:
            self._complain(table.line_num, f"not readable as CSV: {error}")

    def _complain(self, line: int, what: str) -> None:
        self.messages.append(f"{self.path}:{line}: {what}")

    def _reject(self, line: int, column: str, value: str, allowed: str) -> None:
        self._complain(line, f"{column}: {value[:60]!r} is not allowed; allowed: {allowed}")

    def _header_fits(self, names: Sequence[str]) -> bool:
        if not names:
            self._complain(1, f"the file is empty; allowed: {_HEADER} and at least one row")
            return False
        if not set(names) & set(COLUMNS):
            self._reject(1, "header", ",".join(names), _HEADER)
            return False
        for column in COLUMNS:
            if names.count(column) == 0 and column != OPTIONAL:
                self._complain(1, f"header: column {column} is missing; allowed: {_HEADER}")
        for place, name in enumerate(names):
            if name not in COLUMNS or name in names[:place]:
                self._reject(1, "header", name, _HEADER)
        return not self.messages

    def _row(self, line: int, names: Sequence[str], cells: Sequence[str]) -> Row | None:
        if len(cells) != len(names):
            self._complain(line, f"{len(cells)} values; allowed: {len(names)} as in the header")
            return None
        value = {name: cell.strip() for name, cell in zip(names, cells, strict=True)}
        mistakes = len(self.messages)
        if not value["sender"]:
            self._reject(line, "sender", "", "any text but an empty one")
        time_s = self._time(line, value["time_s"])
        size_bytes = self._size(line, value["size_bytes"])
        if len(self.messages) > mistakes:
            return None
        return Row(time_s, value["sender"], value.get(OPTIONAL, ""), size_bytes)

    def _time(self, line: int, text: str) -> float:
        try:
            time_s = float(text)
        except ValueError:
            time_s = math.nan
        if not math.isfinite(time_s):
            self._reject(line, "time_s", text, "a finite number of seconds")
        elif time_s < self._last_s:
            self._reject(line, "time_s", text, f"not before the row above ({self._last_s})")
        else:
            self._last_s = time_s
        return time_s

    def _size(self, line: int, text: str) -> int:
        size_bytes = int(text) if text.isascii() and text.isdigit() and len(text) <= 10 else -1
        if not 0 <= size_bytes <= MAX_BYTES:
            self._reject(line, "size_bytes", text, f"a whole number of bytes, 0 to {MAX_BYTES}")
        return size_bytes
