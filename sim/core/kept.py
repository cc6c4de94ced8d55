"""Machine code kept from before: where it lies, whether it is whole, and what is swept away.

A folder for each digest of the sources that take part, in the user's cache. It has numba's files,
and their checksums, since a file that was cut short would end a run and one that was damaged could
do anything. What is not whole is made anew, beside its place.
"""

from __future__ import annotations

import hashlib
import inspect
import os
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from sim.files.folders import staged

SUMS: Final = "SHA256SUMS"
KEPT: Final = 16  # folders of half a megabyte: two a version of rtcsim, a Python and a checkout


def folder_of(functions: Iterable[Callable[..., Any]], entry: str = "") -> Path | None:
    """Where code made of these is kept; None where nothing can be written.

    `entry`: what is called of it, where the same functions make several.
    """
    told = hashlib.sha256(f"{version('numba')} {sys.version_info[:2]}{entry}".encode())
    for source in _sources(functions):
        told.update(source.read_bytes())
    try:
        root = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
        root.mkdir(parents=True, exist_ok=True)
    except (OSError, RuntimeError):  # a home that is not there, or not known
        return None
    return root / "rtcsim" / told.hexdigest()[:16] if os.access(root, os.W_OK) else None


def _sources(functions: Iterable[Callable[..., Any]]) -> list[Path]:
    """All files of the rooms that they come from: what is compiled has their constants in it."""
    found: set[Path] = set()
    for function in functions:
        own = Path(inspect.getsourcefile(function) or "")
        in_a_room = function.__module__.count(".") > 1
        found.update(own.parent.glob("*.py") if in_a_room else (own,))
    return sorted(found)


def is_whole(folder: Path) -> bool:
    """Whether there is code, as it was when it was made."""
    try:
        return (folder / SUMS).read_text("utf-8") == _sums(folder) != ""
    except (OSError, ValueError):
        return False


def used(folder: Path) -> None:
    """Note that the code is in use, so that others are swept away before it."""
    with suppress(OSError):  # it was swept, or belongs to somebody else
        os.utime(folder)


@contextmanager
def making(folder: Path) -> Iterator[Path]:
    """An empty folder to make code in; with its checksums it takes the place of `folder` at once.

    Whoever reads meanwhile finds the old code or the new one. Older folders beside it go. Raises
    OSError.
    """
    with staged(folder) as fresh:
        yield fresh
        (fresh / SUMS).write_text(_sums(fresh), "utf-8")
    others = [one for one in folder.parent.iterdir() if one.is_dir() and one != folder]
    named = [one for one in others if not one.name.startswith(".")]  # not what others make
    for old in sorted(named, key=_changed_ns)[: -(KEPT - 1)]:
        shutil.rmtree(old, ignore_errors=True)


def _sums(folder: Path) -> str:
    files = sorted(path for path in folder.rglob("*.nb?") if path.is_file())
    lines = (f"{hashlib.sha256(one.read_bytes()).hexdigest()}  {one.name}\n" for one in files)
    return "".join(lines)


def _changed_ns(folder: Path) -> int:
    try:
        return folder.stat().st_mtime_ns
    except OSError:  # another process swept it
        return 0
