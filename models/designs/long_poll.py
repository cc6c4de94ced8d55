"""Requests only: POST up, held GET down (RFC 6202)."""

from __future__ import annotations

from typing import Final

from models.design import Design

LONG_POLL: Final = Design(
    name="long-poll",
    summary="POST up without a key; a held GET with a cursor down: the next request is the ack.",
    list="http",
    send="http",
    receive="long-poll",
    typing="http",
    seen="http",
    settings={
        "store": {"stored": True, "idempotent": False},
        "http": {"retry": True},
        "recovery": "cursor",
        "long_poll": {"hold_s": 25.0},
        "heartbeat": "none",
        "backoff": "fixed-1s",
    },
    claims=("at-least-once", "no-loss-after-ok"),
    sources=("RFC 6202", "npm engine.io 6.6.12: a poll is held at most 25 s"),
)

LONG_POLL_UNBUFFERED: Final = LONG_POLL.variant(
    "long-poll-unbuffered",
    {
        "summary": "POST up; a held GET down that gets only what happens while it is held.",
        "recovery": "none",
        "claims": (),
    },
)
