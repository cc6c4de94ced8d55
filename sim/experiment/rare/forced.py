"""Which people have an outage of ours, and what stands on their links then."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from sim.network.outages import Outages, expected_outages, seen_from_one
from sim.network.path import up_and_down
from sim.network.spec import NetworkSpec, RenewalOutagesSpec
from sim.streams import Streams

SHARE: Final = 0.1
"""Of the people, those who have an outage: enough that a replication tells much of what they cost,
and so few that two rarely meet in one message and four in five receptions meet none."""
LONGEST_OF: Final = 32
"""Of so many outages the longest is what every other one is like."""


@dataclass(frozen=True, slots=True)
class Forced:
    """One outage that was made. `stands_for`: how many such there are in a run of its link, once
    its weight is taken; `lasts_s` as far as it lies before the end of the measured time."""

    start_s: float
    lasts_s: float
    stands_for: float


@dataclass(slots=True)
class Forcing:
    """Given to `build_world` as `instead`: makes the outages and remembers them by person."""

    horizon_s: float
    share: float = SHARE
    longest_of: int = LONGEST_OF
    made: dict[int, Forced] = field(default_factory=dict)

    def __call__(self, network: NetworkSpec, streams: Streams, person: int) -> Outages | None:
        """The outages of somebody who is chosen; None for anybody else."""
        given = network.outages
        if not isinstance(given, RenewalOutagesSpec):
            return None
        luck = streams.draws("forced-outage", person)
        if luck.uniform() >= self.share:
            return None
        up, down = up_and_down(given)
        seen = seen_from_one(up, down, self.horizon_s, luck, self.longest_of)
        expected = expected_outages(up, down, self.horizon_s)
        end_s = seen.outages.ends_s[seen.outages.starts_s.index(seen.start_s)]
        self.made[person] = Forced(
            seen.start_s,
            min(end_s, self.horizon_s) - seen.start_s,
            seen.weight * expected / self.share,
        )
        return seen.outages
