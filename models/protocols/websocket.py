"""WebSocket (RFC 6455): what frames and the opening handshake weigh, and what closing codes mean.

The protocol itself adds nothing to a connection that a machine would have to remember: pings are in
`heartbeat`, reconnecting in `link`, and it promises no delivery (`resume` does). Left out:
permessage-deflate, fragmentation.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Final

from models.protocols.machine import at_least

CONTROL_PAYLOAD_MAX: Final = 125
"""Bytes a ping, pong or close may carry (RFC 6455 section 5.5)."""

# A header set of Chrome 139 with cookie and bearer token, and nginx's answer, counted; and what the
# client and server of npm ws 8.23.0 write, seen on the wire.
_UPGRADE_BROWSER_BYTES: Final = (580, 130)
_UPGRADE_BARE_BYTES: Final = (154, 129)


class CloseCode(IntEnum):
    """Why a connection closed (RFC 6455 section 7.4.1). 1006 is never on the wire."""

    NORMAL = 1000
    GOING_AWAY = 1001
    PROTOCOL_ERROR = 1002
    UNSUPPORTED_DATA = 1003
    NO_STATUS = 1005
    ABNORMAL = 1006
    INVALID_PAYLOAD = 1007
    POLICY_VIOLATION = 1008
    MESSAGE_TOO_BIG = 1009
    INTERNAL_ERROR = 1011
    SERVICE_RESTART = 1012
    TRY_AGAIN_LATER = 1013


def frame_bytes(payload_bytes: int, masked: bool) -> int:
    """Size in bytes of one frame; the client's are `masked` (RFC 6455 section 5.2).

    Raises ValueError for a negative `payload_bytes`.
    """
    at_least("payload_bytes", payload_bytes, 0)
    if payload_bytes <= 125:
        header_bytes = 2
    elif payload_bytes <= 65_535:
        header_bytes = 4
    else:
        header_bytes = 10
    return header_bytes + (4 if masked else 0) + payload_bytes


def close_frame_bytes(masked: bool, reason_bytes: int = 0) -> int:
    """Size in bytes of a close frame with a code; raises ValueError for a reason too long."""
    if not 0 <= reason_bytes <= CONTROL_PAYLOAD_MAX - 2:
        raise ValueError(
            f"reason_bytes = {reason_bytes!r}: must be within 0 to {CONTROL_PAYLOAD_MAX - 2}"
        )
    return frame_bytes(2 + reason_bytes, masked)


def upgrade_bytes(browser: bool = True) -> tuple[int, int]:
    """Bytes of the opening handshake, request and response; without `browser` a bare client's."""
    return _UPGRADE_BROWSER_BYTES if browser else _UPGRADE_BARE_BYTES
