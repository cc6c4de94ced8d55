"""Folders that are whole or not there: built beside their place, then exchanged with it.

Linux exchanges two names in one step (renameat2(2), RENAME_EXCHANGE). Where a system or a file
system cannot, the old folder is moved aside first; killed between the two steps, it lies in the
staging folder until the next command puts it back (`leftovers.sweep`).
"""

import ctypes
import errno
import os
import shutil
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from sim.files import leftovers, locks

_HERE: Final = -100  # AT_FDCWD
_EXCHANGE: Final = 2  # RENAME_EXCHANGE
_CANNOT: Final = (errno.EINVAL, errno.ENOSYS, errno.ENOTSUP)


def always(fresh: Path) -> bool:
    """Every staged folder is wanted."""
    return True


@contextmanager
def staged(target: Path, wanted: Callable[[Path], bool] = always) -> Iterator[Path]:
    """An empty folder beside `target` that takes its place when the block ends well.

    The folder that both are in is made when it is missing. Nothing takes the place of
    `target` when it is not `wanted` then. Whatever ends the block, nothing else is left. Raises
    OSError; a link or a file at `target` is not replaced.
    """
    target = target.absolute()
    leftovers.sweep(target.parent)
    hidden, descriptor = leftovers.make(target.parent, _make, parents=True)
    try:
        fresh = hidden / "new"
        fresh.mkdir()
        yield fresh
        if wanted(fresh):
            _put(fresh, target)
    finally:
        leftovers.remove(hidden)
        locks.close(descriptor)


def copy(source: Path, target: Path, leave_out: Collection[str] = ()) -> None:
    """What is in `source` into the folder `target`, but for these names at its top.

    A link stays a link. Files are shared and not doubled where the file system can: whatever is
    written here is written anew, never changed in place. Raises OSError.
    """

    def ignore(folder: str, names: list[str]) -> Collection[str]:
        return [name for name in names if name in leave_out] if Path(folder) == source else ()

    shutil.copytree(
        source, target, symlinks=True, ignore=ignore, copy_function=_share, dirs_exist_ok=True
    )


def remove(folder: Path) -> None:
    """Remove a folder that is never seen half removed. Raises OSError."""
    hidden, descriptor = leftovers.make(folder.parent, _make)
    try:
        folder.rename(hidden / "gone")
    finally:
        leftovers.remove(hidden)
        locks.close(descriptor)


def same(one: Path, other: Path) -> bool:
    """Whether every file in `one` is in `other`, with the same bytes and through no link."""
    return all(
        _equal(path, other / path.relative_to(one)) for path in one.rglob("*") if path.is_file()
    )


def exchange(one: Path, other: Path) -> bool:
    """Let two names change places in one step; False where that cannot be. Raises OSError."""
    call = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if call is None:
        return False
    if call(_HERE, os.fsencode(one), _HERE, os.fsencode(other), _EXCHANGE) == 0:
        return True
    if (code := ctypes.get_errno()) in _CANNOT:
        return False
    raise OSError(code, os.strerror(code), str(other))


def _make(path: Path) -> int:
    path.mkdir()
    return os.open(path, os.O_RDONLY)


def _put(fresh: Path, target: Path) -> None:
    if not os.path.lexists(target) and _is_renamed(fresh, target):
        return
    if target.is_symlink() or not target.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, "what is there is no folder", str(target))
    if not exchange(fresh, target):
        _move_aside(target, fresh.parent)
        fresh.rename(target)


def _is_renamed(fresh: Path, target: Path) -> bool:
    """Whether it took a free place; False when somebody else took that at the same moment."""
    try:
        fresh.rename(target)
    except OSError as error:
        if error.errno in (errno.EEXIST, errno.ENOTEMPTY):
            return False
        raise
    return True


def _move_aside(target: Path, hidden: Path) -> None:
    old = hidden / leftovers.OLD
    old.mkdir()
    target.rename(old / target.name)


def _share(source: str, target: str) -> None:
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError:
        shutil.copy2(source, target)


def _equal(one: Path, other: Path) -> bool:
    if other.is_symlink() or not other.is_file():
        return False
    return one.stat().st_size == other.stat().st_size and one.read_bytes() == other.read_bytes()
