"""The one writer of a history: what happened in a run, taken down by the instrument.

Models, transport and run say what happens by the verbs of `Ledger` and no more; when it happened,
and what it is filed under, is the ledger's affair. It knows the true outages and deaths of nodes,
so a cut is dated by what broke, not by whom it struck. `Ledger.history` makes the columns that
everybody reads (`sim.history`). Leaves out any judgement of what the record means.

A table is typed columns that grow (`sim.columns`) and never an object for a row, so compiled code
can write where the verbs do, and nothing goes through rows when the run is over; what is nearly
always the same (a copy that came live and was shown) is kept for the exceptions only.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Sized
from itertools import chain
from typing import Any, Final, Protocol, TypeAlias

import numpy as np

from sim.columns import FLOAT, INT, Columns
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
from sim.ordering import in_order

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
    @property
    def changes(self) -> Sequence[Any]: ...


class Sampled(Protocol):
    """A node, as far as the table `nodes` tells of it."""

    @property
    def index(self) -> int: ...
    @property
    def kind(self) -> int: ...
    @property
    def connections(self) -> Sized: ...
    @property
    def waiting(self) -> int: ...
    def busy_in_s(self, second: int) -> float: ...


class Ledger:
    """Takes one run down as cheaply as Python allows. Times are those of the run's clock, in s.

    `tape`: every hop, when somebody wants a timeline; written by whoever sees the hop. `life`: a
    row a message, nan for what has not happened. `deliveries`: a row a copy, its time nan once it
    has been taken back. `unlike`: the rows of those copies that did not come live or were hidden,
    how they came and whether they were shown (1 or 0).
    """

    __slots__ = (
        "_actions", "_applied_s", "_clock", "_down_s", "_gaps", "_incidents", "_life_s", "_node",
        "_outages_s", "_tables", "deliveries", "life", "tape", "unlike",
    )  # fmt: skip

    def __init__(self, actions: Actions, clock: Clock) -> None:
        self._actions = actions
        self._clock = clock
        self.life = Columns(dict.fromkeys(_LIFE, FLOAT))
        self.life.extend(*[np.full(len(actions.time_s), _NEVER)] * len(_LIFE))
        self._life_s = dict(zip(_LIFE, self.life.cells, strict=True))
        self.deliveries = Columns({"message": INT, "person": INT, "time_s": FLOAT})
        self.unlike = Columns({"row": INT, "via": INT, "visible": INT})
        self._tables = {
            name: Columns({name: _kind(dtype) for name, dtype in columns.items()})
            for name, columns in TABLES.items()
            if name not in _MADE
        }
        # What cuts are dated by.
        self._outages_s: dict[int, list[float]] = {}  # by person: when each begins
        self._down_s: dict[int, float] = {}  # by node: when it last died
        self._node: dict[Connection, tuple[int, float]] = {}  # whose it is and since when
        self._gaps: dict[Connection, list[float]] = {}  # of an episode: from cut_s to reason
        self._incidents: list[tuple[float, str, int, tuple[int, ...], float]] = []
        self._applied_s = [_NEVER] * len(actions.changes)
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
        times_s = self._life_s[what]
        if math.isnan(times_s[message]):
            times_s[message] = self._clock.now_s

    def life_s(self, what: str, message: int) -> float:
        """When it was "sent_s", "accepted_s", "told_s" or "failed_s"; nan until then."""
        time_s: float = self._life_s[what][message]
        return time_s

    def shown(
        self, message: int, person: int, replayed: bool = False, visible: bool = True
    ) -> None:
        """A copy reaches the person now; not `visible`: the client hides it as a repeat.

        `replayed`: while catching up.
        """
        if replayed or not visible:
            self.unlike.append(len(self.deliveries), REPLAYED if replayed else LIVE, visible)
        self.posted(message, person, self._clock.now_s)

    def posted(self, message: int, person: int, time_s: float) -> int:
        """A copy will be shown at `time_s`, live, unless it is taken back. Its row."""
        # `Columns.append` in place: this is what a run does most often.
        rows = self.deliveries
        row: int = rows.filled[0]
        if row == rows.capacity:
            rows.room(1)
        messages, people, times_s = rows.cells
        messages[row] = message
        people[row] = person
        times_s[row] = time_s
        rows.filled[0] = row + 1
        return row

    def taken_back(self, row: int) -> None:
        """A posted copy has not arrived after all."""
        self.deliveries.cells[_TIME][row] = _NEVER

    def delivery(self, row: int) -> tuple[int, int, float]:
        """Message, person and time of a row; nan for one that was taken back."""
        messages, people, times_s = self.deliveries.cells
        return messages[row], people[row], times_s[row]

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

    def sampled(self, second: int, nodes: Collection[Sampled]) -> None:
        """The second that ends now, of each of these."""
        # In place, as `posted`: of a small run that is a tenth.
        table = self._tables["nodes"]
        table.room(len(nodes))
        times_s, index, kind, busy_s, connections, queue = table.cells
        for row, node in enumerate(nodes, table.filled[0]):
            times_s[row] = second
            index[row] = node.index
            kind[row] = node.kind
            busy_s[row] = node.busy_in_s(second - 1)
            connections[row] = len(node.connections)
            queue[row] = node.waiting
        table.filled[0] += len(nodes)

    def applied(self, change: int) -> None:
        """Whoever hands messages out goes by this change of membership from now on."""
        if math.isnan(self._applied_s[change]):
            self._applied_s[change] = self._clock.now_s

    def carried(self, *row: int) -> None:
        """What a channel's connections carried, in the columns of the table `traffic`."""
        self._write("traffic", *row)

    def _write(self, table: str, *row: Any) -> None:
        self._tables[table].append(*row)

    def rows(self, table: str) -> list[tuple[Any, ...]]:
        """What has been written into a table so far, gaps that are still open left out."""
        return self._tables[table].rows()

    def over(self) -> None:
        """The run is over: gaps still open are written down as they stand."""
        for person, channel in list(self._gaps):
            self.closed(person, channel)

    def history(self, meta: Mapping[str, Any]) -> History:
        """Everything taken down, as columns; `meta` gains the names of kinds of incidents."""
        self.over()
        actions = self._actions
        written = {name: table.columns() for name, table in self._tables.items()}
        intended = {name: getattr(actions, name) for name in INTENDED}
        made = {
            "messages": intended | self.life.columns(),
            "deliveries": self._deliveries(),
            "members": _members(actions.members),
            "changes": _changes(actions.changes, self._applied_s),
            "sessions": _sessions(actions.sessions),
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
        return list(zip(*(column.tolist() for column in self._arrived().values()), strict=True))

    def _arrived(self) -> dict[str, Column]:
        """Every copy that stands, in the order of writing."""
        rows, unlike = self.deliveries.columns(), self.unlike.columns()
        via = np.full(len(self.deliveries), LIVE, dtype="i1")
        visible = np.ones(len(self.deliveries), dtype=bool)
        via[unlike["row"]], visible[unlike["row"]] = unlike["via"], unlike["visible"]
        rows = {**rows, "via": via, "visible": visible}
        stands = ~np.isnan(rows["time_s"])
        return rows if stands.all() else {name: column[stands] for name, column in rows.items()}

    def _deliveries(self) -> dict[str, Column]:
        """What arrived, by message and person; its order on screens while times are still exact."""
        rows = self._arrived()
        rows["order"] = order_on_screen(rows["person"], rows["time_s"], rows["visible"])
        reception = rows["message"] * (rows["person"].max(initial=0) + 1) + rows["person"]
        by = in_order(reception, rows["time_s"])
        return {name: column[by] for name, column in rows.items()}


_MADE: Final = (
    "messages",
    "deliveries",
    "members",
    "changes",
    "sessions",
    "incidents",
)  # when the run is over
_OPEN, _SYNCED = 2, 3  # places in a gap
_TIME: Final = 2  # place of the time in a delivery


def _kind(dtype: str) -> str:
    return FLOAT if dtype == "f8" else INT


def _members(members: Sequence[Sequence[int]]) -> dict[str, Column]:
    """A row for each person in each conversation."""
    sizes = [len(people) for people in members]
    person = np.fromiter(chain.from_iterable(members), dtype="i4", count=sum(sizes))
    return {"conversation": np.repeat(np.arange(len(sizes)), sizes), "person": person}


def _changes(changes: Sequence[Any], applied_s: Sequence[float]) -> dict[str, Sequence[Any]]:
    """A row for each change of membership."""
    rows = [
        (one.room, one.person, int(one.kind), one.time_s, at_s)
        for one, at_s in zip(changes, applied_s, strict=True)
    ]
    return _columns("changes", rows)


def _sessions(sessions: Sequence[Sequence[tuple[float, float]]]) -> dict[str, Column]:
    """A row for each time that each person has the app open."""
    sizes = [len(spans) for spans in sessions]
    ends = chain.from_iterable(chain.from_iterable(sessions))
    start_s, end_s = np.fromiter(ends, dtype="f8", count=2 * sum(sizes)).reshape(-1, 2).T
    return {"person": np.repeat(np.arange(len(sizes)), sizes), "start_s": start_s, "end_s": end_s}


def _columns(table: str, rows: Sequence[tuple[Any, ...]]) -> dict[str, Sequence[Any]]:
    columns = zip(*rows, strict=True) if rows else [()] * len(TABLES[table])
    return dict(zip(TABLES[table], columns, strict=True))
