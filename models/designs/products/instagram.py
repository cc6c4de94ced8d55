"""Instagram: messages over MQTT, the rest over the API, as its web client did in 2021."""

from __future__ import annotations

from typing import Final

from models.designs.mqtt import MQTT_QOS1
from models.designs.products.article import ARTICLE

INSTAGRAM: Final = MQTT_QOS1.variant(
    "instagram",
    {
        "summary": "Instagram: messages and typing over MQTT, lists and seen over the API.",
        "list": "http",
        "seen": "http",
        "mqtt": {"client": "mqtt.js"},
        "heartbeat": "mqtt.js",
        "backoff": "fixed-1s",
        # npm mqtt 5.16.0, client.js connectTimeout
        "connection": {"connect_timeout_s": 30.0},
        "assumptions": ("QoS 1, persistent session, MQTT.js timers, EMQX-like cluster",),
        "sources": (ARTICLE,),
    },
)
