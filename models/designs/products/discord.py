"""Discord: API up, gateway down, as its web client did in 2021."""

from __future__ import annotations

from typing import Final

from models.designs.hybrid import HYBRID_CURSOR
from models.designs.products.article import ARTICLE

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
        "sources": (ARTICLE, "discord-api-docs: gateway.mdx, channel.mdx"),
    },
)
