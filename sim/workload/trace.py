"""Reads a recorded chat: a CSV file of `time_s, sender, conversation, size_bytes`, row by row.

As chat exports write it: names of columns in any case, separated by commas, semicolons or tabs,
further columns beside them, times as seconds or as ISO 8601 with an offset. Sender and conversation
are any text; the conversation may be empty or its column left out (then all such rows share one).
Only numbers are kept, so a long log needs 28 bytes a row. Texts of messages are not read.
"""

from __future__ import annotations

import csv
import math
import os
import stat
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import NamedTuple, TextIO

import numpy as np

from sim.workload.errors import TraceError
from sim.workload.sessions import Floats, Ints
from sim.workload.spec import TraceSpec

COLUMNS = ("time_s", "sender", "conversation", "size_bytes")
OPTIONAL = "conversation"
SEPARATORS = ",;\t"
MAX_BYTES = 2**31 - 1  # what the history's column holds
MAX_LINE = 2**20  # letters; the texts of messages may stand there, too
MAX_FILE_BYTES = 4 * 2**30  # some hundred million messages: more than can be simulated
MAX_ERRORS = 10  # a file of the wrong kind is wrong in every row

_HEADER = (
    f"a first line naming the columns {', '.join(COLUMNS)} ({OPTIONAL} may be left out), separated"
    " by commas, semicolons or tabs"
)
_TIME = "a finite number of seconds, or a date with offset, as 2023-09-23T13:15:48+03:00"


class Row(NamedTuple):
    """One recorded message."""

    time_s: float
    sender: str
    conversation: str
    size_bytes: int


@dataclass(frozen=True, slots=True, eq=False)
class Trace:
    """A whole trace as columns; people and conversations numbered by first appearance.

    `ignored`: columns of the file that say nothing here.
    """

    people: int
    time_s: Floats
    sender: Ints
    conversation: Ints
    size_bytes: Ints
    ignored: tuple[str, ...] = ()

    @property
    def span_s(self) -> float:
        """Whole seconds that hold every message."""
        return float(math.floor(self.time_s[-1] - self.time_s[0]) + 1)

    def notes(self, measure_s: float) -> Iterator[str]:
        """What of the file is left out when so many seconds are replayed."""
        if self.ignored:
            yield f"columns that say nothing here are left out: {', '.join(self.ignored)[:200]}"
        beyond = int(np.sum(self.time_s - self.time_s[0] >= measure_s))
        if beyond:
            yield (
                f"{beyond:,} of {len(self.time_s):,} messages lie beyond"
                f" time.measure_s = {measure_s:g} and are left out"
            )


def read_trace(path: Path) -> Trace:
    """The trace in `path`; raises TraceError naming each mistake's line and column."""
    people: dict[str, int] = {}
    rooms: dict[str, int] = {}
    time_s, sender, room, size_bytes = array("d"), array("i"), array("i"), array("i")
    reader = _Reader(path)
    for row in reader.file():
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
        ignored=reader.ignored,
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
    yield from _Reader(path).file()


