"""Small histories written by hand, for tests of metrics and guarantees.

Four people; conversation 0 holds 0, 1, 2 and conversation 1 holds 2, 3. All have the app open
from 0 to 100 s. The measured window is 10 s to 90 s.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from sim.history import CAUSES, REASONS, SEND, TABLES, History
from sim.metrics.judged import Judged, Value

META: dict[str, Any] = {
    "design": "hand-written",
    "scenario": "test",
    "seed": 1,
    "replication": 0,
    "people": 4,
    "warmup_s": 10.0,
    "measure_s": 80.0,
    "drain_s": 10.0,
    "horizon_s": 100.0,
    "end_s": 100.0,
    "drained": True,
    "grace_s": 1.0,
    "owed": "present",
    "channels": ["websocket"],
    "cores": 2,
    "backplane_messages": 0,
    "claims": [],
}
MEMBERS = ((0, 0), (0, 1), (0, 2), (1, 2), (1, 3))
SESSIONS = tuple((person, 0.0, 100.0) for person in range(4))
NEVER = math.nan
Row = tuple[Any, ...]


def message(
    time_s: float, actor: int = 0, conversation: int = 0, action: int = SEND, **life_s: float
) -> Row:
    """A messages row; `life_s` may hold sent_s, accepted_s, told_s, failed_s."""
    stages = [life_s.get(name, NEVER) for name in ("sent_s", "accepted_s", "told_s", "failed_s")]
    return (time_s, actor, conversation, action, 200, *stages)


def arrival(message: int, person: int, time_s: float, *, visible: bool = True, via: int = 0) -> Row:
    """A deliveries row."""
    return (message, person, time_s, via, visible)


def drop(message: int, person: int, cause: str = "half-open", time_s: float = 50.0) -> Row:
    """A drops row."""
    return (message, person, time_s, CAUSES.index(cause))


def episode(
    person: int,
    cut_s: float,
    noticed_s: float = NEVER,
    open_s: float = NEVER,
    synced_s: float = NEVER,
    *,
    reason: str = "link",
    channel: int = 0,
) -> Row:
    """An episodes row."""
    return (person, channel, cut_s, noticed_s, open_s, synced_s, REASONS.index(reason))


def history(meta: dict[str, Any] | None = None, **rows: Sequence[Row]) -> History:
    """A history from rows per table; meta, members and sessions default to this module's."""
    tables = {"members": MEMBERS, "sessions": SESSIONS, **rows}
    return History.of(
        {name: columns(name, given) for name, given in tables.items()}, META | (meta or {})
    )


def columns(table: str, rows: Sequence[Row]) -> dict[str, list[Any]]:
    """Rows turned into the columns of a table; deliveries come in the order of their times."""
    names = [name for name in TABLES[table] if name != "order"]
    return {name: [row[at] for row in rows] for at, name in enumerate(names)}


def judged(meta: dict[str, Any] | None = None, **rows: Sequence[Row]) -> Judged:
    """The same, joined for metrics."""
    return Judged(history(meta, **rows))


def value(metrics: Sequence[Any], name: str, of: Judged) -> Value:
    """One metric of a family by name."""
    [metric] = [metric for metric in metrics if metric.name == name]
    return metric.compute(of)
