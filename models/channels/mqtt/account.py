"""What a broker has of one client id: the session, its node, the connection if there is one.

An id is a person's, or that of all tabs of a user: then the one whose connection came last has the
session, and what is for the others is nobody's. A session outlives its connection when it is not
clean; it lives on the node of the last connection and is gone when that node's process dies, unless
the broker keeps sessions on disk. Such a session is within reach of the cluster while its host
lives; on a lost host it waits for the host's return, and the client begins another one elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Protocol, cast

from models.channels.mqtt.in_rows import BROKERS, ByObjects
from models.channels.mqtt.topics import ASKS
from models.connections.server_end import ServerEnd
from models.protocols.machine import TIMEOUT
from models.protocols.mqtt import (
    BrokerSession,
    BrokerState,
    ConnectionDown,
    Restart,
    Submit,
)
from models.protocols.mqtt.packets import (
    PACKETS,
    CloseConnection,
    Connect,
    Deliver,
    Dropped,
    Publish,
    Subscribe,
)
from models.servers.intake import Arrival, Refused, Replied, Result
from sim.driver import Driver
from sim.history import EVERYONE, LIST
from sim.node import GONE
from sim.transport.connection import SERVER, Passive

if TYPE_CHECKING:
    from models.channels.mqtt.netsplit import Netsplits
    from models.channels.mqtt.topics import Topics
    from models.connections.endpoint import Endpoint
    from models.costs import Costs
    from models.options import Mqtt
    from models.servers.mailroom import Mailroom
    from models.servers.service import Service
    from sim.node import Node
    from sim.transport.stream import Stream

FILTERS: Final = ("conversations",)


@dataclass(frozen=True, slots=True)
class Answer:
    """Broker to client: the answer to a request, published to the asker's own topic."""

    message: int


class Broker(Protocol):
    """What an account needs of the channel that it belongs to."""

    acks: ByObjects  # who carries flows that are calm
    endpoint: Endpoint
    netsplits: Netsplits
    homes: Mailroom | None  # who has to know where people are at home
    options: Mqtt
    costs: Costs
    service: Service
    action: list[int]
    topics: Topics | None

    def watch(self, node: Node) -> None: ...
    def moved(self, person: int, before: Node | None, node: Node) -> None: ...
    def left_behind(self, person: int, lost: Node) -> None: ...
    def qos(self, message: int) -> int: ...
    def dropped(self, message: int, person: int, reason: str) -> None: ...
    def packet_bytes(self, packet: Any, masked: bool) -> int: ...
    def publish_bytes(self, message: int, qos: int, masked: bool) -> int: ...


class _Runner(Driver):
    """Runs a session, and says so when that has heard what time it is."""

    __slots__ = ("rung",)
    rung: Callable[[], None]

    def _ring(self) -> None:
        super()._ring()
        self.rung()


