"""The calm connections of one system: their rows, their calendar, and what the loop leaves undone.

`Calm` is the fast calendar of the run's engine (`sim.engine.Fast`). Objects tell it when a
connection becomes calm and when it no longer is: what was on the wire then comes back to them.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

from models.calm import beats, rows
from models.calm.acking.acks import acking
from models.calm.keepalive import RowKeepAlive
from models.calm.loop import has_room, run, run_at
from models.calm.mail import GATEWAYS, RESERVE, TOP, Posts
from models.calm.owners import Acked, Beats, Connections, End, Mailroom
from models.calm.polling.polls import polls
from models.calm.posting.requests import requests
from models.calm.repaired import WORDS, Repaired
from models.calm.rows import CONNECTION, State
from models.calm.steps import arm, ring
from models.calm.under_way import UnderWay
from sim.core.arrays import INTEGER, REAL, Shared
from sim.core.calendar import BOOKED, COUNT, calendar, enlarge
from sim.core.compiled import can_compile, compiled
from sim.core.lines import IN_USE
from sim.transport.connection import CLIENT, SERVER, Connection
from sim.transport.names import PONG
from sim.transport.tapped import TappedConnection, wire

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from models.protocols.heartbeat import PingSpec, WatchdogSpec
    from sim.columns import Columns
    from sim.engine import Engine
    from sim.process import Process

_FIRST_SLOTS: Final = 1024
_FIRST_ROWS: Final = 8


class Calm(UnderWay):
    """Everything calm of one system. `plain`: the loop as it stands, even if it can be compiled."""

    def __init__(self, engine: Engine, plain: bool) -> None:
        self.engine = engine
        self.beats = Shared[Beats](Beats, {"row": (REAL, _FIRST_ROWS * beats.WIDTH)})
        sizes = {"row": (REAL, _FIRST_ROWS * CONNECTION), "now_s": (REAL, 2),
                 "told": (INTEGER, rows.TOLD)}  # fmt: skip
        self.connections = Shared[Connections](Connections, sizes)
        self._calendar = calendar(_FIRST_SLOTS)
        self._plain = plain or not can_compile()
        self._run: Callable[..., int] = run
        self._machines = self._numbers = 0
        self._keepalives: dict[int, RowKeepAlive] = {}
        self.ends: list[End] = []
        self._processes: dict[int, Process] = {}
        self._views: State | None = None
        self._state: Any = None  # what the loop is handed
        self._held: Any = None  # kept alive while its addresses are in use
        self._posts = Shared[Posts](Posts, dict.fromkeys(Posts._fields, (INTEGER, 0)))
        self.polls = polls(0)
        self.acking = acking(0)
        self.requests = requests()
        self._capacity = -1
        self._mailroom: Mailroom
        self._deliveries: Columns
        self.left: dict[int, Callable[[int, int], None]] = {
            rows.GROW: self._grow,
            rows.PING: self._ping,
            rows.DEAD: self._dead,
            rows.DUE: self._due,
            rows.SERVER_PONGS: self._server_pongs,
            rows.CLIENT_PONGS: self._client_pongs,
            rows.BEAT: self._beat,
            rows.EXIT: self._exit,
            rows.WAITS: self._waits,
        }
        self.acked: Acked | None = None  # who knows what is acknowledged, if anything is
        self._repaired = Repaired(self)
        engine.fast = self

    def carry(self, mailroom: Mailroom, deliveries: Columns) -> None:
        """The loop carries messages, too, and writes down what is delivered."""
        self._mailroom, self._deliveries = mailroom, deliveries
        for shared in self._shared():
            shared.changed.append(self._forget_state)

    def _shared(self) -> tuple[Shared[Any], ...]:
        engine = self.engine
        return (self._calendar, engine.processes.shared, engine.lines.shared, engine.links.shared,
                self.beats, self.connections, self._mailroom.mail, self._posts,
                self.polls, self.acking, self.requests)  # fmt: skip

    def _forget_state(self) -> None:
        self._views = self._state = None

    @property
    def views(self) -> State:
        """Everything in rows, for Python."""
        if self._deliveries.capacity != self._capacity:
            self._take_deliveries()
        if self._views is None:
            self._views = self._gathered("views")
        return self._views

    def _take_deliveries(self) -> None:
        """The ledger's columns have grown: those beside them grow as well."""
        self._capacity = capacity = self._deliveries.capacity
        self._posts.grow("before", capacity)
        self._posts.grow("size_bytes", capacity)
        message, person, time_s = self._deliveries.arrays
        before, size_bytes = self._posts.arrays.before, self._posts.arrays.size_bytes
        self._posts.replace(
            message=message, person=person, time_s=time_s, count=self._deliveries.count,
            before=before[:capacity], size_bytes=size_bytes[:capacity],
        )  # fmt: skip

    def _gathered(self, what: str) -> State:
        calendar, queues, lines, links, beating, last, mail, posts, polled, acked, asked = (
            getattr(shared, what) for shared in self._shared()
        )
        return State(
            calendar, queues, lines, links, beating.row, last.row, last.now_s, last.told, mail,
            posts, polled, acked, asked,
        )  # fmt: skip

    @property
    def now_s(self) -> float:
        """The time."""
        return self.engine.now_s

    @property
    def machines(self) -> Any:
        """The rows of all heartbeat machines."""
        return self.beats.views.row

    def next_s(self) -> float:
        """When the next event is due."""
        return self._calendar.views.head_s[0]

    def run(self, until_s: float, place: int) -> bool:
        """Do what is due, up to something that is left to objects."""
        self._mailroom.joined()
        if self._deliveries.capacity != self._capacity:
            self._take_deliveries()
        state = self._state
        if state is None:
            state = self._state = self.views if self._plain else self._addresses()
        counters = self._calendar.views.counters
        counters[BOOKED] = self.engine.place
        code = self._run(state, until_s, place)
        self.engine.place = counters[BOOKED]
        if code == rows.DONE:
            return False
        views = self.connections.views
        self.engine.now_s = views.now_s[0]
        self.left[code](views.told[1], views.told[2])
        if views.now_s[1] > 0.0:
            self.engine.now_s, views.now_s[1] = views.now_s[1], 0.0
        return True

    def _addresses(self) -> Any:
        """Where the arrays are."""
        from sim.core.pointers import table_of

        arrays = self._gathered("arrays")
        self._run = compiled(run_at, arrays, 0, 0.0, 0)
        table = table_of(arrays)
        self._held = (arrays, table)
        return table.ctypes.data

    # What the loop leaves.

    def _grow(self, _one: int, _other: int) -> None:
        lines, whole = self.engine.lines, self._mailroom.mail.views.whole
        used, slots = lines.shared.views.pool[IN_USE], len(self._calendar.views.heap)
        lines.more_segments(used + whole[RESERVE])
        busy = self._calendar.views.counters[COUNT] + used
        enlarge(
            self._calendar, max(slots, 2 * (busy + rows.MARGIN + whole[GATEWAYS] + whole[RESERVE]))
        )

    def _ping(self, machine: int, _other: int) -> None:
        self._keepalives[machine].ping()
        self.arm(machine)

    def _dead(self, machine: int, _other: int) -> None:
        self._keepalives[machine].dead()
        self.arm(machine)

    def _due(self, machine: int, _other: int) -> None:
        self.beats.views.row[machine + beats.WAITS] = 1.0
        process = self._keepalives[machine].process
        assert process is not None
        process.due(self._ring, machine)

    def _ring(self, machine: int) -> None:
        """The process has come to its timers."""
        self.beats.views.row[machine + beats.WAITS] = 0.0
        code = self.in_rows(ring, machine)
        if code != rows.DONE:
            told = self.connections.views.told
            self.left[code](told[1], told[2])

    def _server_pongs(self, number: int, _other: int) -> None:
        end = self.ends[number]
        end.connection.send(SERVER, rows.PING_BYTES, PONG)
        end.beat()
        self._exit(end.node.row, 0)

    def _client_pongs(self, number: int, _other: int) -> None:
        self.ends[number].connection.send(CLIENT, rows.PING_BYTES, PONG)

    def _beat(self, _one: int, number: int) -> None:
        end = self.ends[number]
        end.beat()
        self._exit(end.node.row, 0)

    def _waits(self, number: int, kind: int) -> None:
        what = self.connections.views.told[3]
        payload = self.act(what) if kind == rows.ACT_ARRIVES else WORDS[kind]
        wire(self.ends[number].connection).receive[SERVER](payload)

    def _exit(self, row: int, _other: int) -> None:
        self._processes[row].exit_if_idle()

    # What objects say.

    def arm(self, machine: int) -> None:
        """A machine's deadline may have moved."""
        row = self.beats.views.row
        if row[machine + beats.DEADLINE_S] < row[machine + beats.ARMED_S]:
            self.in_rows(arm, machine)

    def in_rows(self, step: Any, *who: Any) -> Any:
        """A step of the loop, now."""
        self._mailroom.joined()
        state = self.views
        if not has_room(state):
            self._grow(0, 0)
        if state.mail.whole[TOP] + state.mail.whole[RESERVE] > len(state.mail.pool):
            self.left[rows.MORE](0, 0)
        state = self.views
        state.now_s[0] = self.engine.now_s
        state.calendar.counters[BOOKED] = self.engine.place
        answer = step(state, *who)
        self.engine.place = state.calendar.counters[BOOKED]
        return answer

    def add_machine(self, keepalive: RowKeepAlive, spec: PingSpec | WatchdogSpec) -> int:
        """The row of a new heartbeat machine."""
        at = self._machines * beats.WIDTH
        self._machines += 1
        self.beats.grow("row", at + beats.WIDTH)
        row = self.beats.views.row
        beats.write(row, at, spec)
        if keepalive.process is not None:
            row[at + beats.PROCESS] = keepalive.process.row
            row[at + beats.END] = SERVER
        self._keepalives[at] = keepalive
        return at

    def attach(self, end: End, out_s: float, echoes: bool, listens: bool) -> int:
        """A server has a new connection; its number, -1 when it is none for rows.

        `out_s`: CPU seconds of a frame that it writes; `echoes`: whether the client's heartbeat is
        deaf to pings; `listens`: whether the server's cares for data.
        """
        connection = wire(end.connection)
        if type(connection) not in (Connection, TappedConnection):
            return -1
        number = self._numbers
        self._numbers += 1
        self.ends.append(end)
        self._processes[end.node.row] = end.node
        self.connections.grow("row", self._numbers * CONNECTION)
        row, at = self.connections.views.row, number * CONNECTION
        row[at + rows.PERSON] = end.person
        row[at + rows.LINE] = connection.directions[CLIENT].row
        row[at + rows.PROCESS] = end.node.row
        row[at + rows.TURN] = end.node.turn_of(end.person)
        row[at + rows.OUT_S] = out_s
        row[at + rows.ECHOES] = float(echoes and connection is end.connection)
        row[at + rows.KERNEL] = float(end.kernel_answers)
        row[at + rows.CLIENT_PINGS] = row[at + rows.CLIENT_WATCHES] = -1.0
        row[at + rows.LAST_POST], row[at + rows.LISTENS] = -1.0, float(listens)
        row[at + rows.PROXY] = row[at + rows.SEEN_UP_S] = row[at + rows.SEEN_DOWN_S] = -1.0
        if connection is not end.connection:
            proxy = end.connection.proxy
            row[at + rows.PROXY], row[at + rows.PASSED_S] = proxy.row, proxy.passed_s
            row[at + rows.PROXY_TURN] = proxy.turn_of(end.person)
        self._wire(at, rows.SERVER_PINGS, end.keepalive, number)
        connection.rows, connection.number = self, number
        return number

    def _wire(self, at: int, column: int, keepalive: RowKeepAlive, number: int) -> None:
        """Connect machines to a connection."""
        row, machines = self.connections.views.row, self.beats.views.row
        row[at + column], row[at + column + 1] = keepalive.pings, keepalive.watches
        for machine in (keepalive.pings, keepalive.watches):
            if machine >= 0:
                machines[machine + beats.CONNECTION] = number

    def open(self, connection: Any, keepalive: Any) -> None:
        """The client has a new connection."""
        if getattr(connection, "rows", None) is not self:
            return
        at = connection.number * CONNECTION
        row = self.connections.views.row
        self._wire(at, rows.CLIENT_PINGS, keepalive, connection.number)
        row[at + rows.HEARD_S] = self.engine.now_s
        both_open = connection.is_open(CLIENT) and connection.is_open(SERVER)
        known = connection.directions[CLIENT].known and connection.directions[SERVER].known
        row[at + rows.CALM] = float(both_open and known)
        if both_open and known:
            for direction in connection.directions:
                direction.to_rows(self.engine.now_s)

    def tells_of_pings(self, number: int) -> None:
        """The channel of this connection's server is to be told of each ping."""
        if number >= 0:
            self.connections.views.row[number * CONNECTION + rows.BEATS] = 1.0

    def is_calm(self, connection: Any) -> bool:
        """Whether a connection is carried in rows."""
        if getattr(connection, "rows", None) is not self:
            return False
        return bool(self.connections.views.row[connection.number * CONNECTION + rows.CALM])

    def heard_s(self, connection: Any) -> float:
        """When the client of a connection last heard anything in rows."""
        if getattr(connection, "rows", None) is not self:
            return -math.inf
        return float(self.connections.views.row[connection.number * CONNECTION + rows.HEARD_S])

    def leave(self, connection: Connection) -> None:
        """An end of this connection is over: what is on the wire comes back."""
        at = connection.number * CONNECTION
        row = self.connections.views.row
        row[at + rows.CALM] = 0.0
        client, person = self._mailroom.mail.views.client, int(row[at + rows.PERSON])
        if client[person] == connection.number:
            client[person] = -1
        if self.acked is not None:
            self.acked.leave(connection.number, person)
        events: list[tuple[int, bool, float, int]] = []
        if row[at + rows.UNDER_WAY]:
            row[at + rows.UNDER_WAY] = 0.0
            self._withdraw(connection, events)
        self._repaired.give_back(connection, events)

    def send(self, connection: Connection, end: int, size_bytes: int, payload: Any) -> bool:
        """Write through trouble; False where objects have to."""
        if not self.connections.views.row[connection.number * CONNECTION + rows.CALM]:
            return False
        direction = connection.directions[end]
        if not (direction.repairs_in_rows or direction.to_rows(self.engine.now_s)):
            return False
        self._repaired.send(connection, end, size_bytes, payload)
        return True

    def payloads(self, connection: Connection) -> Iterator[Any]:
        """What is repaired for objects and has not arrived."""
        if self.connections.views.row[connection.number * CONNECTION + rows.UNDER_WAY]:
            yield from self._repaired.payloads(connection.number)

    def in_hand(self, connection: Any, pieces: int) -> None:
        """So much of what it carries waits for a proxy's process."""
        self.connections.views.row[connection.number * CONNECTION + rows.IN_HAND] = pieces

    def seen_s(self, connection: Any, end: int) -> float:
        """When something of that end, carried in rows, was last seen on the way."""
        at = connection.number * CONNECTION
        return float(self.connections.views.row[at + rows.SEEN_UP_S + end])

    def unwritten(self, connection: Any, pieces: int) -> None:
        """Pieces of work that will write to the connection before anything that is posted now."""
        if getattr(connection, "rows", None) is self:
            at = connection.number * CONNECTION + rows.UNWRITTEN
            self.connections.views.row[at] = pieces
