"""Bytes and CPU seconds as this program's author would have looked them up."""

from typing import Final

TOKEN_S: Final = 44e-6  # a JWT with RS256, jsonwebtoken 9 on Node.js 20.20
ENVELOPE_BYTES: Final = 20  # JSON around a text
PING_BYTES: Final = 6  # a masked control frame, RFC 6455 section 5.2


def frame_bytes(payload_bytes: int, masked: bool) -> int:
    """A WebSocket frame (RFC 6455 section 5.2) of less than 64 kB; the client's are masked."""
    return payload_bytes + (2 if payload_bytes <= 125 else 4) + (4 if masked else 0)


def text_bytes(size_bytes: int, masked: bool) -> int:
    """A frame with a text of so many bytes in JSON."""
    return frame_bytes(size_bytes + ENVELOPE_BYTES, masked)
