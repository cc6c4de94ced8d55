"""A recorder that has taken down a little of everything."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from sim import history as record
from sim.history import History
from sim.recorder import Recorder
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


def recorded() -> History:
    recorder = Recorder(TwoActions())
    recorder.sent_s[0] = 12.25
    recorder.once(recorder.told_s, 0, 12.5)
    recorder.once(recorder.told_s, 0, 99.0)
    recorder.deliveries.extend((0, 1, 12.4, record.LIVE, True))
    recorder.deliveries.extend((0, 1, 12.9, record.REPLAYED, False))
    recorder.listed.extend((1, 0))
    recorder.listed.extend((1, record.NOTHING))
    recorder.drops.extend((1, -1, 13.75, 2))
    recorder.episodes.extend((1, 0, 20.0, 21.0, math.nan, math.nan, 3))
    recorder.nodes.extend((1.0, 0, 1, 0.25, 7, 3))
    recorder.traffic.extend((0, 1, 10**10, 10**12, 5))
    return recorder.history(META)
