"""Requests up, server-sent events down: the browser reconnects by itself (WHATWG HTML 9.2)."""

from __future__ import annotations

from typing import Final

from models.design import Design

SSE: Final = Design(
    name="sse",
    summary="POST with an idempotency key, receive on an event stream without ids or replay.",
    list="http",
    send="http",
    receive="sse",
    typing="http",
    seen="http",
    settings={
        "store": {"stored": True, "idempotent": True},
        "http": {"retry": True},
        "sse": {"browser": "chromium-mobile", "server": "sse-starlette"},
        "heartbeat": "none",
    },
    claims=("at-most-once",),
    assumptions=(
        "a phone's browser: it neither probes nor watches a stream that has gone silent",
        "the stream takes one of the six connections to its own host, not to that of the requests",
        "without a proxy a refused connection is tried again; a proxy's 502 is final",
        "opening a stream costs the server what opening a WebSocket does",
    ),
    sources=(
        "WHATWG HTML 9.2",
        "Chromium 156 event_source.cc: 3 s",
        "PyPI sse-starlette 3.7.0",
        "RFC 9112",
    ),
)

SSE_RESUME: Final = SSE.variant(
    "sse-resume",
    {
        "summary": "POST with an idempotency key, receive on an event stream that resumes behind "
        "Last-Event-ID, as far as a window of 10 messages goes.",
        "recovery": "cursor",
        "sse": {"server": {"preset": "nchan", "keepalive_s": 15.0}},
        "assumptions": (
            *SSE.assumptions,
            "each reader has a window, in a store that nodes share",
            "comments every 15 s, as 9.2.7 advises (Nchan's are off)",
            "what an outage of the backplane kept back is found with the next comment",
            "the application keeps the last id and puts it into the URL when it is opened anew",
        ),
        "sources": (
            *SSE.sources[:2],
            "slact/nchan README: 10 messages, 1 h",
            "RFC 9112",
        ),
    },
)
