"""The Socket.IO channel: events on an Engine.IO session, with its buffers and their holes.

At most once by default, both ways: what the client emits while it knows that it is offline waits
in its send buffer, what it wrote into a dead connection is gone, and the server keeps nothing for
the absent. `retries` makes the client ask for acknowledgements and try again (nobody drops
the copies); `recovery = "session"` is connection state recovery: the server replays what a client
missed, if the server noticed the end of the old connection before the client came back.

The session runs on one WebSocket: opened directly, or by polling first, whose requests then precede
the upgrade; or on polling alone (`polling`). Left out: events that travel by polling while the
upgrade is under way.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import count
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from models.channels.kind import Kind
from models.channels.socketio.words import SAYS
from models.connections.clients import Clients
from models.connections.endpoint import Endpoint, Hosting, Slot
from models.connections.http_pool import POST_HEADER_BYTES, RESPONSE_HEADER_BYTES
from models.connections.polling import PollingSession
from models.connections.reconnecting import ReconnectingClient
from models.connections.server_end import ServerEnd
from models.options import SocketIo
from models.protocols.machine import TIMEOUT
from models.protocols.socketio.packets import (
    Ack,
    Connect,
    Connected,
    Disconnect,
    Event,
    socket_packet_bytes,
)
from models.protocols.socketio.recovery import RecoveryLog
from models.protocols.socketio.sockets import (
    ClientOptions,
    Deliver,
    Dropped,
    Emit,
    EngineClosed,
    EngineOpened,
    Failed,
    Joined,
    SocketClient,
    SocketServer,
    Told,
)
from models.protocols.socketio.sockets import State as SocketState
from models.protocols.websocket import frame_bytes, upgrade_bytes
from models.servers.intake import Arrival, Refused, Result
from sim.driver import Driver
from sim.history import CAUSES, EVERYONE, LIST
from sim.transport.connection import CLIENT, SERVER, Passive
from sim.transport.handshake import Exchange

if TYPE_CHECKING:
    from sim.node import Node
    from sim.transport.stream import Stream

ENVELOPE_BYTES: Final = 20  # ["msg",{"text":""}]
REQUEST_BYTES: Final = 40
_PACKETS: Final = (Connect, Connected, Event, Ack, Disconnect)
_OPEN_BYTES: Final = 118  # the OPEN packet of engine.io 6.6, offering an upgrade
_PROBE_BYTES: Final = 8  # 2probe, 3probe


def _greeting(options: SocketIo) -> tuple[Exchange, ...]:
    """Round trips before a namespace can be joined, on the connection that then carries it."""
    costs, transport = options.costs, options.transport
    if transport == "polling only":
        return ()
    upgrade = Exchange(*upgrade_bytes(), costs.open_s)
    if transport == "websocket":
        return (upgrade,)
    poll = Exchange(POST_HEADER_BYTES, RESPONSE_HEADER_BYTES + _OPEN_BYTES, costs.request_s)
    probe = Exchange(_PROBE_BYTES, _PROBE_BYTES, costs.message_in_s)
    return (poll, upgrade, probe)


def _unframed(content_bytes: int, masked: bool) -> int:
    return content_bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """Server to client: the answer to a request."""

    message: int


class Emitted(NamedTuple):
    """Server to client: an event that the recovery log may replay, and for whom it is."""

    event: Event
    person: int

    @property
    def message(self) -> Any:
        """The number of the message."""
        return self.event.message


class SocketIoChannel(Clients["SocketIoClient"]):
    """All clients and server sockets of the Socket.IO channel."""

    def __init__(self, slot: Slot) -> None:
        world, options = slot.world, slot.options.socketio
        polls = options.transport == "polling only"
        hosting = Hosting(world.gateways, options.costs, _greeting(options))
        self.costs = options.costs
        self.endpoint = Endpoint(slot, hosting)
        self.options = options
        if polls:
            self.endpoint.session = partial(PollingSession, self.endpoint)
        self._frame_bytes = _unframed if polls else frame_bytes
        self.service = slot.service
        self.recovers = slot.receives and slot.options.recovery.kind == "session"
        self.action, self.size_bytes = slot.messages.action, slot.messages.size_bytes
        self.sockets: list[ServerSocket | None] = [None] * world.workload.people
        super().__init__(lambda person: SocketIoClient(self, person))
        self._logs: dict[int, RecoveryLog] = {}
        self._pids = count(1)  # random in the original: those of two logs never meet

    def _forget(self, node: Node) -> None:
        """The log is in the memory of the process that died."""
        self._logs.pop(node.index, None)

    def log(self, node: Node) -> RecoveryLog | None:
        """The recovery memory of this node's process, if there is one."""
        if not self.recovers:
            return None
        if node.index not in self._logs:
            self._logs[node.index] = RecoveryLog(
                self.endpoint.options.recovery.keep_s, self.endpoint.engine.now_s, self._pids
            )
        if self._forget not in node.on_down:  # nodes may join late
            node.on_down.append(self._forget)
        return self._logs[node.index]

    def disconnect(self, person: int) -> None:
        """Something in between resets this person's connection at the server."""
        socket = self.sockets[person]
        if socket is not None:
            socket.end.reset()

    def home(self, person: int) -> Node | None:
        """The node that believes to hold this person's connection, or logs for its return."""
        socket = self.sockets[person]
        return None if socket is None else socket.end.node

    def absent(self, person: int, message: int) -> None:
        """Nobody holds a connection: only a recovery log may still replay the message."""
        for log in self._logs.values():
            log.append(message, person, self.endpoint.engine.now_s)
        self.service.drop(message, person, "not connected")

    def push(self, node: Node, people: Sequence[int], message: int) -> None:
        """Emit to people connected to `node`."""
        for person in people:
            socket = self.sockets[person]
            if socket is None or socket.end.node is not node:
                self.absent(person, message)
            else:
                socket.emit(message)

    def event_bytes(self, event: Event, masked: bool) -> int:
        """Size of an event's frame."""
        message: Any = event.message
        content = self.size_bytes[message]
        if self.action[message] == LIST and masked:
            content = REQUEST_BYTES
        return self._frame_bytes(socket_packet_bytes(event, content + ENVELOPE_BYTES), masked)

    def packet_bytes(self, packet: Any, masked: bool) -> int:
        """Size of any packet's frame."""
        if type(packet) is Event:
            return self.event_bytes(packet, masked)
        return self._frame_bytes(socket_packet_bytes(packet), masked)

    def lost(self, person: int, payload: Any) -> None:
        """A delivery died with its connection; a recovery log may replay it all the same."""
        if type(payload) is Passive:
            self.service.drop(payload.message, person, "half-open")
        elif type(payload) is Emitted:
            message: Any = payload.event.message
            self.service.drop(message, person, "half-open")

    def pending(self) -> Iterator[tuple[Any, int]]:
        """What clients hold, and what is on the wire."""
        for client in self.clients.values():
            for message in client.socket.kept():
                yield message, EVERYONE
        for payload in self.endpoint.flying():
            if type(payload) is Passive:
                yield payload.message, payload.person
            elif type(payload) is Emitted:
                yield payload.event.message, payload.person
            elif type(payload) is Event:
                yield payload.message, EVERYONE


