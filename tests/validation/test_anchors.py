"""Published measurements that the model must reproduce from the protocols alone.

V01: packet captures of Mosquitto 1.6.8, two hosts 70 ms apart, one new TCP and MQTT connection per
message, payloads of 2 to 4 bytes, topics of 10: 2, 3 and 4 round trips a message at QoS 0, 1 and 2,
and the packets and bytes below. V10: EMQX's published throughput by QoS at like CPU load (5.1.6,
1,000 publishers and subscribers), which makes a message cost 1 : 1.45 : 2.65.
"""

import numpy as np
import pytest

from models import DESIGNS
from models.protocols.machine import TIMEOUT
from models.protocols.mqtt import (
    MQTT_BROKERS,
    MQTT_CLIENTS,
    PACKETS,
    BrokerSession,
    ClientSession,
    ConnAck,
    Connect,
    ConnectionUp,
    Deliver,
    Disconnect,
    Publish,
    SubAck,
    Submit,
    Subscribe,
    Told,
    packet_bytes,
)
from sim.driver import Driver
from sim.engine import Engine
from sim.experiment.run import run_replication
from sim.network.delay import constant_delay
from sim.network.loss import NoLoss
from sim.network.path import Path, Way
from sim.scenario.scenario import Scenario
from sim.transport.segment.connection import CLIENT, SERVER, SegmentConnection
from sim.transport.segment.opening import ACCEPT, Caller

RTT_S = 0.070
FRAME_BYTES = 14 + 20 + 20  # Ethernet, IP and TCP headers; that capture had no TCP options
TOPIC_BYTES, PAYLOAD_BYTES, CLIENT_ID_BYTES = 10, 4, 23


def a_path(rtt_s=RTT_S):
    return Path(Way(constant_delay(rtt_s / 2), NoLoss()), Way(constant_delay(rtt_s / 2), NoLoss()))


class Leg:
    """A client and a broker session on one TCP connection; every MQTT packet is counted."""

    def __init__(self, engine):
        self.engine = engine
        self.connection = SegmentConnection(engine, a_path(), established=False)
        self.client = Driver(
            engine, ClientSession(MQTT_CLIENTS["mqtt.js"], ("t",)), self._by_client, TIMEOUT
        )
        self.broker = Driver(
            engine, BrokerSession(MQTT_BROKERS["mosquitto"]), self._by_broker, TIMEOUT
        )
        self.connection.receive = [self._at_client, self._at_broker]
        self.packets, self.bytes = 0, 0
        self.news = []  # (when, action) of either end

    def open(self, then):
        self.connection.open(
            Caller(lambda: ACCEPT, lambda: self._up(then), pytest.fail, lambda: None)
        )

    def _up(self, then):
        self.then = then
        self.client.feed(ConnectionUp())

    def _write(self, end, packet):
        kind = type(packet)
        detail = {Publish: TOPIC_BYTES, Subscribe: 1, Connect: CLIENT_ID_BYTES}.get(kind, 0)
        payload, qos = (PAYLOAD_BYTES, packet.qos) if kind is Publish else (0, 0)
        size_bytes = packet_bytes(kind, detail, payload, qos)
        if kind not in (Subscribe, SubAck):  # that publisher subscribed to nothing
            self.packets += 1
            self.bytes += FRAME_BYTES + size_bytes
        self.connection.send(end, size_bytes, packet)

    def _by_client(self, action):
        if type(action) in PACKETS:
            self._write(CLIENT, action)
        self.news.append((self.engine.now_s, action))

    def _by_broker(self, action):
        if type(action) in PACKETS:
            self._write(SERVER, action)
        self.news.append((self.engine.now_s, action))

    def _at_broker(self, packet):
        if type(packet) is not Disconnect:
            self.broker.feed(packet)

    def _at_client(self, packet):
        self.client.feed(packet)
        if type(packet) is ConnAck:
            self.then()

    def when(self, kind):
        return [at_s for at_s, action in self.news if type(action) is kind]


def publish_once(qos):
    """One message on a connection of its own; the leg, when it was done, when it was taken."""
    engine = Engine()
    leg = Leg(engine)
    leg.open(lambda: leg.client.feed(Submit("m", qos)))
    engine.run(5.0)
    done_s = leg.when(Told)[0] if qos else leg.when(ConnAck)[0] + RTT_S / 2
    leg._write(CLIENT, Disconnect())
    return leg, done_s, leg.when(Deliver)[0]


