"""The MQTT channel: a client session, a broker session, and the packets between them.

The sessions are protocol machines (`models.protocols.mqtt`); here they get connections, CPU time
and people. The broker's half is in `mqtt_account`. Topics: one per conversation; the broker routes
by membership.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from models.calm.mail import sized
from models.channels.kind import Kind, Parts
from models.channels.mqtt.account import Account
from models.channels.mqtt.client import MqttClient
from models.channels.mqtt.in_rows import AcksInRows, ByObjects
from models.channels.mqtt.netsplit import Netsplits
from models.channels.mqtt.topics import topics
from models.channels.mqtt.words import SAYS
from models.channels.replay import CatchUp
from models.connections.clients import Clients
from models.connections.endpoint import Endpoint, Hosting, Slot
from models.protocols.heartbeat import PingSpec
from models.protocols.mqtt.packets import (
    Connect,
    PubAck,
    Publish,
    Subscribe,
    packet_bytes,
)
from models.protocols.websocket import frame_bytes, upgrade_bytes
from models.tables import Mistake
from sim.history import CAUSES, EVERYONE, LIST, SEEN, SEND, TYPING
from sim.transport.connection import Passive
from sim.transport.handshake import Exchange

if TYPE_CHECKING:
    from models.connections.server_end import ServerEnd
    from models.servers.intake import Arrival, Replied
    from sim.node import Node
    from sim.world import World

TOPIC_BYTES: Final = 20  # a conversation id in a short path
CLIENT_ID_BYTES: Final = 23  # MQTT 3.1.1 section 3.1.3.1: what every server must accept
REQUEST_BYTES: Final = 40  # what is asked for, as the payload of a request
_DETAIL_BYTES: Final = {Connect: CLIENT_ID_BYTES, Publish: TOPIC_BYTES, Subscribe: TOPIC_BYTES}


class MqttChannel(Clients["MqttClient"]):
    """All clients and broker sessions of the MQTT channel."""

    def __init__(self, slot: Slot) -> None:
        world, options = slot.world, slot.options.mqtt
        self.costs = costs = options.server_costs
        upgrade = Exchange(*upgrade_bytes(), costs.open_s)
        greeting = (upgrade,) if options.over_websocket else ()
        self.endpoint = Endpoint(slot, Hosting(world.gateways, costs, greeting))
        self.options = options
        self.client_options = replace(options.client, clean=options.clean_session)  # of everybody
        self.catch_up = CatchUp(2.0 * costs.message_in_s)  # CONNECT and SUBSCRIBE, answers in it
        self.service = slot.service
        self.action, self.size_bytes = slot.messages.action, slot.messages.size_bytes
        self._sizes: dict[tuple[type[Any], int, int, bool], int] = {}
        self._housed: dict[int, set[int]] = {}  # by node: people whose sessions live there
        self._left: dict[int, set[int]] = {}  # by lost host: people of whom its disk has a session
        super().__init__(lambda person: MqttClient(self, person))
        self.mailroom = slot.service.mailroom
        self.homes = self.mailroom if slot.receives else None
        if self.homes is not None:
            plain = (TYPING, SEEN) if self._by_rows or options.qos == 0 else ()
            plain = (SEND, *plain) if options.qos == 0 else plain
            self.homes.delivers(costs.message_out_s, self._by_message(masked=False), plain)
            self.homes.acknowledges(sent=False, posted=self._by_rows)
        self.acks = self._acks()
        self.netsplits = Netsplits(world, options.broker, self)
        self.accounts = _accounts(self, world)
        self.topics = topics(self, slot.service.rooms) if slot.receives else None
        if not options.clean_session:
            for account in dict.fromkeys(self.accounts):
                account.remember(world.gateways[account.person % len(world.gateways)])

    @property
    def _by_rows(self) -> bool:
        """Whether rows carry QoS 1: in a world too small for compiled code objects are quicker."""
        return self.options.qos == 1 and not self.endpoint.world.small

    def _acks(self) -> ByObjects:
        """Who carries flows of QoS 1 that are calm."""
        calm, mailroom = self.endpoint.calm, self.mailroom
        if calm is None or mailroom is None or not self._by_rows:
            return ByObjects()
        bytes_of = partial(self._sized, PubAck, 0, 0)
        return AcksInRows(calm, mailroom, self, (bytes_of(True), bytes_of(False)))

    def _by_message(self, masked: bool) -> Any:
        """By message: bytes of its PUBLISH."""
        size = partial(self._sized, Publish, masked=masked)
        size_bytes, action = sized(self.size_bytes, partial(size, qos=0)), np.asarray(self.action)
        durable = sized(self.size_bytes, partial(size, qos=self.options.qos))
        size_bytes[action == SEND] = durable[action == SEND]
        if masked:
            size_bytes[action == LIST] = size(REQUEST_BYTES, 0)
        return size_bytes

    def sends(self, actions: Sequence[int]) -> None:
        """Clients publish these actions: in rows those at QoS 0 that never wait while online."""
        sender, qos = self.options.client.sender, self.options.qos
        waits = sender.qos0_waits or sender.resend == "serial"
        if self.mailroom is not None and not waits:
            acks = self._by_rows and not self.mailroom.counts_what_waits
            free = [action for action in actions if action != SEND or acks or not qos]
            cost_s, size_bytes = self.costs.message_in_s, self._by_message(masked=True)
            self.mailroom.sends(self, free, cost_s, size_bytes, seated=True)
            self.mailroom.acknowledges(sent=acks and SEND in free, posted=False)

    def payload(self, message: int) -> Publish:
        """What a client writes."""
        assert self.mailroom is not None
        packet_id = self.mailroom.mail.views.packet[message]
        return Publish(packet_id, self.qos(message), False, message)

    def arrival(self, end: ServerEnd, message: int) -> Arrival:
        """A PUBLISH that has come by this end."""
        return end.owner.arrival(end, self.payload(message))  # type: ignore[no-any-return]

    def replied(self, end: ServerEnd, message: int) -> Replied:
        """Who hears what came of it."""
        return end.owner.replied(message)  # type: ignore[no-any-return]

    def disconnect(self, person: int) -> None:
        """Something in between resets this person's connection at the broker."""
        end = self.accounts[person].end
        if end is not None and end.person == person:
            end.reset()

    def qos(self, message: int) -> int:
        """Durable messages go at the design's quality of service, the rest at 0."""
        return self.options.qos if self.action[message] == SEND else 0

    def home(self, person: int) -> Node | None:
        """The node with this person's subscriptions, connected or not."""
        account = self.accounts[person]
        return account.node if account.session.filters else None

    def absent(self, person: int, message: int) -> None:
        """No subscriptions: nobody keeps the message."""
        lasting = not self.options.clean_session and self.accounts[person].subscribed
        self.service.drop(message, person, "store lost" if lasting else "not connected")

    def push(self, node: Node, people: Sequence[int], message: int) -> None:
        """Route a message to the sessions of these people on `node`."""
        qos = self.qos(message)
        size_bytes = self.publish_bytes(message, qos, masked=False)
        plain = self.options.qos == 0
        for person in people:
            account = self.accounts[person]  # wherever it is now: a takeover moves it meanwhile
            if not account.session.filters:
                self.absent(person, message)
            elif account.person != person:  # another tab has the session
                self.service.drop(message, person, "not connected")
            elif plain and account.end is not None:
                account.end.post(size_bytes, message, person)
            else:
                account.push(message, qos)

    def publish_bytes(self, message: int, qos: int, masked: bool) -> int:
        """Size of a PUBLISH that carries `message`."""
        payload_bytes = self.size_bytes[message]
        if self.action[message] == LIST and masked:
            payload_bytes = REQUEST_BYTES
        return self._sized(Publish, payload_bytes, qos, masked)

    def _sized(self, kind: type[Any], payload_bytes: int, qos: int, masked: bool) -> int:
        """Sizes repeat: worked out once each."""
        key = (kind, payload_bytes, qos, masked)
        size_bytes = self._sizes.get(key)
        if size_bytes is None:
            detail_bytes = _DETAIL_BYTES.get(kind, 0)
            plain_bytes = packet_bytes(kind, detail_bytes, payload_bytes, qos)
            size_bytes = self._sizes[key] = self.framed(plain_bytes, masked)
        return size_bytes

    def packet_bytes(self, packet: Any, masked: bool) -> int:
        """Size of any packet on this channel."""
        kind: type[Any] = type(packet)
        if kind is Publish:
            return self.publish_bytes(packet.message, packet.qos, masked)
        return self._sized(kind, 0, 0, masked)

    def request_bytes(self, masked: bool) -> int:
        """Size of a PUBLISH at QoS 0 that asks for something, or says little."""
        return self._sized(Publish, REQUEST_BYTES, 0, masked)

    def framed(self, size_bytes: int, masked: bool) -> int:
        """The same inside a binary WebSocket frame, if that is how MQTT travels here."""
        return frame_bytes(size_bytes, masked) if self.options.over_websocket else size_bytes

    def dropped(self, message: int, person: int, reason: str) -> None:
        """A session gave a message up."""
        self.service.drop(message, person, reason if reason in CAUSES else "gave up")

    def pending(self) -> Iterator[tuple[Any, int]]:
        """What sessions at either end are still responsible for: those that keep it longest first.

        Whoever wants to know whether anything is left looks no further.
        """
        for account in dict.fromkeys(self.accounts):
            for message in account.kept():
                yield message, account.person
        for client in self.clients.values():
            for message in client.kept():
                yield message, EVERYONE
        for payload in self.endpoint.flying():
            if type(payload) is Passive:
                yield payload.message, payload.person
            elif type(payload) is Publish and payload.qos == 0:
                yield payload.message, EVERYONE

    def watch(self, node: Node) -> None:
        """Sessions on `node` go down with it; nodes may join late, so each is told when used."""
        if self._node_down not in node.on_down:
            node.on_down.append(self._node_down)
            node.on_up.append(self.reunite)

    def moved(self, person: int, before: Node | None, node: Node) -> None:
        """This person's session lives on `node` from now on."""
        if before is not None:
            self._housed[before.index].discard(person)
        self._housed.setdefault(node.index, set()).add(person)

    def left_behind(self, person: int, lost: Node) -> None:
        """A session of this person waits on the disk of a lost host."""
        self._left.setdefault(lost.index, set()).add(person)

    def _node_down(self, node: Node) -> None:
        for person in sorted(self._housed.get(node.index, ())):
            self.accounts[person].restart()

    def forsake(self, node: Node) -> None:
        """Sessions that clients left behind on `node` are gone with its process."""
        for person in sorted(self._left.pop(node.index, ())):
            self.accounts[person].forsake(node)

    def reunite(self, node: Node) -> None:
        """Sessions that clients left behind on `node` are within reach again."""
        for person in sorted(self._left.pop(node.index, ())):
            self.accounts[person].rejoin(node)


