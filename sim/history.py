"""The record of one run: every message, arrival, loss and connection episode, as columns.

The harness writes it through a `Ledger`; metrics and guarantees read `History` and nothing else.
Times are whole microseconds from the moment a `History` exists, so that a history read back from
disk gives exactly the measures of the one in memory. Leaves out packets and timers (too many to
keep) and any judgement of what the record means (`sim.metrics`, `sim.guarantees`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt

from sim.members import stays
from sim.ordering import grouped, in_order
from sim.spans import MICRO, span_end_s, whole_us

Column: TypeAlias = npt.NDArray[Any]

LIST: Final = 0
SEND: Final = 1
TYPING: Final = 2
SEEN: Final = 3

LIVE: Final = 0
REPLAYED: Final = 1
EVERYONE: Final = -1  # in `person`: every recipient not yet served
NOTHING: Final = -1  # in `listed.holds`: the answer was empty
HIDDEN: Final = -1  # in `deliveries.order`: the client did not show this copy

PERSON: Final = 0
NODE: Final = 1
EVERYBODY: Final = 2
NOBODY: Final = -1  # in `incidents.whom`: nobody in particular

GATEWAY: Final = 0
API: Final = 1
PROXY: Final = 2  # no server of the system's own: `attempts.node` is -1, of others beside it -2 ...

CAUSES: Final = (
    "uplink died", "not connected", "half-open", "queue overflow", "backplane down",
    "node died", "clean session", "gave up", "no buffer", "session expired", "store lost",
    "recipient left", "taken for a repeat", "refused", "store unavailable", "no backplane",
    "left the window", "left the store", "rate limited", "shed", "netsplit", "not subscribed",
)  # fmt: skip
REASONS: Final = (
    "link", "server close", "reset", "heartbeat", "node died", "takeover", "refused",
    "app closed", "idle time-out", "maximum age", "proxy reload", "server removed", "slow reader",
    "proxy died", "rate limited",
)  # fmt: skip
OUTCOMES: Final = ("opened", "refused", "timeout", "lost", "full")

# f8 columns are seconds, nan when it never happened. A sample of nodes is taken at the end of the
# second it describes.
TABLES: Final[Mapping[str, Mapping[str, str]]] = {
    "messages": {
        "time_s": "f8",
        "actor": "i4",
        "conversation": "i4",
        "action": "i1",
        "size_bytes": "i4",
        "sent_s": "f8",
        "accepted_s": "f8",
        "told_s": "f8",
        "failed_s": "f8",
    },
    # `order` is the place at which the person's screen showed it, from 0 over the whole run.
    "deliveries": {
        "message": "i4",
        "person": "i4",
        "time_s": "f8",
        "via": "i1",
        "visible": "?",
        "order": "i4",
    },
    # What the answer to a request showed: a row for each message in it, or one for an empty answer.
    "listed": {"message": "i4", "holds": "i4"},
    "drops": {"message": "i4", "person": "i4", "time_s": "f8", "cause": "i1"},
    "pending": {"message": "i4", "person": "i4"},
    "episodes": {
        "person": "i4",
        "channel": "i1",
        "cut_s": "f8",
        "noticed_s": "f8",
        "open_s": "f8",
        "synced_s": "f8",
        "reason": "i1",
    },
    "attempts": {"time_s": "f8", "person": "i4", "node": "i2", "outcome": "i1", "took_s": "f8"},
    "outages": {"person": "i4", "start_s": "f8", "end_s": "f8"},
    # What went wrong, by itself or by a fault: a row for each person or node that one number hits.
    "incidents": {
        "number": "i4",
        "kind": "i1",
        "target": "i1",
        "whom": "i4",
        "start_s": "f8",
        "end_s": "f8",
    },
    "members": {"conversation": "i4", "person": "i4"},
    # Of members who are not so all the time; `applied_s`: when whoever hands out went by it.
    "changes": {
        "conversation": "i4",
        "person": "i4",
        "kind": "i1",
        "time_s": "f8",
        "applied_s": "f8",
    },
    "sessions": {"person": "i4", "start_s": "f8", "end_s": "f8"},
    "nodes": {
        "time_s": "f8",
        "node": "i2",
        "kind": "i1",
        "busy_s": "f8",
        "connections": "i4",
        "queue": "i4",
    },
    "traffic": {
        "channel": "i1",
        "direction": "i1",
        "packets": "i8",
        "bytes": "i8",
        "messages": "i8",
    },
}
INTENDED: Final = ("time_s", "actor", "conversation", "action", "size_bytes")  # by the workload
# In meta, but no part of what happened; what a kind of fault can cut follows from its name.
VOLATILE: Final = ("versions", "wall_s", "fault_cuts", "incident_kinds")
DERIVED: Final = ("incidents",)  # follow from the luck, which other tables show: not in the digest
WHERE_ANY: Final = ("changes",)  # not in the digest of a run in which there are none


@dataclass(frozen=True, slots=True)
class History:
    """One run. `tables[name][column]` follow `TABLES`; build with `History.of` or `read`.

    `meta` holds: design, scenario, seed, replication, people, warmup_s, measure_s, drain_s,
    horizon_s, end_s, drained, grace_s, owed ("present" or "members"), channels, cores,
    backplane_messages, claims, faults (of each its kind, start_s and end_s), incident_kinds (names
    of the numbers in the table `incidents`).

    >>> import sim
    >>> world = sim.load_scenario(changes={"people.count": 20, "time.measure_s": 20})
    >>> history = sim.run_replication(world, sim.designs()["hybrid"], 0)
    >>> history.meta["design"]
    'hybrid'
    """

    tables: Mapping[str, Mapping[str, Column]]
    meta: Mapping[str, Any]

    @classmethod
    def of(
        cls, tables: Mapping[str, Mapping[str, npt.ArrayLike]], meta: Mapping[str, Any]
    ) -> History:
        """Check and cast columns, times to whole microseconds. A table left out is empty.

        `deliveries.order`, left out, is made by `order_on_screen`. Raises `ValueError` for unknown
        tables, missing columns, or rows naming no known message.
        """
        tables = dict(tables)
        if "deliveries" in tables and "order" not in tables["deliveries"]:
            tables["deliveries"] = _with_order(tables["deliveries"])
        unknown = sorted(set(tables) - set(TABLES))
        if unknown:
            raise ValueError(f"history tables {unknown} are not among {list(TABLES)}")
        cast = {name: _cast(name, tables.get(name)) for name in TABLES}
        count = len(cast["messages"]["time_s"])
        for name in ("deliveries", "listed", "drops", "pending"):
            ids = cast[name]["message"]
            if len(ids) and not 0 <= ids.min() <= ids.max() < count:
                raise ValueError(f"{name} name messages outside 0..{count - 1}")
        held = cast["listed"]["holds"]
        if len(held) and not NOTHING <= held.min() <= held.max() < count:
            raise ValueError(f"listed.holds name messages outside {NOTHING}..{count - 1}")
        shown = cast["deliveries"]
        if not np.array_equal(shown["order"] != HIDDEN, shown["visible"]):
            raise ValueError(f"deliveries.order is not {HIDDEN} for hidden copies and them alone")
        return cls(cast, dict(meta))

    def digest(self) -> str:
        """SHA-256 of the contents: same for any order of rows (message ids are contents)."""
        sha = hashlib.sha256()
        kept = {key: value for key, value in self.meta.items() if key not in VOLATILE}
        sha.update(json.dumps(kept, sort_keys=True).encode())
        for name, columns in self.tables.items():
            if name in DERIVED or (name in WHERE_ANY and not len(columns["person"])):
                continue
            rows = [whole_us(column) for column in columns.values()]
            sha.update(f"{name}:{len(rows[0])}".encode())
            order = slice(None) if name == "messages" else in_order(*rows)
            for row in rows:
                sha.update(np.ascontiguousarray(row[order], dtype="<i8").data)
        return sha.hexdigest()

    def intended(self) -> str:
        """SHA-256 of what people meant to do, the same for every design of a replication."""
        sha = hashlib.sha256()
        for name in INTENDED:
            column = np.ascontiguousarray(whole_us(self.tables["messages"][name]))
            sha.update(column.astype("<i8").data)
        return sha.hexdigest()

    def write(self, folder: Path) -> None:
        """One Parquet file per table and `meta.json`: about 9 bytes per row."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        folder.mkdir(parents=True, exist_ok=True)
        for name, columns in self.tables.items():
            stored = {column: _stored(values) for column, values in columns.items()}
            packed = {c: "DELTA_BINARY_PACKED" for c, v in columns.items() if v.dtype != np.bool_}
            pq.write_table(
                pa.table(stored),
                folder / f"{name}.parquet",
                compression="zstd",
                use_dictionary=False,
                column_encoding=packed,
            )
        text = json.dumps(dict(self.meta), indent=1, sort_keys=True)
        (folder / "meta.json").write_text(text + "\n", encoding="utf-8")

    @classmethod
    def read(cls, folder: Path) -> History:
        """The history `write` put there."""
        import pyarrow.parquet as pq

        tables = {}
        for name, columns in TABLES.items():
            later = (*DERIVED, *WHERE_ANY)
            if name in later and not (folder / f"{name}.parquet").exists():
                continue  # written before there were any
            table = pq.read_table(folder / f"{name}.parquet")
            kept = [c for c in columns if c in table.column_names]
            tables[name] = {c: _loaded(table[c], columns[c]) for c in kept}
        meta = json.loads((folder / "meta.json").read_text(encoding="utf-8"))
        return cls.of(tables, meta)