class _Reader:
    """Checks rows against the header and collects what is wrong."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.messages: list[str] = []
        self.ignored: tuple[str, ...] = ()
        self._last_s = -math.inf
        self._began: datetime | None = None  # when times are dates

    def file(self) -> Iterator[Row]:
        """All rows; raises TraceError after the last, when anything was wrong."""
        try:
            _require_regular(self.path)
            # Undecodable bytes stay distinct in names and fail as numbers with their line.
            with self.path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as text:
                yield from self._rows(_lines(text))
        except (OSError, ValueError) as error:
            why = (error.strerror if isinstance(error, OSError) else None) or str(error)
            raise TraceError([f"{self.path}: {why}; allowed: a readable file"]) from None
        if self.messages:
            raise TraceError(self.messages)

    def _rows(self, lines: Iterator[str]) -> Iterator[Row]:
        first = next(lines, "")
        table = csv.reader(lines, delimiter=_separator(first))
        try:
            columns = self._columns(next(csv.reader([first], delimiter=_separator(first)), []))
            if self.messages:
                return
            empty = True
            for cells in filter(None, table):  # blank lines say nothing
                empty = False
                row = self._row(table.line_num + 1, columns, cells)
                if row is not None:
                    yield row
                if len(self.messages) >= MAX_ERRORS:
                    self.messages.append(f"{self.path}: stopped after {MAX_ERRORS} mistakes")
                    return
            if empty:
                end = max(1, table.line_num + 1)
                self._complain(end, "no rows below the header; allowed: at least one")
        except csv.Error as error:
            self._complain(table.line_num + 1, f"not readable as CSV: {error}")

    def _complain(self, line: int, what: str) -> None:
        self.messages.append(f"{self.path}:{line}: {what}")

    def _reject(self, line: int, column: str, value: str, allowed: str) -> None:
        self._complain(line, f"{column}: {value[:60]!r} is not allowed; allowed: {allowed}")

    def _columns(self, cells: Sequence[str]) -> list[str]:
        """Our name of each column, its own for those that say nothing here."""
        names = [name.strip() for name in cells]
        ours = [name.lower() if name.lower() in COLUMNS else name for name in names]
        if not any(names):
            self._complain(1, f"the file is empty; allowed: {_HEADER} and at least one row")
        elif not set(ours) & set(COLUMNS):
            self._reject(1, "header", ",".join(names), _HEADER)
        else:
            self._require_each_once(names, ours)
            self.ignored = tuple(name for name in ours if name not in COLUMNS)
        return ours

    def _require_each_once(self, names: Sequence[str], ours: Sequence[str]) -> None:
        for column in COLUMNS:
            if column not in ours and column != OPTIONAL:
                found = ", ".join(names)
                what = f"header: column {column} is missing among: {found[:200]}"
                self._complain(1, f"{what}; allowed: {_HEADER}")
        for place, name in enumerate(ours):
            if name in COLUMNS and name in ours[:place]:
                self._reject(1, "header", names[place], "each column once")

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
            time_s = self._seconds(text)
        except ValueError:
            time_s = math.nan
        if not math.isfinite(time_s):
            self._reject(line, "time_s", text, _TIME)
        elif time_s < self._last_s:
            above = "" if self._began else f" ({self._last_s})"
            self._reject(line, "time_s", text, f"not before the row above{above}")
        else:
            self._last_s = time_s
        return time_s

    def _seconds(self, text: str) -> float:
        """A number as it is, a date since the first one; a file has one of both. ValueError."""
        if self._began is None:
            try:
                return float(text)
            except ValueError:
                if self._last_s > -math.inf:
                    raise
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            raise ValueError("no offset")
        self._began = self._began or moment
        return (moment - self._began).total_seconds()

    def _size(self, line: int, text: str) -> int:
        size_bytes = int(text) if text.isascii() and text.isdigit() and len(text) <= 10 else -1
        if not 0 <= size_bytes <= MAX_BYTES:
            self._reject(line, "size_bytes", text, f"a whole number of bytes, 0 to {MAX_BYTES}")
        return size_bytes


def _lines(opened: TextIO) -> Iterator[str]:
    """Line by line, none without end. Raises ValueError."""
    while line := opened.readline(MAX_LINE):
        if len(line) == MAX_LINE:
            raise ValueError(f"a line has more than {MAX_LINE:,} letters")
        yield line


def _separator(header: str) -> str:
    """What the first line separates its names with: the mark that gives most of ours."""

    def known(mark: str) -> int:
        names = {name.strip().strip('"').lower() for name in header.split(mark)}
        return len(names & {*COLUMNS})

    return max(SEPARATORS, key=known)


def _require_regular(path: Path) -> None:
    """A trace is read several times, to its end. Raises OSError and ValueError."""
    found = os.stat(path)  # noqa: PTH116 - a path with a NUL raises ValueError here
    if stat.S_ISDIR(found.st_mode):
        raise ValueError("Is a directory")
    if not stat.S_ISREG(found.st_mode):
        raise ValueError("it is a device or a pipe, which has no end or is read only once")
    if found.st_size > MAX_FILE_BYTES:
        raise ValueError(f"longer than {MAX_FILE_BYTES:,} bytes")
