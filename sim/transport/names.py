"""What packets are called, so that their luck is a function of what they carry.

Whether a packet is lost depends on its name and on the second it is sent in (`sim.network.loss`).
What carries a message, and its answer, is called by the message's number; a ping, a pong, a FIN or
a step of a handshake by that word; anything else by its place among the writes of its connection.
So two designs that write one message within the same second, each in its way, lose it both or
neither; a queue that differs by microseconds, or some heartbeats more, make no difference.

A name is an integer below 2**31; a packet is a name with what tells its transmissions apart: the
attempt, the segment of a long write, data or acknowledgement.
"""

from __future__ import annotations

from enum import Enum
from functools import lru_cache
from typing import Any, Final
from zlib import crc32

PING: Final = "ping"
PONG: Final = "pong"

ACK: Final = 1 << 32
"""Added to the name of a data packet it gives that of its acknowledgement."""
ATTEMPT: Final = 1 << 33
"""Added for each transmission after the first; those of a write differ up to `ATTEMPTS` of them."""
ATTEMPTS: Final = 1 << 15
SEGMENT: Final = 1 << 48
"""Added for each segment after the first; those of a write differ up to `SEGMENTS` of them."""
SEGMENTS: Final = 1 << 15

# The two lowest bits say what the others are.
_MESSAGE: Final = 0
_WORD: Final = 1
_PLACE: Final = 2
_LIMIT: Final = 0x7FFFFFFF


def of_message(message: int) -> int:
    """The name of what carries this message."""
    return message << 2 & _LIMIT


@lru_cache(maxsize=256)
def of_word(word: str) -> int:
    """The name of what says no more than this."""
    return (crc32(word.encode()) << 2 | _WORD) & _LIMIT


def of_place(place: int) -> int:
    """The name of what is nothing but the n-th of its connection."""
    return (place << 2 | _PLACE) & _LIMIT


def named(payload: Any, place: int) -> int:
    """The name of the write of this payload, the `place`-th of its connection.

    A payload has the number of its message as `message`, or is a word.
    """
    message = getattr(payload, "message", None)
    if type(message) is int:
        return message << 2 & _LIMIT
    if isinstance(payload, Enum):
        payload = payload.value
    return of_word(payload) if type(payload) is str else of_place(place)
