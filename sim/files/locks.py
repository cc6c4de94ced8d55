"""Advisory locks that end with their process, however it ends (flock(2)).

A lock says that somebody still works with a file or folder. Where the system or the file system
has none, nobody can be told apart: then whoever asks is told `UNKNOWN`.
"""

import os
from collections.abc import Callable
from contextlib import suppress
from enum import Enum
from pathlib import Path

_flock: Callable[[int, int], None] | None
try:
    import fcntl
except ImportError:  # Windows
    _flock = None
else:
    _flock = fcntl.flock
    _ALONE, _SHARED = fcntl.LOCK_EX | fcntl.LOCK_NB, fcntl.LOCK_SH | fcntl.LOCK_NB


class Lock(Enum):
    """What became of asking for a lock."""

    HELD = "held"
    TAKEN = "taken by somebody else"
    UNKNOWN = "there are no locks here"


def lock(descriptor: int, *, shared: bool = False) -> Lock:
    """Ask for the lock of an open file or folder; never waits. A lock that was held is given up."""
    if _flock is None:
        return Lock.UNKNOWN
    try:
        _flock(descriptor, _SHARED if shared else _ALONE)
    except BlockingIOError:
        return Lock.TAKEN
    except OSError:
        return Lock.UNKNOWN
    return Lock.HELD


def close(descriptor: int) -> None:
    """Give up the lock and close; a forked process that has the file open keeps no lock."""
    if _flock is not None:
        with suppress(OSError):
            _flock(descriptor, fcntl.LOCK_UN)
    os.close(descriptor)


def is_at(descriptor: int, path: Path) -> bool:
    """Whether `path` still names what was opened: whoever held the lock may have removed it."""
    try:
        return os.path.samestat(os.fstat(descriptor), path.lstat())
    except FileNotFoundError:
        return False
