"""What HTTP/2 adds to bodies on the wire: frame headers (RFC 9113) and header blocks (RFC 7541).

A header block is small once the other end knows most of it, so its size depends on what the
connection has carried before: a new one begins anew. Sizes are those that the encoder of PyPI hpack
4.2.0 makes of the header sets that HTTP/1.1 has here (1,050 and 330 bytes as text); a test makes
them again. Left out: what falls out of the table of 4,096 bytes and is said in full once more,
about 12 bytes a request over hundreds of them; padding; window updates after the first.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

FRAME_HEADER_BYTES: Final = 9
"""RFC 9113 section 4.1."""
FRAME_BODY_BYTES: Final = 16_384
"""The largest body of a frame before anybody says otherwise: section 4.2."""
PREFACE_BYTES: Final = 24
"""What a client says first, before its SETTINGS: section 3.4."""
SETTING_BYTES: Final = 6
"""One parameter of SETTINGS: section 6.5.1."""
PING_BYTES: Final = FRAME_HEADER_BYTES + 8
"""Section 6.7; its answer has the same size."""
GOAWAY_BYTES: Final = FRAME_HEADER_BYTES + 8
"""Last stream and error code, no debug data: section 6.8."""
RST_STREAM_BYTES: Final = FRAME_HEADER_BYTES + 4
"""Section 6.4."""
WINDOW_UPDATE_BYTES: Final = FRAME_HEADER_BYTES + 4
"""Section 6.9."""

POST: Final = "POST"
GET: Final = "GET"
STREAM: Final = "stream"
"""Kinds of requests: with a body, without one, and that of an EventSource."""


@dataclass(frozen=True, slots=True)
class BlockBytes:
    """A header block: the first on a connection, the first of its kind there, and later ones."""

    first: int
    first_of_kind: int
    later: int


REQUESTS: Final = {
    POST: BlockBytes(691, 70, 24),
    GET: BlockBytes(656, 35, 35),
    STREAM: BlockBytes(657, 48, 33),
}
"""Blocks of requests. A later one differs in the length of its body, its cursor or its last id."""
ANSWER: Final = BlockBytes(145, 36, 36)
"""Blocks of answers: date and length differ."""


def settings_bytes(parameters: int) -> int:
    """A SETTINGS frame with so many parameters; its acknowledgement has none.

    >>> settings_bytes(0)
    9
    """
    return FRAME_HEADER_BYTES + SETTING_BYTES * parameters


def data_bytes(body_bytes: int) -> int:
    """A body in DATA frames; without one the headers end the stream.

    >>> data_bytes(0), data_bytes(100), data_bytes(20_000)
    (0, 109, 20018)
    """
    frames = -(-body_bytes // FRAME_BODY_BYTES)
    return body_bytes + frames * FRAME_HEADER_BYTES


class HeaderTables:
    """What the two ends of one connection know of each other's headers."""

    __slots__ = ("_answered", "_kinds")

    def __init__(self) -> None:
        self._kinds: dict[str, None] = {}
        self._answered = False

    def request_bytes(self, kind: str, body_bytes: int) -> int:
        """A request in frames; `kind` is POST, GET or STREAM."""
        block = REQUESTS[kind]
        if kind in self._kinds:
            size_bytes = block.later
        else:
            size_bytes = block.first_of_kind if self._kinds else block.first
        self._kinds[kind] = None
        return FRAME_HEADER_BYTES + size_bytes + data_bytes(body_bytes)

    def answer_bytes(self, body_bytes: int) -> int:
        """An answer in frames."""
        size_bytes = ANSWER.later if self._answered else ANSWER.first
        self._answered = True
        return FRAME_HEADER_BYTES + size_bytes + data_bytes(body_bytes)
