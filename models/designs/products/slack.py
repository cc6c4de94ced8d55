"""Slack: API up, WebSocket down, as its web client did in 2021."""

from __future__ import annotations

from typing import Final

from models.designs.hybrid import HYBRID_CURSOR
from models.designs.products.article import ARTICLE

SLACK: Final = HYBRID_CURSOR.variant(
    "slack",
    {
        "summary": "Slack: API up, WebSocket down; typing on the WebSocket.",
        "typing": "websocket",
        "assumptions": (
            "seen is not named by the article: assumed over the API",
            "idempotency key and catch-up after a cursor",
        ),
        "sources": (ARTICLE, "slack.engineering/real-time-messaging"),
    },
)
