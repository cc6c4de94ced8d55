"""Which requests over HTTP are carried in rows (`models.calm.posting`): those that are calm.

A request goes into rows when it is written, if nothing else is on its connection and the answer
will leave it open. Its client's side stays with the objects, but for a client that has this one
connection and waits for nothing: then it rests in rows, and asks from there. It comes back to the
objects, with what is on the wire, at the process or in the store, before any of them looks at it:
when a packet is lost, a connection ends, a node drains, the client does something else.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Protocol

import numpy as np

from models.calm import rows
from models.calm.mail import sized
from models.calm.posting import requests
from models.calm.posting.requests import WIDTH
from models.channels.websocket import body_bytes
from models.connections.asking import Ask, Reply
from models.connections.http_pool import (
    POST_HEADER_BYTES,
    RESPONSE_HEADER_BYTES,
    Carrier,
    HttpConnections,
    WebEnd,
)
from sim.history import LIST
from sim.transport.connection import CLIENT, SERVER, Connection

if TYPE_CHECKING:
    from models.connections.endpoint import Endpoint
    from models.servers.intake import Arrival
    from models.servers.mailroom import Mailroom
    from models.servers.service import Service
    from sim.transport.stream import Stream

RESPONSE_BODY_BYTES: Final = 60  # {"ok":true,"id":"1503435956.000247"} and the like
_ON_THE_WIRE: Final = {requests.ASKING: CLIENT, requests.ANSWERING: SERVER}
_AT_THE_SERVER: Final = (requests.READING, requests.WRITING, requests.LOGGING)


class Client(Protocol):
    """One person's requests, as far as rows need it."""

    @property
    def pooled(self) -> HttpConnections:
        """Its connections."""

    def asked(self, message: int, patient_until_s: float, place: int) -> None:
        """Rows have asked; the timer of that is at that place among what is booked."""


class Channel(Protocol):
    """The channel whose requests they are."""

    endpoint: Endpoint
    service: Service
    size_bytes: Any

    def client(self, person: int) -> Client:
        """This person's client."""

    def arrived(self, end: WebEnd, ask: Ask) -> Arrival:
        """What a node has to do for a request."""


