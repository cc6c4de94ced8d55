"""A person's HTTP connections to one kind of node: opened on demand, kept alive, reused."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from models.connections.asking import Ask, Asker, Asking, Reply
from models.connections.server_end import Attachment
from models.protocols.http.requests import (
    Cancel,
    CloseConn,
    ConnClosed,
    ConnOpened,
    DialConn,
    Orphaned,
    Pool,
    Request,
    ResponseDone,
    Write,
)
from models.protocols.machine import TIMEOUT
from sim.driver import Driver
from sim.transport.connection import CLIENT, SERVER
from sim.transport.handshake import Dial
from sim.transport.stream import Caller

if TYPE_CHECKING:
    from models.connections.endpoint import Endpoint
    from sim.node import Node
    from sim.transport.stream import Stream


POST_HEADER_BYTES: Final = 1050
"""A JSON POST with the header set of Chrome 139: bearer token, cookie, client hints."""
RESPONSE_HEADER_BYTES: Final = 330
"""The header set of nginx's answer to it."""


class Carrier:
    """Who carries requests: objects alone (calm ones: `models.channels.requests_in_rows`)."""

    def write(self, pool: HttpConnections, conn: int, size_bytes: int, ask: Ask) -> bool:
        """Write a request on that connection; False where objects have to."""
        return False

    def rests(self, pool: HttpConnections) -> None:
        """An answer has come, and nothing waits in this pool."""

    def back(self, person: int) -> None:
        """Objects carry what is under way for this person on a lone connection, and the client."""


_BY_OBJECTS: Final = Carrier()


@dataclass(frozen=True, slots=True)
class WebServer:
    """What serves requests: `serve(end, ask)`; how long it keeps an idle connection, in seconds.

    `node`: the one that all of a person's requests go to (sticky sessions), else each connection
    goes where the balancer sends it. `lost` hears of requests and responses that never arrive.
    `carrier`: who carries them while all is calm.
    """

    serve: Callable[[Any, Ask], None]
    keep_alive_s: float = math.inf
    node: Node | None = None
    lost: Callable[[Any], None] | None = None
    carrier: Carrier = _BY_OBJECTS


class WebEnd(Attachment):
    """The server's end of one kept-alive connection.

    `gone()` runs when it is over; `let_go()` when the node drains, for whoever holds a request.
    `reused`: a request has been answered on it before.
    """

    __slots__ = (
        "_endpoint", "_open", "_web", "gone", "idle_since_s", "let_go", "looks_in_rows", "number",
        "reused", "timed",
    )  # fmt: skip
    comes_back = False

    def __init__(
        self, endpoint: Endpoint, person: int, node: Node, connection: Stream, web: WebServer
    ) -> None:
        self._endpoint = endpoint
        self._web = web
        self._open = 0  # requests that have arrived and are not answered
        self.idle_since_s = endpoint.engine.now_s
        self.timed = False  # the one timer for idleness is on the agenda
        self.reused = False
        self.looks_in_rows: Callable[[], bool] = _not_there  # True where all has been done there
        self.number = -1  # its place there
        super().__init__(person, node, connection)
        self.gone: Callable[[], None] = _nothing
        self.let_go: Callable[[], None] = _nothing
        connection.receive[SERVER] = self._hear
        connection.closed[SERVER] = self._closed
        if web.lost is not None:
            connection.dropped = [web.lost, web.lost]

    def _hear(self, ask: Ask) -> None:
        self._open += 1
        self._web.serve(self, ask)

    def reply(self, request: Hashable, size_bytes: int, body: Any) -> None:
        """Write the response; then the connection is idle until the next request."""
        self._open -= 1
        self.reused = True
        self.connection.send(SERVER, size_bytes, Reply(request, body))
        if not (self.node.accepting or self._open):
            self.close()
            return
        self.idle_since_s = self._endpoint.engine.now_s
        if not self.timed:
            self._time()

    @property
    def is_all_that_waits(self) -> bool:
        """Whether there is one request to answer, and the connection stays open afterwards."""
        return self._open == 1 and self.node.accepting

    @property
    def is_free(self) -> bool:
        """Whether there is no request to answer, and the connection stays open after the next."""
        return self._open == 0 and self.node.accepting

    def restore(self, is_open: bool, idle_since_s: float, timed: bool) -> None:
        """Rows have brought it here; `is_open`: a request has arrived and is not answered."""
        self.reused = self.reused or idle_since_s > self.idle_since_s
        self._open, self.idle_since_s, self.timed = int(is_open), idle_since_s, timed

    def looks_again(self, idle_since_s: float) -> bool:
        """Rows have it, idle since then: the timer is set anew; False if it is over."""
        if self._endpoint.engine.now_s >= idle_since_s + self._web.keep_alive_s:
            return False
        self.restore(False, idle_since_s, False)
        self._time()
        return True

    def _time(self) -> None:
        due_s = self.idle_since_s + self._web.keep_alive_s
        self.timed = due_s < math.inf
        if self.timed:
            self._endpoint.engine.at(due_s, self.node.due, self.look)

    def look(self) -> None:
        """The timer is due: close what was idle all the time, else look again later, if at all."""
        if self.looks_in_rows():
            return
        self.timed = False
        if self._open or self not in self.node.connections:
            return
        if self._endpoint.engine.now_s < self.idle_since_s + self._web.keep_alive_s:
            self._time()
        else:
            self.close()

    def _closed(self, _reason: str) -> None:
        """The kernel knows that the client has closed; the process does when it looks."""
        self.node.soon(0.0, self.leave)

    def node_drains(self) -> None:
        """Close when idle, else after the answers to what is under way; held ones are let go."""
        self.let_go()
        if not self._open and self in self.node.connections:
            self.close()

    def leave(self) -> None:
        """The connection is over, also for whoever holds a request of it."""
        super().leave()
        self.gone()


