"""The WebSocket channel: frames both ways on one persistent connection.

Plain, it promises nothing: what is sent while the client knows it is offline is dropped, what is
in flight when the connection dies is lost, what happens while away never arrives. With `acks` a
send carries an id, is acknowledged by the server and resent after a reconnect; with
`recovery = "cursor"` the server sends each reader its log in order and a returning client says how
far it got.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from models.calm.mail import sized
from models.channels.kind import Kind
from models.channels.replay import (
    ACK_BYTES,
    ENVELOPE_BYTES,
    REQUEST_BYTES,
    Behind,
    CatchUp,
    Fetch,
    Fetched,
    LogReader,
    LogWriter,
    body_bytes,
    coming,
    lost_in_the_end,
)
from models.connections.clients import Clients
from models.connections.endpoint import Endpoint, Hosting, Slot
from models.connections.outbox import ClientOutbox
from models.connections.reconnecting import ReconnectingClient
from models.connections.server_end import ServerEnd
from models.protocols.resume import CaughtUp, Item, Lost, Opened, Resume, Truncated
from models.protocols.websocket import frame_bytes, upgrade_bytes
from models.servers.intake import Accepted, Arrival, Refused, Replied, Result
from sim.history import EVERYONE, LIST, SEEN, SEND, TYPING
from sim.tape import ACK, CONTROL, DATA, Said
from sim.transport.connection import CLIENT, SERVER, Passive
from sim.transport.handshake import Exchange

if TYPE_CHECKING:
    from models.channels.kind import About
    from sim.node import Node
    from sim.transport.stream import Stream

__all__ = [
    "ENVELOPE_BYTES",
    "KIND",
    "REQUEST_BYTES",
    "Act",
    "Told",
    "WebSocketChannel",
    "body_bytes",
]
_RECOVERY: Final = tuple(
    f"recovery.{key}" for key in ("log", "window", "behind", "page", "delta_max")
)
_LOGGED: Final = (Item, CaughtUp, Truncated, Behind, Fetched)


@dataclass(frozen=True, slots=True)
class Act:
    """Client to server: an action; `number` counts the sends of this connection, from 1."""

    message: int
    number: int = 0


@dataclass(frozen=True, slots=True)
class Told:
    """Server to client: the action was accepted, or its answer."""

    message: int


class WebSocketChannel(Clients["WebSocketClient"]):
    """All clients and sessions of the WebSocket channel."""

    def __init__(self, slot: Slot) -> None:
        world = slot.world
        self.costs = costs = slot.options.websocket.costs
        greeting = (Exchange(*upgrade_bytes(), costs.open_s),)
        self.endpoint = Endpoint(slot, Hosting(world.gateways, costs, greeting))
        self.options = slot.options.websocket
        self.service = slot.service
        self.cursor = slot.receives and slot.options.recovery.kind == "cursor"
        self.catch_up = CatchUp(0.0)
        if self.cursor:
            self.catch_up = CatchUp(costs.message_in_s, world.read, costs.message_out_s)
            slot.service.store.logs.reading = self
            self.endpoint.settled = self._settled
        self.action, self.size_bytes = slot.messages.action, slot.messages.size_bytes
        self.sessions: list[Session | None] = [None] * world.workload.people
        self.highest = [0] * world.workload.people  # number that the servers had from each person
        super().__init__(lambda person: WebSocketClient(self, person))
        self.mailroom = slot.service.mailroom
        self.homes = self.mailroom if slot.receives else None
        if self.homes is not None:
            down_bytes = sized(self.size_bytes, lambda size: frame_bytes(body_bytes(size), False))
            posts = (TYPING, SEEN) if self.cursor else (SEND, TYPING, SEEN)
            self.homes.delivers(costs.message_out_s, down_bytes, posts)

    def sends(self, actions: Sequence[int]) -> None:
        """Clients send these actions: in rows, where nobody waits for an answer."""
        answers = self.options.acks or self.service.store.recovers
        if self.mailroom is not None and not answers:
            up_bytes = sized(self.size_bytes, lambda size: frame_bytes(body_bytes(size), True))
            up_bytes[np.asarray(self.action) == LIST] = frame_bytes(REQUEST_BYTES, masked=True)
            self.mailroom.sends(self, actions, self.costs.message_in_s, up_bytes)

    def payload(self, message: int) -> Act:
        """What a client writes."""
        return Act(message)

    def arrival(self, end: ServerEnd, message: int) -> Arrival:
        """A message that has come by this end."""
        replied = self.replied(end, message)
        cost_s = self.costs.message_in_s
        return Arrival(end.node, end.person, message, cost_s, replied, line=end)

    def replied(self, end: ServerEnd, message: int) -> Replied:
        """Who hears what came of it."""
        return partial(end.owner.replied, message)

    def disconnect(self, person: int) -> None:
        """Something in between resets this person's connection at the server."""
        session = self.sessions[person]
        if session is not None:
            session.end.reset()

    def home(self, person: int) -> Node | None:
        """The node that believes to hold this person's connection."""
        session = self.sessions[person]
        return None if session is None else session.end.node

    def absent(self, person: int, message: int) -> None:
        """Nobody holds a connection: without a log the message is gone for this person."""
        if not (self.cursor and self.action[message] == SEND):
            self.service.drop(message, person, "not connected")

    def push(self, node: Node, people: Sequence[int], message: int) -> None:
        """Send a message to people connected to `node`; live traffic that nobody reacts to."""
        logged = self.cursor and self.action[message] == SEND
        size_bytes = frame_bytes(body_bytes(self.size_bytes[message]), masked=False)
        for person in people:
            session = self.sessions[person]
            if session is None or session.end.node is not node:
                self.absent(person, message)
            elif logged and session.log is not None:
                session.log.flush(paid=1)
            else:
                session.end.post(size_bytes, message, person)

    def is_repeat(self, person: int, act: Act) -> bool:
        """Whether the servers take a send for one that they had, by its number alone."""
        if self.options.dedup != "counter" or self.action[act.message] != SEND:
            return False
        known = act.number <= self.highest[person]
        self.highest[person] = max(self.highest[person], act.number)
        if known and not self.service.store.has(act.message):
            self.service.drop(act.message, EVERYONE, "taken for a repeat")
        return known

    def lost(self, payload: Any) -> None:
        """A delivery died with its connection."""
        if type(payload) is Passive:
            self.service.drop(payload.message, payload.person, "half-open")

    def pending(self) -> Iterator[tuple[int, int]]:
        """What clients still hold, and what the log still has for its readers."""
        for client in self.clients.values():
            yield from client.pending()
        for payload in self.endpoint.flying():
            if type(payload) is Passive:
                yield payload.message, payload.person
            elif type(payload) is Act:
                yield payload.message, EVERYONE
        if self.cursor:
            yield from coming(self.service, self.read, self._sent)

    def _settled(self) -> None:
        """The run is over: what nobody can get any more is lost."""
        if self.service.catching_up.bounded:
            lost_in_the_end(self.service, set(self.pending()), self.read)

    def _sent(self, person: int) -> int:
        """How far the log is on the wire to this person, -1 where nobody reads."""
        session = self.sessions[person]
        return -1 if session is None or session.log is None else session.log.sent

    def read(self, person: int) -> int:
        """How far this person has read the log."""
        return self.clients[person].cursor if person in self.clients else 0

    def handed(self, person: int) -> int:
        """How far the person has read, or will have with what is on the wire."""
        return max(self.read(person), self._sent(person))

    def shortened(self, person: int) -> None:
        """The log has lost entries: a session only ever sends what comes after its own place."""


