"""The server's end of a connection: attached to its node, with a keepalive of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from models.connections.keepalive import KeepAlive
from models.protocols.heartbeat import Beat
from sim.transport.connection import SERVER

if TYPE_CHECKING:
    from models.connections.endpoint import Endpoint
    from sim.node import Node
    from sim.transport.stream import Stream

PING: Final = "ping"
PONG: Final = "pong"
PING_BYTES: Final = 6  # masked control frame without payload, RFC 6455 5.2; 2 from the server


class Attachment:
    """What a node does to any connection that is attached to it, and what that means on the wire.

    `leave` says that the connection is gone, once or several times.
    """

    __slots__ = ("connection", "node", "person")
    comes_back = True  # at once, when it ends

    def __init__(self, person: int, node: Node, connection: Stream) -> None:
        self.person = person
        self.node = node
        self.connection = connection
        node.connections[self] = None

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
    """The server's end of one connection: attached to its node, with a heart of its own."""

    __slots__ = ("_echoes", "_ended", "_keepalive", "beat", "ended", "receive", "why")

    def __init__(
        self, endpoint: Endpoint, person: int, node: Node, connection: Stream,
        receive: Callable[[Any], None],
    ) -> None:  # fmt: skip
        super().__init__(person, node, connection)
        self.ended: Callable[[], None] = _nothing
        self.beat: Callable[[], None] = _nothing  # runs with each ping of either end
        self.receive = receive
        self._echoes = endpoint.client_ignores_traffic
        self._ended = False
        self.why = "transport close"  # as Engine.IO calls the reason of the end
        spec = endpoint.server_heartbeat(node)
        self._keepalive = KeepAlive(endpoint.engine, spec, _no_luck, self._ping, self._peer_dead)
        connection.receive[SERVER] = self._hear
        connection.closed[SERVER] = self._closed
        self._keepalive.feed(Beat.OPENED)

    def _hear(self, payload: Any) -> None:
        if payload is PING:
            self._keepalive.hear(Beat.PING)
            self.connection.send(SERVER, PING_BYTES, PONG)
            self.beat()
        elif payload is PONG:
            self._keepalive.feed(Beat.PONG)
        else:
            self._keepalive.hear(Beat.DATA)
            self.receive(payload)

    def _ping(self) -> None:
        if not (self._echoes and self.connection.echo(SERVER, PING_BYTES, PING, self._ponged)):
            self.connection.send(SERVER, PING_BYTES, PING)
        self.beat()

    def _ponged(self) -> None:
        self._keepalive.feed(Beat.PONG)

    def _peer_dead(self) -> None:
        self.why = "ping timeout"
        self.close()  # close(2): the kernel goes on trying for a while

    def _closed(self, _reason: str) -> None:
        self.leave()

    def leave(self) -> None:
        """The connection is over for this end, and its owner hears of it once."""
        if not self._ended:
            self._ended = True
            self._keepalive.feed(Beat.CLOSED)
            super().leave()
            self.ended()

    def node_drains(self) -> None:
        """The node wants its clients gone."""
        self.why = "server shutting down"
        self.close()


def _nothing() -> None:
    """Nobody wants to know."""


def _no_luck() -> float:
    return 0.5  # servers do not randomise their first ping in any preset
