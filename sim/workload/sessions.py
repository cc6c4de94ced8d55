"""When people have the app open: always, or alternating exponential on and off times.

Sessions are the person's will, not the network's: a tunnel ends no session. The on-off process
starts in its stationary state, so nothing has to settle first.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from sim.workload.people import AlwaysSpec, OnOffSpec

Floats = NDArray[np.float64]
Ints = NDArray[np.signedinteger[Any]]


@dataclass(frozen=True, slots=True, eq=False)
class Presence:
    """All sessions as columns, by person, then by time; a session is [start_s, end_s)."""

    people: int
    person: Ints
    start_s: Floats
    end_s: Floats

    def clipped(self, until_s: float) -> Presence:
        """The same sessions as far as they lie before `until_s`."""
        kept = self.start_s < until_s
        end_s = np.minimum(self.end_s[kept], until_s)
        return Presence(self.people, self.person[kept], self.start_s[kept], end_s)

    def by_person(self) -> tuple[tuple[tuple[float, float], ...], ...]:
        """Each person's (start_s, end_s) pairs in time order."""
        spans = list(zip(self.start_s.tolist(), self.end_s.tolist(), strict=True))
        edges = np.searchsorted(self.person, np.arange(self.people + 1)).tolist()
        return tuple(tuple(spans[edges[p] : edges[p + 1]]) for p in range(self.people))


def draw_sessions(
    spec: AlwaysSpec | OnOffSpec, people: int, until_s: float, generator: Generator
) -> Presence:
    """The sessions of `people` persons over [0, until_s)."""
    if isinstance(spec, AlwaysSpec):
        return everybody(people, until_s)
    return _on_off(spec, people, until_s, generator)


def everybody(people: int, until_s: float) -> Presence:
    """One session per person over [0, until_s); row index = person."""
    return Presence(people, np.arange(people), np.zeros(people), np.full(people, until_s))


def _on_off(spec: OnOffSpec, people: int, until_s: float, generator: Generator) -> Presence:
    cycle_s = spec.on_mean_s + spec.off_mean_s
    starts_on = generator.random(people) < spec.on_mean_s / cycle_s
    # Exponential times have no memory: what is left of a stage under way is a whole stage again.
    first_s = np.where(starts_on, spec.on_mean_s, spec.off_mean_s)[:, None]
    pair_s = np.hstack((first_s, cycle_s - first_s))
    changes_s = np.zeros((people, 1))
    while changes_s[:, -1].min() < until_s:
        block = generator.standard_exponential((people, 8)) * np.tile(pair_s, 4)
        changes_s = np.hstack((changes_s, changes_s[:, -1:] + np.cumsum(block, axis=1)))
    is_on = starts_on[:, None] ^ (np.arange(changes_s.shape[1] - 1) % 2 == 1)
    kept = is_on & (changes_s[:, :-1] < until_s)
    person = np.nonzero(kept)[0]
    end_s = np.minimum(changes_s[:, 1:][kept], until_s)
    return Presence(people, person, changes_s[:, :-1][kept], end_s)
