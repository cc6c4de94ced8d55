"""Requests up, WebSocket down: the stateless API takes messages, the gateway only delivers."""

from __future__ import annotations

from typing import Final

from models.design import Design

HYBRID: Final = Design(
    name="hybrid",
    summary="POST to a stateless API, receive on a WebSocket; retries without a key, no catch-up.",
    list="http",
    send="http",
    receive="websocket",
    typing="http",
    seen="http",
    settings={
        "store": {"stored": True, "idempotent": False},
        "http": {"retry": True},
        "heartbeat": "websockets",
        "backoff": "websockets",
    },
    sources=("RFC 9112", "RFC 6455", "Chromium client_socket_pool_manager.cc: 6 per host"),
)

HYBRID_CURSOR: Final = HYBRID.variant(
    "hybrid-cursor",
    {
        "summary": "POST with an idempotency key, receive on a WebSocket that resumes at a cursor.",
        "store": {"idempotent": True},
        "recovery": "cursor",
        "claims": ("exactly-once", "no-loss-after-ok"),
        "sources": (*HYBRID.sources, "Discord API: enforce_nonce"),
    },
)
