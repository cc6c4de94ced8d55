"""Sums up the logs of runs in the tables that `rtcsim validate --against` reads.

Written: latency.csv, latency_samples.parquet (when pandas is there), outages.csv and
outage_first_arrival.csv. A message belongs to a fault when it was sent between 5 s before it and
5 s before the next; times after a fault count from its end. Copies count once as arrivals.
"""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from testbed.measure import Run

LEAD_S: Final = 5.0
_COUNTERS: Final = ("RetransSegs", "TCPTimeouts", "TCPLossProbes", "TCPFastRetrans")
_LATER_MS: Final = (150, 400, 700)

Key = tuple[int, int]  # room, number
Row = dict[str, Any]


@dataclass(slots=True)
class Logs:
    """What was sent when and what arrived when, from the first message on."""

    sent_s: dict[Key, float] = field(default_factory=dict)
    refused: set[Key] = field(default_factory=set)
    arrived_s: dict[Key, list[float]] = field(default_factory=dict)
    down_s: dict[str, list[float]] = field(default_factory=lambda: {"tx": [], "rx": []})

    def latencies_ms(self) -> list[tuple[int, float]]:
        """(room, latency) of what arrived, by the first copy."""
        pairs = ((key, times) for key, times in sorted(self.arrived_s.items()))
        return [(key[0], 1e3 * (times[0] - self.sent_s[key])) for key, times in pairs]


def read(run: Run) -> Logs:
    """The logs of both sides."""
    logs = Logs()
    for side, file in (("tx", run.sent), ("rx", run.received)):
        for line in file.read_text("utf-8").splitlines():
            what, room, number, time_s = json.loads(line)
            _take(logs, side, what, (room, number), time_s - run.begin_s)
    for times in logs.arrived_s.values():
        times.sort()
    return logs


def _take(logs: Logs, side: str, what: str, key: Key, time_s: float) -> None:
    if what == "down":
        logs.down_s[side].append(time_s)
    elif what == "got":
        logs.arrived_s.setdefault(key, []).append(time_s)
    else:
        logs.sent_s.setdefault(key, time_s)
        if what == "refused":
            logs.refused.add(key)


