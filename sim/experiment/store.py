"""Results on disk: finished replications one by one, and the result folder all at once.

While a run goes on, each finished replication is one file in a hidden work folder whose name is a
digest of everything that decides the results; the same command finds it again after Ctrl-C. A
result folder is built under another name beside its place and renamed: it is whole or not there.
Nothing stored knows the time of day or how many workers there were.
"""

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.experiment.errors import InputError
from sim.files.reading import read_json, read_text
from sim.files.writing import write_file

__all__ = [
    "HISTORIES",
    "REPLICATIONS",
    "SUMMARY",
    "Results",
    "Work",
    "as_json",
    "publish",
    "read_json",
    "read_summary",
    "read_text",
    "rebuild",
    "require_writable",
    "staged",
    "write_file",
]

Json = Mapping[str, Any]
REPLICATIONS, HISTORIES, SUMMARY = "replications", "histories", "summary.json"
_DERIVED = ("plots", "report.html")


@dataclass(frozen=True, slots=True)
class Results:
    """What a finished run stores under `name`; `texts` is file name -> content."""

    name: str
    summary: Json
    measures: Sequence[Json]
    texts: Mapping[str, str]
    histories: Path | None = None


class Work:
    """The finished replications of one run that may still be interrupted."""

    def __init__(self, out: Path, key: str) -> None:
        self.folder = out / f".unfinished-{key[:16]}"

    def open(self) -> None:
        """Make the folder. Raises `InputError` when that is not permitted."""
        with _permission(self.folder):
            (self.folder / REPLICATIONS).mkdir(parents=True, exist_ok=True)

    def put(self, measure: Json) -> None:
        """Store one finished replication, whole or not at all."""
        path = self.folder / REPLICATIONS / _file(measure)
        part = path.with_suffix(".part")
        part.write_text(as_json(measure), "utf-8")
        part.replace(path)

    def get(self, design: str, replication: int) -> dict[str, Any] | None:
        """A finished replication, or None."""
        path = self.folder / REPLICATIONS / f"{design}-{replication}.json"
        try:
            found = json.loads(path.read_text("utf-8"))
        except (FileNotFoundError, json.JSONDecodeError):
            return None
        return found if isinstance(found, dict) else None

    def histories(self, design: str, replication: int) -> Path:
        """Where the history of one replication belongs."""
        return self.folder / HISTORIES / f"{design}-{replication}"

    def discard(self) -> None:
        """Nothing is left to resume."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def discard_if_empty(self) -> None:
        """Leave nothing behind when nothing was finished."""
        if not any((self.folder / REPLICATIONS).glob("*.json")):
            self.discard()


def require_writable(out: Path) -> None:
    """Find out before the simulation whether results can be written into `out`."""
    with _permission(out):
        made = _first_missing(out)
        out.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=out):
            pass
        if made is not None:
            _remove_empty(out, made)


def publish(out: Path, results: Results, finish: Callable[[Path], None]) -> Path:
    """Write the result folder into `out`, replacing an older one, and return it.

    `finish` adds what is derived from stored data (plots, report) while the folder is still hidden.
    """
    with staged(out / results.name) as folder:
        for file, text in results.texts.items():
            (folder / file).write_text(text, "utf-8")
        (folder / SUMMARY).write_text(as_json(results.summary), "utf-8")
        (folder / REPLICATIONS).mkdir()
        for measure in results.measures:
            (folder / REPLICATIONS / _file(measure)).write_text(as_json(measure), "utf-8")
        if results.histories is not None and results.histories.is_dir():
            shutil.copytree(results.histories, folder / HISTORIES)
        finish(folder)
    return out / results.name


def rebuild(folder: Path, finish: Callable[[Path], None]) -> None:
    """Make the derived files of a stored result anew, from its other files alone."""
    read_summary(folder)
    with staged(folder) as fresh:
        skip = shutil.ignore_patterns(*_DERIVED)
        shutil.copytree(folder, fresh, ignore=skip, dirs_exist_ok=True)
        finish(fresh)


def read_summary(folder: Path) -> dict[str, Any]:
    """The summary of a stored result. Raises `InputError` when `folder` is not one."""
    path = folder / SUMMARY
    try:
        found = json.loads(path.read_text("utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        message = f"{folder}: not a result folder; allowed: a folder with a {SUMMARY}"
        raise InputError([message]) from None
    except json.JSONDecodeError as error:
        message = f"{path}:{error.lineno}: column {error.colno}: damaged: {error.msg}"
        raise InputError([message]) from None
    except OSError as error:
        raise InputError([f"{path}: cannot be read: {error.strerror}"]) from None
    if not isinstance(found, dict) or "designs" not in found:
        raise InputError([f"{path}: damaged: no designs in it"])
    return found


def as_json(value: Json) -> str:
    """JSON in the order of `value`, which is the order of the run: equal runs are equal bytes."""
    return json.dumps(value, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


@contextmanager
def staged(target: Path) -> Iterator[Path]:
    """An empty folder beside `target` that takes its place when the block ends well."""
    target = target.absolute()
    with _permission(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        hidden = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    try:
        fresh, old = hidden / "new", hidden / "old"
        fresh.mkdir()
        yield fresh
        if target.exists():
            target.rename(old)
        fresh.rename(target)
    finally:
        shutil.rmtree(hidden, ignore_errors=True)


@contextmanager
def _permission(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        message = f"{path}: results cannot be written here: {reason}; choose with --out DIR"
        raise InputError([message]) from None


def _file(measure: Json) -> str:
    return f"{measure['design']}-{measure['replication']}.json"


def _first_missing(path: Path) -> Path | None:
    """The outermost folder on the way to `path` that does not exist."""
    missing = [one for one in (path, *path.parents) if not os.path.lexists(one)]
    return missing[-1] if missing else None


def _remove_empty(path: Path, outermost: Path) -> None:
    while True:
        path.rmdir()
        if path == outermost:
            return
        path = path.parent