class Account:
    """What the broker has of one client id, that of `people`; `person` is who has it now."""

    __slots__ = (
        "_channel", "_driver", "_left", "_paid", "end", "node", "people", "person", "session",
        "subscribed",
    )  # fmt: skip

    def __init__(self, channel: Broker, people: Sequence[int]) -> None:
        self._channel = channel
        self._left: dict[int, BrokerSession] = {}  # on disks of lost hosts, by node
        self.people = people
        self.person = people[0]
        self.node: Node | None = None
        self.end: ServerEnd | None = None
        self.subscribed = False  # ever
        self._paid = False  # whether the process has done the work of what is sent now
        self.session = BrokerSession(channel.options.broker)
        self._driver = _Runner(channel.endpoint.engine, self.session, self._act, TIMEOUT)
        self._driver.rung = self._settle

    def remember(self, node: Node) -> None:
        """The person was here before the run began: a persistent session waits at `node`."""
        self._move(node)
        for event in (Connect(False), Subscribe(1, FILTERS), ConnectionDown()):
            self._feed(event)
        self.subscribed = True
        self._settle()

    def _feed(self, event: Any) -> None:
        """Let the session take an event, wherever it is carried.

        What a client publishes is nothing to its sending half.
        """
        if type(event) is Publish:
            self._driver.feed(event)
            return
        acks, at = self._channel.acks, BROKERS(self.person)
        acks.back(at, self.session.sender)
        self._driver.feed(event)
        if self.end is not None and self.session.state is BrokerState.ONLINE:
            acks.take(at, self.session.sender, self.end.connection)

    def _settle(self) -> None:
        """Tell where the person is at home now: at the node with the subscriptions, if any."""
        homes, session = self._channel.homes, self.session
        if homes is None:
            return
        is_online = self.end is not None and session.state is BrokerState.ONLINE
        has_it = self.end.number if self.end is not None and is_online else -1
        for person in self.people:
            number = has_it if person == self.person else -1
            if session.filters and self.node is not None:
                homes.at_home(person, self.node, number)
            else:
                homes.away(person, number)

    def accept(self, person: int, node: Node, connection: Stream) -> None:
        """A connection of this person's client; who it is says its CONNECT."""
        end = ServerEnd(self._channel.endpoint, person, node, connection, lambda packet: None)
        end.receive = partial(self._asked, end)
        end.ended = partial(self._ended, end)
        end.owner = self
        connection.dropped[SERVER] = self._lost_packet

    def _asked(self, end: ServerEnd, packet: Any) -> None:
        """A packet arrived: what it costs is paid before the session sees it.

        What an acknowledgement costs is in the figure for its PUBLISH; it waits its turn.
        """
        node, turn, cost_s = end.node, end.person, self._channel.costs.message_in_s
        if type(packet) is Publish:
            self._channel.service.intake.enter(self.arrival(end, packet))
        elif type(packet) is Subscribe:
            node.work(cost_s, self.read, end, packet, turn=turn)
        elif type(packet) in ASKS:
            node.work(cost_s, self._asked_of_topics, end, packet, turn=turn)
        elif type(packet) is Connect and self._channel.options.over_websocket:  # let in before
            node.soon(cost_s, self._connect, end, packet, turn=turn)
        elif type(packet) is Connect:
            servers = self._channel.endpoint.world.scenario.servers
            cost_s = self._channel.costs.open_s + servers.token_check_s
            node.soon(cost_s, self._admit, end, packet, turn=turn)
        else:
            node.soon(0.0, self.read, end, packet, turn=turn)

    def _asked_of_topics(self, end: ServerEnd, packet: Any) -> None:
        if self.end is end and self._channel.topics is not None:
            self._channel.topics.asked(end, packet)

    def arrival(self, end: ServerEnd, packet: Publish) -> Arrival:
        """A PUBLISH that has come by this end, for the servers' door."""
        message: Any = packet.message
        read, replied = partial(self.read, end, packet), partial(self._replied, end, packet)
        cost_s = self._channel.costs.message_in_s
        return Arrival(end.node, end.person, message, cost_s, replied, read, end)

    def replied(self, message: int) -> Replied:
        """Who hears what came of a message that the session has handed on."""
        return partial(self._answer, message)

    def _admit(self, end: ServerEnd, packet: Connect) -> None:
        self._channel.endpoint.admit(self._connect, end, packet)

    def _connect(self, end: ServerEnd, packet: Connect) -> None:
        if end.over:
            return
        channel, home = self._channel, self.node
        if channel.options.duplicate_id == "first" and self.end not in (None, end):
            end.turned_away()
            return
        if channel.netsplits.refuses or self._waits_for(home, end.node, packet.clean):
            end.close()  # CONNACK 3, server unavailable, and the end of the connection
            return
        channel.acks.back(BROKERS(self.person), self.session.sender)
        parted = home is not None and channel.netsplits.parts(home, end.node)
        if home is not None and home is not end.node and (home.state == GONE or parted):
            self._leave(home)
        before, self.end = (None if parted else self.end), end
        if end.person != self.person:
            self._pass_to(end.person)
        self._move(end.node)
        self._driver.process = end.node
        self._feed(packet)
        self._settle()
        if before is not None and before is not end:
            before.taken_over()  # [MQTT-3.1.4-2]: the older connection is disconnected

    def _pass_to(self, person: int) -> None:
        """Another tab has the session: what waited in it will not reach the one before."""
        before, self.person = self.person, person
        for message in self.kept():
            self._channel.service.drop(message, before, "not connected")

    def _move(self, node: Node) -> None:
        """The session lives on this node from now on, and dies with it."""
        if self.node is not node:
            self._channel.moved(self.people[0], self.node, node)
            self.node = node
        self._channel.watch(node)

    def _waits_for(self, home: Node | None, node: Node, clean: bool) -> bool:
        """Whether the client is sent away until the node with its session can be reached."""
        if clean or home is None or self._channel.options.broker.elsewhere == "new":
            return False
        return not home.running or self._channel.netsplits.parts(home, node)

    def _leave(self, lost: Node) -> None:
        """The session is where nobody reaches it: the client gets another one meanwhile."""
        if self.session.state is BrokerState.ONLINE:
            self._driver.feed(ConnectionDown())  # its node will notice
        self._channel.left_behind(self.people[0], lost)
        self._left[lost.index] = self.session
        self.session = self.session.elsewhere()
        self._driver.machine = self.session

    def forsake(self, node: Node) -> None:
        """The process with a session that was left behind is gone, and the session with it."""
        for message in self._left.pop(node.index).sender.kept():
            self._channel.dropped(cast("int", message), self.person, "store lost")

    def rejoin(self, node: Node) -> None:
        """That node is within reach again: what waited there goes to the client's present session.

        Who has none any more has the old one again.
        """
        left = self._left.pop(node.index, None)
        if left is not None and self.session.state is BrokerState.ABSENT:
            self._driver.machine = self.session = left
            self._move(node)
            self._settle()
            return
        for message in left.sender.kept() if left is not None else ():
            self._feed(Submit(message, self._channel.qos(cast("int", message))))

    def kept(self) -> list[Any]:
        """Messages that the broker is responsible for, wherever they lie."""
        rows: list[Any] = [*self._channel.acks.kept(BROKERS(self.person))]
        kept = rows + self.session.sender.kept()
        for session in self._left.values():
            kept += session.sender.kept()
        return kept

    def read(self, end: ServerEnd, packet: Any) -> None:
        """The process has come to a packet."""
        if type(packet) is Publish and self._channel.netsplits.refuses:
            self._died(packet, "netsplit")  # nobody answers: at QoS 1 and 2 the client keeps it
        elif self.end is end and self.session.state is BrokerState.ONLINE:
            anew = not self.session.filters
            self._feed(packet)
            if type(packet) is Subscribe:
                if anew and self._channel.topics is not None:
                    self._channel.topics.subscribed(end.person)
                self.subscribed = True
                self._settle()
        elif type(packet) is Publish:
            self._died(packet, "uplink died")

    def _replied(self, end: ServerEnd, packet: Publish, result: Result) -> None:
        """Not read. MQTT 3.1.1 has no word for a refusal but the end of the connection (3.3.5)."""
        if type(result) is Refused:
            self._died(packet, result.cause)
            end.close()
        else:
            self._died(packet)

    def _died(self, packet: Any, cause: str = "node died") -> None:
        if packet.__class__ is Publish and packet.qos == 0:
            message: Any = packet.message
            self._channel.service.drop(message, EVERYONE, cause)

    def push(self, message: int, qos: int) -> None:
        """Hand the session a message that the broker has routed to it, and done the work for."""
        self._paid = True
        self._feed(Submit(message, qos))
        self._paid = False

    def _ended(self, end: ServerEnd) -> None:
        if self.end is end:
            self.end = None
            if self.session.state is BrokerState.ONLINE:
                self._feed(ConnectionDown())
            self._settle()

    def restart(self) -> None:
        """The node's process died: sessions are gone unless they are on disk."""
        self.end = None
        self._feed(Restart(self.session.options.on_disk))
        self._settle()

    def _act(self, action: Any) -> None:
        kind = type(action)
        if kind in PACKETS:
            self._write(action)
        elif kind is Deliver:
            self._deliver(action.message)
        elif kind is Dropped:
            self._channel.dropped(action.message, self.person, action.reason)
        elif kind is CloseConnection and self.end is not None:
            self.end.close()

    def _write(self, packet: Any) -> None:
        if self.end is None:
            return
        size_bytes = self._channel.packet_bytes(packet, masked=False)
        is_publish = packet.__class__ is Publish
        cost_s = self._channel.costs.message_out_s if is_publish and not self._paid else 0.0
        if is_publish and packet.qos == 0 and cost_s:
            self.end.send(size_bytes, Passive(packet.message, self.person), cost_s)
        elif is_publish and packet.qos == 0:
            self.end.post(size_bytes, packet.message, self.person)
        else:
            self.end.send(size_bytes, packet, cost_s)

    def _deliver(self, message: int) -> None:
        """A client's message has reached the broker: route it."""
        if self.node is not None:
            self._channel.service.intake.take(self.node, message, self.replied(message))

    def _answer(self, message: int, result: Result) -> None:
        """The session has acknowledged it already; a request has its answer as well."""
        channel = self._channel
        if type(result) is Refused:
            channel.service.drop(message, EVERYONE, result.cause)
        elif channel.action[message] == LIST and self.end is not None:
            size_bytes = channel.publish_bytes(message, 0, masked=False)
            self.end.node.busy(channel.costs.message_out_s)
            self.end.send(size_bytes, Answer(message))

    def _lost_packet(self, packet: Any) -> None:
        if type(packet) is Passive:
            self._channel.service.drop(packet.message, packet.person, "half-open")
