"""What came out of a storm: of each client when it was back, and what the nodes did meanwhile."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from sim.scenario.designs import Design
    from sim.scenario.scenario import Scenario
    from sim.storms.question import Storm

SERIES_S: Final = 0.1
"""Length of a row of the series, in seconds."""
ATTEMPTS, OPENED, CUT = 0, 1, 2
Progress = Callable[[int, int], None]
"""Hears how many seconds of how many are played."""
Play = Callable[["Storm", "Design", "Scenario", Progress], "Outcome"]
"""Plays a storm of a design with the servers and networks of a scenario."""


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """A storm that has been played for `played_s` seconds.

    back_s: by client, since when it is connected; -1 for one that never lost its connection, inf
    for one that is away. series: by tenth of a second, dials, openings and cuts. busy_s: CPU
    seconds by node and second. connections: by node, at the end. ended: dials by how they ended.
    spent_s, wasted_s: CPU seconds for all dials, and for those that came to nothing. gave_up:
    clients that try no more. capacity_per_s: handshakes that one node, of so many `cores`, can
    do; it holds `connections_limit`. patience_s: how long a dial may take. idle_s: CPU seconds a
    second for the pings of one connection, which takes `connection_bytes` of memory.
    """

    storm: Storm
    back_s: Any
    series: Any
    busy_s: Any
    connections: Any
    attempts: int
    ended: Mapping[str, int]
    spent_s: float
    wasted_s: float
    gave_up: int
    played_s: int
    capacity_per_s: float
    cores: int
    connections_limit: int
    patience_s: float
    idle_s: float
    connection_bytes: int

    @property
    def busy_share(self) -> Any:
        """By node and second, the share of its cores that was busy."""
        return self.busy_s / self.cores

    @property
    def busiest_share(self) -> float:
        """Of the busiest node in its busiest second."""
        return float(self.busy_share.max(initial=0.0))

    @property
    def began_s(self) -> float:
        """When the first node failed."""
        return min(fault.at_s for fault in self.storm.faults)

    @property
    def cut(self) -> int:
        """Clients that lost a connection."""
        return int((self.back_s >= 0.0).sum())

    @property
    def kept_out(self) -> int:
        """Clients for whom the nodes that are left have no room, ever."""
        return max(self.storm.clients - self.storm.nodes_left * self.connections_limit, 0)

    def back_after_s(self, share: float) -> float:
        """Seconds from the first fault until that share of those cut are back; inf: never."""
        took_s = self.back_s[self.back_s >= 0.0]
        if not len(took_s):
            return 0.0
        place = max(int(np.ceil(share * len(took_s))) - 1, 0)
        return float(np.partition(took_s, place)[place] - self.began_s)

    @property
    def digest(self) -> str:
        """The same for the same storm on any machine, compiled or not."""
        told = hashlib.sha256()
        for one in (self.back_s, self.series, self.busy_s, self.connections):
            told.update(np.ascontiguousarray(one).tobytes())
        told.update(repr((self.attempts, sorted(self.ended.items()))).encode())
        return told.hexdigest()
