"""The server's socket of one Socket.IO connection: what it reads, hands on, answers and emits."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol

from models.connections.server_end import ServerEnd
from models.protocols.socketio.packets import Ack, Connect, Connected, Disconnect, Event
from models.protocols.socketio.sockets import (
    Deliver,
    Emit,
    EngineClosed,
    EngineOpened,
    Joined,
    SocketServer,
)
from models.protocols.socketio.sockets import State as SocketState
from models.protocols.websocket import frame_bytes
from models.servers.intake import Arrival, Refused, Replied, Result
from sim.history import EVERYONE, LIST
from sim.transport.connection import SERVER

if TYPE_CHECKING:
    from models.connections.endpoint import Endpoint
    from models.costs import Costs
    from models.options import SocketIo
    from models.protocols.socketio.recovery import RecoveryLog
    from models.servers.mailroom import Mailroom
    from models.servers.service import Service
    from sim.node import Node
    from sim.transport.stream import Stream

PACKETS: Final = (Connect, Connected, Event, Ack, Disconnect)


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


class Sockets(Protocol):
    """What a socket needs of the channel that it belongs to."""

    endpoint: Endpoint
    options: SocketIo
    costs: Costs
    service: Service
    homes: Mailroom | None  # who has to know where people are at home
    sockets: list[ServerSocket | None]
    action: list[int]
    size_bytes: list[int]

    def log(self, node: Node) -> RecoveryLog | None: ...
    def lost(self, person: int, payload: Any) -> None: ...
    def event_bytes(self, event: Event, masked: bool) -> int: ...
    def packet_bytes(self, packet: Any, masked: bool) -> int: ...


class ServerSocket:
    """The server's socket of one connection."""

    __slots__ = ("_channel", "_paid", "_socket", "end")

    def __init__(self, channel: Sockets, person: int, node: Node, connection: Stream) -> None:
        self._channel = channel
        self._paid = False  # whether the process has done the work of what is sent now
        self._socket = SocketServer(channel.log(node))
        self._socket.rooms = (person,)
        self.end = ServerEnd(channel.endpoint, person, node, connection, self._asked)
        self.end.owner = self
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
            self._channel.service.intake.enter(self.arrival(packet))
        else:
            self.end.node.soon(0.0, self._read, packet, turn=self.end.person)

    def arrival(self, packet: Event) -> Arrival:
        """An event that has come, for the servers' door."""
        end, cost_s = self.end, self._channel.costs.message_in_s
        read, replied = partial(self._read, packet), partial(self._replied, packet)
        message: Any = packet.message
        return Arrival(end.node, end.person, message, cost_s, replied, read, end)

    def replied(self, message: int) -> Replied:
        """Who hears what came of an event that the socket has handed on."""
        return partial(self._answer, message)

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
        if kind in PACKETS:
            self._write(action)
        elif kind is Deliver:
            message: Any = action.message
            self._channel.service.intake.take(self.end.node, message, self.replied(message))
        elif kind is Joined:
            self._joined()

    def _joined(self) -> None:
        """From now on this person is reached here; an older socket lives on until it is noticed."""
        self._socket.rooms = (self.end.person,)
        self._channel.sockets[self.end.person] = self
        if self._channel.homes is not None:
            self._channel.homes.at_home(self.end.person, self.end.node, self.end.number)

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
            if self._channel.homes is not None:
                self._channel.homes.away(person)
