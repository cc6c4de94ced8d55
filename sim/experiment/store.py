"""Result folders: published all at once, drawn afterwards, read with suspicion.

The data (summary, tables, replications) stand whole at their place before anything is drawn, so
that a drawing can fail without losing them; a report is then made in a copy that takes the
folder's place. Nothing stored knows the time of day or how many workers there were.
"""

import errno
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.errors import InputError
from sim.files import folders, leftovers
from sim.files.reading import read_json, read_text
from sim.files.writing import reason, write_file
from sim.report import shapes

__all__ = [
    "HISTORIES",
    "REPLICATIONS",
    "SUMMARY",
    "Results",
    "as_json",
    "draw",
    "publish",
    "read_json",
    "read_measures",
    "read_summary",
    "read_text",
    "require_writable",
    "write_file",
]

Json = Mapping[str, Any]
REPLICATIONS, HISTORIES, SUMMARY = shapes.REPLICATIONS, "histories", shapes.SUMMARY
DERIVED = ("plots", "report.html")


@dataclass(frozen=True, slots=True)
class Results:
    """What a finished run stores under `name`; `texts` is file name -> content."""

    name: str
    summary: Json
    measures: Sequence[Json]
    texts: Mapping[str, str]
    histories: Path | None = None


def require_writable(out: Path) -> None:
    """Find out before the simulation whether results can be written into `out`.

    What killed commands left there is cleared. Raises `InputError`.
    """
    with _permission(out):
        made = _first_missing(out)
        with folders.staged(out / "probe", lambda fresh: False):
            pass
        if made is not None:
            _remove_empty(out, made)


def publish(out: Path, results: Results) -> Path:
    """Write the data of a result into a folder in `out` and return it.

    An older folder of that name is replaced, unless it has the same data already: then it stays,
    with its report. Raises OSError.
    """
    target = out / results.name
    with folders.staged(target, lambda fresh: not folders.same(fresh, target)) as folder:
        _fill(folder, results)
    return target


def draw(folder: Path, finish: Callable[[Path], None]) -> None:
    """Add to a stored result what is derived from it: `finish` is given a copy without.

    The folder is the old one or the new one at every moment; of a link, the folder it points to.
    Raises OSError when it cannot be written, and whatever `finish` raises.
    """
    folder = folder.resolve()
    if not os.access(folder, os.W_OK):
        raise PermissionError(errno.EACCES, "it is read-only", str(folder))
    with folders.staged(folder) as fresh:
        folders.copy(folder, fresh, leave_out=DERIVED)
        try:
            finish(fresh)
        except InputError as error:  # told of the folder and not of its copy
            told = (one.replace(str(fresh), str(folder)) for one in error.messages)
            raise InputError(told) from None


def read_summary(folder: Path) -> dict[str, Any]:
    """The summary of a stored result. Raises `InputError` when `folder` is not one."""
    path = folder / SUMMARY
    if not os.path.lexists(folder):
        leftovers.sweep(folder.parent)  # a killed command may have moved it aside
    if not os.path.lexists(path):
        message = f"{folder}: not a result folder; allowed: a folder with a {SUMMARY}"
        raise InputError([message])
    return shapes.summary(path)


def read_measures(folder: Path) -> dict[tuple[str, int], dict[str, Any]]:
    """Every stored replication by design and number. Raises `InputError` for a damaged one."""
    return shapes.measures(folder / REPLICATIONS)


def as_json(value: Json) -> str:
    """JSON in the order of `value`, which is the order of the run: equal runs are equal bytes."""
    return json.dumps(value, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def file_of(measure: Json) -> str:
    """The name of a replication's file."""
    return f"{measure['design']}-{measure['replication']}.json"


def _fill(folder: Path, results: Results) -> None:
    for file, text in results.texts.items():
        (folder / file).write_text(text, "utf-8")
    (folder / SUMMARY).write_text(as_json(results.summary), "utf-8")
    (folder / REPLICATIONS).mkdir()
    for measure in results.measures:
        (folder / REPLICATIONS / file_of(measure)).write_text(as_json(measure), "utf-8")
    if results.histories is not None and results.histories.is_dir():
        folders.copy(results.histories, folder / HISTORIES)


@contextmanager
def _permission(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        message = f"{path}: results cannot be written here: {reason(error)}; choose with --out DIR"
        raise InputError([message]) from None


def _first_missing(path: Path) -> Path | None:
    """The outermost folder on the way to `path` that does not exist."""
    missing = [one for one in (path, *path.parents) if not os.path.lexists(one)]
    return missing[-1] if missing else None


def _remove_empty(path: Path, outermost: Path) -> None:
    """Remove folders made for a probe, but for those that somebody else uses by now."""
    for folder in (path, *path.parents):
        try:
            folder.rmdir()
        except OSError:
            return
        if folder == outermost:
            return