class WebSocketClient:
    """One person's client."""

    __slots__ = ("_channel", "_log", "_outbox", "_sends", "person", "reconnecting")

    def __init__(self, channel: WebSocketChannel, person: int) -> None:
        self._channel = channel
        self.person = person
        self._log = LogReader(channel, person, self._ask) if channel.cursor else None
        self._sends = 0  # on this connection
        self.reconnecting = ReconnectingClient(channel.endpoint, person, self, self._accept)
        endpoint = channel.endpoint
        self._outbox = ClientOutbox(endpoint, person, self._send) if channel.options.acks else None

    def _accept(self, node: Node, connection: Stream) -> None:
        Session(self._channel, self.person, node, connection)

    def submit(self, message: int) -> None:
        """Send now if connected; otherwise keep it (acks) or drop it (plain)."""
        if self._outbox is not None and self._channel.action[message] == SEND:
            self._outbox.offer(message)
        elif self.reconnecting.up:
            self._send(message)
        else:
            self._channel.service.drop(message, EVERYONE, "not connected")

    def _send(self, message: int) -> None:
        connection = self.reconnecting.connection
        if connection is None:
            return
        channel = self._channel
        channel.endpoint.ledger.sent(message)
        asked = channel.action[message] == LIST
        size_bytes = REQUEST_BYTES if asked else body_bytes(channel.size_bytes[message])
        self._sends += channel.action[message] == SEND
        connection.send(CLIENT, frame_bytes(size_bytes, masked=True), Act(message, self._sends))

    def opened(self, connection: Stream) -> None:
        """Connected: say how far the log was read, and send what is unacknowledged."""
        connection.dropped[CLIENT] = self._dropped
        if self._channel.mailroom is not None:
            self._channel.mailroom.connected(self._channel, self.person, connection)
        self._sends = 0
        if self._log is not None:
            self._log.tell(Opened())
        else:
            self.reconnecting.synced()
        if self._outbox is not None:
            self._outbox.connected()

    def received(self, payload: Any) -> None:
        """A frame from the server."""
        if self._log is not None and type(payload) in _LOGGED:
            if self._log.read(payload):
                self.reconnecting.synced()
        elif type(payload) is Told:
            self._told(payload.message)

    @property
    def cursor(self) -> int:
        """How far this person has read the log."""
        return 0 if self._log is None else self._log.cursor

    def _ask(self, request: Any) -> None:
        """Write a request about the log."""
        if self.reconnecting.connection is not None:
            size_bytes = frame_bytes(REQUEST_BYTES, masked=True)
            self.reconnecting.connection.send(CLIENT, size_bytes, request)

    def _told(self, message: int) -> None:
        ledger = self._channel.endpoint.ledger
        ledger.told(message)
        if self._channel.action[message] == LIST:
            ledger.shown(message, self.person)
        elif self._outbox is not None:
            self._outbox.acknowledged(message)

    def lost(self) -> None:
        """The connection is over."""
        if self._log is not None:
            self._log.tell(Lost())
        if self._outbox is not None:
            self._outbox.disconnected()

    def _dropped(self, payload: Any) -> None:
        """Bytes that never reached the server: gone for good unless they are resent."""
        if type(payload) is Act and not self._resends(payload.message):
            self._channel.service.drop(payload.message, EVERYONE, "uplink died")

    def _resends(self, message: int) -> bool:
        return self._outbox is not None and self._channel.action[message] == SEND

    def pending(self) -> Iterator[tuple[int, int]]:
        """Messages this client will still send."""
        if self._outbox is not None:
            yield from ((message, EVERYONE) for message in self._outbox.unacknowledged())


