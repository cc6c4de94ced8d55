"""Finished replications of a run that may still be interrupted, one file each.

They lie in a hidden folder beside the results whose name is a digest of everything that decides
them, so the same command finds them again. Two runs of the same may share it: every file is put
there whole and is the same bytes whoever made it, and the folder goes when the last one is done.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

from sim.errors import InputError
from sim.experiment.store import HISTORIES, REPLICATIONS, Json, as_json
from sim.files import folders, leftovers, locks, reading, writing
from sim.files.locks import Lock
from sim.history import History

PREFIX = ".unfinished-"


class Work:
    """The finished replications of one run, found by the `key` of the experiment."""

    def __init__(self, out: Path, key: str) -> None:
        self.key = key
        self.folder = out / f"{PREFIX}{key[:16]}"
        self._descriptor: int | None = None

    @contextmanager
    def opened(self) -> Iterator[None]:
        """Nobody discards the folder meanwhile; it goes if nothing is in it. Raises OSError."""
        _sweep(self.folder.parent)
        self._descriptor = _open(self.folder)
        for inside in (REPLICATIONS, HISTORIES):
            leftovers.sweep(self.folder / inside)
        try:
            yield
        finally:
            if _is_empty(self.folder):
                self.discard()
            self._close()

    def put(self, measure: Json) -> None:
        """Store one finished replication, whole or not at all. Raises OSError."""
        path = self._path(measure["design"], measure["replication"])
        body = as_json(measure)
        writing.replace(path, f"{self._checksum(body)}\n{body}".encode())

    def get(self, design: str, replication: int) -> dict[str, Any] | None:
        """A finished replication; None when it is not there or not as it was put there."""
        path = self._path(design, replication)
        try:
            checksum, _, body = reading.read_text(path, links=False).partition("\n")
            found = reading.parse_json(body, str(path)) if checksum == self._checksum(body) else {}
        except InputError:
            return None
        is_it = (found.get("design"), found.get("replication")) == (design, replication)
        return found if is_it else None

    def is_damaged(self, design: str, replication: int) -> bool:
        """Whether something is there that is not what was put there."""
        there = os.path.lexists(self._path(design, replication))
        return there and self.get(design, replication) is None

    def histories(self, design: str, replication: int) -> Path:
        """Where the history of one replication belongs."""
        return self.folder / HISTORIES / f"{design}-{replication}"

    def discard(self) -> None:
        """Nothing is left to resume; the folder stays for whoever else works in it."""
        if self._descriptor is not None:
            _discard(self.folder, self._descriptor)
            self._close()

    def _close(self) -> None:
        if self._descriptor is not None:
            locks.close(self._descriptor)
            self._descriptor = None

    def _path(self, design: str, replication: int) -> Path:
        return self.folder / REPLICATIONS / f"{design}-{replication}.json"

    def _checksum(self, body: str) -> str:
        # With the key, so that a file from another experiment is not taken for one of this.
        return sha256(f"{self.key}\n{body}".encode()).hexdigest()


def keep_history(history: History, folder: Path) -> None:
    """Put a history into a folder, whole or not at all. Raises OSError."""
    with folders.staged(folder, lambda fresh: not folders.same(fresh, folder)) as fresh:
        history.write(fresh)


def _open(folder: Path) -> int:
    """The folder, made if need be and kept from being discarded."""
    while True:
        (folder / REPLICATIONS).mkdir(parents=True, exist_ok=True)
        if (descriptor := _opened(folder)) is None:
            continue  # somebody has just discarded it
        taken = locks.lock(descriptor, shared=True) is Lock.TAKEN
        if not taken and locks.is_at(descriptor, folder):
            return descriptor
        locks.close(descriptor)  # somebody is discarding it at this moment


def _discard(folder: Path, descriptor: int) -> None:
    """Remove the folder unless somebody else works in it."""
    if locks.lock(descriptor) is Lock.TAKEN or not locks.is_at(descriptor, folder):
        return
    try:
        folders.remove(folder)
    except OSError:
        return  # the results are stored; what is left here is found by the same command


def _sweep(out: Path) -> None:
    """Remove what commands left that were killed before their first replication was finished."""
    for folder in sorted(out.glob(f"{PREFIX}*")):
        if folder.is_symlink() or not folder.is_dir() or not _is_empty(folder):
            continue
        if (descriptor := _opened(folder)) is None:
            continue
        if locks.lock(descriptor) is Lock.HELD and _is_empty(folder):
            _discard(folder, descriptor)
        locks.close(descriptor)


def _opened(folder: Path) -> int | None:
    try:
        return os.open(folder, os.O_RDONLY | os.O_NOFOLLOW)
    except FileNotFoundError:
        return None


def _is_empty(folder: Path) -> bool:
    return not any((folder / REPLICATIONS).glob("*.json"))
