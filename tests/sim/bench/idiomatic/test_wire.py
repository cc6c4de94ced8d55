"""The numbers that the idiomatic programs have of their own are those of the product."""

import pytest

from models.channels.http import RESPONSE_BODY_BYTES
from models.channels.mqtt.channel import TOPIC_BYTES
from models.channels.websocket import ENVELOPE_BYTES
from models.connections.http_pool import POST_HEADER_BYTES, RESPONSE_HEADER_BYTES
from models.connections.server_end import PING_BYTES
from models.costs import AIOHTTP, MOSQUITTO_QOS1, tls_cost_s
from models.protocols.mqtt.packets import ConnAck, Connect, PubAck, SubAck, Subscribe, packet_bytes
from models.protocols.websocket import frame_bytes
from sim.bench.idiomatic import chat, full_websocket, mqtt_qos1, parts, requests, sockets, wire
from sim.transport.wire import TLS, header_bytes


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("payload_bytes", [0, 125, 126, 65_535])
def test_frames(payload_bytes, masked):
    assert wire.frame_bytes(payload_bytes, masked) == frame_bytes(payload_bytes, masked)
    text_bytes = wire.text_bytes(payload_bytes, masked)
    assert text_bytes == wire.frame_bytes(payload_bytes + ENVELOPE_BYTES, masked)


def test_bytes():
    assert wire.PING_BYTES == PING_BYTES
    assert requests.ASK_BYTES == POST_HEADER_BYTES
    assert (requests.ANSWER_BYTES, requests.DONE_BYTES) == (
        RESPONSE_HEADER_BYTES,
        RESPONSE_BODY_BYTES,
    )
    tls = TLS["1.3", False]
    assert header_bytes() + tls.record_bytes == parts.PACKET_BYTES
    assert (chat.TLS.up_bytes, chat.TLS.down_bytes) == (tls.up_bytes, tls.down_bytes)


def test_packets_of_mqtt():
    assert mqtt_qos1.TOPIC_BYTES == TOPIC_BYTES
    assert packet_bytes(PubAck) == packet_bytes(ConnAck) == mqtt_qos1.ACK_BYTES
    assert packet_bytes(Connect, 23) == mqtt_qos1.CONNECT_BYTES
    assert packet_bytes(Subscribe, TOPIC_BYTES) == mqtt_qos1.SUBSCRIBE_BYTES
    assert packet_bytes(SubAck) == mqtt_qos1.SUBACK_BYTES


def test_cpu_seconds():
    assert chat.TLS.cost_s == pytest.approx(tls_cost_s("1.3", resumed=False))
    assert (AIOHTTP.open_s, AIOHTTP.message_in_s) == (sockets.OPEN_S, full_websocket.MESSAGE_IN_S)
    assert (AIOHTTP.accept_s, AIOHTTP.request_s) == (requests.ACCEPT_S, requests.REQUEST_S)
    mosquitto = MOSQUITTO_QOS1
    assert (mosquitto.open_s, mosquitto.message_in_s) == (mqtt_qos1.OPEN_S, mqtt_qos1.MESSAGE_IN_S)
    for costs, program in (
        (AIOHTTP, chat.Costs()),
        (MOSQUITTO_QOS1, mqtt_qos1.MqttQos1.costs),
    ):
        assert program.message_out_s == costs.message_out_s
        assert program.waking == parts.Waking(costs.wake_share, costs.wake_max_s)
