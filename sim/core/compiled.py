"""One source, run as it stands or compiled: the loop over calm connections and what it calls.

A `part` is a function in the subset that numba compiles: numbers, flat arrays, other parts. It is
called like any function, with memoryviews for arrays, and does the same then: that is the reference.
`compiled(entry)` translates an entry and the parts that it calls, once for a machine: the code is
kept in the user's cache under a digest of all sources that take part. Nothing may depend on which
of the two runs. Left out: parallel loops and fast mathematics, which would not give the same bits.

Without numba, or with the environment variable RTCSIM_PLAIN set, everything runs as it stands.
"""

from __future__ import annotations

import hashlib
import inspect
import os
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final, TypeVar

PLAIN: Final = "RTCSIM_PLAIN"

F = TypeVar("F", bound=Callable[..., Any])
_parts: list[Callable[..., Any]] = []
_done: dict[Callable[..., Any], Callable[..., Any]] = {}


def part(function: F) -> F:
    """Mark a function as one that compiled code may call; it is left as it is."""
    _parts.append(function)
    return function


def can_compile() -> bool:
    """Whether numba is installed, and nobody has asked for the plain source."""
    return not os.environ.get(PLAIN) and find_spec("numba") is not None


def compiled(entry: Callable[..., Any]) -> Callable[..., Any]:
    """The same function as machine code, or as it stands where nothing can be compiled.

    Parts must be imported before: those known by now are what it may call.
    """
    if not can_compile():
        return entry
    if entry not in _done:
        _done[entry] = _translate(entry)
    return _done[entry]


def _translate(entry: Callable[..., Any]) -> Callable[..., Any]:
    import numba
    from numba.extending import register_jitable

    folder = _folder(numba.__version__)
    if folder is not None:
        numba.config.CACHE_DIR = str(folder)
    for function in _parts:
        register_jitable(function)
    return _Direct(numba.njit(cache=folder is not None)(entry))


class _Direct:
    """A compiled function that is always called with values of the same types.

    The first call finds the machine code for them. Later ones go to it directly: to look at the
    types of some sixty arrays takes longer than most of what is then done.
    """

    __slots__ = ("_call", "_dispatcher")

    def __init__(self, dispatcher: Any) -> None:
        self._dispatcher = dispatcher
        self._call: Callable[..., Any] = self._first

    def _first(self, *args: Any) -> Any:
        answer = self._dispatcher(*args)
        [found] = self._dispatcher.overloads.values()
        self._call = found.entry_point
        return answer

    def __call__(self, *args: Any) -> Any:
        return self._call(*args)


def _folder(version: str) -> Path | None:
    """Where machine code is kept; None when nothing can be written there."""
    files = sorted({inspect.getsourcefile(function) or "" for function in _parts})
    told = hashlib.sha256(f"{version} {sys.version_info[:2]}".encode())
    for file in files:
        told.update(Path(file).read_bytes())
    root = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    folder = Path(root) / "rtcsim" / told.hexdigest()[:16]
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return None
    return folder
