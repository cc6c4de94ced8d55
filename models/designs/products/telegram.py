"""Telegram: everything on one WebSocket, as its web client did in 2021."""

from __future__ import annotations

from typing import Final

from models.designs.full_websocket import FULL_WEBSOCKET_ACKED
from models.designs.products.article import ARTICLE

TELEGRAM: Final = FULL_WEBSOCKET_ACKED.variant(
    "telegram",
    {
        "summary": "Telegram: everything over one WebSocket.",
        "assumptions": (
            "acknowledgements and catch-up after a cursor, as MTProto's msgs_ack and getDifference",
            "heartbeat and back-off of the Python websockets library",
        ),
        "sources": (ARTICLE, "core.telegram.org/api/updates"),
    },
)
