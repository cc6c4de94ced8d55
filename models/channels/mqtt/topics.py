"""Topics that a client subscribes to and lets go of while conversations change.

Nobody can subscribe for a client or make it stop: the application tells it, on a topic of its own,
and the client does as it is told, or not. What was told while it was away it has missed, so after
each CONNACK it asks which conversations it is in. A broker with an access list looks at it when a
client subscribes anew, not at subscriptions that a session has kept
(emqx/emqx issue 3487).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol

from models.protocols.mqtt import BrokerState, ClientState, SubAck, Subscribe
from sim.transport.connection import CLIENT

if TYPE_CHECKING:
    from models.connections.endpoint import Endpoint
    from models.connections.server_end import ServerEnd
    from models.costs import Costs
    from models.servers.rooms import Rooms

LEFT: Final = 1
REMOVED: Final = 2


@dataclass(frozen=True, slots=True)
class Notice:
    """Broker to client, on the person's own topic: you are in a conversation, or in it no more."""

    change: int


@dataclass(frozen=True, slots=True)
class Topic:
    """Client to broker: SUBSCRIBE to a conversation's topic, or UNSUBSCRIBE."""

    change: int


@dataclass(frozen=True, slots=True)
class Done:
    """Broker to client: SUBACK or UNSUBACK."""


@dataclass(frozen=True, slots=True)
class WhichRooms:
    """Client to the application: which conversations am I in?"""


@dataclass(frozen=True, slots=True)
class MyRooms:
    """The answer: what the client did not know."""

    changes: tuple[int, ...]


ASKS: Final = (Topic, WhichRooms)
HEARS: Final = (Notice, Done, MyRooms)


class Broker(Protocol):
    """What the topics need of the channel."""

    endpoint: Endpoint
    costs: Costs
    accounts: list[Any]

    def client(self, person: int) -> Any: ...
    def packet_bytes(self, packet: Any, masked: bool) -> int: ...
    def request_bytes(self, masked: bool) -> int: ...


class Topics:
    """What clients and broker say to each other about conversations that change."""

    __slots__ = ("_channel", "_rooms")

    def __init__(self, channel: Broker, rooms: Rooms) -> None:
        self._channel = channel
        self._rooms = rooms
        rooms.tell, rooms.subscribed = self.changed, True

    def changed(self, number: int) -> None:
        """A change is in the store: who leaves knows, the others are told if they are there."""
        one = self._rooms.changes[number]
        account = self._channel.accounts[one.person]
        if one.kind in (LEFT, REMOVED) and not account.session.filters:
            self._rooms.apply(number)  # there is no subscription to take back
        elif one.kind == LEFT:
            self._ask(self._channel.client(one.person), number)
        elif account.end is not None and account.session.state is BrokerState.ONLINE:
            self._say(account.end, Notice(number))

    # At the client.

    def connected(self, client: Any) -> None:
        """CONNACK is there."""
        if self._rooms.changes:
            self._write(client, WhichRooms(), self._channel.request_bytes(masked=True))

    def heard(self, client: Any, payload: Any) -> None:
        """The broker or the application has said something about conversations."""
        numbers = payload.changes if type(payload) is MyRooms else ()
        for number in (payload.change,) if type(payload) is Notice else numbers:
            one = self._rooms.changes[number]
            if not (one.kind == REMOVED and one.defiant):
                self._ask(client, number)

    def _ask(self, client: Any, number: int) -> None:
        self._write(client, Topic(number), self._packet_bytes(masked=True))

    def _write(self, client: Any, payload: Any, size_bytes: int) -> None:
        connection = client.reconnecting.connection
        if connection is not None and client.session.state is ClientState.ONLINE:
            connection.send(CLIENT, size_bytes, payload)

    def _packet_bytes(self, masked: bool) -> int:
        return self._channel.packet_bytes(Subscribe(0, ()), masked)

    # At the broker.

    def asked(self, end: ServerEnd, payload: Any) -> None:
        """A client has said something about conversations, and the broker has read it."""
        if type(payload) is Topic:
            self._rooms.apply(payload.change)
            end.send(self._channel.packet_bytes(SubAck(0), masked=False), Done())
        else:
            self._channel.endpoint.world.read.start(self._answer, end)

    def _answer(self, end: ServerEnd) -> None:
        self._say(end, MyRooms(tuple(self._rooms.pending(end.person))))

    def subscribed(self, person: int) -> None:
        """Everything anew: what an access list does not allow any more is not granted again."""
        if self._rooms.options.checks != "none":
            for number in self._rooms.pending(person):
                if self._rooms.changes[number].kind in (LEFT, REMOVED):
                    self._rooms.apply(number)

    def _say(self, end: ServerEnd, payload: Any) -> None:
        size_bytes = self._channel.request_bytes(masked=False)
        if not end.over:
            end.send(size_bytes, payload, self._channel.costs.message_out_s)


def topics(channel: Broker, rooms: Rooms) -> Topics | None:
    """For a channel whose clients manage their topics; None where servers do it for them."""
    return Topics(channel, rooms) if rooms.options.managed != "server" else None
