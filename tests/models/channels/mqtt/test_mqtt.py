"""The MQTT channel's kind: sessions are what a broker keeps, and brokers have a cluster."""

from models.channels.mqtt import CHANNEL
from models.channels.mqtt.channel import MqttChannel


def test_a_broker_keeps_sessions_and_has_a_cluster():
    assert CHANNEL.build is MqttChannel
    assert CHANNEL.keeps == ("none", "session")
    assert CHANNEL.backplane == "cluster"
    assert "mqtt" in CHANNEL.reads
