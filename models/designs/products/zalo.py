"""Zalo: API up, long poll down, as its web client did in 2021."""

from __future__ import annotations

from typing import Final

from models.designs.long_poll import LONG_POLL
from models.designs.products.article import ARTICLE

ZALO: Final = LONG_POLL.variant(
    "zalo",
    {
        "summary": "Zalo's web client of 2021: API up, HTTP long poll down.",
        "assumptions": ("a log with a cursor behind the poll, held 25 s",),
        "sources": (ARTICLE,),
    },
)