class SocketIoClient:
    """One person's client."""

    __slots__ = ("_channel", "_driver", "person", "reconnecting", "socket")

    def __init__(self, channel: SocketIoChannel, person: int) -> None:
        options = channel.options
        timeout_s = options.ack_timeout_s if options.retries else math.inf
        self._channel = channel
        self.person = person
        self.socket = SocketClient(ClientOptions(options.retries, timeout_s))
        self._driver = Driver(channel.endpoint.engine, self.socket, self._act, TIMEOUT)
        self.reconnecting = ReconnectingClient(channel.endpoint, person, self, self._accept)

    def _accept(self, node: Node, connection: Stream) -> None:
        ServerSocket(self._channel, self.person, node, connection)

    def submit(self, message: int) -> None:
        """Emit; the socket decides where it waits."""
        self._driver.feed(Emit(message))

    def _act(self, action: Any) -> None:
        kind = type(action)
        ledger = self._channel.endpoint.ledger
        if kind in _PACKETS:
            self._write(action)
        elif kind is Deliver:
            ledger.shown(action.message, self.person, not self.reconnecting.caught_up)
        elif kind is Told:
            ledger.told(action.message)
        elif kind is Failed:
            ledger.failed(action.message)
            self._drop(action.message, action.reason)
        elif kind is Dropped:
            self._drop(action.message, action.reason)
        elif kind is Joined:
            self.reconnecting.synced()

    def _drop(self, message: Any, reason: str) -> None:
        self._channel.service.drop(message, EVERYONE, reason if reason in CAUSES else "gave up")

    def _write(self, packet: Any) -> None:
        connection = self.reconnecting.connection
        channel = self._channel
        if connection is None:
            return
        if packet.__class__ is Event:
            message: Any = packet.message
            channel.endpoint.ledger.sent(message)
        connection.send(CLIENT, channel.packet_bytes(packet, masked=True), packet)

    def opened(self, connection: Stream) -> None:
        """The engine is open: join the namespace."""
        connection.dropped[CLIENT] = self._lost_packet
        self._driver.feed(EngineOpened())

    def received(self, payload: Any) -> None:
        """A packet from the server."""
        if type(payload) is Answer:
            self._act(Deliver(payload.message))
        elif self.socket.state is not SocketState.OFFLINE:
            self._driver.feed(payload.event if type(payload) is Emitted else payload)

    def lost(self) -> None:
        """The engine closed; what was in its buffer is not sent again."""
        if self.socket.state is not SocketState.OFFLINE:
            self._driver.feed(EngineClosed("transport close"))

    def _lost_packet(self, packet: Any) -> None:
        if packet.__class__ is Event and not self._channel.options.retries:
            self._drop(packet.message, "uplink died")


