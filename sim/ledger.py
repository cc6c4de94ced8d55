"""The one writer of a history: what happened in a run, taken down by the instrument.

Models, transport and run say what happens by the verbs of `Ledger` and no more; when it happened,
and what it is filed under, is the ledger's affair. It knows the true outages and deaths of nodes,
so a cut is dated by what broke, not by whom it struck. `Ledger.history` makes the columns that
everybody reads (`sim.history`). Leaves out any judgement of what the record means.

A table is a list for each column, appended to and never an object for a row; what is nearly always
the same (a copy that came live and was shown) is kept for the exceptions only.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, Protocol, TypeAlias

import numpy as np

from sim.history import (
    CAUSES,
    INTENDED,
    LIVE,
    NOBODY,
    OUTCOMES,
    REASONS,
    REPLAYED,
    TABLES,
    Column,
    History,
    order_on_screen,
)

Connection: TypeAlias = tuple[int, int]
"""A person's number and a channel's: one connection at a time is what a person has there."""

_CAUSE: Final = {name: code for code, name in enumerate(CAUSES)}
_REASON: Final = {name: code for code, name in enumerate(REASONS)}
_OUTCOME: Final = {name: code for code, name in enumerate(OUTCOMES)}
_LIFE: Final = ("sent_s", "accepted_s", "told_s", "failed_s")
_NEVER: Final = math.nan


class Clock(Protocol):
    """What time it is in the run."""

    @property
    def now_s(self) -> float: ...


class Actions(Protocol):
    """What the ledger must know of the workload before the run starts."""

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


class Ledger:
    """Takes one run down as cheaply as Python allows. Times are those of the run's clock.

    `tape`: every hop, when somebody wants a timeline; written by whoever sees the hop.
    """

    __slots__ = (
        "_actions", "_clock", "_down_s", "_gaps", "_incidents", "_life", "_message", "_node",
        "_outages_s", "_person", "_tables", "_time_s", "_unlike", "tape",
    )  # fmt: skip

    def __init__(self, actions: Actions, clock: Clock) -> None:
        never = [_NEVER] * len(actions.time_s)
        self._actions = actions
        self._clock = clock
        self._life = {name: never.copy() for name in _LIFE}
        self._tables: dict[str, list[list[Any]]] = {
            name: [[] for _ in columns] for name, columns in TABLES.items() if name not in _MADE
        }
        # Deliveries: message, person and time of every copy; how it came and whether it was shown
        # only for those that did not come live or were hidden.
        self._message: list[int] = []
        self._person: list[int] = []
        self._time_s: list[float] = []
        self._unlike: dict[int, tuple[int, bool]] = {}
        # What cuts are dated by.
        self._outages_s: dict[int, list[float]] = {}  # by person: when each begins
        self._down_s: dict[int, float] = {}  # by node: when it last died
        self._node: dict[Connection, tuple[int, float]] = {}  # whose it is and since when
        self._gaps: dict[Connection, list[float]] = {}  # of an episode: from cut_s to reason
        self._incidents: list[tuple[float, str, int, tuple[int, ...], float]] = []
        self.tape: list[Any] | None = None

    # What becomes of a message.

    def sent(self, message: int) -> None:
        """It is handed to a connection for the first time."""
        self._first("sent_s", message)

    def accepted(self, message: int) -> None:
        """The service has it."""
        self._first("accepted_s", message)

    def told(self, message: int) -> None:
        """Its sender learns that all is well."""
        self._first("told_s", message)

    def failed(self, message: int) -> None:
        """Its sender learns that it failed."""
        self._first("failed_s", message)

    def _first(self, what: str, message: int) -> None:
        """Later times of the same do not count."""
        column = self._life[what]
        if math.isnan(column[message]):
            column[message] = self._clock.now_s

    def life_s(self, what: str, message: int) -> float:
        """When it was "sent_s", "accepted_s", "told_s" or "failed_s"; nan until then."""
        return self._life[what][message]

    def shown(
        self, message: int, person: int, replayed: bool = False, visible: bool = True
    ) -> None:
        """A copy reaches the person now; not `visible`: the client hides it as a repeat.

        `replayed`: while catching up.
        """
        if replayed or not visible:
            self._unlike[len(self._message)] = (REPLAYED if replayed else LIVE, visible)
        self.posted(message, person, self._clock.now_s)

    def posted(self, message: int, person: int, time_s: float) -> int:
        """A copy will be shown at `time_s`, live, unless it is taken back. Its row."""
        self._message.append(message)
        self._person.append(person)
        self._time_s.append(time_s)
        return len(self._time_s) - 1

    def taken_back(self, row: int) -> None:
        """A posted copy has not arrived after all."""
        self._time_s[row] = _NEVER

    def delivery(self, row: int) -> tuple[int, int, float]:
        """Message, person and time of a row; nan for one that was taken back."""
        return self._message[row], self._person[row], self._time_s[row]

    def listed(self, request: int, holds: int) -> None:
        """The answer to a request shows a message, or nothing."""
        self._write("listed", request, holds)

    def dropped(self, message: int, person: int, cause: str) -> None:
        """It died on its way to one person, or to everyone not yet served."""
        self._write("drops", message, person, self._clock.now_s, _CAUSE[cause])

    def held(self, message: int, person: int) -> None:
        """The run is over and something still has it."""
        self._write("pending", message, person)

    # What becomes of a connection.

    def attempted(self, person: int, node: int, outcome: str, started_s: float) -> None:
        """An attempt to connect has ended."""
        took_s = self._clock.now_s - started_s
        self._write("attempts", started_s, person, node, _OUTCOME[outcome], took_s)

    def open(self, person: int, channel: int, node: int | None = None) -> None:
        """The client has a connection again, to this node where it is one that lasts."""
        now_s = self._clock.now_s
        if node is not None:
            self._node[person, channel] = (node, now_s)
        if gap := self._gaps.get((person, channel)):
            gap[_OPEN] = now_s

    def noticed(
        self, person: int, channel: int, reason: str, well_s: float,
        cut: tuple[str, float] | None = None,
    ) -> None:  # fmt: skip
        """The client finds its connection gone; all was well at `well_s`, as far as it knows.

        The cut is dated by what broke: the death of the node since the connection was opened, the
        last outage of the link if it began after `well_s`; now, when neither did. Something on the
        way that `cut` the connection before (its reason and time) is what broke it.
        """
        self.closed(person, channel)
        now_s = self._clock.now_s
        cut_s = min(now_s, self._died_s(person, channel), self._cut_off_s(person, well_s))
        if cut is not None and cut[1] <= cut_s:
            reason, cut_s = cut
        self._gaps[person, channel] = [cut_s, now_s, _NEVER, _NEVER, _REASON[reason]]

    def _died_s(self, person: int, channel: int) -> float:
        node, since_s = self._node.get((person, channel), (-1, 0.0))
        down_s = self._down_s.get(node, -math.inf)
        return down_s if down_s > since_s else math.inf

    def _cut_off_s(self, person: int, well_s: float) -> float:
        starts_s = self._outages_s.get(person, ())
        place = bisect_right(starts_s, self._clock.now_s) - 1
        return starts_s[place] if place >= 0 and starts_s[place] >= well_s else math.inf

    def synced(self, person: int, channel: int) -> None:
        """The client has caught up with what it missed, if it missed anything."""
        if gap := self._gaps.get((person, channel)):
            gap[_SYNCED] = self._clock.now_s
            self.closed(person, channel)

    def closed(self, person: int, channel: int) -> None:
        """Nobody goes on mending a gap: it is written down as it stands."""
        if gap := self._gaps.pop((person, channel), None):
            self._write("episodes", person, channel, *gap)

    # What the world does.

    def outages(self, person: int, spans: Iterable[tuple[float, float]]) -> None:
        """When the person's link will be dead: all of them, in order, before the run starts."""
        for start_s, end_s in spans:
            self._outages_s.setdefault(person, []).append(start_s)
            self._write("outages", person, start_s, end_s)

    def struck(
        self, kind: str, start_s: float, end_s: float, target: int, whom: Iterable[int] = ()
    ) -> None:
        """An incident that was drawn before the run; nobody in `whom`: it strikes everybody."""
        self._incidents.append((start_s, kind, target, tuple(whom), end_s))

    def down(self, node: int) -> None:
        """A node's process or host dies."""
        self._down_s[node] = self._clock.now_s

    def sampled(self, *row: float) -> None:
        """A second of a node, in the columns of the table `nodes`."""
        self._write("nodes", *row)

    def carried(self, *row: int) -> None:
        """What a channel's connections carried, in the columns of the table `traffic`."""
        self._write("traffic", *row)

    def _write(self, table: str, *row: Any) -> None:
        for column, value in zip(self._tables[table], row, strict=True):
            column.append(value)

    def rows(self, table: str) -> list[tuple[Any, ...]]:
        """What has been written into a table so far, gaps that are still open left out."""
        return list(zip(*self._tables[table], strict=True))

    def over(self) -> None:
        """The run is over: gaps still open are written down as they stand."""
        for person, channel in list(self._gaps):
            self.closed(person, channel)

    def history(self, meta: Mapping[str, Any]) -> History:
        """Everything taken down, as columns; `meta` gains the names of kinds of incidents."""
        self.over()
        actions = self._actions
        written = {
            name: dict(zip(TABLES[name], columns, strict=True))
            for name, columns in self._tables.items()
        }
        rooms = [(c, p) for c, people in enumerate(actions.members) for p in people]
        opened = [(p, *times) for p, spans in enumerate(actions.sessions) for times in spans]
        made = {
            "messages": {name: getattr(actions, name) for name in INTENDED} | self._life,
            "deliveries": self._deliveries(),
            "members": _columns("members", rooms),
            "sessions": _columns("sessions", opened),
            "incidents": _columns("incidents", list(self._numbered())),
        }
        return History.of(written | made, {**meta, "incident_kinds": self._kinds()})

    def _kinds(self) -> list[str]:
        return sorted({kind for _, kind, *_ in self._incidents})

    def _numbered(self) -> Iterator[tuple[Any, ...]]:
        """Incidents by their begin, then by kind and whom: the same numbers in every design."""
        kinds = self._kinds()
        for number, (start_s, kind, target, whom, end_s) in enumerate(sorted(self._incidents)):
            for one in whom or (NOBODY,):
                yield number, kinds.index(kind), target, one, start_s, end_s

    def copies(self) -> list[tuple[int, int, float, int, bool]]:
        """Message, person, time, via and whether it was shown of every copy that stands."""
        rows = zip(self._message, self._person, self._time_s, strict=True)
        return [
            (*row, *self._unlike.get(place, (LIVE, True)))
            for place, row in enumerate(rows)
            if not math.isnan(row[2])
        ]

    def _deliveries(self) -> dict[str, Column]:
        """What arrived, in its order while times are still exact."""
        count, unlike = len(self._time_s), list(self._unlike)
        via, visible = np.full(count, LIVE, dtype="i1"), np.ones(count, dtype=bool)
        via[unlike] = [via for via, _ in self._unlike.values()]
        visible[unlike] = [visible for _, visible in self._unlike.values()]
        rows = {
            "message": np.array(self._message, dtype="i4"),
            "person": np.array(self._person, dtype="i4"),
            "time_s": np.array(self._time_s, dtype="f8"),
            "via": via,
            "visible": visible,
        }
        arrived = ~np.isnan(rows["time_s"])  # nan: taken back
        kept = {name: column[arrived] for name, column in rows.items()}
        order = order_on_screen(kept["person"], kept["time_s"], kept["visible"])
        return {**kept, "order": order}


_MADE: Final = (
    "messages",
    "deliveries",
    "members",
    "sessions",
    "incidents",
)  # when the run is over
_OPEN, _SYNCED = 2, 3  # places in a gap


def _columns(table: str, rows: Sequence[tuple[Any, ...]]) -> dict[str, Sequence[Any]]:
    columns = zip(*rows, strict=True) if rows else [()] * len(TABLES[table])
    return dict(zip(TABLES[table], columns, strict=True))
