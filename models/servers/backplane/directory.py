"""A directory says at which node a person is, and a message goes to those nodes alone.

The directory is a process with one core, which is asked once for each message with readers at
other nodes; what it costs there are a question and one look for each of those nodes. The copies
then go from node to node. No node hears what is not for its people, however many nodes there are.

Left out: the moment between a connection and its entry in the directory, and entries of nodes that
have died, which a real one has until they expire.
"""

from __future__ import annotations

from typing import ClassVar, Final

from models.servers.backplane.crossing import Crossing, Homes
from sim.node import Node


class Directory(Crossing):
    """To the nodes of the readers."""

    __slots__ = ()

    COST_S: ClassVar[float] = 4.6e-6  # asking, and reading a copy, as dear as a command of Redis's
    CARRIED: ClassVar[bool] = True

    def reach(self, node: Node, homes: Homes) -> list[Node]:
        """Gateways that run and have readers."""
        return [other for other in self.others(node) if other.running and other.index in homes]


BACKPLANE: Final = Directory
