"""Sessions: they wait for their clients, and their windows fill up."""

import pytest
from idiomatic_stage import played, stage

from models.protocols.mqtt.packets import Publish, packet_bytes
from models.protocols.websocket import frame_bytes
from sim.bench.idiomatic.mqtt_qos1 import BROKER_WINDOW, SILENCE_S, TOPIC_BYTES, MqttQos1


def test_both_sessions_keep_what_their_client_cannot_send_or_hear():
    chat = stage(MqttQos1)
    author, reader = chat.actor[0], (chat.actor[0] + 1) % chat.people
    played(chat, chat.send(0))
    played(chat, chat.join(author))
    assert chat.deliveries == []
    played(chat, chat.join(reader))
    assert [(one.message, one.person) for one in chat.deliveries] == [(0, reader)]


def test_a_window_is_full_until_its_acknowledgements_are_there():
    chat = stage(MqttQos1)
    played(chat, chat.join(0))
    begun_s = chat.env.now
    for _ in range(BROKER_WINDOW + 1):
        chat.push(0, 0)
    played(chat)
    late_s = [one.time_s - begun_s for one in chat.deliveries]
    assert max(late_s[:-1]) < 0.05  # one way
    assert late_s[-1] > 0.1  # and one round trip more


@pytest.mark.parametrize("size_bytes", [0, 98, 99, 103, 104, 2_000])
@pytest.mark.parametrize("masked", [False, True])
def test_a_publish_weighs_what_it_weighs(size_bytes, masked):
    chat = stage(MqttQos1)
    chat.size_bytes[0] = size_bytes
    plain_bytes = packet_bytes(Publish, TOPIC_BYTES, size_bytes, 1)
    assert chat.publish_bytes(0, masked) == frame_bytes(plain_bytes, masked)


def test_a_silent_client_is_given_up():
    chat = stage(MqttQos1)
    played(chat, chat.join(0))

    def never(person):
        yield chat.env.event()

    chat.ping = never
    assert chat.sessions[0].online.triggered
    chat.env.run(until=SILENCE_S + 2.0)
    assert not chat.sessions[0].online.triggered
