"""Channels: how one action's traffic is carried between a person and the servers.

Whatever file or folder of this one has a `CHANNEL` is one: to add one, add it. Installed packages
add theirs by the entry point group `rtcsim.channels`, each of which names a `ChannelKind`.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from pkgutil import iter_modules
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from models.channels.kind import ChannelKind


@cache
def channels() -> dict[str, ChannelKind]:
    """Every kind of channel, by name.

    >>> list(channels())
    ['http', 'long-poll', 'mqtt', 'socketio', 'websocket']
    """
    rooms = [import_module(f"{__name__}.{room.name}") for room in iter_modules(__path__)]
    ours = [room.CHANNEL for room in rooms if hasattr(room, "CHANNEL")]
    theirs = [entry.load() for entry in entry_points(group="rtcsim.channels")]
    return {kind.name: kind for kind in (*ours, *theirs)}
