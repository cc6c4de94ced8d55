"""Six products as an article found them in their web clients in mid-2021: tables, nothing more.

"Instant messaging or real-time communication: behind the scene" (Medium, codex) looked at what the
browser exchanges with the server. These are observed web clients of that year, not today's
architecture of any company. What the article leaves open is an assumption, and says so.
"""

from __future__ import annotations

from typing import Final

from models.architectures.full_websocket import FULL_WEBSOCKET_ACKED
from models.architectures.hybrid import HYBRID_CURSOR
from models.architectures.long_poll import LONG_POLL
from models.architectures.mqtt import MQTT_QOS1

_ARTICLE: Final = "Instant messaging or real-time communication: behind the scene (2021)"

MESSENGER: Final = MQTT_QOS1.variant(
    "messenger",
    {
        "summary": "Facebook Messenger: every action is published and subscribed over MQTT.",
        "mqtt_client": "mqtt.js",
        "heartbeat": "mqtt.js",
        "backoff": "fixed-1s",
        "connect_timeout_s": 30.0,  # npm mqtt 5.16.0, client.js connectTimeout
        "assumptions": (
            "seen is not named by the article: assumed over MQTT like the rest",
            "QoS 1, persistent session, MQTT.js timers, EMQX-like cluster",
        ),
        "sources": (_ARTICLE,),
    },
)

INSTAGRAM: Final = MQTT_QOS1.variant(
    "instagram",
    {
        "summary": "Instagram: messages and typing over MQTT, lists and seen over the API.",
        "list": "http",
        "seen": "http",
        "mqtt_client": "mqtt.js",
        "heartbeat": "mqtt.js",
        "backoff": "fixed-1s",
        "connect_timeout_s": 30.0,  # npm mqtt 5.16.0, client.js connectTimeout
        "assumptions": ("QoS 1, persistent session, MQTT.js timers, EMQX-like cluster",),
        "sources": (_ARTICLE,),
    },
)

TELEGRAM: Final = FULL_WEBSOCKET_ACKED.variant(
    "telegram",
    {
        "summary": "Telegram: everything over one WebSocket.",
        "assumptions": (
            "acknowledgements and catch-up after a cursor, as MTProto's msgs_ack and getDifference",
            "heartbeat and back-off of the Python websockets library",
        ),
        "sources": (_ARTICLE, "core.telegram.org/api/updates"),
    },
)

SLACK: Final = HYBRID_CURSOR.variant(
    "slack",
    {
        "summary": "Slack: API up, WebSocket down; typing on the WebSocket.",
        "typing": "websocket",
        "assumptions": (
            "seen is not named by the article: assumed over the API",
            "idempotency key and catch-up after a cursor",
        ),
        "sources": (_ARTICLE, "slack.engineering/real-time-messaging"),
    },
)

DISCORD: Final = HYBRID_CURSOR.variant(
    "discord",
    {
        "summary": "Discord: API up, WebSocket gateway down; typing and seen over the API.",
        "heartbeat": "discord",
        "backoff": "discord.py",
        "assumptions": (
            (
                "the article's discussion puts typing on the WebSocket, its table on the API; "
                "Discord's documentation confirms the table"
            ),
            "nonce enforced, resume by sequence",
        ),
        "sources": (_ARTICLE, "discord-api-docs: gateway.mdx, channel.mdx"),
    },
)

ZALO: Final = LONG_POLL.variant(
    "zalo",
    {
        "summary": "Zalo's web client of 2021: API up, HTTP long poll down.",
        "assumptions": ("a log with a cursor behind the poll, held 25 s",),
        "sources": (_ARTICLE,),
    },
)

PRODUCTS: Final = (MESSENGER, INSTAGRAM, TELEGRAM, SLACK, DISCORD, ZALO)
