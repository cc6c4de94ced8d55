"""One source, run as it stands or compiled: the loop over calm connections and what it calls.

A `part` is a function in the subset that numba compiles: numbers, flat arrays, other parts. It is
called like any function, with memoryviews for arrays, and does the same then: the reference.
`compiled(entry)` translates an entry and the parts that it calls, once for a machine: the code is
kept under a digest of all sources that take part (`sim.core.kept`). Nothing may depend on which
of the two runs. Left out: parallel loops and fast mathematics, which would not give the same bits.

Without numba, or with the environment variable RTCSIM_PLAIN set, everything runs as it stands.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any, Final, TypeVar

from sim.core import kept

PLAIN: Final = "RTCSIM_PLAIN"

F = TypeVar("F", bound=Callable[..., Any])
_parts: list[Callable[..., Any]] = []
_taught: list[Callable[..., Any]] = []
_done: dict[Callable[..., Any], Callable[..., Any]] = {}
_listeners: list[Callable[[], None]] = []


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


@contextmanager
def telling(tell: Callable[[], None]) -> Iterator[None]:
    """Call `tell` before machine code has to be made: not for what is kept from before."""
    _listeners.append(tell)
    try:
        yield
    finally:
        _listeners.remove(tell)


def state_at(address: int) -> Any:
    """The arrays whose table lies there; for compiled code alone."""
    raise TypeError(f"state_at({address}): compiled code alone can look there")


def compiled(
    entry: Callable[..., Any], state: Any, *like: Any, at: Callable[[int], Any] = state_at
) -> Callable[..., Any]:
    """`entry(address, ...)` as machine code, for states and arguments that look like these.

    `state`: a named tuple of arrays, or of such tuples; `entry` gets it by `at`, of which each kind
    of state has its own. Parts must be imported before: those known by now are what it may call.
    """
    if entry not in _done:
        _done[entry] = _translate(entry, state, like, at)
    return _done[entry]


def _translate(
    entry: Callable[..., Any], state: Any, like: tuple[Any, ...], at: Callable[[int], Any]
) -> Callable[..., Any]:
    from sim.core import pointers

    pointers.teach(state, at.__name__)
    pointers.understand(at, at.__name__)
    _teach()
    told = f"{entry.__name__}{_layout(state)}"
    return _kept(entry, like, kept.folder_of((*reached(entry, _parts), at), told))


def _layout(state: Any) -> str:
    """Names and kinds of all arrays, wherever they are declared: machine code has their places."""
    if not isinstance(state, tuple):
        return f"{state.dtype}{state.shape[1:]}"
    fields = state._fields  # type: ignore[attr-defined]
    return str([(name, _layout(one)) for name, one in zip(fields, state, strict=True)])


def reached(
    entry: Callable[..., Any], among: Iterable[Callable[..., Any]]
) -> list[Callable[..., Any]]:
    """The entry and whatever of `among` it may call: not what was imported besides.

    By the names in their code, as globals or as attributes of modules.
    """
    known, found = set(among), [entry]
    for function in found:  # it grows meanwhile
        code, names = function.__code__, function.__globals__
        globals_ = [names[name] for name in code.co_names if name in names]
        modules = [one for one in globals_ if isinstance(one, ModuleType)]
        attributes = [getattr(one, name, None) for one in modules for name in code.co_names]
        for one in (*globals_, *attributes):
            if isinstance(one, FunctionType) and one in known and one not in found:
                found.append(one)
    return found


def _teach() -> None:
    """Tell numba of all parts that it does not know yet."""
    from numba.extending import register_jitable

    for function in _parts[len(_taught) :]:
        register_jitable(function)
        _taught.append(function)


def _kept(
    entry: Callable[..., Any], like: tuple[Any, ...], folder: Path | None
) -> Callable[..., Any]:
    """Machine code of before, if it is whole; else made and kept, where that can be."""
    if folder is not None and kept.is_whole(folder):
        kept.used(folder)
        return _made(entry, like, folder)
    for tell in _listeners:
        tell()
    if folder is None:
        return _made(entry, like)
    try:
        with kept.making(folder) as fresh:
            return _made(entry, like, fresh)
    except OSError:  # a full disk, or no right to write there: for this process alone, then
        return _made(entry, like)


def _made(
    entry: Callable[..., Any], like: tuple[Any, ...], folder: Path | None = None
) -> Callable[..., Any]:
    """Machine code, from the folder or left there. Raises OSError."""
    from numba import config, njit, typeof

    usual = config.CACHE_DIR  # type: ignore[attr-defined]
    if folder is not None:
        config.CACHE_DIR = str(folder)  # type: ignore[attr-defined]
    try:
        made: Any = njit(cache=folder is not None)(entry)
        made.compile(tuple(map(typeof, like)))
    finally:
        config.CACHE_DIR = usual  # type: ignore[attr-defined]
    dispatcher: Callable[..., Any] = made
    return dispatcher
