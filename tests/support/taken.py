"""A ledger that has taken down a little of everything."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from sim import history as record
from sim.history import History
from sim.ledger import Ledger
from tests.sim.metrics.histories import META


@dataclass
class TwoActions:
    members: tuple = ((0, 1), (1, 2))
    sessions: tuple = (((0.0, 100.0),), ((0.0, 40.0), (50.0, 100.0)), ())
    time_s: np.ndarray = field(default_factory=lambda: np.array([12.0, 13.5]))
    actor: np.ndarray = field(default_factory=lambda: np.array([0, 1]))
    conversation: np.ndarray = field(default_factory=lambda: np.array([0, 1]))
    action: np.ndarray = field(default_factory=lambda: np.array([record.SEND, record.TYPING]))
    size_bytes: np.ndarray = field(default_factory=lambda: np.array([200, 20]))
    changes: tuple = ()


class Sampled:
    """An API node that has worked for a quarter of each second."""

    index, kind, waiting = 0, record.API, 3
    connections = range(7)

    def busy_in_s(self, second: int) -> float:
        return 0.25 if second == 0 else 0.0


class Clock:
    """Set by hand."""

    now_s = 0.0


def ledger() -> tuple[Ledger, Clock]:
    clock = Clock()
    return Ledger(TwoActions(), clock), clock


def recorded() -> History:
    taken, clock = ledger()
    clock.now_s = 12.25
    taken.sent(0)
    taken.posted(0, 1, 12.4)
    clock.now_s = 12.5
    taken.told(0)
    clock.now_s = 12.9
    taken.shown(0, 1, replayed=True, visible=False)
    taken.listed(1, 0)
    taken.listed(1, record.NOTHING)
    clock.now_s = 13.75
    taken.dropped(1, record.EVERYONE, "half-open")
    taken.outages(1, [(20.0, 60.0)])
    clock.now_s = 21.0
    taken.noticed(1, 0, "heartbeat", 12.9)
    taken.sampled(1, [Sampled()])
    taken.carried(0, 1, 10**10, 10**12, 5)
    clock.now_s = 99.0
    taken.told(0)
    return taken.history(META)
