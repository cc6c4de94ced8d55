"""Everything over one WebSocket: as the tutorial has it, and as it is built to last."""

from __future__ import annotations

from typing import Final

from models.design import Design

FULL_WEBSOCKET: Final = Design(
    name="full-websocket",
    summary="All five actions on one WebSocket; no ids, no acknowledgements, no replay.",
    list="websocket",
    send="websocket",
    receive="websocket",
    typing="websocket",
    seen="websocket",
    settings={"heartbeat": "websockets", "backoff": "websockets"},
    claims=("at-most-once", "fifo"),
    sources=("RFC 6455", "PyPI websockets 17.4"),
)

FULL_WEBSOCKET_ACKED: Final = FULL_WEBSOCKET.variant(
    "full-websocket-acked",
    {
        "summary": "All on one WebSocket with message ids, acknowledgements, resending, "
        "and a log that a returning client reads from its cursor.",
        "websocket": {"acks": True},
        "store": {"stored": True, "idempotent": True},
        "recovery": "cursor",
        "claims": ("exactly-once", "no-loss-after-ok", "fifo"),
        "sources": ("RFC 6455", "PyPI websockets 17.4", "Discord gateway: resume by sequence"),
    },
)

FULL_WEBSOCKET_COUNTER: Final = FULL_WEBSOCKET_ACKED.variant(
    "full-websocket-counter",
    {
        "summary": "An anti-pattern: acknowledged and resent, but repeats are known by a counter "
        "of the sender's that begins anew on every connection.",
        "websocket": {"dedup": "counter"},
        "claims": (),
        "assumptions": (
            "servers remember the highest number of each person across connections and nodes",
        ),
        # Its clientOffset is `${socket.id}-${counter++}`: the connection's id makes it unique.
        "sources": ("RFC 6455", "PyPI websockets 17.4", "socket.io/docs/v4/tutorial/step-8"),
    },
)
