"""Facebook Messenger: MQTT throughout, as its web client did in 2021."""

from __future__ import annotations

from typing import Final

from models.designs.mqtt import MQTT_QOS1
from models.designs.products.article import ARTICLE

MESSENGER: Final = MQTT_QOS1.variant(
    "messenger",
    {
        "summary": "Facebook Messenger: every action is published and subscribed over MQTT.",
        "mqtt": {"client": "mqtt.js"},
        "heartbeat": "mqtt.js",
        "backoff": "fixed-1s",
        # npm mqtt 5.16.0, client.js connectTimeout
        "connection": {"connect_timeout_s": 30.0},
        "assumptions": (
            "seen is not named by the article: assumed over MQTT like the rest",
            "QoS 1, persistent session, MQTT.js timers, EMQX-like cluster",
        ),
        "sources": (ARTICLE,),
    },
)
