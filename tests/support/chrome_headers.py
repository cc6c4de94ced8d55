"""Header sets of a chat page's requests and their answers, made by hand, for sizes on the wire.

A phone with Chrome 139 before nginx: as HTTP/1.1 they take the bytes that `http_pool` has.
"""

from __future__ import annotations

from typing import Final

Headers = list[tuple[str, str]]

_TOKEN: Final = (
    "Bearer eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9."
    + "eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwiaWF0IjoxNTE2MjM5MDIyfQ" * 2
    + ".SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c"
)
_SESSION: Final = "s%3Aj8Kq2vZb7rTn4XcW1mYp0LsGdHfA9eUi.o5QwErTyUiOpAsDfGhJkLzXcVbNm"
_AGENT: Final = (
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/139.0.0.0 Mobile Safari/537.36"
)
_SITE: Final = "https://chat.example.com"
_ALWAYS: Final = [
    ("sec-ch-ua-platform", '"Android"'),
    ("authorization", _TOKEN),
    (
        "user-agent",
        _AGENT,
    ),
    ("sec-ch-ua", '"Not;A=Brand";v="99", "Google Chrome";v="139", "Chromium";v="139"'),
    ("sec-ch-ua-mobile", "?1"),
    ("accept", "application/json"),
    ("sec-fetch-site", "same-origin"),
    ("sec-fetch-mode", "cors"),
    ("sec-fetch-dest", "empty"),
    ("referer", f"{_SITE}/rooms/1503435956"),
    ("accept-encoding", "gzip, deflate, br, zstd"),
    ("accept-language", "en-US,en;q=0.9"),
    ("cookie", f"session={_SESSION}; _ga=GA1.1.1234567890.1700000000; theme=dark"),
    ("priority", "u=1, i"),
]


def post(body_bytes: int) -> Headers:
    """A JSON POST."""
    kind = [("content-length", str(body_bytes)), ("content-type", "application/json")]
    return [*_asked("POST", "/api/messages"), *kind, ("origin", _SITE), *_ALWAYS]


def get(cursor: int) -> Headers:
    """A poll for what is behind a cursor."""
    return [*_asked("GET", f"/api/poll?cursor={cursor}"), *_ALWAYS]


def stream(last_id: int | None = None) -> Headers:
    """An EventSource's request."""
    accepts = [(name, "text/event-stream" if name == "accept" else is_) for name, is_ in _ALWAYS]
    last = [] if last_id is None else [("last-event-id", str(last_id))]
    return [*_asked("GET", "/api/stream"), *accepts, ("cache-control", "no-cache"), *last]


def answer(body_bytes: int, second: int) -> Headers:
    """nginx's answer to any of them, at that second of a minute."""
    return [
        (":status", "200"),
        ("server", "nginx"),
        ("date", f"Sat, 28 Nov 2026 10:00:{second:02} GMT"),
        ("content-type", "application/json; charset=utf-8"),
        ("content-length", str(body_bytes)),
        ("vary", "Origin"),
        ("cache-control", "no-store"),
        ("strict-transport-security", "max-age=31536000; includeSubDomains"),
        ("access-control-allow-origin", _SITE),
        ("x-content-type-options", "nosniff"),
    ]


def as_text(headers: Headers) -> int:
    """Bytes of the same in HTTP/1.1 (RFC 9112)."""
    own = dict(headers)
    first = "HTTP/1.1 200 OK\r\n"
    if ":method" in own:
        first = f"{own[':method']} {own[':path']} HTTP/1.1\r\nhost: {own[':authority']}\r\n"
        first += "connection: keep-alive\r\n"
    lines = [f"{name}: {is_}\r\n" for name, is_ in headers if not name.startswith(":")]
    return len("".join([first, *lines, "\r\n"]))


def _asked(method: str, path: str) -> Headers:
    authority = [(":authority", "chat.example.com"), (":scheme", "https"), (":path", path)]
    return [(":method", method), *authority]
