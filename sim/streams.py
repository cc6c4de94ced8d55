"""Luck by name: one seed gives every consumer of randomness a substream of its own.

A substream is named by what the luck is for (`"outages"`, `"loss-up"`) and for whom (an
entity number). Its values depend on seed, replication and name alone: never on which other
substreams exist, on the order in which they were asked for, on the process or on the hash
seed. So two designs meet the same outages, and a new consumer shifts nobody else's luck.

`Draws` serves scalars as plain Python floats, each a function of the name and its place in the
sequence (`sim.luck`): a person's luck is two words and three counts, whether or not it is used. A
numpy generator costs kilobytes and is for what is drawn in bulk.

Left out: any default seed, and the distributions themselves beyond the three most used.
"""

from functools import cache, lru_cache
from hashlib import sha256
from statistics import NormalDist
from typing import Final

from numpy.random import PCG64, Generator, SeedSequence

from sim import luck

# One word of the spawn key each: a wider number would spill into its neighbour's place.
_WORD_LIMIT = 2**32
_SEED_LIMIT = 2**64

# Each kind of draw has a sequence of its own, so the n-th normal is the same however many uniforms
# were drawn before it.
_UNIFORM: Final = -1
_EXPONENTIAL: Final = -2
_NORMAL: Final = -3
_BELL: Final = NormalDist()


class Streams:
    """All the luck of one replication.

    Args:
        seed: the seed of the whole experiment, 0 <= seed < 2**64.
        replication: the number of this replication, 0 <= replication < 2**32. Replications
            are spawned from the seed rather than added to it: `seed + r` would make seed 1,
            replication 1 and seed 2, replication 0 the same run.
    """

    __slots__ = ("replication", "seed")

    def __init__(self, seed: int, replication: int) -> None:
        _require_below(_SEED_LIMIT, "seed", seed)
        _require_below(_WORD_LIMIT, "replication", replication)
        self.seed = seed
        self.replication = replication

    def generator(self, purpose: str, entity: int = 0) -> Generator:
        """A fresh generator at the start of the named substream, for bulk draws."""
        _require_below(_WORD_LIMIT, "entity", entity)
        name = (self.replication, _purpose_key(purpose), entity)
        return Generator(PCG64(SeedSequence(entropy=self.seed, spawn_key=name)))

    def draws(self, purpose: str, entity: int = 0) -> "Draws":
        """Scalar draws of the named substream: some words, no generator."""
        return Draws(*self.words(purpose, entity))

    def words(self, purpose: str, entity: int = 0) -> tuple[int, int]:
        """The key of the named substream, for `sim.luck`."""
        _require_below(_WORD_LIMIT, "entity", entity)
        return luck.words(*_key(self.seed, self.replication, purpose), entity)


class Draws:
    """Scalars of one named substream as plain Python numbers, in order.

    Uniforms, exponentials and normals are three independent sequences: none depends on the use of
    the others, nor has any generator a state. What is drawn by name and not in order asks
    `sim.luck` with the key (`low`, `high`); its `nth` is then not negative, since the sequences
    are at the negative ones.
    """

    __slots__ = ("_exponentials", "_normals", "_uniforms", "high", "low")

    def __init__(self, low: int, high: int) -> None:
        self.low = low
        self.high = high
        self._uniforms = self._exponentials = self._normals = 0

    def uniform(self) -> float:
        """The next uniform number in (0, 1)."""
        self._uniforms = count = self._uniforms + 1
        return luck.uniform(self.low, self.high, count, _UNIFORM)

    def exponential(self, mean: float) -> float:
        """The next exponential variate with the given mean, in the mean's unit."""
        self._exponentials = count = self._exponentials + 1
        return mean * luck.exponential(self.low, self.high, count, _EXPONENTIAL)

    def normal(self) -> float:
        """The next standard normal variate, by inversion: within 6.4 of 0."""
        self._normals = count = self._normals + 1
        return _BELL.inv_cdf(luck.uniform(self.low, self.high, count, _NORMAL))


_key = lru_cache(maxsize=256)(luck.key)


@cache
def _purpose_key(purpose: str) -> int:
    # 64 bits of a cryptographic hash: `hash()` differs from process to process, and the
    # whole digest would only make each of thousands of substreams slower to open.
    return int.from_bytes(sha256(purpose.encode()).digest()[:8], "big")


def _require_below(limit: int, name: str, value: int) -> None:
    if not 0 <= value < limit:
        raise ValueError(f"{name} is {value!r}; allowed: 0 <= {name} < 2**{limit.bit_length() - 1}")
