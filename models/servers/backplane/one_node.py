"""A server that has no cluster: there is one node, and a scenario with more is refused.

Mosquitto is one process; of several, each would be a chat of its own (`in-memory` plays that), or
they would be bridged, topic by topic, which is left out.
"""

from __future__ import annotations

from typing import ClassVar, Final

from models.servers.backplane.in_memory import InMemory


class OneNode(InMemory):
    """Nothing to cross to."""

    __slots__ = ()

    GATEWAYS_MAX: ClassVar[float] = 1.0


BACKPLANE: Final = OneNode