@pytest.mark.parametrize(("qos", "round_trips"), [(0, 2.0), (1, 3.0), (2, 4.0)])
def test_v01_a_message_on_a_new_connection_takes_so_many_round_trips(qos, round_trips):
    _, done_s, _ = publish_once(qos)
    assert done_s / RTT_S == pytest.approx(round_trips, abs=0.01)


@pytest.mark.parametrize(("qos", "packets", "size_bytes"), [(0, 4, 281), (1, 5, 343), (2, 7, 461)])
def test_v01_packets_and_bytes_of_the_publisher(qos, packets, size_bytes):
    leg, _, _ = publish_once(qos)
    assert leg.packets == packets
    assert leg.bytes == pytest.approx(size_bytes, rel=0.02)


@pytest.mark.parametrize(
    ("qos", "packets", "size_bytes"), [(0, 1, 72.4), (1, 2, 132.2), (2, 4, 250.2)]
)
def test_v01_packets_and_bytes_of_the_subscriber(qos, packets, size_bytes):
    engine = Engine()
    leg = Leg(engine)
    leg.open(lambda: None)
    engine.run(5.0)
    leg.packets = leg.bytes = 0
    leg.broker.feed(Submit("m", qos))
    engine.run(10.0)
    assert len(leg.when(Deliver)) == 1
    assert leg.packets == packets
    assert leg.bytes == pytest.approx(size_bytes, rel=0.02)


def test_v01_at_qos_2_the_broker_hands_on_after_two_more_round_trips():
    """One-way latency p50 137 ms: PUBLISH, PUBREC, PUBREL, then the way down."""
    _, done_s, taken_s = publish_once(2)
    to_broker_s = taken_s - (done_s - 2 * RTT_S)  # from the PUBLISH
    assert to_broker_s + RTT_S / 2 == pytest.approx(2 * RTT_S, rel=0.03)
    assert to_broker_s + RTT_S / 2 == pytest.approx(0.137, rel=0.03)


def scenario(loss=0.0, per_minute=60.0, people=40, lane="exact"):
    network = {"share": 1.0, "profile": "lan", "rate": {"kind": "none"}}
    network["delay"] = {"kind": "constant", "delay_s": RTT_S / 2}
    if loss:
        network["loss"] = {"kind": "bernoulli", "ratio": loss, "from_s": 5}
    quiet = {"per_person_per_minute": 0}
    return Scenario.model_validate(
        {
            "name": "anchor",
            "designs": ["mqtt-qos0"],
            "networks": [network],
            "time": {"warmup_s": 5, "measure_s": 50, "drain_s": 60},
            "people": {"count": people, "owed": "members", "arrive_within_s": 0.3},
            "conversations": {"sizes": {"kind": "one-way-pairs"}},
            "arrivals": {"kind": "periodic", "from_s": 5},
            "actions": {
                "send": {
                    "per_person_per_minute": per_minute,
                    "size_bytes": {"kind": "fixed", "bytes": 128},
                },
                "typing": {"per_send": 0},
                "seen": quiet,
                "list": quiet,
            },
            "tls": {"version": "none"},
            "servers": {"gateways": 1, "api_nodes": 0, "cores": 1},
            "transport": {"lane": lane},
        }
    )


@pytest.mark.parametrize("qos", [0, 1, 2])
@pytest.mark.parametrize("loss", [0.05, 0.10])
def test_v01_lost_packets_are_late_messages_not_lost_ones(qos, loss):
    """Every cell of that capture delivered 1000 of 1000, once, at 5 and at 10 % packet loss."""
    history = run_replication(scenario(loss), DESIGNS[f"mqtt-qos{qos}"], 0)
    sent = len(history.tables["messages"]["time_s"])
    arrived = history.tables["deliveries"]["message"]
    assert len(arrived) == len(set(arrived.tolist())) == sent >= 1000


def cpu_per_message_s(qos):
    """CPU of the broker a message, at a thousand a second, one subscriber each."""
    busy = scenario(per_minute=600.0, people=200, lane="fast")
    design = DESIGNS[f"mqtt-qos{qos}"].variant("plain", {"over_websocket": False})
    history = run_replication(busy, design, 0)
    nodes = history.tables["nodes"]
    seconds = (nodes["time_s"] > 10) & (nodes["time_s"] <= 50)
    return float(nodes["busy_s"][seconds].sum()) / 40.0 / 1000.0


def test_v10_a_message_costs_more_with_every_quality_of_service():
    costs_s = np.array([cpu_per_message_s(qos) for qos in (0, 1, 2)])
    assert costs_s / costs_s[0] == pytest.approx([1.0, 1.45, 2.65], rel=0.1)
