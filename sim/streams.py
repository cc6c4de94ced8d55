"""Luck by name: one seed gives every consumer of randomness a substream of its own.

A substream is named by what the luck is for (`"outages"`, `"loss-up"`) and for whom (an
entity number). Its values depend on seed, replication and name alone: never on which other
substreams exist, on the order in which they were asked for, on the process or on the hash
seed. So two designs meet the same outages, and a new consumer shifts nobody else's luck.

`Draws` serves scalars to the hot path as plain Python floats, drawn in blocks: a scalar call
into numpy costs several times a draw from a block, and a leaked `numpy.float64` slows down
everything it touches afterwards.

Left out: any default seed, and the distributions themselves beyond the three most used.
"""

from collections.abc import Callable, Iterator
from functools import cache
from hashlib import sha256
from itertools import chain
from typing import Any

from numpy.random import PCG64, Generator, SeedSequence
from numpy.typing import NDArray

BlockDraw = Callable[[Generator, int], NDArray[Any]]
"""Draws the given number of values at once from the given generator."""

# Thousands of people each own a few streams and many use a handful of values, so blocks
# start small; a busy stream reaches full blocks on its fourth refill.
_FIRST_BLOCK = 64
_FULL_BLOCK = 4096
_BLOCK_GROWTH = 4

# One word of the spawn key each: a wider number would spill into its neighbour's place.
_WORD_LIMIT = 2**32
_SEED_LIMIT = 2**64

# The last word of a `Draws` block stream: each kind of draw has its own substream, so the
# n-th normal is the same however many uniforms were drawn before it.
_UNIFORM, _EXPONENTIAL, _NORMAL = 1, 2, 3


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
        return Generator(PCG64(self._sequence(purpose, entity)))

    def draws(self, purpose: str, entity: int = 0) -> "Draws":
        """Scalar draws of the named substream; creates no generator before the first draw."""
        return Draws(self, purpose, entity)

    def _sequence(self, purpose: str, entity: int, *kind: int) -> SeedSequence:
        _require_below(_WORD_LIMIT, "entity", entity)
        key = (self.replication, _purpose_key(purpose), entity, *kind)
        return SeedSequence(entropy=self.seed, spawn_key=key)


class Draws:
    """Scalars of one named substream as plain Python numbers, in order, drawn in blocks.

    `uniform()` is in [0, 1); `normal()` is standard. Both are bound to the iterator that
    serves them, so that a draw costs no Python frame. Uniforms, exponentials, normals and
    `generator` are four independent sequences: none depends on the use of the others.
    """

    __slots__ = (
        "_entity",
        "_generator",
        "_purpose",
        "_standard_exponential",
        "_streams",
        "normal",
        "uniform",
    )

    uniform: Callable[[], float]
    normal: Callable[[], float]
    _standard_exponential: Callable[[], float]

    def __init__(self, streams: Streams, purpose: str, entity: int) -> None:
        _require_below(_WORD_LIMIT, "entity", entity)
        self._streams = streams
        self._purpose = purpose
        self._entity = entity
        self._generator: Generator | None = None
        self.uniform = _one_by_one(self._blocks(_UNIFORM, Generator.random))
        self.normal = _one_by_one(self._blocks(_NORMAL, Generator.standard_normal))
        self._standard_exponential = _one_by_one(
            self._blocks(_EXPONENTIAL, Generator.standard_exponential)
        )

    @property
    def generator(self) -> Generator:
        """The generator of this name, as `Streams.generator` gives it, kept for bulk draws."""
        if self._generator is None:
            self._generator = self._streams.generator(self._purpose, self._entity)
        return self._generator

    def exponential(self, mean: float) -> float:
        """An exponential variate with the given mean, in the mean's unit."""
        return mean * self._standard_exponential()

    def source(self, draw: BlockDraw) -> Callable[[], Any]:
        """Scalars of any other distribution, in blocks drawn by `draw` from `generator`.

        Two sources of the same `Draws` share that generator, so the values of each depend on
        the use of the other; give each source a name of its own where that matters.
        """
        return _one_by_one(_blocks(lambda: self.generator, draw))

    def _blocks(self, kind: int, draw: BlockDraw) -> Iterator[list[Any]]:
        def open_generator() -> Generator:
            return Generator(PCG64(self._streams._sequence(self._purpose, self._entity, kind)))

        return _blocks(open_generator, draw)


def _blocks(open_generator: Callable[[], Generator], draw: BlockDraw) -> Iterator[list[Any]]:
    """Endless blocks of growing size; the generator is opened when the first is needed."""
    generator = open_generator()
    size = _FIRST_BLOCK
    while True:
        yield draw(generator, size).tolist()
        size = min(size * _BLOCK_GROWTH, _FULL_BLOCK)


def _one_by_one(blocks: Iterator[list[Any]]) -> Callable[[], Any]:
    return chain.from_iterable(blocks).__next__


@cache
def _purpose_key(purpose: str) -> int:
    # 64 bits of a cryptographic hash: `hash()` differs from process to process, and the
    # whole digest would only make each of thousands of substreams slower to open.
    return int.from_bytes(sha256(purpose.encode()).digest()[:8], "big")


def _require_below(limit: int, name: str, value: int) -> None:
    if not 0 <= value < limit:
        raise ValueError(f"{name} is {value!r}; allowed: 0 <= {name} < 2**{limit.bit_length() - 1}")
