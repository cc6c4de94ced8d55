"""Takes one run down while it happens, as cheaply as Python allows.

The harness and the transport write; `Recorder.history` makes the columns that everybody reads
(`sim.history`). Leaves out any judgement of what the record means.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final, Protocol, TypeAlias

import numpy as np

from sim.history import INTENDED, TABLES, Column, History, order_on_screen

Flat: TypeAlias = list[float]  # rows laid end to end; ints and bools are kept as they are


class Actions(Protocol):
    """What the recorder must know of the workload before the run starts."""

    @property
    def members(self) -> Sequence[Sequence[int]]: ...
    @property
    def sessions(self) -> Sequence[Sequence[tuple[float, float]]]: ...
    @property
    def time_s(self) -> Column: ...
    @property
    def actor(self) -> Column: ...
    @property
    def conversation(self) -> Column: ...
    @property
    def action(self) -> Column: ...
    @property
    def size_bytes(self) -> Column: ...


class Recorder:
    """Takes one run down as cheaply as Python allows.

    Rows go flat onto lists, in the column order of `TABLES`:
    `recorder.deliveries.extend((message, person, time_s, via, visible))`. The life of a message is
    written by index into `sent_s`, `accepted_s`, `told_s` and `failed_s` (nan until then); `once`
    keeps the first of several times.
    """

    __slots__ = (
        "_actions",
        "accepted_s",
        "attempts",
        "deliveries",
        "drops",
        "episodes",
        "failed_s",
        "listed",
        "nodes",
        "outages",
        "pending",
        "sent_s",
        "tape",
        "told_s",
        "traffic",
    )

    def __init__(self, actions: Actions) -> None:
        never = [math.nan] * len(actions.time_s)
        self._actions = actions
        self.tape: list[Any] | None = None  # every hop, when somebody wants a timeline
        self.sent_s: Flat = never.copy()
        self.accepted_s: Flat = never.copy()
        self.told_s: Flat = never.copy()
        self.failed_s: Flat = never
        self.deliveries: Flat = []
        self.listed: Flat = []
        self.drops: Flat = []
        self.pending: Flat = []
        self.episodes: Flat = []
        self.attempts: Flat = []
        self.outages: Flat = []
        self.nodes: Flat = []
        self.traffic: Flat = []

    @staticmethod
    def once(column: Flat, message: int, time_s: float) -> None:
        """Write `time_s` unless an earlier event already did."""
        if math.isnan(column[message]):
            column[message] = time_s

    def history(self, meta: Mapping[str, Any]) -> History:
        """Everything taken down so far, as columns."""
        actions = self._actions
        flat = {name: _unflatten(getattr(self, name), name) for name in _FLAT}
        flat["deliveries"] = _on_screen(flat["deliveries"])
        messages = {name: getattr(actions, name) for name in INTENDED}
        messages |= {name: np.array(getattr(self, name)) for name in _LIFE}
        rooms = [(c, p) for c, people in enumerate(actions.members) for p in people]
        opened = [(p, *times) for p, spans in enumerate(actions.sessions) for times in spans]
        return History.of(
            {
                **flat,
                "messages": messages,
                "members": _unflatten(rooms, "members"),
                "sessions": _unflatten(opened, "sessions"),
            },
            meta,
        )


_LIFE: Final = ("sent_s", "accepted_s", "told_s", "failed_s")
_FLAT: Final = (
    "deliveries", "listed", "drops", "pending", "episodes", "attempts", "outages", "nodes",
    "traffic",
)  # fmt: skip


def _on_screen(rows: Mapping[str, Column]) -> dict[str, Column]:
    """What arrived, in its order while times are still exact."""
    arrived = ~np.isnan(rows["time_s"])  # nan: taken back at settlement
    kept = {name: column[arrived] for name, column in rows.items()}
    order = order_on_screen(kept["person"], kept["time_s"], kept["visible"] != 0.0)
    return {**kept, "order": order}


def _unflatten(flat: Sequence[Any], table: str) -> dict[str, Column]:
    names = [name for name in TABLES[table] if name != "order"]  # found when the run is over
    rows = np.asarray(flat, dtype=np.float64).reshape(-1, len(names))
    return {name: rows[:, column] for column, name in enumerate(names)}
