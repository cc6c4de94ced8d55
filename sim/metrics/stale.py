"""How long people look at a screen that lacks something, and how much of it for good.

Stale time is the world's, not a connection's: see `sim.metrics.spells`. Spells that were cut off,
because their owner closed the app or the run ended, count for as long as they were seen
(`sim.metrics.survival`). Only receptions owed in the measured window make a screen stale.
"""

from __future__ import annotations

from typing import Final

from sim.metrics.judged import Headline, Judged, Margin, Metric, Rate, Shown, Value
from sim.metrics.spells import LATE_S, begun_in_window, longest_s, measured_us, open_hours, overdue
from sim.metrics.survival import Durations


def stale_per_hour(judged: Judged) -> Value:
    """Seconds of the measured window on stale screens, per person and hour of open app."""
    return _per_hour(judged, measured_us(judged.history, judged.spells))


def stale_lost_per_hour(judged: Judged) -> Value:
    """The part during which all that was missing never came."""
    sends = judged.sends
    came = sends.reached
    columns = (column[came] for column in (sends.person, sends.intended_s, sends.first_s))
    late_us = measured_us(judged.history, overdue(judged.history, *columns))
    return _per_hour(judged, measured_us(judged.history, judged.spells) - late_us)


def lasting(judged: Judged) -> Durations:
    """How long each spell lasted that begins in the measured window."""
    spells = begun_in_window(judged.history, judged.spells)
    return Durations((spells.end_us - spells.start_us) / 1e6, spells.ended)


def unfinished(judged: Judged) -> Value:
    """Spells that the end of the run cut off."""
    spells = begun_in_window(judged.history, judged.spells)
    horizon_us = round(judged.history.meta["horizon_s"] * 1e6)
    return Rate.of((spells.end_us >= horizon_us).sum(), len(spells.end_us))


def _per_hour(judged: Judged, stale_us: int) -> Value:
    hours = open_hours(judged.history)
    return stale_us / 1e6 / hours if hours else None


def _gap(share: float, short: str, long: str) -> Metric:
    return Metric(
        f"gap_p{share * 100:g}",
        "s",
        "lower",
        "time",
        f"{share:.0%} of the stale spells ended within this time; spells that were cut off count "
        "for as long as they were seen.",
        lambda judged: judged.once(lasting).quantile(share),
        shown=Shown(short, long, "stale"),
    )


STALE: Final = Margin(absolute=1.0, relative=0.05)  # a second an hour is nobody's complaint

METRICS: Final = (
    Metric(
        "stale_per_hour",
        "s per person-hour",
        "lower",
        "mean",
        f"Seconds on an open screen during which something sent more than {LATE_S:g} s before was "
        "missing, noticed or not, per person and hour of open app.",
        stale_per_hour,
        STALE,
        shown=Shown(
            "stale",
            "time in which something owed was over 1 s late",
            "stale",
            headline=Headline(
                rank=5,
                column=5,
                head="stale",
                note="stale: seconds per person and hour with something owed over 1 s late",
            ),
        ),
        live=True,
    ),
    Metric(
        "stale_lost_per_hour",
        "s per person-hour",
        "lower",
        "mean",
        "The part of the stale seconds during which all that was missing never came.",
        stale_lost_per_hour,
        STALE,
        shown=Shown("stale for good", "stale time, for what never came", "stale"),
    ),
    _gap(0.5, "stale spell, median", "median time until what was late was shown"),
    _gap(0.99, "stale spell, p99", "99th percentile of the time until shown"),
    Metric(
        "gap_mean",
        "s",
        "lower",
        "mean",
        "Mean stale spell, from the moment that the first missing thing is due until everything "
        "due is shown, counted up to the longest time that a spell could be watched.",
        lambda judged: judged.once(lasting).mean_s(longest_s(judged.history)),
        shown=Shown("stale spell, mean", "mean time until what was late was shown", "stale"),
    ),
    Metric(
        "gap_unfinished",
        "share",
        "lower",
        "rate",
        "Stale spells that had not ended when the run did.",
        unfinished,
        shown=Shown("never made good", "stale spells that had not ended when the run did", "stale"),
        live=True,
        apart=True,
    ),
)
