"""How long people are cut off, in parts, and what their return does to the servers.

A stale gap runs from the moment a connection stopped working to the moment its owner has caught
up: detect, then reconnect, then catch up. Losing the new connection again before having caught up
prolongs the gap. Only gaps that begin in the measured window count, and only while their owner
keeps the app open. Times are over the gaps that got that far; `gap_unfinished` counts the rest.
Leaves out the first connection of a session.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from sim import history as record
from sim.history import Column
from sim.metrics.judged import Judged, Metric, Rate, Value, mean, quantile, starts

BIN_S: Final = 0.1  # finer than an accept queue drains, coarser than one handshake
FAULT_SHARE: Final = 0.05  # of all people, cut within FAULT_WINDOW_S of each other
FAULT_WINDOW_S: Final = 1.0
FAULT_LEAST: Final = 5  # people; below it any single cut would be a mass disconnection
_CLOSED: Final = record.REASONS.index("app closed")


def cuts(judged: Judged) -> dict[str, Column]:
    """Episodes of people with the app open, by person, channel and time of the cut."""
    rows = judged.history.tables["episodes"]
    order = np.lexsort((rows["cut_s"], rows["channel"], rows["person"]))
    rows = {name: column[order] for name, column in rows.items()}
    rows["closes_s"] = record.session_end_s(judged.history, rows["person"], rows["cut_s"])
    kept = (rows["reason"] != _CLOSED) & np.isfinite(rows["closes_s"])
    return {name: column[kept] for name, column in rows.items()}


def gaps(judged: Judged) -> dict[str, Column]:
    """Stale gaps: cuts joined to those that followed before their owner had caught up."""
    rows = cuts(judged)
    first = starts(rows["person"]) | starts(rows["channel"])
    first[1:] |= ~np.isnan(rows["synced_s"][:-1]) | (rows["closes_s"][:-1] < rows["cut_s"][1:])
    last = np.append(first[1:], True)[: len(first)]
    ends = {"open_s", "synced_s"}
    found = {name: column[last if name in ends else first] for name, column in rows.items()}
    over_s = np.where(np.isnan(found["synced_s"]), np.inf, found["synced_s"])
    kept = record.in_session(judged.history, found["person"], found["cut_s"], over_s)
    return {name: column[kept] for name, column in found.items()}


def measured_gaps(judged: Judged) -> dict[str, Column]:
    """The stale gaps that begin in the measured window."""
    rows = gaps(judged)
    kept = record.in_window(judged.history, rows["cut_s"])
    return {name: column[kept] for name, column in rows.items()}


def between(judged: Judged, start: str, end: str) -> Column:
    """Seconds from one point of each gap to another, for those that reached it."""
    rows = measured_gaps(judged)
    took_s = rows[end] - rows[start]
    return np.asarray(took_s[~np.isnan(took_s)])


def unfinished(judged: Judged) -> Value:
    """Gaps that never ended."""
    synced_s = measured_gaps(judged)["synced_s"]
    return Rate.of(np.isnan(synced_s).sum(), len(synced_s))


def cuts_per_hour(judged: Judged) -> Value:
    """Cuts per person and measured hour."""
    person_hours = judged.people * judged.history.meta["measure_s"] / 3600
    return float(record.in_window(judged.history, cuts(judged)["cut_s"]).sum() / person_hours)


def reconnect_peak(judged: Judged) -> Value:
    """Most connection attempts within one bin of `BIN_S`, in the measured window."""
    return float(_attempts_per_bin(judged).max(initial=0))


def attempts_per_cut(judged: Judged) -> Value:
    """Connection attempts per cut, both in the measured window."""
    count = record.in_window(judged.history, cuts(judged)["cut_s"]).sum()
    return float(_attempts_per_bin(judged).sum() / count) if count else None


def mass_disconnection(judged: Judged) -> float | None:
    """The first instant from which enough people lost a connection within the window."""
    rows = cuts(judged)
    kept = record.in_window(judged.history, rows["cut_s"])
    person, cut_s = rows["person"][kept], rows["cut_s"][kept]
    order = np.lexsort((cut_s, person))
    person, cut_s = person[order], cut_s[order]
    # One person's channels fall together: count the person once.
    again = ~starts(person)
    again[1:] &= np.diff(cut_s) < FAULT_WINDOW_S
    cut_s = np.sort(cut_s[~again])
    within = np.searchsorted(cut_s, cut_s + FAULT_WINDOW_S) - np.arange(len(cut_s))
    fault = within >= max(FAULT_SHARE * judged.people, FAULT_LEAST)
    return float(cut_s[np.argmax(fault)]) if fault.any() else None


def back_s(judged: Judged) -> Column:
    """Seconds from the mass disconnection until each of its people is connected again on every
    channel cut by it; inf for those who never are. Empty without a mass disconnection."""
    fault_s = mass_disconnection(judged)
    if fault_s is None:
        return np.zeros(0)
    rows = gaps(judged)
    hit = (rows["cut_s"] >= fault_s) & (rows["cut_s"] < fault_s + FAULT_WINDOW_S)
    open_s = np.where(np.isnan(rows["open_s"]), np.inf, rows["open_s"])
    latest_s = np.full(judged.people, -np.inf)
    np.maximum.at(latest_s, rows["person"][hit], open_s[hit])
    return np.asarray(latest_s[latest_s > -np.inf] - fault_s)


def _attempts_per_bin(judged: Judged) -> Column:
    time_s = judged.history.tables["attempts"]["time_s"]
    since_s = time_s[record.in_window(judged.history, time_s)] - judged.history.meta["warmup_s"]
    # Half a microsecond keeps a time on a bin's edge in the bin it opens.
    return np.bincount(((since_s + 5e-7) / BIN_S).astype("i8"))


def _back(share: float) -> Metric:
    def compute(judged: Judged) -> Value:
        return quantile(back_s(judged), share)

    text = (
        f"Time from a mass disconnection (at least {FAULT_SHARE:.0%} of people within "
        f"{FAULT_WINDOW_S:g} s; the first one) until {share:.0%} of those cut are connected again."
    )
    return Metric(f"back_t{share * 100:g}", "s", "lower", "time", text, compute)


def _part(name: str, start: str, end: str, text: str) -> Metric:
    return Metric(
        f"{name}_mean", "s", "lower", "mean", text, lambda judged: mean(between(judged, start, end))
    )


def _gap(share: float) -> Metric:
    return Metric(
        f"gap_p{share * 100:g}",
        "s",
        "lower",
        "time",
        f"{share:.0%} of the stale gaps that ended were at most this long.",
        lambda judged: quantile(between(judged, "cut_s", "synced_s"), share),
    )


METRICS: Final = (
    _gap(0.5),
    _gap(0.99),
    _part("gap", "cut_s", "synced_s", "Stale gap: connection stopped working to caught up."),
    _part("detect", "cut_s", "noticed_s", "Part of the gap until the client notices."),
    _part("reconnect", "noticed_s", "open_s", "Part from noticing to the connection that stayed."),
    _part(
        "catch_up",
        "open_s",
        "synced_s",
        "Part from open again to having caught up, for designs that fetch what was missed.",
    ),
    Metric(
        "gap_unfinished",
        "share",
        "lower",
        "rate",
        "Stale gaps whose owner had not caught up when the run ended.",
        unfinished,
    ),
    Metric(
        "cuts_per_hour",
        "per person-hour",
        "lower",
        "mean",
        "Connections that stopped working while the app was open.",
        cuts_per_hour,
    ),
    Metric(
        "reconnect_peak",
        "attempts per 100 ms",
        "lower",
        "peak",
        "Most connection attempts in any tenth of a second.",
        reconnect_peak,
    ),
    Metric(
        "attempts_per_cut",
        "attempts",
        "lower",
        "mean",
        "Connection attempts per cut connection; includes the first ones of sessions.",
        attempts_per_cut,
    ),
    _back(0.5),
    _back(0.95),
    _back(0.99),
)
