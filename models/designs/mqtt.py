"""Publish and subscribe through a broker: MQTT 3.1.1 over WebSocket."""

from __future__ import annotations

from typing import Final

from models.design import Design

MQTT_QOS0: Final = Design(
    name="mqtt-qos0",
    summary="MQTT over WebSocket at QoS 0 with a clean session: as safe as its TCP connection.",
    list="mqtt",
    send="mqtt",
    receive="mqtt",
    typing="mqtt",
    seen="mqtt",
    settings={
        "mqtt": {"qos": 0, "clean_session": True, "client": "paho", "broker": "emqx"},
        "heartbeat": "paho",
        "backoff": "paho",
        # PyPI paho-mqtt 2.2.0, Client.connect_timeout
        "connection": {"connect_timeout_s": 5.0},
    },
    claims=("at-most-once", "fifo"),
    sources=("MQTT 3.1.1", "PyPI paho-mqtt 2.2.0", "emqx 6.3 emqx_schema.erl"),
)

MQTT_QOS1: Final = MQTT_QOS0.variant(
    "mqtt-qos1",
    {
        "summary": "MQTT over WebSocket at QoS 1 with a persistent session: resent until acked.",
        "mqtt": {"qos": 1, "clean_session": False},
        "recovery": "session",
        "claims": ("at-least-once", "no-loss-after-ok"),
    },
)

MQTT_QOS1_CLEAN: Final = MQTT_QOS1.variant(
    "mqtt-qos1-clean",
    {
        "summary": "MQTT over WebSocket at QoS 1, clean session: nothing waits for the absent.",
        "mqtt": {"clean_session": True},
        "recovery": "none",
        "claims": (),
    },
)

MQTT_QOS2: Final = MQTT_QOS1.variant(
    "mqtt-qos2",
    {
        "summary": "MQTT over WebSocket at QoS 2 with a persistent session: once per hop.",
        "mqtt": {"qos": 2},
        "claims": ("exactly-once", "no-loss-after-ok"),
    },
)