def quantile(values: Sequence[float], share: float) -> float:
    """A quantile between the two values nearest to it; nan of none."""
    if not values:
        return math.nan
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    low = math.floor(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (place - low) * (ordered[high] - ordered[low])


def latency_row(run: Run, logs: Logs) -> Row:
    """The row of a latency cell."""
    cell = run.cell
    values = [latency for _, latency in logs.latencies_ms()]
    copies = sum(len(times) - 1 for times in logs.arrived_s.values())
    row: Row = {
        "cell": cell.transport + (f"-p{cell.period_s:g}" if cell.period_s != 1.0 else ""),
        "packet_loss": cell.loss_ratio,
        "rooms": cell.rooms,
        "sent": len(logs.sent_s),
        "delivered": len(values),
        "lost": len(logs.sent_s) - len(values),
        "dup": copies,
    }
    for name, share in (("p50", 0.5), ("p90", 0.9), ("p95", 0.95), ("p99", 0.99), ("p999", 0.999)):
        row[f"{name}_ms"] = round(quantile(values, share), 3)
    for later_ms in _LATER_MS:
        later = sum(value > later_ms for value in values)
        row[f"share_later_than_{later_ms}ms"] = round(later / max(1, len(values)), 5)
    return row | {name: run.counters[name] for name in _COUNTERS if name in run.counters}


@dataclass(frozen=True, slots=True)
class Window:
    """One fault and the messages that belong to it."""

    side: str
    start_s: float
    down_s: float
    up_s: float

    @property
    def end_s(self) -> float:
        return self.start_s + self.down_s

    def has(self, time_s: float) -> bool:
        begin_s = self.start_s - LEAD_S
        return begin_s <= time_s < begin_s + self.down_s + self.up_s


def windows(run: Run) -> list[Window]:
    """The faults of a run."""
    cell = run.cell
    return [Window(side, start_s, cell.down_s, cell.up_s) for side, start_s in cell.starts_s()]


def outage_rows(run: Run, logs: Logs) -> Iterator[Row]:
    """One row for each side that had faults."""
    every = windows(run)
    for side in dict.fromkeys(window.side for window in every):
        own = [window for window in every if window.side == side]
        yield _outage_row(run, logs, own)


def _outage_row(run: Run, logs: Logs, own: list[Window]) -> Row:
    cell = run.cell
    keys = [key for key, time_s in logs.sent_s.items() if any(one.has(time_s) for one in own)]
    copies = [len(logs.arrived_s[key]) - 1 for key in keys if key in logs.arrived_s]
    lost = sum(key not in logs.arrived_s for key in keys)
    first = [time_s for one in own for time_s in _after_end(logs, one, one.start_s - LEAD_S)]
    first_new = [time_s for one in own for time_s in _after_end(logs, one, one.end_s)]
    return {
        "fault": cell.fault,
        "cell": cell.transport,
        "down_s": cell.down_s,
        "up_s": cell.up_s,
        "side": own[0].side,
        "outages": len(own),
        "rooms": cell.rooms,
        "sent": len(keys),
        "lost": lost,
        "given_up_local": sum(key in logs.refused for key in keys),
        "dup_msgs": sum(extra > 0 for extra in copies),
        "dup_copies": sum(copies),
        "first_arrival_after_p50_s": round(quantile(first, 0.5), 3),
        "first_new_message_after_p50_s": round(quantile(first_new, 0.5), 3),
        "disconnects_senders": _count(logs.down_s["tx"], own),
        "disconnects_receivers": _count(logs.down_s["rx"], own),
    }


def _count(times_s: Iterable[float], own: list[Window]) -> int:
    return sum(any(one.has(time_s) for one in own) for time_s in times_s)


def _after_end(logs: Logs, window: Window, sent_from_s: float) -> list[float]:
    """By room: from the fault's end to the first later arrival of a message sent since."""
    first: dict[int, float] = {}
    for key, times in logs.arrived_s.items():
        sent_s = logs.sent_s[key]
        if not window.has(sent_s) or sent_s < sent_from_s:
            continue
        for time_s in times:
            if time_s >= window.end_s:
                first[key[0]] = min(first.get(key[0], math.inf), time_s)
    return [time_s - window.end_s for time_s in first.values()]


def first_arrival_rows(run: Run, logs: Logs) -> Iterator[Row]:
    """For links: from the first message sent into the fault to the first arrival since."""
    every = windows(run)
    for side in dict.fromkeys(window.side for window in every if window.side != "sv"):
        waits = [
            wait for one in every if one.side == side for wait in _from_first_send(run, logs, one)
        ]
        yield {
            "cell": run.cell.transport,
            "down_s": run.cell.down_s,
            "side": side,
            "n": len(waits),
            **{f"p{share}_s": round(quantile(waits, share / 100), 3) for share in (5, 50, 95)},
        }


def _from_first_send(run: Run, logs: Logs, window: Window) -> Iterator[float]:
    for room in range(run.cell.rooms):
        into = [
            time_s
            for (of, _), time_s in logs.sent_s.items()
            if of == room and window.start_s <= time_s < window.end_s
        ]
        arrivals = [
            time_s
            for (of, _), times in logs.arrived_s.items()
            if of == room
            for time_s in times
            if time_s >= window.end_s
        ]
        if into and arrivals:
            yield min(arrivals) - min(into)


def write(runs: Iterable[Run], folder: Path) -> list[Path]:
    """Write the tables of all runs; returns the files."""
    latency: list[Row] = []
    samples: list[Row] = []
    outages: list[Row] = []
    first: list[Row] = []
    for run in runs:
        logs = read(run)
        if run.cell.fault:
            outages += outage_rows(run, logs)
            first += first_arrival_rows(run, logs)
            continue
        row = latency_row(run, logs)
        latency.append(row)
        label = {"cell": row["cell"], "packet_loss": row["packet_loss"]}
        samples += [{**label, "room": room, "latency_ms": ms} for room, ms in logs.latencies_ms()]
    tables = {"latency": latency, "outages": outages, "outage_first_arrival": first}
    files = [_csv(folder / f"{name}.csv", rows) for name, rows in tables.items() if rows]
    return [*files, *_parquet(folder / "latency_samples.parquet", samples)]


def _csv(file: Path, rows: list[Row]) -> Path:
    with file.open("w", newline="", encoding="utf-8") as opened:
        writer = csv.DictWriter(opened, fieldnames=list(dict.fromkeys(k for r in rows for k in r)))
        writer.writeheader()
        writer.writerows(rows)
    return file


def _parquet(file: Path, samples: list[Row]) -> list[Path]:
    try:
        import pandas as pd
    except ImportError:
        return []
    if not samples:
        return []
    pd.DataFrame(samples).to_parquet(file, index=False)
    return [file]