class RequestsInRows(Carrier):
    """The requests of one channel that are carried in rows."""

    def __init__(self, channel: Channel, mailroom: Mailroom) -> None:
        endpoint = channel.endpoint
        assert endpoint.calm is not None
        self._channel, self._mailroom, self._calm = channel, mailroom, endpoint.calm
        self._ends: list[WebEnd] = []
        self._clients: list[tuple[Client, int]] = []  # whose connection it is, of which number
        pool, shared = endpoint.options.http.pool, endpoint.calm.requests
        self._works = bool(pool.send_cost_s or pool.hear_cost_s)  # the client, on each request
        life = endpoint.ledger.life
        shared.replace(
            lone=np.full(endpoint.world.workload.people, -1, np.int64),
            told_s=dict(zip(life.names, life.arrays, strict=True))["told_s"],
        )
        real, whole = shared.views.real, shared.views.whole
        real[requests.REQUEST_S] = endpoint.request_s
        real[requests.KEEP_ALIVE_S] = endpoint.world.http_keep_alive_s
        real[requests.PATIENCE_S] = endpoint.options.http.request_timeout_s
        real[requests.TICK_S] = pool.timeout_tick_s
        whole[requests.ANSWER_BYTES] = RESPONSE_HEADER_BYTES + RESPONSE_BODY_BYTES
        endpoint.calm.left.update({
            rows.REQUEST_ARRIVED: self._arrived, rows.REQUEST_TAKE: self._take,
            rows.REQUEST_LATE: self._late, rows.REQUEST_LOG: self._log,
            rows.REQUEST_ACCEPT: self._accept, rows.REQUEST_ANSWERED: self._answered,
            rows.REQUEST_RAN_OUT: self._ran_out, rows.REQUEST_LOOK_LEFT: self._look_left,
        })  # fmt: skip

    def sends(self, actions: Sequence[int]) -> None:
        """People do these by requests."""
        up_bytes = sized(
            self._channel.size_bytes, lambda size: POST_HEADER_BYTES + body_bytes(size)
        )
        self._calm.requests.replace(up_bytes=up_bytes)
        self._mailroom.asks([action for action in actions if action != LIST])

    @property
    def _row(self) -> Any:
        return self._calm.requests.views.row

    def _number(self, one: int, column: int) -> int:
        return int(self._row[one * WIDTH + column])

    # A request is taken ...

    def write(self, pool: HttpConnections, conn: int, size_bytes: int, ask: Ask) -> bool:
        """Write a request in rows, if all is calm."""
        end = pool.end_of(conn)
        if end is None or ask.reads or not self._is_calm(end):
            return False
        client = self._channel.client(pool.person)
        one = self._put(end, client, conn)
        request: Any = ask.request
        self._row[one * WIDTH + requests.ATTEMPT] = request[1]
        if not self._calm.in_rows(requests.ask, one, ask.body, size_bytes):
            return False
        self._hold(one, end)
        return True

    def rests(self, pool: HttpConnections) -> None:
        """Nothing waits in this pool: its lone connection may rest in rows, if it has one."""
        conn = pool.resting()
        end = pool.end_of(conn) if conn >= 0 else None
        if end is None or self._works or not self._is_calm(end):
            return
        client = self._channel.client(pool.person)
        one = self._put(end, client, conn)
        row, at = self._row, one * WIDTH
        row[at + requests.STATE], row[at + requests.LONE] = requests.RESTING, 1.0
        row[at + requests.RESTS_SINCE_S] = pool.idle_since_s(conn)
        row[at + requests.PHASE_S] = self._channel.endpoint.world.clock_phase_s[pool.person]
        self._calm.requests.views.lone[pool.person] = one
        self._hold(one, end)

    def _is_calm(self, end: WebEnd) -> bool:
        connection = end.connection
        if type(connection) is not Connection or connection.rows is not None:
            return False
        if not (self._mailroom.requests and end.is_free):
            return False
        both_open = connection.is_open(CLIENT) and connection.is_open(SERVER)
        steady = all(one.known and one.steady for one in connection.directions)
        return both_open and steady and next(connection.flying(), None) is None

    def _put(self, end: WebEnd, client: Client, conn: int) -> int:
        """The row of a connection, with what the objects know of it."""
        if end.number < 0:
            end.number = len(self._ends)
            self._ends.append(end)
            self._clients.append((client, conn))
            self._calm.requests.grow("row", len(self._ends) * WIDTH)
            self._mailroom.knows(end.node)
        row, at, connection = self._row, end.number * WIDTH, end.connection
        row[at + requests.PERSON], row[at + requests.PROCESS] = end.person, end.node.row
        row[at + requests.LINE] = connection.directions[CLIENT].row  # type: ignore[attr-defined]
        row[at + requests.TURN] = end.node.turn_of(end.person)
        row[at + requests.IDLE_SINCE_S], row[at + requests.TIMED] = end.idle_since_s, end.timed
        row[at + requests.LONE] = 0.0
        return end.number

    def _hold(self, one: int, end: WebEnd) -> None:
        """Whoever looks at the connection comes here first."""
        connection = end.connection
        connection.rows, connection.number = self, one  # type: ignore[attr-defined]
        end.looks_in_rows = partial(self._looks, one)
        end.let_go = partial(self._back, one)

    # ... and given back.

    def back(self, person: int) -> None:
        """Objects carry what a lone connection of this person is about."""
        one = self._calm.requests.views.lone[person]
        if one >= 0:
            self._back(one)

    def _back(self, one: int) -> None:
        if self._row[one * WIDTH + requests.STATE] != requests.LEFT:
            self._put_back(one, self._restore(one))

    def _ask(self, one: int) -> Ask:
        message = self._number(one, requests.MESSAGE)
        return Ask((message, self._number(one, requests.ATTEMPT)), message)

    def _reply(self, one: int) -> Reply:
        ask = self._ask(one)
        return Reply(ask.request, ask.body)

    def _restore(self, one: int) -> float:
        """Have the objects stand where the row does; where that is."""
        row, at, end = self._row, one * WIDTH, self._ends[one]
        state: float = row[at + requests.STATE]
        row[at + requests.STATE] = requests.LEFT
        end.connection.rows = None  # type: ignore[attr-defined]
        end.looks_in_rows, end.let_go = _not_there, _nothing
        end.restore(
            state in _AT_THE_SERVER, row[at + requests.IDLE_SINCE_S], bool(row[at + requests.TIMED])
        )
        if row[at + requests.LONE]:
            self._calm.requests.views.lone[end.person] = -1
            self._restore_client(one, state)
        return state

    def _restore_client(self, one: int, state: float) -> None:
        row, at = self._row, one * WIDTH
        client, conn = self._clients[one]
        if state == requests.RESTING:
            client.pooled.rested(conn, row[at + requests.RESTS_SINCE_S])
            return
        ask = self._ask(one)
        client.pooled.asked(conn, self._number(one, requests.SIZE), ask)
        place = self._number(one, requests.PATIENT_PLACE)
        client.asked(ask.body, row[at + requests.PATIENT_S], place)

    def _put_back(self, one: int, state: float) -> None:
        """What is on the wire, at the process or in the store has its event with the objects."""
        row, at, end = self._row, one * WIDTH, self._ends[one]
        ask, connection = self._ask(one), end.connection
        due_s, place = row[at + requests.DUE_S], self._number(one, requests.PLACE_THEN)
        assert type(connection) is Connection
        intake, engine = self._channel.service.intake, self._channel.endpoint.engine
        epoch = self._number(one, requests.WORK_EPOCH)
        if state == requests.ASKING:
            size_bytes = self._number(one, requests.SIZE)
            connection.fly_again(CLIENT, ask, size_bytes, due_s, place)
        elif state == requests.READING:
            arrival, begun = self._arrival(one), (epoch, row[at + requests.WORK_STALLED_S])
            lost = partial(intake.lose, arrival)
            end.node.work_again(due_s, place, begun, intake.read, arrival, lost=lost)
        elif state == requests.WRITING:
            replied = self._arrival(one).replied
            engine.again(due_s, place, intake.written, end.node, ask.body, replied, epoch)
        elif state == requests.ANSWERING:
            size_bytes = self._calm.requests.views.whole[requests.ANSWER_BYTES]
            connection.fly_again(SERVER, self._reply(one), size_bytes, due_s, place)

    def _arrival(self, one: int) -> Arrival:
        return self._channel.arrived(self._ends[one], self._ask(one))

    # What the loop leaves.

    def _arrived(self, one: int, _: int) -> None:
        ask, end = self._ask(one), self._ends[one]
        self._restore(one)
        end.connection.receive[SERVER](ask)

    def _take(self, one: int, _: int) -> None:
        self._restore(one)
        arrival = self._arrival(one)
        self._channel.service.intake.read(arrival)
        arrival.node.end(arrival.node.epoch)

    def _late(self, one: int, message: int) -> None:
        self._restore(one)
        arrival, epoch = self._arrival(one), self._number(one, requests.WORK_EPOCH)
        self._channel.service.intake.written(arrival.node, message, arrival.replied, epoch)

    def _log(self, one: int, message: int) -> None:
        self._channel.service.store.log(self._ends[one].node, message)

    def _accept(self, one: int, message: int) -> None:
        state = self._row[one * WIDTH + requests.STATE]
        assert state in _AT_THE_SERVER
        self._restore(one)
        arrival = self._arrival(one)
        self._channel.service.intake.accept(arrival.node, message, arrival.replied)
        arrival.node.end(arrival.node.epoch)

    def _answered(self, one: int, _: int) -> None:
        reply, end = self._reply(one), self._ends[one]
        self._restore(one)
        end.connection.receive[CLIENT](reply)

    def _ran_out(self, one: int, _: int) -> None:
        self._back(one)  # and the exchange's own timer is due now

    def _look_left(self, one: int, _: int) -> None:
        end = self._ends[one]
        end.node.due(end.look)

    def _looks(self, one: int) -> bool:
        """An end's own timer for idleness is due; False where objects have to see to it."""
        row, at = self._row, one * WIDTH
        idle_since_s = row[at + requests.IDLE_SINCE_S]
        if row[at + requests.STATE] in _AT_THE_SERVER:
            row[at + requests.TIMED] = 0.0
        elif not self._ends[one].looks_again(idle_since_s):
            self._back(one)
            return False
        return True

    def unfinished(self) -> list[int]:
        """Messages of requests whose clients are in rows."""
        row = self._calm.requests.arrays.row.reshape(-1, WIDTH)
        state = row[:, requests.STATE]
        open_ = (state != requests.LEFT) & (state != requests.RESTING)
        found = row[open_ & (row[:, requests.LONE] != 0.0), requests.MESSAGE]
        return [int(message) for message in found.tolist()]

    # To a connection, who carries what is calm on it; `number` is its row.

    def leave(self, connection: Connection) -> None:
        """An end of the connection is over."""
        self._back(connection.number)

    def send(self, connection: Connection, end: int, size_bytes: int, payload: Any) -> bool:
        """Nothing is repaired here."""
        return False

    def payloads(self, connection: Connection) -> Iterator[Any]:
        """What is on the wire."""
        state = self._row[connection.number * WIDTH + requests.STATE]
        if state == requests.ASKING:
            yield self._ask(connection.number)
        elif state == requests.ANSWERING:
            yield self._reply(connection.number)

    def waiting_bytes(self, connection: Connection, end: int) -> int:
        """Bytes that this end has written and that have not arrived."""
        one = connection.number
        if _ON_THE_WIRE.get(self._row[one * WIDTH + requests.STATE]) != end:
            return 0
        if end == CLIENT:
            return self._number(one, requests.SIZE)
        return int(self._calm.requests.views.whole[requests.ANSWER_BYTES])

    def posted(self, connection: Stream) -> Iterator[tuple[int, int]]:
        """Nothing is posted here."""
        return iter(())

    def settled(self, connection: Stream) -> None:
        """Nothing was posted."""


def _not_there() -> bool:
    """The connection is with objects."""
    return False


def _nothing() -> None:
    """Nobody wants to know."""
