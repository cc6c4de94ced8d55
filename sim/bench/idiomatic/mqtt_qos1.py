"""Publish and subscribe through brokers at QoS 1, with sessions that outlive connections."""

from typing import TYPE_CHECKING, Final

import simpy

from sim.bench.idiomatic.chat import TLS, Chat, Costs, upgrade
from sim.bench.idiomatic.parts import MOSQUITTO_WAKING, Node, Steps
from sim.bench.idiomatic.wire import PING_BYTES, frame_bytes

if TYPE_CHECKING:
    from sim.world import World

OPEN_S: Final = 75e-6  # mosquitto 2.0.11
MESSAGE_IN_S: Final = 30e-6
TOPIC_BYTES: Final = 20
CONNECT_BYTES: Final = 37  # MQTT 3.1.1 section 3.1, a client id of 23
ACK_BYTES: Final = 4  # PUBACK and CONNACK, sections 3.4 and 3.2
SUBSCRIBE_BYTES: Final = 27
SUBACK_BYTES: Final = 5
KEEP_ALIVE_S: Final = 60.0  # PyPI paho-mqtt 2.2.0
SILENCE_S: Final = 90.0  # [MQTT-3.1.2-24]
CLIENT_WINDOW: Final = 20  # paho-mqtt, max_inflight_messages
BROKER_WINDOW: Final = 32  # emqx 5.8, max_inflight


class Session:
    """What the broker has of one client, and what the client has of itself."""

    __slots__ = ("connected", "heard_s", "node", "online", "receiving", "sending")

    def __init__(self, env: simpy.Environment, node: Node) -> None:
        self.node = node
        self.online = env.event()  # the broker has the client's CONNECT
        self.connected = env.event()  # the client has its CONNACK
        self.sending = simpy.Resource(env, CLIENT_WINDOW)
        self.receiving = simpy.Resource(env, BROKER_WINDOW)
        self.heard_s = 0.0


class MqttQos1(Chat):
    """The design `mqtt-qos1`."""

    costs = Costs(message_out_s=17e-6, crossing_s=7e-6, carried=False, waking=MOSQUITTO_WAKING)

    def __init__(self, world: "World") -> None:
        super().__init__(world)
        spread = [self.gateways[one % len(self.gateways)] for one in range(self.people)]
        self.sessions = [Session(self.env, node) for node in spread]

    def join(self, person: int) -> Steps:
        """Connect, subscribe, and stay alive."""
        link, session, node = self.links[person], self.sessions[person], next(self.next_gateway)
        yield from self.dial(person, node, 0.0, (TLS, upgrade(OPEN_S, self.session_read_s)))
        yield from link.up.carry(frame_bytes(CONNECT_BYTES, masked=True))
        yield from node.work(MESSAGE_IN_S)
        session.node, session.heard_s = node, self.env.now
        session.online.succeed()
        yield from link.down.carry(frame_bytes(ACK_BYTES, masked=False))
        session.connected.succeed()
        self.env.process(self.beats(person))
        self.env.process(self.watch(person))
        yield from link.up.carry(frame_bytes(SUBSCRIBE_BYTES, masked=True))
        yield from node.work(MESSAGE_IN_S)
        yield from link.down.carry(frame_bytes(SUBACK_BYTES, masked=False))

    def beats(self, person: int) -> Steps:
        """The client pings every minute, and waits a minute for the answer."""
        yield self.env.timeout(KEEP_ALIVE_S)
        while True:
            pong = self.env.process(self.ping(person))
            patience = self.env.timeout(KEEP_ALIVE_S)
            yield pong | patience
            if not pong.triggered:
                return
            yield patience

    def ping(self, person: int) -> Steps:
        """PINGREQ and PINGRESP."""
        link, session = self.links[person], self.sessions[person]
        yield from link.up.carry(PING_BYTES)
        session.heard_s = self.env.now
        yield from session.node.work(2.0 * self.costs.message_out_s)
        yield from link.down.carry(PING_BYTES)

    def watch(self, person: int) -> Steps:
        """The broker ends a session from which it has heard nothing for too long."""
        session = self.sessions[person]
        while (rest_s := session.heard_s + SILENCE_S - self.env.now) > 0.0:
            yield self.env.timeout(rest_s)
        session.online = self.env.event()

    def home(self, person: int) -> Node | None:
        """Where the session is, whether or not the client is there."""
        return self.sessions[person].node

    def send(self, message: int) -> Steps:
        """Publish, and hear the acknowledgement."""
        person = self.actor[message]
        link, session = self.links[person], self.sessions[person]
        yield session.connected
        with session.sending.request() as slot:
            yield slot
            yield from link.up.carry(self.publish_bytes(message, masked=True))
            session.heard_s = self.env.now
            yield from session.node.work(MESSAGE_IN_S)
            self.fan_out(session.node, message)
            yield from link.down.carry(frame_bytes(ACK_BYTES, masked=False))

    def publish_bytes(self, message: int, masked: bool) -> int:
        """A PUBLISH with a topic, an id and the text (MQTT 3.1.1 section 3.3)."""
        remaining = 2 + TOPIC_BYTES + 2 + self.size_bytes[message]
        length = 1 if remaining < 128 else 2
        return frame_bytes(1 + length + remaining, masked)

    def push(self, person: int, message: int) -> None:
        """A process per message and receiver."""
        self.env.process(self.deliver(person, message))

    def deliver(self, person: int, message: int) -> Steps:
        """Down when the client is there and its window has room; then comes the PUBACK."""
        link, session = self.links[person], self.sessions[person]
        yield session.online
        with session.receiving.request() as slot:
            yield slot
            yield from link.down.carry(self.publish_bytes(message, masked=False))
            self.delivered(person, message)
            yield from link.up.carry(frame_bytes(ACK_BYTES, masked=True))
            session.heard_s = self.env.now
            yield from session.node.work(0.0)
