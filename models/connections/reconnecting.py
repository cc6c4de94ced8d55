"""A person's persistent connection, again and again: dial, keep alive, notice death, come back.

Drives the link machine and both ends' hearts, and tells the ledger what the client believes:
noticed, open again, caught up. What travels on the connection is its owner's business: a WebSocket
or an MQTT client.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Protocol

from models.connections.endpoint import Endpoint
from models.connections.server_end import PING_BYTES
from models.protocols.heartbeat import Beat
from models.protocols.link import (
    SERVER_CLOSE,
    HangUp,
    LinkMachine,
    Lost,
    Online,
    Opened,
    Refused,
    Start,
    Stop,
)
from models.protocols.link import Dial as DialNow
from models.protocols.machine import TIMEOUT, Machine
from sim.driver import Driver
from sim.transport.connection import CLIENT
from sim.transport.names import PING, PONG
from sim.transport.stream import Caller

if TYPE_CHECKING:
    from sim.node import Node
    from sim.transport.stream import Cut, Dialling, Stream


_ABANDONED: Final = {"timeout": "timeout", "online": "lost"}
"""What becomes of a dial that is given up, by the reason of that."""


class Owner(Protocol):
    """The client of a channel, on top of its reconnecting."""

    def opened(self, connection: Stream) -> None:
        """A new connection is open at the client."""

    def received(self, payload: Any) -> None:
        """Something other than a ping arrived."""

    def lost(self) -> None:
        """The connection is over, as far as the client knows."""


class Link(Machine[Any, Any], Protocol):
    """A machine in the words of `models.protocols.link`, or one that knows more of them."""

    @property
    def state(self) -> Enum:
        """Where it stands; "closed" when it does not try to come back."""


class ReconnectingClient:
    """One person's connection on one channel."""

    __slots__ = (
        "_accept",
        "_closing",
        "_cut",
        "_dial",
        "_endpoint",
        "_heard_s",
        "_keepalive",
        "_link",
        "_machine",
        "_node",
        "_owner",
        "_replies",
        "_started_s",
        "caught_up",
        "connection",
        "failed",
        "person",
    )  # fmt: skip

    def __init__(
        self, endpoint: Endpoint, person: int, owner: Owner,
        accept: Callable[[Node, Stream], None], replies: tuple[type, ...] = (),
        link: Link | None = None,
    ) -> None:  # fmt: skip
        """`accept(node, connection)` runs at the server; `replies` are what hearts call replies.

        `link` decides when to dial, in the link machine's words; the options' back-off otherwise.
        """
        self._endpoint = endpoint
        self._replies = replies
        self._owner = owner
        self._accept = accept
        self.person = person
        self.connection: Stream | None = None
        luck = endpoint.world.streams.draws("backoff", person).uniform
        self._machine = link or LinkMachine(endpoint.link_options, luck)
        self._link = Driver(endpoint.engine, self._machine, self._act, TIMEOUT)
        self._link.process = endpoint.device(person)
        self._keepalive = endpoint.client_keepalive(person, luck, self._ping, self._dead)
        self._dial: Dialling | None = None
        self._closing: Stream | None = None
        self._node: Node | None = None
        self._started_s = 0.0
        self._heard_s = 0.0
        self.failed: Callable[[], object] = _nothing  # told of each try that comes to nothing
        self.caught_up = True  # with what was missed since the last connection was lost
        self._cut: Cut | None = None  # of the last connection, by something on the way

    @property
    def up(self) -> bool:
        """Whether the client believes that it is connected."""
        return self.connection is not None

    def start(self) -> None:
        """The app wants a connection."""
        self._link.feed(Start())

    def stop(self) -> None:
        """The app closes: say goodbye and stop trying."""
        self._endpoint.ledger.closed(self.person, self._endpoint.channel)
        self.caught_up = True
        self._link.feed(Stop())

    def tell(self, event: object) -> None:
        """Something that only the link machine of this protocol understands has happened."""
        self._link.feed(event)

    def fail(self, reason: str) -> None:
        """Break the connection from outside (a fault)."""
        if self.connection is not None:
            self.connection.abort(CLIENT)
            self._lost(reason)

    def synced(self) -> None:
        """The client has caught up with what it missed."""
        self._endpoint.ledger.synced(self.person, self._endpoint.channel)
        self.caught_up = True

    def link_lost(self) -> None:
        """The client is told that its device has no link: it gives its connection up.

        It closes as after a heartbeat, so what was written still goes out if the link comes back.
        """
        if self.connection is not None:
            self.connection.close(CLIENT)
            self._lost("link")

    def link_back(self) -> None:
        """The client is told that there is a link again: it dials now, if it has to."""
        if self._machine.state.value in ("waiting", "dialling"):
            self._link.feed(Online())

    def move(self) -> None:
        """The device has a new address: its sockets are dead, and the server is not told."""
        if self.connection is not None:
            self.connection.vanish(CLIENT)
            self._lost("link")
        elif self._dial is not None:
            self._dial.cancel()
            self._failed("lost")

    def _act(self, action: Any) -> None:
        if type(action) is DialNow:
            self._dial_now()
        elif type(action) is HangUp:
            self._hang_up(action.reason)

    def _dial_now(self) -> None:
        endpoint = self._endpoint
        self._started_s = endpoint.engine.now_s
        self._node = node = endpoint.balancer.pick(self.person)
        self._dial = dial = endpoint.session(self.person, node)
        dial.start(Caller(self._opened, self._failed, partial(self._accepted, node)))

    def _accepted(self, node: Node, connection: Stream) -> None:
        shared: Node | None = getattr(connection, "node", None)
        if shared is not None:  # a stream of a connection that leads where it leads
            self._node = node = shared
        self._endpoint.connections.append(connection)
        self._accept(node, connection)

    def _hang_up(self, reason: str) -> None:
        if self._dial is not None:
            self._dial.cancel()
            self._dial = None
            if reason in _ABANDONED:
                self._attempted(_ABANDONED[reason])
                self.failed()
        self._closing = None
        if self.connection is not None:
            self.connection.close(CLIENT)
            self._forget()
            self._owner.lost()

    def _attempted(self, outcome: str) -> None:
        if self._node is not None:
            self._endpoint.attempted(self.person, self._node, outcome, self._started_s)

    def _failed(self, outcome: str) -> None:
        self._dial = None
        self._attempted(outcome)
        self.failed()
        self._link.feed(Refused(outcome))

    def _opened(self, connection: Stream) -> None:
        self._dial = None
        self._attempted("opened")
        self._heard_s = self._endpoint.engine.now_s
        if self._node is not None:
            self._endpoint.ledger.open(self.person, self._endpoint.channel, self._node.index)
        self.connection = connection
        connection.receive[CLIENT] = self._hear
        connection.closed[CLIENT] = self._closed
        self._link.feed(Opened())
        if self._endpoint.calm is not None and self._keepalive.in_rows:
            self._endpoint.calm.open(connection, self._keepalive)
        self._keepalive.feed(Beat.OPENED)
        self._owner.opened(connection)

    def _hear(self, payload: Any) -> None:
        self._heard_s = self._endpoint.engine.now_s
        if payload is PONG:
            self._keepalive.feed(Beat.PONG)
        elif payload is PING:
            self._keepalive.hear(Beat.PING)
            if self.connection is not None:
                self.connection.send(CLIENT, PING_BYTES, PONG)
        else:
            self._keepalive.hear(Beat.REPLY if type(payload) in self._replies else Beat.DATA)
            self._owner.received(payload)

    def _ping(self) -> None:
        if self.connection is not None:
            self.connection.send(CLIENT, PING_BYTES, PING)

    def _dead(self) -> None:
        """The client's own heartbeat declares the peer gone.

        What was written still goes out if the link comes back: closing is not aborting. Some
        clients then wait for the peer's answer, ignores_traffic and dumb, before they dial again.
        """
        connection, wait_s = self.connection, self._endpoint.options.connection.close_timeout_s
        if connection is None:
            return
        connection.close(CLIENT)
        if wait_s:
            self._forget()
            self._closing = connection
            self._endpoint.engine.at(
                self._endpoint.engine.now_s + wait_s, self._given_up, connection
            )
        else:
            self._lost("heartbeat")

    def _given_up(self, connection: Stream) -> None:
        if self._closing is connection:
            self._lost("heartbeat")

    def _closed(self, reason: str) -> None:
        self._lost("server close" if reason == "fin" else "reset")

    def _lost(self, reason: str) -> None:
        self._closing = None
        self._forget()
        endpoint = self._endpoint
        well_s, cut = self._heard_s, self._cut
        endpoint.ledger.noticed(self.person, endpoint.channel, reason, well_s, cut)
        self.caught_up = False
        self._owner.lost()
        self._link.feed(Lost(SERVER_CLOSE if reason == "server close" else reason))

    def _forget(self) -> None:
        if self.connection is not None:
            self._cut = self.connection.cut
            if self._endpoint.calm is not None:
                self._heard_s = max(self._heard_s, self._endpoint.calm.heard_s(self.connection))
            self.connection = None
            self._keepalive.feed(Beat.CLOSED)

    @property
    def dialling(self) -> bool:
        """Whether the client is trying to come back."""
        return bool(self._machine.state.value != "closed")


def _nothing() -> None:
    """Most clients only try again."""
