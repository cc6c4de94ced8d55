"""Channels: how one action's traffic is carried between a person and the servers.

A channel is found by being here: a module, or a folder with one, that has a `KIND`. To add one, add
a folder. Installed packages add theirs by the entry point group `rtcsim.channels`, each of which
names a `Kind` (`models.channels.kind`); one that cannot take part is left out with an `InputNote`.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from models.channels.added import Packages
    from models.channels.kind import Kind


def channels() -> dict[str, Kind]:
    """Every kind of channel, by name: ours, then those of installed packages.

    >>> list(channels())[:4]
    ['http', 'long-poll', 'mqtt', 'socketio']
    """
    ours = shipped()
    return {**ours, **packages().kinds(ours)}


@cache
def shipped() -> dict[str, Kind]:
    """The channels that lie here."""
    return {kind.name: kind for kind in _within(import_module(__name__))}


@cache
def packages() -> Packages:
    """Those of installed packages."""
    from models.channels.added import Packages

    return Packages()


def _within(package: ModuleType) -> Iterator[Kind]:
    """Channels in a package's modules and in those of its packages, in the order of their names."""
    for room in iter_modules(package.__path__):
        module = import_module(f"{package.__name__}.{room.name}")
        if room.ispkg:
            yield from _within(module)
        elif hasattr(module, "KIND"):
            yield module.KIND
