"""The server's end of a connection: everything it does waits in its process's queue.

What arrives is in the kernel's buffer until the process reads it. Reading a ping and answering it,
reading a pong, noticing that the peer has closed, sending a ping when its time has come, writing a
log to a client that is back: each is work of the node (`sim.process`). So an overloaded node
answers pings as late as everything else, and a paused one neither answers nor notices.

A server may stop reading for a while (`models.protocols.message_limit`): what comes meanwhile lies
in its kernel, pings and pongs among it, and is lost with the connection.

What a client is slow to read lies in the server's memory. Most servers let it (npm ws, engine.io,
aiohttp: the application may look); some have a limit, then cut the client or skip messages
(`models.protocols.send_buffer`). What is skipped are deliveries that nobody keeps.

A ping or a pong costs what writing a frame does (`Costs.message_out_s`; no handler of an
application runs for one). What a message costs, its channel pays.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from models.connections.backlog import OVERFLOW, Backlog
from models.protocols.heartbeat import Beat
from models.protocols.message_limit import Meter
from sim.transport.connection import CLIENT, SERVER, Connection, Passive
from sim.transport.names import PING, PONG
from sim.transport.stream import Cut
from sim.transport.tapped import wire

if TYPE_CHECKING:
    from models.connections.endpoint import Endpoint
    from sim.node import Node
    from sim.transport.stream import Stream

PING_BYTES: Final = 6  # masked control frame without payload, RFC 6455 5.2; 2 from the server


class Attachment:
    """What a node does to any connection that is attached to it, and what that means on the wire.

    `leave` says that the connection is gone, once or several times.
    """

    __slots__ = ("connection", "line", "node", "person")
    comes_back = True  # at once, when it ends

    def __init__(self, person: int, node: Node, connection: Stream) -> None:
        self.person = person
        self.node = node
        self.connection = connection
        outside = wire(connection)
        fast = isinstance(outside, Connection)
        self.line = outside.directions[SERVER].row if fast else -1
        node.connections[self] = None

    def waiting_bytes(self) -> int:
        """What was written to the client and has not arrived there."""
        return self.connection.waiting_bytes(SERVER)

    def leave(self) -> None:
        """The connection is over for this end."""
        self.node.connections.pop(self, None)

    def close(self) -> None:
        """The server closes in good order."""
        self.connection.close(SERVER)
        self.leave()

    def reset(self) -> None:
        """The server, or something in front of it, resets the connection."""
        self.connection.abort(SERVER)
        self.leave()

    def node_crashed(self) -> None:
        """The process died; its kernel closes the socket."""
        self.close()

    def node_lost(self) -> None:
        """The host died; nobody tells the client."""
        self.connection.vanish(SERVER)
        self.leave()

    def node_returned(self) -> None:
        """The host is back: whoever still writes to it is reset."""
        self.connection.returned(SERVER)

    def node_drains(self) -> None:
        """The node wants its clients gone."""
        self.close()


class ServerEnd(Attachment):
    """The server's end of one connection: attached to its node, with a keepalive of its own.

    `receive(payload)` gets what arrives, when it arrives: what it costs, and so when it is read, is
    the channel's business. `ended()` runs once, `beat()` with each ping of either end.
    """

    __slots__ = (
        "_again", "_backlog", "_beat", "_endpoint", "_unread", "_unwritten", "ended", "keepalive",
        "meter", "number", "over", "owner", "receive", "why",
    )  # fmt: skip
    kernel_answers = False  # pings are TCP's own probes

    def __init__(
        self, endpoint: Endpoint, person: int, node: Node, connection: Stream,
        receive: Callable[[Any], None],
    ) -> None:  # fmt: skip
        super().__init__(person, node, connection)
        self.ended: Callable[[], None] = _nothing
        self._beat: Callable[[], None] = _nothing
        self.receive = receive
        self._endpoint = endpoint
        self._unwritten = 0  # pieces of work that will write
        self._unread: list[int] | None = None  # what has come while the process does not read
        self._again: Callable[[], None] = _nothing
        self.over = False
        bounded = endpoint.send_buffer.is_bounded
        self._backlog = Backlog(endpoint, self) if bounded else None
        if bounded:
            self.line = -1  # the process may hold what no line does
        self.why = "transport close"  # as Engine.IO calls the reason of the end
        spec = endpoint.server_heartbeat(node)
        limit = endpoint.options.connection.message_limit
        self.meter = Meter(limit) if limit.is_bounded else None
        self.owner: Any = None  # what its channel makes of it
        self.number = -1  # of its connection in rows
        self.keepalive = endpoint.keepalive(spec, _no_luck, self._ping, self._peer_dead, node)
        connection.receive[SERVER] = self._hear
        connection.closed[SERVER] = self._closed
        if endpoint.calm is not None:
            out_s, echoes = endpoint.costs.message_out_s, endpoint.client_ignores_traffic
            listens = not endpoint.server_ignores_traffic
            self.number = endpoint.calm.attach(self, out_s, echoes, listens)
        endpoint.attached(person)
        self.keepalive.feed(Beat.OPENED)

    @property
    def beat(self) -> Callable[[], None]:
        """Runs with each ping of either end."""
        return self._beat

    @beat.setter
    def beat(self, beat: Callable[[], None]) -> None:
        self._beat = beat
        if self._endpoint.calm is not None:
            self._endpoint.calm.tells_of_pings(self.number)

    def _hear(self, payload: Any) -> None:
        node, cost_s = self.node, self._endpoint.costs.message_out_s
        if self._unread is not None:
            self._unread.append(self._endpoint.hold(payload))
        elif payload is PING:
            node.soon(2.0 * cost_s, self._answer, turn=self.person)
        elif payload is PONG:
            node.soon(cost_s, self.keepalive.feed, Beat.PONG, turn=self.person)
        else:
            if not self._endpoint.server_ignores_traffic:
                node.soon(0.0, self.keepalive.hear, Beat.DATA, turn=self.person)
            self._take(payload)

    def _take(self, payload: Any) -> None:
        self.receive(payload)
        if self._unread is not None:  # it is what the process waits with
            self._unread.append(self._endpoint.hold(payload))

    def pause(self, wait_s: float, again: Callable[[], None]) -> None:
        """The process reads nothing more of this connection for so long; then it goes on there."""
        self._unread, self._again = [], again
        self._endpoint.engine.at(self._endpoint.engine.now_s + wait_s, self._read_on)

    def _read_on(self) -> None:
        if self._unread is None:  # it has ended meanwhile
            return
        (first, *unread), self._unread = self._unread, None
        self._endpoint.release(first)
        self._again()
        for key in unread:
            self._hear(self._endpoint.release(key))

    def _answer(self) -> None:
        self.keepalive.hear(Beat.PING)
        self.connection.send(SERVER, PING_BYTES, PONG)
        self.beat()

    def _ping(self) -> None:
        self.node.busy(self._endpoint.costs.message_out_s)
        echoes = self._endpoint.client_ignores_traffic
        if not (echoes and self.connection.echo(SERVER, PING_BYTES, PING, self.ponged)):
            self.connection.send(SERVER, PING_BYTES, PING)
        self.beat()

    def ponged(self) -> None:
        """A pong that answers by itself has arrived."""
        self._hear(PONG)

    def send(self, size_bytes: int, payload: Any, cost_s: float = 0.0) -> None:
        """Write to the client, behind what is still to be written to it.

        `cost_s`: CPU seconds, where nobody has paid yet; the write then waits its turn.
        """
        if not (cost_s or self._unwritten):
            self._put(size_bytes, payload)
            return
        self._will_write(1)
        key = self._endpoint.hold(payload)
        lost = partial(self._unsent, key)
        self.node.work(cost_s, self._write, size_bytes, key, lost=lost, turn=self.person)

    def _will_write(self, more: int) -> None:
        self._unwritten += more
        if self._endpoint.calm is not None:
            self._endpoint.calm.unwritten(self.connection, self._unwritten)

    def _write(self, size_bytes: int, key: int) -> None:
        self._will_write(-1)
        self._put(size_bytes, self._endpoint.release(key))

    def _put(self, size_bytes: int, payload: Any) -> None:
        if self._backlog is None:
            self.connection.send(SERVER, size_bytes, payload)
        else:
            self._backlog.put(size_bytes, payload)

    def waiting_bytes(self) -> int:
        """What was written to the client and has not arrived there, or waits to be written."""
        kept_bytes = 0 if self._backlog is None else self._backlog.kept_bytes
        return super().waiting_bytes() + kept_bytes

    def cut_off(self, payload: Any) -> None:
        """The client is too far behind for this; what was written before still goes out."""
        if type(payload) is Passive:
            self._endpoint.drop(payload.message, payload.person, OVERFLOW)
        else:
            self.connection.dropped[SERVER](payload)
        self._cut("slow reader")
        self.close()

    def _cut(self, reason: str) -> None:
        """Say why this connection ends, unless something else has ended it."""
        if self.connection.cut is None:
            self.connection.cut = Cut(reason, self._endpoint.engine.now_s)

    def _unsent(self, key: int) -> None:
        """The process died before it came to this."""
        self.connection.dropped[SERVER](self._endpoint.release(key))

    def post(self, size_bytes: int, message: int, person: int) -> None:
        """Write a delivery, paid by whoever fans out, that nobody reacts to."""
        if self._unwritten or self._backlog is not None or not self._endpoint.world.passive:
            self.send(size_bytes, Passive(message, person))
        else:
            self.connection.post(size_bytes, message, person)

    def _peer_dead(self) -> None:
        self.why = "ping timeout"
        self.close()  # close(2): the kernel goes on trying for a while

    def _closed(self, _reason: str) -> None:
        """The kernel knows that the peer has closed; the process does when it looks."""
        self.node.soon(0.0, self.leave, turn=self.person)

    def over_limit(self) -> None:
        """The client sends more than is taken by one connection (Discord: close code 4008)."""
        self._cut("rate limited")
        self.close()

    def taken_over(self) -> None:
        """A newer connection of the same person counts; the client of this one may still live."""
        self._cut("takeover")
        self.close()

    def turned_away(self) -> None:
        """Somebody else is here under this name; the newcomer is closed."""
        self._cut("refused")
        self.close()

    def leave(self) -> None:
        """The connection is over for this end, and its owner hears of it once."""
        if not self.over:
            self.over = True
            self.keepalive.feed(Beat.CLOSED)
            super().leave()
            if self._backlog is not None:
                self._backlog.over()
            unread, self._unread = self._unread or (), None
            for key in unread:
                self.connection.dropped[CLIENT](self._endpoint.release(key))
            self.ended()

    def node_drains(self) -> None:
        """The node wants its clients gone."""
        self.why = "server shutting down"
        self.close()


def _nothing() -> None:
    """Nobody wants to know."""


def _no_luck() -> float:
    return 0.5  # servers do not randomise their first ping in any preset
