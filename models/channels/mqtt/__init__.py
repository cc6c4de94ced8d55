"""The MQTT channel: clients, and what the broker has of each person."""

from __future__ import annotations

from typing import Final

from models.channels.kind import ChannelKind
from models.channels.mqtt.channel import MqttChannel

CHANNEL: Final = ChannelKind(
    name="mqtt",
    title="MQTT",
    build=MqttChannel,
    keeps=("none", "session"),
    reads=("mqtt", "heartbeat", "backoff", "connection"),
    backplane="cluster",
)
