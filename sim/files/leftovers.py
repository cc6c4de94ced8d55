"""Names for what is being written, and the end of what a killed command left under such a name.

Everything is built under a hidden name beside its place and locked while its command lives. Once
nobody holds the lock, the next command that writes there removes it.
"""

import itertools
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from sim.files import locks
from sim.files.locks import Lock, is_at, lock

PREFIX, SUFFIX = ".rtcsim-", ".part"
OLD = "old"
"""Folder in a staging folder that keeps a replaced one, under its own name, until it is replaced"""
_numbers = itertools.count()


def make(beside: Path, create: Callable[[Path], int], *, parents: bool = False) -> tuple[Path, int]:
    """A locked new file or folder of ours in `beside`, and its descriptor.

    `create` makes and opens it, and raises FileExistsError when it is there. With `parents`,
    `beside` is made when it is missing, also when another command removes it at this moment.
    Raises OSError.
    """
    while True:
        path = beside / f"{PREFIX}{os.getpid()}-{next(_numbers)}{SUFFIX}"
        try:
            descriptor = create(path)
        except FileExistsError:
            continue
        except FileNotFoundError:
            if parents:
                beside.mkdir(parents=True, exist_ok=True)
            elif not beside.is_dir():
                raise
            continue  # swept by somebody before it was opened
        if lock(descriptor) is not Lock.TAKEN and is_at(descriptor, path):
            return path, descriptor
        locks.close(descriptor)  # swept by somebody before it was locked


def sweep(folder: Path) -> None:
    """Remove what killed commands left in `folder`; what they had moved aside goes back first."""
    for path in leftovers(folder):
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        except OSError:
            continue
        try:
            if lock(descriptor) is Lock.HELD and is_at(descriptor, path):
                remove(path)
        finally:
            locks.close(descriptor)


def leftovers(folder: Path) -> Iterator[Path]:
    """What is being written in `folder`, or was when its command was killed."""
    try:
        found = sorted(folder.iterdir())
    except OSError:
        return
    yield from (one for one in found if one.name.startswith(PREFIX) and one.suffix == SUFFIX)


def remove(path: Path) -> None:
    """Remove a staging folder or file of ours, after whatever it keeps went back to its place."""
    try:
        if path.is_symlink() or not path.is_dir():
            path.unlink(missing_ok=True)
            return
        _put_back(path)
        for folder, _, _ in os.walk(path):
            Path(folder).chmod(0o700)  # it may be a copy of a read-only one
        shutil.rmtree(path)
    except OSError:
        return  # somebody else's, or read-only: whoever may write there will do it


def _put_back(staging: Path) -> None:
    kept = staging / OLD
    for old in sorted(kept.iterdir()) if kept.is_dir() else ():
        if not os.path.lexists(place := staging.parent / old.name):
            old.rename(place)
