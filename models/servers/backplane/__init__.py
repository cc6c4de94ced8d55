"""Backplanes: how a message gets from the node that took it to nodes that hold its readers.

Whatever file of this folder has a `BACKPLANE` is one: to add one, add a file.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from models.servers.backplane.crossing import Backplane, Port

    class Maker(Protocol):
        """The class of a backplane: what it says of itself, and what makes one."""

        KEEPS_OFFSETS: bool
        GATEWAYS_MAX: float
        READS: tuple[str, ...]

        def __call__(self, port: Port, cost_s: float | None) -> Backplane: ...


def backplanes() -> dict[str, Maker]:
    """What makes each backplane, by the name of its file.

    >>> sorted(backplanes())  # doctest: +NORMALIZE_WHITESPACE
    ['broadcast', 'cluster', 'directory', 'in-memory', 'one-node', 'redis-pubsub',
     'redis-sharded', 'redis-streams', 'routed']
    """
    return {name: module.BACKPLANE for name, module in _found(tuple(__path__)).items()}


@cache
def _found(folders: tuple[str, ...]) -> dict[str, Any]:
    """The files of these folders that have a backplane: looked for once."""
    found: dict[str, Any] = {}
    for room in iter_modules(folders):
        module = import_module(f"{__name__}.{room.name}")
        if hasattr(module, "BACKPLANE"):
            found[room.name.replace("_", "-")] = module
    return found