class Session:
    """The server's side of one client's connection."""

    __slots__ = ("_channel", "end", "log")

    def __init__(
        self, channel: WebSocketChannel, person: int, node: Node, connection: Stream
    ) -> None:
        self._channel = channel
        before = channel.sessions[person]
        channel.sessions[person] = self
        self.end = ServerEnd(channel.endpoint, person, node, connection, self._asked)
        self.end.owner = self
        self.log = LogWriter(channel, self.end) if channel.cursor else None
        if channel.homes is not None:
            channel.homes.at_home(person, node, self.end.number)
        self.end.ended = self._ended
        if self.log is not None:
            self.end.beat = self.log.flush  # finds what an outage of the backplane kept from us
        connection.dropped[SERVER] = channel.lost
        if before is not None:
            before.end.taken_over()

    def _ended(self) -> None:
        person = self.end.person
        if self._channel.sessions[person] is self:
            self._channel.sessions[person] = None
            if self._channel.homes is not None:
                self._channel.homes.away(person)

    def _asked(self, payload: Any) -> None:
        channel, node = self._channel, self.end.node
        if type(payload) is Act and channel.is_repeat(self.end.person, payload):
            node.work(channel.costs.message_in_s, self._tell, payload.message)
        elif type(payload) is Act:
            channel.service.intake.enter(channel.arrival(self.end, payload.message))
        elif self.log is not None and type(payload) in (Resume, Fetch):
            self.log.asked(payload)

    def replied(self, message: int, result: Result) -> None:
        """A send that wants an acknowledgement comes again on the next connection.

        A refusal is the end of this one: close code 1013, try again later (IANA's registry of
        WebSocket close codes).
        """
        if type(result) is Accepted:
            self._tell(message)
        elif not (self._channel.options.acks and self._channel.action[message] == SEND):
            cause = result.cause if type(result) is Refused else "node died"
            self._channel.service.drop(message, EVERYONE, cause)
        elif type(result) is Refused:
            self.end.close()

    def _tell(self, message: int) -> None:
        channel = self._channel
        if channel.action[message] == LIST:
            size_bytes = channel.size_bytes[message]
        elif channel.options.acks:
            size_bytes = ACK_BYTES
        else:
            return
        self.end.node.busy(channel.costs.message_out_s)
        self.end.send(frame_bytes(size_bytes, masked=False), Told(message))


def _fetched_words(page: Fetched, about: About) -> Said:
    messages: Any = tuple(item.message for item in page.items)
    names = ", ".join(about(message).text for message in messages)
    return Said(f"page: {names or 'nothing new'}", messages, DATA)


KIND: Final = Kind(
    "websocket",
    WebSocketChannel,
    keeps=("none", "cursor"),
    says={
        Told: lambda told, about: about(told.message, "OK for ", ACK),
        Resume: lambda resume, _: Said(f"resume after item {resume.cursor}", (), CONTROL),
        CaughtUp: lambda _, __: Said("caught up", (), CONTROL),
        Truncated: lambda gap, _: Said(f"the log begins with item {gap.first}", (), CONTROL),
        Behind: lambda _, __: Said("too far behind", (), CONTROL),
        Fetch: lambda _, __: Said("fetch the next page", (), CONTROL),
        Fetched: _fetched_words,
    },
    title="a WebSocket",
    reads=("websocket", "heartbeat", "backoff", "client", "connection", "tcp", *_RECOVERY),
    acknowledges=lambda options: options.websocket.acks,
    in_rows=True,
)
