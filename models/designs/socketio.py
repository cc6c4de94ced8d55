"""Socket.IO as shipped, on polling alone, with retries, and with connection state recovery."""

from __future__ import annotations

from typing import Final

from models.design import Design

SOCKETIO: Final = Design(
    name="socketio",
    summary="Socket.IO with its defaults: buffers, but neither acknowledgements nor replay.",
    list="socketio",
    send="socketio",
    receive="socketio",
    typing="socketio",
    seen="socketio",
    settings={
        "heartbeat": "engine.io",
        "backoff": "socket.io",
        # npm socket.io-client 4.8.4, manager.js timeout
        "connection": {"connect_timeout_s": 20.0},
    },
    claims=("at-most-once", "fifo"),
    sources=("npm socket.io 4.8.4", "npm engine.io 6.6.12", "socket.io/docs/v4"),
)

SOCKETIO_POLLING: Final = SOCKETIO.variant(
    "socketio-polling",
    {
        "summary": "Socket.IO where no WebSocket gets through: HTTP polling without upgrade.",
        "socketio": {"transport": "polling only"},
    },
)

SOCKETIO_RETRIES: Final = SOCKETIO.variant(
    "socketio-retries",
    {
        "summary": "Socket.IO whose client asks for acknowledgements and retries; no ids.",
        "socketio": {"retries": 3},
        "claims": (),
    },
)

SOCKETIO_RECOVERY: Final = SOCKETIO.variant(
    "socketio-recovery",
    {
        "summary": "Socket.IO with connection state recovery: the server replays what was missed.",
        "recovery": "session",
        "claims": (),
        "assumptions": (
            "sessions are in a gateway's memory; several gateways need an adapter that keeps them",
            "Redis Streams and MongoDB do; over Redis's publish and subscribe nothing is recovered",
            "whoever has not been sent an event yet has no offset to name and recovers nothing",
        ),
        "sources": (
            *SOCKETIO.sources,
            "socket.io/docs/v4/connection-state-recovery: how it works; existing adapters",
        ),
    },
)