class ServerSocket:
    """The server's socket of one connection."""

    __slots__ = ("_channel", "_paid", "_socket", "end")

    def __init__(
        self, channel: SocketIoChannel, person: int, node: Node, connection: Stream
    ) -> None:
        self._channel = channel
        self._paid = False  # whether the process has done the work of what is sent now
        self._socket = SocketServer(channel.log(node))
        self._socket.rooms = (person,)
        self.end = ServerEnd(channel.endpoint, person, node, connection, self._asked)
        self.end.ended = self._ended
        connection.dropped[SERVER] = partial(channel.lost, person)
        self._feed(EngineOpened())

    def _feed(self, event: Any) -> None:
        for action in self._socket.handle(event, self._channel.endpoint.engine.now_s):
            self._act(action)

    def _asked(self, packet: Any) -> None:
        """A packet arrived: an event costs CPU before the socket sees it, the rest waits its turn.

        What joining the namespace costs is in the figure for opening (`Costs.open_s`).
        """
        if type(packet) is Event:
            end, cost_s = self.end, self._channel.costs.message_in_s
            read, replied = partial(self._read, packet), partial(self._replied, packet)
            message: Any = packet.message
            arrival = Arrival(end.node, end.person, message, cost_s, replied, read)
            self._channel.service.intake.enter(arrival)
        else:
            self.end.node.soon(0.0, self._read, packet, turn=self.end.person)

    def _read(self, packet: Any) -> None:
        if self._socket.state is not SocketState.OFFLINE:
            self._feed(packet)
        elif type(packet) is Event:
            self._died(packet)

    def _replied(self, packet: Any, result: Result) -> None:
        """Not read: no acknowledgement, so a client that retries does."""
        self._died(packet, result.cause if type(result) is Refused else "node died")

    def _died(self, packet: Any, cause: str = "node died") -> None:
        if not self._channel.options.retries:
            self._channel.service.drop(packet.message, EVERYONE, cause)

    def _act(self, action: Any) -> None:
        kind = type(action)
        if kind in _PACKETS:
            self._write(action)
        elif kind is Deliver:
            message: Any = action.message
            replied = partial(self._answer, message)
            self._channel.service.intake.take(self.end.node, message, replied)
        elif kind is Joined:
            self._joined()

    def _joined(self) -> None:
        """From now on this person is reached here; an older socket lives on until it is noticed."""
        self._socket.rooms = (self.end.person,)
        self._channel.sockets[self.end.person] = self

    def _write(self, packet: Any) -> None:
        size_bytes = self._channel.packet_bytes(packet, masked=False)
        if type(packet) is Event:
            cost_s = 0.0 if self._paid else self._channel.costs.message_out_s
            self.end.send(size_bytes, Emitted(packet, self.end.person), cost_s)
        else:
            self.end.send(size_bytes, packet)

    def _answer(self, message: int, result: Result) -> None:
        channel = self._channel
        if type(result) is Refused:  # after its acknowledgement: nobody sends it again
            channel.service.drop(message, EVERYONE, result.cause)
        elif channel.action[message] == LIST:
            size_bytes = frame_bytes(channel.size_bytes[message], masked=False)
            self.end.node.busy(channel.costs.message_out_s)
            self.end.send(size_bytes, Answer(message))

    def emit(self, message: int) -> None:
        """Send an event to this client: without a log nobody reacts to it."""
        channel = self._channel
        log = channel.log(self.end.node)
        if log is not None:
            offset = log.append(message, self.end.person, channel.endpoint.engine.now_s)
            self._paid = True
            self._feed(Emit(message, offset=offset))
            self._paid = False
            return
        size_bytes = channel.event_bytes(Event(message, None, None), masked=False)
        self.end.post(size_bytes, message, self.end.person)

    def _ended(self) -> None:
        person = self.end.person
        self._feed(EngineClosed(self.end.why))
        if self._channel.sockets[person] is self:
            self._channel.sockets[person] = None


KIND: Final = Kind(
    "socketio",
    SocketIoChannel,
    keeps=("none", "session"),
    says={**SAYS, Emitted: lambda emitted, about: about(emitted.event.message, "event: ")},
    title="Socket.IO",
    reads=("socketio", "heartbeat", "backoff", "connection", "http.pool"),
)
