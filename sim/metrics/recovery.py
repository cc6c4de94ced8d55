"""What happens to connections: how long a cut takes to be noticed and mended, who comes back when.

A cut begins when a connection stopped working and is over when its owner has caught up: noticed,
connected again, caught up. Losing the new connection again before that prolongs the cut. Only cuts
that begin in the measured window count. Where the watching ends first, because the app was closed
or the run was over, a part counts for as long as it was seen (`sim.metrics.survival`), so the means
of the parts need not add up to anything. Leaves out the first connection of a session, and how long
screens were wrong (`sim.metrics.stale`): a connection that nobody misses makes nobody stale, and a
client that notices nothing has no cut.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any, Final

import numpy as np

from sim import history as record
from sim.history import Column
from sim.metrics.judged import Headline, Judged, Metric, Shown, Value
from sim.metrics.spells import longest_s, open_hours
from sim.metrics.survival import Durations
from sim.ordering import starts
from sim.spans import whole_us

PEAK_S: Final = 0.1  # finer than an accept queue drains, coarser than one handshake
FAULT_SHARE: Final = 0.05  # of all people must lose a connection for a mass disconnection
FAULT_LEAST: Final = 5  # people; below it any single cut would be a mass disconnection
# For what a fault broke to be felt: a FIN or a reset that was lost is repeated, or met by the next
# write. This holds three repetitions even of a first time-out (1 s, RFC 6298 section 2.1).
FAULT_WINDOW_S: Final = 10.0
_CLOSED: Final = record.REASONS.index("app closed")


def cuts(judged: Judged) -> dict[str, Column]:
    """Episodes of people with the app open, by person, channel and time of the cut.

    `closes_s` is when the watching ends: the app closes, or the run does.
    """
    rows = judged.history.tables["episodes"]
    order = np.lexsort((rows["cut_s"], rows["channel"], rows["person"]))
    rows = {name: column[order] for name, column in rows.items()}
    closes_s = record.session_end_s(judged.history, rows["person"], rows["cut_s"])
    stays = closes_s >= record.measured_until_s(judged.history)
    rows["closes_s"] = np.where(stays, judged.history.meta["end_s"], closes_s)
    kept = (rows["reason"] != _CLOSED) & np.isfinite(closes_s)
    return {name: column[kept] for name, column in rows.items()}


def joined(judged: Judged) -> dict[str, Column]:
    """Cuts of one connection joined to those that followed before their owner had caught up."""
    rows = judged.once(cuts)
    first = starts(rows["person"]) | starts(rows["channel"])
    first[1:] |= ~np.isnan(rows["synced_s"][:-1]) | (rows["closes_s"][:-1] < rows["cut_s"][1:])
    last = np.append(first[1:], True)[: len(first)]
    ends = {"open_s", "synced_s"}
    return {name: column[last if name in ends else first] for name, column in rows.items()}


def part(judged: Judged, start: str, end: str) -> Durations:
    """From one point of each cut to another, for the cuts that reached the first."""
    rows = judged.once(joined)
    begun = record.in_window(judged.history, rows["cut_s"]) & (rows[start] <= rows["closes_s"])
    start_s, end_s, closes_s = (rows[name][begun] for name in (start, end, "closes_s"))
    return _watched(start_s, end_s, closes_s)


def cuts_per_hour(judged: Judged) -> Value:
    """Cuts per person and hour of open app, in the measured window."""
    hours = open_hours(judged.history)
    count = record.in_window(judged.history, judged.once(cuts)["cut_s"]).sum()
    return float(count / hours) if hours else None


def reconnect_peak(judged: Judged) -> Value:
    """Most connection attempts within any `PEAK_S`, in the measured window."""
    at_us = np.sort(whole_us(_attempts_s(judged)))
    within = np.searchsorted(at_us, at_us + round(PEAK_S * 1e6)) - np.arange(len(at_us))
    return float(within.max(initial=0))


def attempts_per_cut(judged: Judged) -> Value:
    """Connection attempts per cut, both in the measured window."""
    count = record.in_window(judged.history, judged.once(cuts)["cut_s"]).sum()
    return float(len(_attempts_s(judged)) / count) if count else None


def back(judged: Judged) -> Durations:
    """From each fault that disconnected many until each of its people is connected again on every
    channel that it cut. None at all without such a fault; those never back do not end.

    A person hit by two faults counts for both. Pooled over faults, since designs are not all hit by
    the same: which connections a fault cuts is a design's affair, when it strikes is not.
    """
    rows = judged.once(joined)
    found = [_back(fault, rows, _hit(judged, fault, rows)) for fault in _mass_faults(judged)]
    enough = max(FAULT_SHARE * judged.people, FAULT_LEAST)
    crowds = [one for one in found if len(one.lasted_s) >= enough]
    return Durations(
        np.concatenate([np.zeros(0), *(one.lasted_s for one in crowds)]),
        np.concatenate([np.zeros(0, dtype=bool), *(one.ended for one in crowds)]),
    )


def _mass_faults(judged: Judged) -> Iterator[Mapping[str, Any]]:
    """Faults of the plan that can cut many, begun in the measured window, and what they cut.

    Raises ValueError for a history that was written before it said what its faults can cut.
    """
    meta, until_s = judged.history.meta, record.measured_until_s(judged.history)
    faults = meta.get("faults", ())
    if faults and "fault_cuts" not in meta:
        raise ValueError("of an older version, without what its faults can cut: run it anew")
    for fault, what in zip(faults, meta.get("fault_cuts", ()), strict=True):
        if what and meta["warmup_s"] <= fault["start_s"] < until_s:
            yield fault | {"cuts": what}


def _hit(judged: Judged, fault: Mapping[str, Any], rows: Mapping[str, Column]) -> Column:
    """The cuts that are this fault's doing: from its start until `FAULT_WINDOW_S` after it.

    A dead link is the doing of a shared outage for those whom it holds when it starts, and of no
    fault of a server.
    """
    start_s, what = fault["start_s"], fault["cuts"]
    until_s = (start_s if what == "at once" else fault["end_s"]) + FAULT_WINDOW_S
    cut_s, person = rows["cut_s"], rows["person"]
    near = (cut_s >= start_s) & (cut_s < until_s)
    if what == "links":
        return np.asarray(near & _link_down(judged, person, np.full(len(person), start_s)))
    return np.asarray(near & ~_link_down(judged, person, cut_s))


def _link_down(judged: Judged, person: Column, time_s: Column) -> Column:
    end_s = record.outage_end_s(judged.history, person, time_s)
    return np.asarray(end_s > time_s)


def _back(fault: Mapping[str, Any], rows: Mapping[str, Column], hit: Column) -> Durations:
    """One duration for each person hit, to the last of the channels to come back."""
    open_s = np.where(np.isnan(rows["open_s"]), math.inf, rows["open_s"])[hit]
    person, closes_s = rows["person"][hit], rows["closes_s"][hit]
    order = np.lexsort((open_s, person))
    last = np.flatnonzero(np.append(starts(person[order])[1:], True)[: len(order)])
    opened_s, watched_s = open_s[order][last], closes_s[order][last]
    return _watched(np.full(len(last), fault["start_s"]), opened_s, watched_s)


def _watched(start_s: Column, end_s: Column, closes_s: Column) -> Durations:
    """Whole microseconds again: a difference of two such times is not quite one."""
    ended = end_s <= closes_s  # nan and inf: never
    return Durations(np.round(np.where(ended, end_s, closes_s) - start_s, 6), ended)


def _attempts_s(judged: Judged) -> Column:
    time_s = judged.history.tables["attempts"]["time_s"]
    return np.asarray(time_s[record.in_window(judged.history, time_s)])


def _back_metric(share: float, who: str, headline: Headline | None = None) -> Metric:
    text = (
        f"Time from a fault that disconnected at least {FAULT_SHARE:.0%} of people until "
        f"{share:.0%} of those who lost a connection to it are connected again."
    )
    return Metric(
        f"back_t{share * 100:g}",
        "s",
        "lower",
        "time",
        text,
        lambda judged: judged.once(back).quantile(share),
        shown=Shown(
            f"{who} are back",
            f"time until {who} of the people are back",
            "return",
            headline=headline,
        ),
    )


def _part(name: str, ends: tuple[str, str], text: str, shown: tuple[str, str]) -> Metric:
    start, end = ends

    def compute(judged: Judged) -> Value:
        return part(judged, start, end).mean_s(longest_s(judged.history))

    return Metric(
        f"{name}_mean", "s", "lower", "mean", text, compute, shown=Shown(*shown, "recovery")
    )


METRICS: Final = (
    _part(
        "detect",
        ("cut_s", "noticed_s"),
        "Of connection cuts that a client noticed: from the cut until it did.",
        ("detect a cut", "mean time to notice a dead connection"),
    ),
    _part(
        "reconnect",
        ("noticed_s", "open_s"),
        "Of connection cuts: from noticing until the connection that stayed.",
        ("reconnect after it", "mean time from noticing to a new connection"),
    ),
    _part(
        "catch_up",
        ("open_s", "synced_s"),
        "Of connection cuts: from open again until caught up, for designs that fetch what was "
        "missed.",
        ("catch up after it", "mean time from there to being in sync"),
    ),
    Metric(
        "cuts_per_hour",
        "per person-hour",
        "lower",
        "mean",
        "Connections that stopped working, per person and hour of open app.",
        cuts_per_hour,
        shown=Shown("cuts per person-hour", "connections cut per hour of open app", "recovery"),
    ),
    Metric(
        "reconnect_peak",
        "attempts per 100 ms",
        "lower",
        "peak",
        "Most connection attempts within any tenth of a second.",
        reconnect_peak,
        shown=Shown("peak attempts per 100 ms", "most attempts in any 100 ms", "return"),
    ),
    Metric(
        "attempts_per_cut",
        "attempts",
        "lower",
        "mean",
        "Connection attempts per cut connection; includes the first ones of sessions.",
        attempts_per_cut,
        shown=Shown("attempts per cut", "connection attempts per cut connection", "return"),
    ),
    _back_metric(0.5, "half"),
    _back_metric(
        0.95,
        "95 %",
        Headline(
            rank=7,
            column=6,
            head="back",
            note="back: until 95 % are connected again after a mass cut",
        ),
    ),
    _back_metric(0.99, "99 %"),
)
