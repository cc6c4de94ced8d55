"""One person's client sends at an even pace for a while, beside what the person does."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sim.workload.sessions import Floats, Ints, Presence


class Flood(NamedTuple):
    """So many messages a second of one person, in [start_s, end_s)."""

    person: int
    start_s: float
    end_s: float
    per_s: float

    def sends(self, acting: Presence) -> tuple[Floats, Ints]:
        """When each is sent, and the row of the session it lies in: none while the app is closed.

        >>> from sim.workload.sessions import everybody
        >>> times_s, session = Flood(1, 2.0, 4.0, 2.0).sends(everybody(3, until_s=3.2))
        >>> times_s.tolist(), session.tolist()
        ([2.0, 2.5, 3.0], [1, 1, 1])
        """
        count = int(np.ceil((self.end_s - self.start_s) * self.per_s))
        times_s = self.start_s + np.arange(count) / self.per_s
        times_s = times_s[times_s < self.end_s]
        rows = np.flatnonzero(acting.person == self.person)
        place = np.searchsorted(acting.start_s[rows], times_s, side="right") - 1
        there = place >= 0
        times_s, session = times_s[there], rows[place[there]]
        inside = times_s < acting.end_s[session]
        return times_s[inside], session[inside]
