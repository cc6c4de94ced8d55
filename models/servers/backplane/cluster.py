"""A broker's own cluster: nodes hand messages on to nodes, and to sessions of one that is down.

What cannot be handed over is kept for a node that is to come back (VerneMQ:
outgoing_clustering_buffer_size); an outage of the links between nodes still loses what is published
meanwhile.
"""

from __future__ import annotations

import math
from typing import ClassVar, Final

from models.servers.backplane.crossing import Crossing, Homes
from sim.node import Node


class Cluster(Crossing):
    """To every node that runs, and to those that hold readers' sessions."""

    __slots__ = ()

    TO_ALL: ClassVar[bool] = True
    COST_S: ClassVar[float] = 7e-6  # no cluster was measured: a hop as dear as a Redis PUBLISH

    def netsplit(self) -> tuple[str, float]:
        """What the broker does; one that restarts its smaller side is parted until then."""
        broker = self._port.options.mqtt.broker
        return broker.netsplit, broker.heals_after_s if broker.heals_after_s < math.inf else 0.0

    def reach(self, node: Node, homes: Homes) -> list[Node]:
        """Every other node that runs, or that has readers' sessions on its disk."""
        others = self.others(node)
        return [other for other in others if other.running or other.index in homes]


BACKPLANE: Final = Cluster
