"""The client's half of the MQTT channel: one person's session and the connections under it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Protocol

from models.channels.mqtt.account import FILTERS, Answer
from models.channels.mqtt.in_rows import CLIENTS
from models.channels.mqtt.topics import HEARS
from models.connections.reconnecting import ReconnectingClient
from models.protocols.machine import TIMEOUT
from models.protocols.mqtt import (
    ClientSession,
    ClientState,
    ConnectionDown,
    ConnectionUp,
    Submit,
    Unreachable,
)
from models.protocols.mqtt.packets import (
    PACKETS,
    CloseConnection,
    ConnAck,
    Deliver,
    Dropped,
    PubAck,
    PubComp,
    Publish,
    PubRec,
    PubRel,
    SubAck,
    Told,
)
from sim.driver import Driver
from sim.history import EVERYONE
from sim.transport.connection import CLIENT

if TYPE_CHECKING:
    from models.channels.mqtt.account import Account
    from models.channels.mqtt.in_rows import ByObjects
    from models.channels.mqtt.topics import Topics
    from models.connections.endpoint import Endpoint
    from models.protocols.mqtt import ClientOptions
    from models.servers.mailroom import Mailroom
    from models.servers.service import Service
    from sim.node import Node
    from sim.transport.stream import Stream

REPLIES: Final = (ConnAck, PubAck, PubRec, PubRel, PubComp, SubAck)


class Broker(Protocol):
    """What a client needs of the channel that it belongs to."""

    accounts: list[Account]
    acks: ByObjects  # who carries flows that are calm
    client_options: ClientOptions
    endpoint: Endpoint
    mailroom: Mailroom | None
    service: Service
    topics: Topics | None

    def qos(self, message: int) -> int: ...

    def packet_bytes(self, packet: Any, masked: bool) -> int: ...

    def dropped(self, message: int, person: int, reason: str) -> None: ...


class MqttClient:
    """One person's client."""

    __slots__ = ("_channel", "_driver", "person", "reconnecting", "session")

    def __init__(self, channel: Broker, person: int) -> None:
        options = channel.client_options
        self._channel = channel
        self.person = person
        filters = FILTERS if channel.endpoint.world.listens(person) else ()
        self.session = ClientSession(options, filters)
        self._driver = Driver(channel.endpoint.engine, self.session, self._act, TIMEOUT)
        self._driver.process = channel.endpoint.device(person)
        self.reconnecting = ReconnectingClient(
            channel.endpoint, person, self, self._accept, REPLIES
        )
        if options.sender.requeues:
            self.reconnecting.failed = self._unreachable

    def _accept(self, node: Node, connection: Stream) -> None:
        self._channel.accounts[self.person].accept(self.person, node, connection)

    def submit(self, message: int) -> None:
        """Publish; the session decides what becomes of it while offline."""
        self._feed(Submit(message, self._channel.qos(message)))

    def _feed(self, event: Any) -> None:
        """Let the session take an event, wherever it is carried.

        What the broker publishes is nothing to its sending half.
        """
        if type(event) is Publish:
            self._driver.feed(event)
            return
        acks, at, sender = self._channel.acks, CLIENTS(self.person), self.session.sender
        acks.back(at, sender)
        self._driver.feed(event)
        if self.session.is_calm:
            acks.take(at, sender, self.reconnecting.connection)

    def kept(self) -> list[Any]:
        """Messages that the client is responsible for."""
        rows: list[Any] = [*self._channel.acks.kept(CLIENTS(self.person))]
        return rows + self.session.sender.kept()

    def _act(self, action: Any) -> None:
        kind = type(action)
        if kind in PACKETS:
            self._write(action)
        elif kind is Deliver:
            self._delivered(action.message)
        elif kind is Told:
            self._channel.endpoint.ledger.told(action.message)
        elif kind is Dropped:
            self._channel.dropped(action.message, EVERYONE, action.reason)
        elif kind is CloseConnection:
            self.reconnecting.fail("server close")

    def _write(self, packet: Any) -> None:
        connection = self.reconnecting.connection
        if connection is None:
            return
        channel = self._channel
        if packet.__class__ is Publish:
            message: Any = packet.message
            channel.endpoint.ledger.sent(message)
        connection.send(CLIENT, channel.packet_bytes(packet, masked=True), packet)

    def _delivered(self, message: int) -> None:
        replayed = not self.reconnecting.caught_up
        self._channel.endpoint.ledger.shown(message, self.person, replayed)

    def opened(self, connection: Stream) -> None:
        """Connected: greet the broker."""
        connection.dropped[CLIENT] = self._lost_packet
        self._feed(ConnectionUp())

    def received(self, payload: Any) -> None:
        """A packet from the broker."""
        topics = self._channel.topics
        if type(payload) is Answer:
            self._delivered(payload.message)
        elif type(payload) in HEARS:
            assert topics is not None
            topics.heard(self, payload)
        elif self.session.state is not ClientState.OFFLINE:
            self._feed(payload)
            if type(payload) is ConnAck:
                self.reconnecting.synced()
                self._reachable()
                if topics is not None:
                    topics.connected(self)

    def _reachable(self) -> None:
        """What is published at QoS 0 from now on is written at once."""
        channel = self._channel
        if channel.mailroom is not None:
            channel.mailroom.connected(channel, self.person, self.reconnecting.connection)

    def lost(self) -> None:
        """The connection is over."""
        if self.session.state is not ClientState.OFFLINE:
            self._feed(ConnectionDown())

    def _unreachable(self) -> None:
        """A try to connect came to nothing."""
        self._feed(Unreachable())

    def _lost_packet(self, packet: Any) -> None:
        """A packet that never reached the broker; only QoS 0 is not sent again."""
        if packet.__class__ is Publish and packet.qos == 0:
            message: Any = packet.message
            self._channel.service.drop(message, EVERYONE, "uplink died")
