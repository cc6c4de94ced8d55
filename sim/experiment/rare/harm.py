"""What the outages that were made in one replication cost, and what went wrong besides."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from sim.experiment.rare.forced import Forced, Forcing
from sim.experiment.run import Design, play
from sim.experiment.runner import ReplicationError
from sim.history import PERSON, Column, History
from sim.metrics.incidents import Incidents
from sim.metrics.judged import LOST, Judged
from sim.metrics.spells import LATE_S
from sim.spans import whole_us
from sim.world import MOVED, OUTAGE, build_world

if TYPE_CHECKING:
    from sim.scenario.scenario import Scenario

_CLOSE_S: Final = 1e-6  # times of incidents are kept as they were drawn; this is for their rounding


@dataclass(frozen=True, slots=True)
class Harm:
    """One replication: `cost` is the expected number of receptions that outages cost in a run,
    `squares` the expected sum of the squares of what each costs, `made` how many were made and
    `harmful` how many of those cost anything.

    `besides` of `trials` receptions went wrong with no outage to explain it, among those of which
    neither end had an outage made. `crowding`: see `Rare`.
    """

    replication: int
    owed: int
    cost: float
    squares: float
    made: int
    harmful: int
    besides: int
    trials: int
    crowding: float


def replicate(scenario: Scenario, design: Design, replication: int, part: str) -> Harm:
    """One replication with outages made in it.

    Raises `ReplicationError` for whatever goes wrong.
    """
    forcing = Forcing(scenario.time.measured_until_s)
    try:
        world = build_world(scenario, replication, instead=forcing)
        history = play(world, design)
    except MemoryError:
        raise
    except Exception as error:
        where = f"{design.name}, replication {replication}"
        raise ReplicationError(f"{where}: {type(error).__name__}: {error}") from error
    return harm(history, forcing.made, part)


def harm(history: History, made: Mapping[int, Forced], part: str) -> Harm:
    """The same from a history and the outages that were made in it, by person."""
    judged = Judged(history)
    found = judged.once(Incidents)
    number, message, person = PARTS[part](judged, found)
    hits = np.bincount(number[number >= 0], minlength=found.drawn)
    costs = np.array([hits[at] for at in _numbers(judged, made)], dtype=float)
    weights = np.array([one.stands_for for one in made.values()])
    apart = ~_ours(judged, made, message, person)
    apart &= ~np.isin(number, np.flatnonzero(_are_outages(judged)))
    sends, until_s = judged.sends, history.meta["warmup_s"] + history.meta["measure_s"]
    return Harm(
        replication=history.meta["replication"],
        owed=len(sends.message),
        cost=float(weights @ costs),
        squares=float(weights @ costs**2),
        made=len(made),
        harmful=int((costs > 0).sum()),
        besides=int(apart.sum()),
        trials=int((~_ours(judged, made, sends.message, sends.person)).sum()),
        crowding=sum(one.lasts_s for one in made.values()) / (until_s * judged.people),
    )


def _numbers(judged: Judged, made: Mapping[int, Forced]) -> list[int]:
    """The incident that each outage is."""
    rows = judged.history.tables["incidents"]
    own = _are_outages(judged)[rows["number"]] & (rows["target"] == PERSON)
    found = []
    for person, one in made.items():
        its = own & (rows["whom"] == person) & (abs(rows["start_s"] - one.start_s) < _CLOSE_S)
        (at,) = rows["number"][its]
        found.append(int(at))
    return found


def _are_outages(judged: Judged) -> Column:
    """By number of incident: whether it is an outage of a network's own."""
    rows, kinds = judged.history.tables["incidents"], judged.history.meta["incident_kinds"]
    ours = np.array([kind in (OUTAGE, MOVED) for kind in kinds])
    found = np.zeros(int(rows["number"].max(initial=-1)) + 1, dtype=bool)
    found[rows["number"]] = ours[rows["kind"]]
    return found


def _ours(judged: Judged, made: Mapping[int, Forced], message: Column, person: Column) -> Column:
    """Whether an end of each reception had an outage made."""
    chosen = np.zeros(judged.people, dtype=bool)
    chosen[list(made)] = True
    return np.asarray(chosen[person] | chosen[judged.messages["actor"][message]])


Rows = tuple[Column, Column, Column]  # incident, message, person


def _lost(judged: Judged, found: Incidents) -> Rows:
    gone = judged.fate >= LOST
    return found.lost, judged.sends.message[gone], judged.sends.person[gone]


def _late(judged: Judged, found: Incidents) -> Rows:
    sends = judged.sends
    waited_us = whole_us(sends.first_s) - whole_us(sends.intended_s)
    late = sends.reached & (waited_us > round(LATE_S * 1e6))
    return found.late, sends.message[late], sends.person[late]


def _twice(judged: Judged, found: Incidents) -> Rows:
    shown = judged.arrivals
    again = np.diff(shown["key"], prepend=-1) == 0
    return found.twice, shown["message"][again], shown["person"][again]


PARTS: Final[Mapping[str, Callable[[Judged, Incidents], Rows]]] = {
    "lost": _lost,
    "late": _late,
    "twice": _twice,
}
"""What can go wrong with a reception: lost for good, more than a second late, shown once more."""