def order_on_screen(person: Column, time_s: Column, visible: Column) -> Column:
    """The place of every delivery on its person's screen, from 0; `HIDDEN` for hidden copies.

    Of what came at one instant, the row that was written first came first.
    """
    shown = np.flatnonzero(visible)
    person = person.astype("i8")  # an empty list is an array of floats
    row = shown[grouped(person[shown])]
    row = row[in_order(person[row], time_s[row])]
    shares = np.bincount(person[row])
    order = np.full(len(person), HIDDEN, dtype="i4")
    order[row] = np.arange(len(row)) - np.repeat(np.cumsum(shares) - shares, shares)
    return order


def _with_order(given: Mapping[str, npt.ArrayLike]) -> Mapping[str, npt.ArrayLike]:
    """These deliveries and their order; as they are when columns are missing or uneven."""
    names = ("person", "time_s", "visible")
    person, time_s, visible = (np.asarray(given.get(name, ())) for name in names)
    if not len(person) == len(time_s) == len(visible):
        return given
    return {**given, "order": order_on_screen(person, time_s, visible)}


def _cast(name: str, given: Mapping[str, npt.ArrayLike] | None) -> dict[str, Column]:
    wanted = TABLES[name]
    if given is None:
        given = _EMPTY[name]
    if given.keys() != wanted.keys():
        raise ValueError(f"history table {name} has columns {list(given)}, wants {list(wanted)}")
    columns = {column: np.asarray(given[column], dtype=dtype) for column, dtype in wanted.items()}
    lengths = {len(values) for values in columns.values()}
    if len(lengths) > 1:
        raise ValueError(f"history table {name} has columns of unequal length")
    if lengths == {0}:
        return columns
    for column, values in columns.items():
        if values.dtype == np.float64:
            if np.isinf(values).any():
                raise ValueError(f"{name}.{column} holds an infinite time; never is nan")
            columns[column] = np.rint(values * MICRO) / MICRO
    return columns