def _accounts(channel: MqttChannel, world: World) -> list[Account]:
    """By person what the broker has of the id that their client says."""
    options = channel.options
    usual = "tab" if options.clean_session else "user"
    tabs = world.scenario.people.tabs if (options.client_id or usual) == "user" else 1
    people = range(world.workload.people)
    accounts = [Account(channel, people[first : first + tabs]) for first in people[::tabs]]
    return [accounts[person // tabs] for person in people]


def _refused(groups: Mapping[str, Any]) -> Iterator[Mistake]:
    if groups["recovery"].kind == "session" and groups["mqtt"].clean_session:
        yield ("recovery", "kind"), "session", "none, since a clean_session keeps nothing"


def _contradicted(groups: Mapping[str, Any]) -> Iterator[Mistake]:
    qos, best = groups["mqtt"].qos, groups["mqtt"].broker.qos_max
    if qos > best:
        have = ", ".join(str(one) for one in range(best + 1))
        yield ("mqtt", "qos"), qos, f"{have}, the qualities of service that its broker has"


def _taken(ping: PingSpec) -> Parts:
    """A broker acknowledges at once: it keeps messages on its own disk, and they have no key."""
    return {
        "store": {"mqtt": {"broker": {"on_disk": True}}, "store": {"stored": False}},
        "recovery": {"mqtt": {"clean_session": False, "broker": {"session_expiry_s": math.inf}}},
    }


def _lacking(groups: Mapping[str, Any]) -> Mapping[str, str]:
    mqtt = groups["mqtt"]
    limit = mqtt.broker.sender.queue_limit
    once = "and QoS 2 knows a repeat on its hop alone" if mqtt.qos == 2 else "so QoS 1 repeats"
    return {
        "heartbeat": "only the client pings; the broker waits as long for it",
        "store": "the broker keeps messages on its own disk, and acknowledges before the store",
        "key": f"no message key, {once}",
        "recovery": f"a session at the broker with a queue of {limit:g}, no log with a cursor",
    }


KIND: Final = Kind(
    "mqtt",
    MqttChannel,
    keeps=("none", "session"),
    title="MQTT",
    reads=("mqtt", "heartbeat", "backoff", "client", "connection", "tcp"),
    acknowledges=lambda options: options.mqtt.qos > 0,
    says=SAYS,
    refuses=_refused,
    contradicts=_contradicted,
    backplane="cluster",
    pings=("client",),
    takes=_taken,
    lacks=_lacking,
    in_rows=True,
)