def _nothing() -> None:
    """Nobody wants to know."""


def _not_there() -> bool:
    """What travels on the connection is with objects."""
    return False


class HttpConnections(Asking):
    """One person's pool. Requests are named by the asker; a body travels with each."""

    __slots__ = ("_connections", "_dials", "_driver", "_ends", "_pool", "_proven", "_web")

    def __init__(self, endpoint: Endpoint, person: int, asker: Asker, web: WebServer) -> None:
        super().__init__(endpoint, person, asker)
        self._web = web
        self._pool = Pool(self._options)
        self._driver = Driver(endpoint.engine, self._pool, self._act, TIMEOUT, self._in_rows)
        self._connections: dict[int, Stream] = {}
        self._dials: dict[int, Dial] = {}
        self._ends: dict[Stream, WebEnd] = {}
        self._proven: dict[int, None] = {}  # connections that have brought a response

    def ask(self, request: Hashable, size_bytes: int, body: Any, reads: bool = False) -> None:
        """Send a request when a connection is free; one that only `reads` may go out twice."""
        self._web.carrier.back(self.person)
        self._open(size_bytes, Ask(request, body, reads))

    def _go(self, request: Hashable) -> None:
        self._driver.feed(Request(request))

    def cancel(self, request: Hashable) -> None:
        """Stop waiting; what was written still goes out, since closing is not aborting."""
        self._forget(request)
        self._driver.feed(Cancel(request))

    def _act(self, action: Any) -> None:
        kind = type(action)
        if kind is DialConn:
            self._dial(action.conn)
        elif kind is Write:
            self._write(action)
        elif kind is CloseConn:
            self._close(action.conn)
        elif kind is Orphaned:
            self._orphaned(action.request)

    def _write(self, action: Write) -> None:
        size_bytes, ask = self._writes(action.request, action.conn in self._proven)
        if not self._web.carrier.write(self, action.conn, size_bytes, ask):
            self._connections[action.conn].send(CLIENT, size_bytes, ask)

    def _in_rows(self, _armed_s: float) -> bool:
        """The pool is to look what time it is: first it is brought to where rows are."""
        self._web.carrier.back(self.person)
        return False

    def end_of(self, conn: int) -> WebEnd | None:
        """The server's end of a connection, if its process has taken it."""
        return self._ends.get(self._connections[conn])

    def resting(self) -> int:
        """The connection that is all there is, with nothing on it or to come; -1 if none is."""
        return -1 if self._asks or self._dials else self._pool.resting

    def idle_since_s(self, conn: int) -> float:
        """When the last answer came on a connection that carries nothing."""
        return self._pool.idle_since_s(conn)

    def rested(self, conn: int, since_s: float) -> None:
        """Rows have carried requests on the lone connection until then."""
        self._pool.rested(conn, since_s)

    def asked(self, conn: int, size_bytes: int, ask: Ask) -> None:
        """Rows have written this request on the lone connection, on which answers have come."""
        self._pool.asked(conn, ask.request)
        self._asks[ask.request] = (size_bytes, ask)
        self._writes(ask.request, proven=True)

    def lone(self, request: Hashable) -> Stream | None:
        """The connection that carries this request, if there is nothing else."""
        if self._dials or list(self._asks) != [request]:
            return None
        return self._connections.get(self._pool.lone(request))

    @property
    def looks_s(self) -> float:
        """Before that an answer sets no timer for idle connections; -infinity: the next does."""
        looks_s = self._pool.deadline_s
        return looks_s if looks_s < math.inf or self._options.idle_s == math.inf else -math.inf

    def looks_again(self, due_s: float, place: int) -> None:
        """Rows have set the timer for idle connections, at that place among what is booked."""
        engine, driver = self._endpoint.engine, self._driver
        if engine.now_s < due_s < math.inf and due_s != self._pool.deadline_s:
            self._pool.deadline_s = driver.armed_s = due_s
            engine.again(due_s, place, driver.wake, due_s)

    def carried(self, size_bytes: int, ask: Ask) -> None:
        """Rows have carried questions and answers on the lone connection, up to this question."""
        conn = self._pool.carried(ask.request)
        self._proven[conn] = None
        self._asks = {ask.request: (size_bytes, ask)}
        self._again = {} if self._options.resends == "never" else {ask.request: None}

    def _close(self, conn: int) -> None:
        self._proven.pop(conn, None)
        connection = self._connections.pop(conn, None)
        if connection is not None:
            self.cut = connection.cut
            connection.close(CLIENT)
        elif conn in self._dials:
            self._dials.pop(conn).cancel()

    def _dial(self, conn: int) -> None:
        endpoint = self._endpoint
        node = endpoint.leads_to(self.person, self._web.node)
        started_s = endpoint.engine.now_s
        self.cut = None
        self._dials[conn] = dial = endpoint.dial(self.person, node, requests=True)
        dial.start(
            Caller(
                partial(self._opened, conn, node, started_s),
                partial(self._failed, conn, node, started_s),
                partial(self._accepted, node),
            )
        )

    def _accepted(self, node: Node, connection: Stream) -> None:
        self._endpoint.connections.append(connection)
        end = WebEnd(self._endpoint, self.person, node, connection, self._web)
        self._ends[connection] = end

    def _opened(self, conn: int, node: Node, started_s: float, connection: Stream) -> None:
        del self._dials[conn]
        self._endpoint.attempted(self.person, node, "opened", started_s)
        self._connections[conn] = connection
        connection.receive[CLIENT] = partial(self._answered, conn)
        connection.closed[CLIENT] = partial(self._closed, conn)
        self._driver.feed(ConnOpened(conn))

    def _failed(self, conn: int, node: Node, started_s: float, outcome: str) -> None:
        del self._dials[conn]
        self._endpoint.attempted(self.person, node, outcome, started_s)
        self._driver.feed(ConnClosed(conn))

    def _closed(self, conn: int, _reason: str) -> None:
        connection = self._connections.pop(conn, None)
        if connection is not None:
            self.cut = connection.cut
            self._proven.pop(conn, None)
            self._driver.feed(ConnClosed(conn))

    def _answered(self, conn: int, reply: Reply) -> None:
        if conn not in self._connections:
            return
        self._forget(reply.request)
        self._proven[conn] = None
        self._driver.feed(ResponseDone(conn))
        self._heard(reply.request, reply.body)
        if not self._asks:
            self._web.carrier.rests(self)

    def reset(self) -> None:
        """A fault resets every connection at the server."""
        ends, self._ends = self._ends, {}
        for end in ends.values():
            end.reset()

    def move(self) -> None:
        """The device has a new address: its sockets are dead, no server is told, nothing resent."""
        self._again.clear()
        for conn, connection in list(self._connections.items()):
            connection.vanish(CLIENT)
            self._closed(conn, "link")
        for conn, dial in list(self._dials.items()):
            dial.cancel()
            del self._dials[conn]
            self._driver.feed(ConnClosed(conn))
