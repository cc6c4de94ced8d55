"""One run second by second: what the plots over time are drawn from.

Second k covers k <= t < k + 1 from the start of the run, warm-up included. The time after the
measured window is left out: how long it lasts depends on the design.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from sim import history as record
from sim.history import Column
from sim.metrics.judged import Judged
from sim.ordering import grouped, starts


def series(judged: Judged) -> dict[str, list[Any]]:
    """Equally long columns, one entry per second; None where there is nothing to measure."""
    seconds = math.ceil(record.measured_until_s(judged.history))
    sent = judged.messages["action"] == record.SEND
    attempts = judged.history.tables["attempts"]
    return {
        "time_s": list(range(seconds)),
        "sends": _counts(judged.messages["time_s"][sent], seconds).tolist(),
        "deliveries": _counts(judged.received, seconds).tolist(),
        "latency_p99_s": _shown(latency_p99_s(judged, seconds)),
        "connected_people": connected_people(judged, seconds).tolist(),
        "attempts": _counts(attempts["time_s"], seconds).tolist(),
        "cpu_busiest": _shown(cpu_busiest(judged, seconds)),
    }


def latency_p99_s(judged: Judged, seconds: int) -> Column:
    """99th percentile latency of owed receptions by the second they were sent in, else nan."""
    sends = judged.sends
    by_delay = sends.sample.by_delay
    second = sends.intended_s[sends.reached][by_delay].astype("i8")
    order = grouped(second)
    second, delay_s = second[order], sends.sample.ascending_s[order]
    first = np.flatnonzero(starts(second))
    count = np.diff(np.append(first, len(second)))
    # Smallest delay with 99 % at or below it, in whole numbers: ceil(0.99 n) is the rank.
    rank = -(-count * 99 // 100)
    return _placed(second[first], delay_s[first + rank - 1], seconds)


def connected_people(judged: Judged, seconds: int) -> Column:
    """People with the app open and no channel cut, at the start of each second."""
    sessions = judged.history.tables["sessions"]
    opened = _running(sessions["start_s"], sessions["end_s"], seconds)
    return opened - _running(*_merged(*_cut_off(judged)), seconds)


def cpu_busiest(judged: Judged, seconds: int) -> Column:
    """Utilisation of the busiest node in each second, else nan."""
    rows = judged.history.tables["nodes"]
    second, busy_s = np.ceil(rows["time_s"]).astype("i8") - 1, rows["busy_s"]
    order = np.lexsort((busy_s, second))
    last = np.flatnonzero(starts(second[order][::-1])[::-1])
    most = busy_s[order][last] / judged.history.meta["cores"]
    return _placed(second[order][last], most, seconds)


def _cut_off(judged: Judged) -> tuple[Column, Column, Column]:
    """Spans (person, start, end) without a working channel while the app is open."""
    rows = judged.history.tables["episodes"]
    closes_s = record.session_end_s(judged.history, rows["person"], rows["cut_s"])
    spans = (rows["person"], rows["cut_s"], np.fmin(rows["open_s"], closes_s))
    person, start_s, end_s = (column[np.isfinite(closes_s)] for column in spans)
    return person, start_s, end_s


def _merged(person: Column, start_s: Column, end_s: Column) -> tuple[Column, Column]:
    """Spans of the same person run together where they overlap: `(starts, ends)`."""
    order = np.lexsort((start_s, person))
    person, start_s, end_s = person[order], start_s[order], end_s[order]
    offset_s = person * (float(end_s.max(initial=0.0)) + 1.0)
    reach_s = np.maximum.accumulate(end_s + offset_s) if len(person) else end_s
    first = starts(person)
    first[1:] |= start_s[1:] + offset_s[1:] > reach_s[:-1]
    last = np.append(first[1:], True)[: len(first)]
    return start_s[first], (reach_s - offset_s)[last]


def _running(start_s: Column, end_s: Column, seconds: int) -> Column:
    """How many spans hold each whole second's start (end excluded)."""
    at = np.arange(seconds)
    begun = np.searchsorted(np.sort(start_s), at, side="right")
    return begun - np.searchsorted(np.sort(end_s), at, side="right")


def _counts(time_s: Column, seconds: int) -> Column:
    return np.bincount(time_s[time_s < seconds].astype("i8"), minlength=seconds)


def _placed(second: Column, values: Column, seconds: int) -> Column:
    whole = np.full(seconds, np.nan)
    kept = (second >= 0) & (second < seconds)
    whole[second[kept]] = values[kept]
    return whole


def _shown(values: Column) -> list[float | None]:
    return [None if math.isnan(value) else float(value) for value in values]
