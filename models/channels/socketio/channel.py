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
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import count
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from models.calm.mail import sized
from models.channels.kind import Kind
from models.channels.replay import CatchUp
from models.channels.socketio.server import PACKETS, Answer, Emitted, ServerSocket
from models.channels.socketio.words import SAYS
from models.connections.clients import Clients
from models.connections.endpoint import Endpoint, Hosting, Slot
from models.connections.http_pool import POST_HEADER_BYTES, RESPONSE_HEADER_BYTES
from models.connections.polling import PollingSession
from models.connections.reconnecting import ReconnectingClient
from models.options import SocketIo
from models.protocols.machine import TIMEOUT
from models.protocols.socketio.packets import Event, socket_packet_bytes
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
    Told,
)
from models.protocols.socketio.sockets import State as SocketState
from models.protocols.websocket import frame_bytes, upgrade_bytes
from sim.driver import Driver
from sim.history import CAUSES, EVERYONE, LIST, SEEN, SEND, TYPING
from sim.transport.connection import CLIENT, Passive
from sim.transport.handshake import Exchange

if TYPE_CHECKING:
    from models.connections.server_end import ServerEnd
    from models.servers.intake import Arrival, Replied
    from sim.node import Node
    from sim.transport.stream import Stream

ENVELOPE_BYTES: Final = 20  # ["msg",{"text":""}]
REQUEST_BYTES: Final = 40
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


class SocketIoChannel(Clients["SocketIoClient"]):
    """All clients and server sockets of the Socket.IO channel."""

    def __init__(self, slot: Slot) -> None:
        world, options = slot.world, slot.options.socketio
        polls = options.transport == "polling only"
        hosting = Hosting(world.gateways, options.costs, _greeting(options))
        self.costs = options.costs
        self.endpoint = Endpoint(slot, hosting)
        self.options = options
        self.catch_up = CatchUp(0.0)  # joining the namespace is in the figure for opening
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
        self.mailroom = slot.service.mailroom
        self.homes = self.mailroom if slot.receives else None
        if self.homes is not None:
            plain = () if self.recovers or polls else (SEND, TYPING, SEEN)
            self.homes.delivers(self.costs.message_out_s, self._sizes(masked=False), plain)

    def _sizes(self, masked: bool) -> Any:
        """By message: bytes of an event that nobody acknowledges or logs."""
        content = sized(self.size_bytes, partial(self._content_bytes, masked))
        if masked:
            content[np.asarray(self.action) == LIST] = self._content_bytes(True, REQUEST_BYTES)
        return content

    def _content_bytes(self, masked: bool, content_bytes: int) -> int:
        packet_bytes = socket_packet_bytes(Event(0, None, None), content_bytes + ENVELOPE_BYTES)
        return self._frame_bytes(packet_bytes, masked)

    def sends(self, actions: Sequence[int]) -> None:
        """Clients emit these actions: in rows, where they ask for no acknowledgement."""
        if self.mailroom is not None and not self.options.retries:
            cost_s = self.costs.message_in_s
            self.mailroom.sends(self, actions, cost_s, self._sizes(masked=True), seated=True)

    def payload(self, message: int) -> Event:
        """What a client writes."""
        return Event(message, None, None)

    def arrival(self, end: ServerEnd, message: int) -> Arrival:
        """An event that has come by this end."""
        return end.owner.arrival(self.payload(message))  # type: ignore[no-any-return]

    def replied(self, end: ServerEnd, message: int) -> Replied:
        """Who hears what came of it."""
        return end.owner.replied(message)  # type: ignore[no-any-return]

    def _forget(self, node: Node) -> None:
        """The log is in the memory of the process that died."""
        self._logs.pop(node.index, None)

    def log(self, node: Node) -> RecoveryLog | None:
        """The recovery memory of this node's process, or of all, if there is one."""
        if not self.recovers:
            return None
        if (shared := self.service.fan_out.backplane.log) is not None:
            return shared
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
        self._driver.process = channel.endpoint.device(person)
        self.reconnecting = ReconnectingClient(channel.endpoint, person, self, self._accept)

    def _accept(self, node: Node, connection: Stream) -> None:
        ServerSocket(self._channel, self.person, node, connection)

    def submit(self, message: int) -> None:
        """Emit; the socket decides where it waits."""
        self._driver.feed(Emit(message))

    def _act(self, action: Any) -> None:
        kind = type(action)
        ledger = self._channel.endpoint.ledger
        if kind in PACKETS:
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
            self._reachable()

    def _reachable(self) -> None:
        """What is emitted from now on is written at once."""
        channel = self._channel
        if channel.mailroom is not None:
            channel.mailroom.connected(channel, self.person, self.reconnecting.connection)

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


_LACKS: Final = {
    "heartbeat": "only the server pings; the client waits as long for it",
    "store": "an event is acknowledged before it is stored",
    "recovery": "a state in the gateway's memory for an hour at most, no log with a cursor",
}


def _lacks(groups: Mapping[str, Any]) -> Mapping[str, str]:
    """Over a backplane that keeps no offsets not even that state."""
    if groups["recovery"].kind == "none":
        return _LACKS | {"recovery": "what was missed is never recovered"}
    return _LACKS


KIND: Final = Kind(
    "socketio",
    SocketIoChannel,
    keeps=("none", "session"),
    says={**SAYS, Emitted: lambda emitted, about: about(emitted.event.message, "event: ")},
    title="Socket.IO",
    reads=("socketio", "heartbeat", "backoff", "client", "connection", "http.pool", "tcp"),
    acknowledges=lambda options: options.socketio.retries > 0,
    pings=("server",),
    lacks=_lacks,
    in_rows=True,
)
