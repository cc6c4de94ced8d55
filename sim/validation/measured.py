"""Measurements of real chat software, read from CSV tables: the recorded ones or a user's own.

A folder holds any of these tables; a single file is told apart by its columns. Times are seconds
unless a name says `_ms`. Columns not named here are kept out of the comparison.

* latency (one row per cell): `cell`, `packet_loss`, `sent`; then any of `p50_ms`, `p90_ms`,
  `p95_ms`, `p99_ms`, `p999_ms`, `share_later_than_150ms` (also 400, 700), and the kernel's counters
  `RetransSegs`, `TCPTimeouts`, `TCPLossProbes`, `TCPFastRetrans`. Bursts instead of independent
  loss: `mean_good_s`, `mean_bad_s`.
* latency_samples.parquet (beside it, optional): `cell`, `packet_loss`, `room`, `latency_ms`; gives
  intervals, and what the table leaves out.
* outages (one row per cell and side): `fault` (link, kill, rst), `cell`, `down_s`, `up_s`, `side`,
  `outages`, `rooms`, `sent`; then any of `lost`, `dup_msgs`, `given_up_local`,
  `first_arrival_after_p50_s`, `first_new_message_after_p50_s`, `disconnects_senders`,
  `disconnects_receivers`.
* outage_first_arrival: `cell`, `down_s`, `side`, `n`, `p50_s`.
* id_conflict: `cell`, `connects_per_min`. reconnect_storm: `N`, `back_p50_s`, `back_p95_s`.

What a cell's name means, and so which twin it gets, is said in `twins`; a column `scenario` names
a scenario file of your own instead.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from importlib import resources
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from sim.errors import InputError

Floats = npt.NDArray[np.float64]
Row = dict[str, str]

NEEDED: Final[Mapping[str, tuple[str, ...]]] = {
    "outages": ("fault", "cell", "down_s", "up_s", "side", "outages", "rooms", "sent"),
    "outage_first_arrival": ("cell", "down_s", "side", "n", "p50_s"),
    "id_conflict": ("cell", "connects_per_min"),
    "reconnect_storm": ("N", "back_p50_s", "back_p95_s"),
    "latency": ("cell", "packet_loss", "sent"),
}
"""Table -> columns it cannot do without; the first table that fits gives a file its name."""
SAMPLES: Final = "latency_samples.parquet"
_NOT_COMPARED: Final = ("service_times",)  # an input of the model, not a prediction


@dataclass(frozen=True)
class Measurements:
    """Rows by table; `samples` is where single latencies lie, if anywhere."""

    rows: Mapping[str, tuple[Row, ...]]
    samples: Path | None = None
    source: str = ""

    @cached_property
    def latencies(self) -> Mapping[tuple[str, float], tuple[Floats, npt.NDArray[Any]]]:
        """(cell, packet loss) -> latencies in ms and the room of each."""
        if self.samples is None:
            return {}
        import pandas as pd

        table = pd.read_parquet(self.samples)
        return {
            (str(cell), round(float(str(loss)), 6)): (
                part["latency_ms"].to_numpy("f8"),
                part["room"].to_numpy(),
            )
            for (cell, loss), part in table.groupby(["cell", "packet_loss"])
        }

    def of(self, table: str) -> tuple[Row, ...]:
        """The rows of one table, none when it is not there."""
        return self.rows.get(table, ())


@dataclass
class _Reading:
    rows: dict[str, tuple[Row, ...]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


def recorded() -> Measurements:
    """The measurements that come with the project."""
    return read(folder_of_recorded())


def folder_of_recorded() -> Path:
    """Where the recorded tables lie: inside the installed package, or in a checkout's results."""
    packaged = Path(str(resources.files("sim.validation"))) / "data"
    if packaged.is_dir():
        return packaged
    return Path(__file__).parents[2] / "results" / "validation"


def read(path: Path) -> Measurements:
    """The tables in a folder, or the one table of a file (its samples beside it).

    Raises `InputError` with every problem found.
    """
    if not path.exists():
        raise InputError([f"{path}: no such file or folder"])
    folder = path if path.is_dir() else path.parent
    files = sorted(path.glob("*.csv")) if path.is_dir() else [path]
    reading = _Reading()
    for file in files:
        if file.stem not in _NOT_COMPARED:
            _read_table(file, reading)
    if not reading.rows and not reading.problems:
        allowed = "CSV files, see results/validation/README.md"
        reading.problems.append(f"{path}: no table; allowed: {allowed}")
    if reading.problems:
        raise InputError(reading.problems)
    samples = folder / SAMPLES
    return Measurements(reading.rows, samples if samples.is_file() else None, str(path))


def _read_table(file: Path, reading: _Reading) -> None:
    try:
        with file.open(newline="", encoding="utf-8") as opened:
            rows = list(csv.DictReader(opened))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        reading.problems.append(f"{file}: cannot be read: {error}")
        return
    if not rows:
        reading.problems.append(f"{file}: no row")
        return
    table = _name(rows[0])
    if table is None:
        wanted = "; or ".join(", ".join(columns) for columns in NEEDED.values())
        reading.problems.append(f"{file}: columns do not fit; allowed: at least {wanted}")
        return
    reading.problems += _bad_numbers(file, table, rows)
    reading.rows[table] = (*reading.rows.get(table, ()), *rows)


def _name(row: Row) -> str | None:
    fits = (name for name, columns in NEEDED.items() if all(one in row for one in columns))
    return next(fits, None)


_TEXT: Final = ("cell", "fault", "side", "scenario", "policy", "note")


def _bad_numbers(file: Path, table: str, rows: list[Row]) -> Iterator[str]:
    for number, row in enumerate(rows, 2):
        for column in NEEDED[table]:
            if column not in _TEXT and value(row, column) is None:
                yield f"{file}:{number}: {column} = {row[column]!r}; allowed: a number"


def value(row: Row, column: str) -> float | None:
    """A number of a row; None when it is not there or is none."""
    try:
        found = float(row.get(column) or "nan")
    except ValueError:
        return None
    return None if np.isnan(found) else found
