"""One source, run as it stands or compiled: the loop over calm connections and what it calls.

A `part` is a function in the subset that numba compiles: numbers, flat arrays, other parts. It is
called like any function, with memoryviews for arrays, and does the same then: the reference.
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
from importlib.metadata import version
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


def is_wanted() -> bool:
    """Whether compiled code is to be used where there can be any."""
    return not os.environ.get(PLAIN)


def can_compile() -> bool:
    """Whether numba is installed, and nobody has asked for the plain source."""
    return is_wanted() and find_spec("numba") is not None


def is_compiled() -> bool:
    """Whether there is machine code: in this process, or kept from before."""
    if _done:
        return True
    folder = _folder()
    return folder is not None and any(folder.rglob("*.nbi"))


def state_at(address: int) -> Any:
    """The arrays whose table lies there; for compiled code alone."""
    raise TypeError(f"state_at({address}): compiled code alone can look there")


def compiled(entry: Callable[..., Any], state: Any) -> Callable[..., Any]:
    """`entry(address, ...)` as machine code, for states that look like this one.

    `state`: a named tuple of arrays, or of such tuples; `entry` gets it by `state_at`. Parts must
    be imported before: those known by now are what it may call.
    """
    if entry not in _done:
        _done[entry] = _translate(entry, state)
    return _done[entry]


def _translate(entry: Callable[..., Any], state: Any) -> Callable[..., Any]:
    import numba
    from numba.extending import register_jitable

    from sim.core import pointers

    pointers.teach(state, "state")
    pointers.understand(state_at, "state")
    folder = _folder()
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        numba.config.CACHE_DIR = str(folder)  # type: ignore[attr-defined]
    for function in _parts:
        register_jitable(function)
    translated: Callable[..., Any] = numba.njit(cache=folder is not None)(entry)
    return translated


def _folder() -> Path | None:
    """Where machine code is kept; None where nothing can be written."""
    sources = sorted({inspect.getsourcefile(one) or "" for one in (*_parts, state_at)})
    told = hashlib.sha256(f"{version('numba')} {sys.version_info[:2]}".encode())
    for source in sources:
        told.update(Path(source).read_bytes())
    try:
        root = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
        root.mkdir(parents=True, exist_ok=True)
    except (OSError, RuntimeError):  # a home that is not there, or not known
        return None
    return root / "rtcsim" / told.hexdigest()[:16] if os.access(root, os.W_OK) else None
