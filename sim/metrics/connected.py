"""How often people's clients connect, and for how much of their time they are connected.

Where connections of one client id close each other, arithmetic tells both: of k tabs that wait d s
and take h s to connect, (k - 1) / (d + h) connect in a second, for ever.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from sim import history as record
from sim.metrics.judged import Judged, Metric, Shown, Value
from sim.metrics.recovery import cuts
from sim.metrics.spells import open_hours

_OPENED: Final = record.OUTCOMES.index("opened")


def connects_per_hour(judged: Judged) -> Value:
    """Connections that were opened, per person and hour of open app, in the measured window."""
    rows, hours = judged.history.tables["attempts"], open_hours(judged.history)
    opened = record.in_window(judged.history, rows["time_s"]) & (rows["outcome"] == _OPENED)
    return float(opened.sum() / hours) if hours else None


def cut_off_share(judged: Judged) -> Value:
    """Time from cuts until the next connection is open, of the time with an open app."""
    history, rows = judged.history, judged.once(cuts)
    hours = open_hours(history)
    from_s, until_s = history.meta["warmup_s"], record.measured_until_s(history)
    back_s = np.where(np.isnan(rows["open_s"]), rows["closes_s"], rows["open_s"])
    begins_s = np.clip(rows["cut_s"], from_s, until_s)
    away_s = np.clip(back_s, from_s, until_s) - begins_s
    return float(away_s.clip(min=0.0).sum() / 3600.0 / hours) if hours else None


METRICS: Final = (
    Metric(
        "connects_per_hour",
        "per person-hour",
        "lower",
        "mean",
        "Connections that were opened, per person and hour of open app.",
        connects_per_hour,
        shown=Shown("connects", "connections opened, per person and hour", "recovery"),
    ),
    Metric(
        "cut_off_share",
        "share of time",
        "lower",
        "mean",
        "Time between the end of a connection and the next one, of the time with an open app.",
        cut_off_share,
        shown=Shown("cut off", "share of the time without a connection after a cut", "recovery"),
    ),
)