_EMPTY: Final = {
    name: {column: np.empty(0, dtype) for column, dtype in columns.items()}
    for name, columns in TABLES.items()
}


def _stored(values: Column) -> Any:
    import pyarrow as pa

    if values.dtype != np.float64:
        return pa.array(values)
    return pa.array(whole_us(values), mask=np.isnan(values))


def _loaded(column: Any, dtype: str) -> Column:
    if dtype != "f8":
        return np.asarray(column.to_numpy()).astype(dtype)
    whole = column.combine_chunks()
    values = np.asarray(whole.fill_null(0).to_numpy()) / MICRO
    values[np.asarray(whole.is_null())] = np.nan
    return values


def owed(history: History, action: int = SEND) -> tuple[Column, Column]:
    """Receptions owed for `action`: `(message, person)`, one row each, by message then person.

    A message intended in the measured window is owed to every member but its actor who is one until
    `grace_s` later; under `owed = "present"` only to those with the app open for as long.
    """
    messages, members = history.tables["messages"], history.tables["members"]
    chosen = np.flatnonzero(measured(history) & (messages["action"] == action))
    order = np.lexsort((members["person"], members["conversation"]))
    rooms, people = members["conversation"][order], members["person"][order]
    room = messages["conversation"][chosen]
    first = np.searchsorted(rooms, room, side="left")
    count = np.searchsorted(rooms, room, side="right") - first
    message = np.repeat(chosen.astype("i4"), count)
    person = people[np.arange(len(message)) + np.repeat(first - np.cumsum(count) + count, count)]
    kept = person != np.repeat(messages["actor"][chosen], count)
    start_s = np.repeat(messages["time_s"][chosen], count)
    end_s = start_s + history.meta["grace_s"]
    if history.meta["owed"] == "present":
        kept &= in_session(history, person, start_s, end_s)
    if len((rows := history.tables["changes"])["person"]):
        kept &= stays(rows, (np.repeat(room, count), person), start_s, end_s)
    return message[kept], person[kept]


def measured(history: History) -> Column:
    """Which messages count: those intended after the warm-up, while measuring."""
    return in_window(history, history.tables["messages"]["time_s"])


def in_window(history: History, time_s: Column) -> Column:
    """Which of these times lie in the measured window."""
    return np.asarray((time_s >= history.meta["warmup_s"]) & (time_s < measured_until_s(history)))


def measured_until_s(history: History) -> float:
    """End of the measured window; what comes later is only there to let things arrive."""
    return round(float(history.meta["warmup_s"] + history.meta["measure_s"]), 6)


def in_session(history: History, person: Column, start_s: Column, end_s: Column) -> Column:
    """Which rows have one session of `person` open from start to end.

    Nobody closes the app after the measuring has ended, so that is as far as an end is held to.
    """
    needed_s = np.minimum(end_s, measured_until_s(history))
    return np.asarray(session_end_s(history, person, start_s) >= needed_s)


def session_end_s(history: History, person: Column, time_s: Column) -> Column:
    """When the session `person` has open at `time_s` ends; nan without one. Row by row."""
    return span_end_s(history.tables["sessions"], person, time_s)


def outage_end_s(history: History, person: Column, time_s: Column) -> Column:
    """When the outage that `person` is in at `time_s` ends; nan without one. Row by row."""
    return span_end_s(history.tables["outages"], person, time_s)
