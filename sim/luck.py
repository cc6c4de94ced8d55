"""Luck as a function of a name: the same number whoever asks first, and however often.

A key of two 32-bit words stands for who draws and what for; `bits` turns it, an index and a second
number into 32 random ones, by two rounds of an integer hash. Nothing is stored and nothing is
consumed: the hundredth number costs what the first does, and a consumer more shifts nobody's luck.

The functions of words are plain arithmetic on integers of at most 64 bits of which only the low 32
are kept, so one source serves three worlds and gives equal values: Python integers, numpy arrays
of int64 (a product wraps, its low half is right), and code compiled for int64.

Resolution is 2**-32: an event that is rarer never happens.
"""

from __future__ import annotations

from hashlib import sha256
from math import log
from typing import Final

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]

MASK: Final = 0xFFFFFFFF
SCALE: Final = 2**32
"""`bits` are below it: an event of probability p happens when they are below p times this."""

# Shifts and multipliers of a round: `lowbias32` of C. Wellons' "Hash Function Prospector", found by
# search for the least bias between any bit that goes in and any that comes out (0.17 of a perfect
# random function's). Its fixed point 0 does no harm to words that a key was added to.
_FIRST: Final = 0x7FEB352D
_SECOND: Final = 0x846CA68B
# Odd, without small multiples that nearly cancel each other: 2**32 over the golden ratio
# (Knuth, TAOCP volume 3, section 6.4), and over its cousin for two dimensions, 1.3247.
_STRIDE: Final = 0x9E3779B1
_UPPER_STRIDE: Final = 0xC13FA9A9


def bits(low: int, high: int, index: int, nth: int) -> int:
    """32 random bits of the key (low, high), an integer in [0, 2**32).

    Args:
        low, high: the key, from `key` and `words`.
        index: 0 <= index < 2**63.
        nth: tells apart what has one index; -2**31 <= nth < 2**31.
    """
    word = (low ^ index) & MASK
    word = (word ^ word >> 16) * _FIRST & MASK
    word = (word ^ word >> 15) * _SECOND & MASK
    word = (word ^ word >> 16) + high + (index >> 32) * _UPPER_STRIDE + nth * _STRIDE & MASK
    word = (word ^ word >> 16) * _FIRST & MASK
    word = (word ^ word >> 15) * _SECOND & MASK
    return word ^ word >> 16


def words(low: int, high: int, entity: int) -> tuple[int, int]:
    """The key of one entity under the key of a purpose; 0 <= entity < 2**32."""
    return bits(low, high, entity, 1), bits(low, high, entity, 2)


def uniform(low: int, high: int, index: int, nth: int) -> float:
    """A number in (0, 1), in the middle of one of 2**32 equal parts: its logarithm is finite."""
    return (bits(low, high, index, nth) + 0.5) / 4294967296.0


def exponential(low: int, high: int, index: int, nth: int) -> float:
    """An exponential variate of mean 1, at most 22.9, by inversion of the uniform."""
    return -log(uniform(low, high, index, nth))


def threshold(ratio: float) -> int:
    """What `bits` are below with this probability, 0 to 1; `SCALE` for certain."""
    return round(ratio * SCALE)


def key(seed: int, replication: int, purpose: str) -> tuple[int, int]:
    """The key of everything that one replication draws for a purpose.

    Seed and replication are hashed, never added: `seed + r` would make seed 1, replication 1 and
    seed 2, replication 0 the same run. A cryptographic hash, since `hash()` differs from process
    to process; it is paid once for all entities.
    """
    digest = sha256(f"{seed}/{replication}/{purpose}".encode()).digest()
    return int.from_bytes(digest[:4], "big"), int.from_bytes(digest[4:8], "big")


def bits_of(low: Ints | int, high: Ints | int, index: Ints | int, nth: Ints | int) -> Ints:
    """`bits` for arrays of int64: entities' keys, indices or both, broadcast as numpy does."""
    found: Ints = bits(low, high, index, nth)  # type: ignore[arg-type, assignment]
    return found
