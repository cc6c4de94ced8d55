"""One file written whole or not at all: beside its place first, then renamed."""

import errno
import os
import shutil
import stat
from pathlib import Path

from sim.errors import InputError
from sim.files import leftovers


def write_file(path: Path, content: str | bytes) -> None:
    """Put `content` at `path`, in UTF-8; whoever looks there finds the old file or the new one.

    A device or pipe is written in place, and so is what lies in /dev, such as /dev/stdout. A link
    is never followed. Raises `InputError` naming the file and the reason.
    """
    try:
        encoded = content.encode("utf-8") if isinstance(content, str) else content
        if _in_place(path):
            _write_in_place(path, encoded)
        else:
            leftovers.sweep(path.parent)
            replace(path, encoded)
    except (OSError, ValueError) as error:
        raise InputError([f"{path}: cannot be written: {reason(error)}"]) from None


def replace(path: Path, content: bytes) -> None:
    """Put `content` at `path` and on the disk; nothing else is there afterwards. Raises OSError."""
    part, descriptor = leftovers.make(path.parent, _create)
    try:
        with os.fdopen(descriptor, "wb") as opened:
            opened.write(content)
            opened.flush()
            os.fsync(descriptor)
            _keep_mode(path, descriptor)
            part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def reason(error: Exception) -> str:
    """Why, in the system's words."""
    if isinstance(error, shutil.Error):  # of many copies: source, target and reason of each
        return str(error.args[0][0][2])
    return (error.strerror if isinstance(error, OSError) else None) or str(error)


def _create(path: Path) -> int:
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)


def _keep_mode(path: Path, descriptor: int) -> None:
    if path.exists():
        os.fchmod(descriptor, stat.S_IMODE(path.stat().st_mode))


def _in_place(path: Path) -> bool:
    """Whether what is there must not be replaced. Raises OSError for what is refused."""
    if not os.path.lexists(path):
        return False
    if _is_of_the_system(path.parent.resolve()):
        return True
    mode = path.lstat().st_mode
    if stat.S_ISLNK(mode):
        raise OSError(errno.ELOOP, "it is a link; allowed: a file of its own")
    if not (stat.S_ISREG(mode) or stat.S_ISCHR(mode) or stat.S_ISFIFO(mode)):
        raise OSError(errno.EINVAL, "it is no file; allowed: a file, a pipe, a character device")
    if not os.access(path, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    return not stat.S_ISREG(mode)


def _is_of_the_system(folder: Path) -> bool:
    """Where links such as /dev/stdout lead to what is open already."""
    return folder == Path("/dev") or folder.is_relative_to("/proc")


def _write_in_place(path: Path, content: bytes) -> None:
    # A pipe that nobody reads is an error at once and not a wait without end.
    descriptor = os.open(path, os.O_WRONLY | os.O_NONBLOCK)
    os.set_blocking(descriptor, True)
    with os.fdopen(descriptor, "wb") as opened:
        opened.write(content)
