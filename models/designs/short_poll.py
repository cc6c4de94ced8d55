"""Requests only, and none is held: POST up, and again and again a GET down."""

from __future__ import annotations

from typing import Final

from models.designs.long_poll import LONG_POLL

SHORT_POLL: Final = LONG_POLL.variant(
    "short-poll",
    {
        "summary": "POST up without a key; a GET with a cursor down every 5 s, answered at once.",
        "long_poll": {"hold_s": 0.0, "pause_s": 5.0},
        "assumptions": ("a poll that finds nothing new costs the server a request, and no read",),
        "sources": (
            "moodle/moodle mod/chat/settings.php: chat_refresh_room, a room is asked for every 5 s",
            "Telegram Bot API, getUpdates: timeout 0, usual short polling",
        ),
    },
)
