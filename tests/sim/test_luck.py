"""One source, three worlds, equal values; and nothing to be seen in them but chance.

Bounds come from theory and are passed by chance once in a million tries, the seeds being fixed.
"""

from collections.abc import Callable
from itertools import product
from math import sqrt

import numpy as np
import pytest
from scipy.stats import chi2, kstest, kstwo, norm

from sim.luck import SCALE, bits, bits_of, exponential, key, threshold, uniform, words

COUNT = 50_000
CHANCE = 1e-6
MOST_CORRELATION = norm.isf(CHANCE / 2) / sqrt(COUNT)
LOW, HIGH = key(1, 0, "loss-up")
ENTITIES = np.arange(COUNT, dtype=np.int64)


def of_entities(seed: int = 1, replication: int = 0, purpose: str = "loss-up") -> "np.ndarray":
    """The first bits of so many entities."""
    low, high = key(seed, replication, purpose)
    return bits_of(bits_of(low, high, ENTITIES, 1), bits_of(low, high, ENTITIES, 2), 0, 0)


SEQUENCES: dict[str, Callable[[], "np.ndarray"]] = {
    "index": lambda: bits_of(LOW, HIGH, ENTITIES, 0),
    "next index": lambda: bits_of(LOW, HIGH, ENTITIES + 1, 0),
    "index, by fours": lambda: bits_of(LOW, HIGH, 4 * ENTITIES, 0),
    "index, its upper word": lambda: bits_of(LOW, HIGH, ENTITIES << 32, 0),
    "index, a bit of its upper word": lambda: bits_of(LOW, HIGH, ENTITIES + 2**33, 0),
    "nth": lambda: bits_of(LOW, HIGH, 0, ENTITIES),
    "next nth": lambda: bits_of(LOW, HIGH, 0, ENTITIES + 1),
    "negative nth": lambda: bits_of(LOW, HIGH, 0, -ENTITIES - 1),
    "index, another nth": lambda: bits_of(LOW, HIGH, ENTITIES, 1),
    "index and nth together": lambda: bits_of(LOW, HIGH, ENTITIES, ENTITIES),
    "entity": of_entities,
    "entity, another seed": lambda: of_entities(seed=2),
    "entity, another replication": lambda: of_entities(replication=1),
    "entity, another purpose": lambda: of_entities(purpose="loss-down"),
}


def places() -> list[tuple[int, int, int, int]]:
    """Keys, indices and places at the edges of what is allowed, and some in between."""
    edges = (0, 1, 2**31 - 1, 2**31, 2**32 - 1)
    indices = (0, 1, 2**32 - 1, 2**32, 2**62 + 12345, 2**63 - 1)
    return list(product(edges, edges, indices, (-(2**31), -1, 0, 1, 2**31 - 1)))


def test_arrays_have_the_values_of_scalars() -> None:
    asked = np.array(places(), dtype=np.int64).T
    assert bits_of(*asked).tolist() == [bits(*place) for place in places()]


def test_compiled_it_has_the_values_of_plain_python() -> None:
    numba = pytest.importorskip("numba")
    compiled = numba.njit(bits)
    assert [compiled(*place) for place in places()] == [bits(*place) for place in places()]


def test_compiled_logarithms_are_those_of_plain_python() -> None:
    """To the last bit: a sojourn's length is rounded to a nanosecond in both."""
    numba = pytest.importorskip("numba")
    compiled, shared = {}, {"bits": numba.njit(bits)}
    shared["uniform"] = numba.njit(_with(uniform, shared))
    compiled = numba.njit(_with(exponential, shared))
    found = [compiled(LOW, HIGH, index, -4) for index in range(COUNT)]
    assert found == [exponential(LOW, HIGH, index, -4) for index in range(COUNT)]


def _with(function: "Callable[..., float]", names: dict[str, object]) -> "Callable[..., float]":
    """The same function, calling these."""
    return type(function)(function.__code__, {**function.__globals__, **names})  # type: ignore[call-arg, attr-defined]


def test_values_do_not_change_between_releases() -> None:
    """A change here changes every published number: say so in the changelog."""
    assert key(2024, 3, "outages") == (1532608271, 3966916007)
    assert bits(1, 2, 3, 4) == 3884870290


@pytest.mark.parametrize("name", SEQUENCES)
def test_values_are_uniform(name: str) -> None:
    """Kolmogorov's distance, the share of each bit, and the counts in 1,024 boxes of low bits."""
    found = SEQUENCES[name]()
    assert (found.min() >= 0, found.max() < SCALE) == (True, True)
    assert kstest(found / SCALE, "uniform").statistic < kstwo.isf(CHANCE, COUNT)
    ones = np.array([(found >> place & 1).mean() for place in range(32)])
    assert np.abs(ones - 0.5).max() < norm.isf(CHANCE / 64) * 0.5 / sqrt(COUNT)
    counts = np.bincount(found & 1023, minlength=1024)
    expected = COUNT / 1024
    assert ((counts - expected) ** 2 / expected).sum() < chi2.isf(CHANCE, 1023)


def test_sequences_do_not_know_of_each_other() -> None:
    """Nor of what comes 1, 2, 3, 4 or 64 places later in themselves."""
    found = {name: draw() / SCALE for name, draw in SEQUENCES.items()}
    shifted = {"next index": 1, "next nth": 1}  # the same values a place earlier
    for (one, first), (other, second) in product(found.items(), repeat=2):
        for lag in (0, 1, 2, 3, 4, 64):
            same = lag == 0 and one == other
            moved = lag == shifted.get(one, -1) or lag == shifted.get(other, -1)
            if not (same or moved):
                apart = np.corrcoef(first[: COUNT - lag], second[lag:])[0, 1]
                assert abs(apart) < MOST_CORRELATION * sqrt(COUNT / (COUNT - lag)) * 1.2, (
                    one,
                    other,
                )


def test_one_bit_of_the_name_flips_half_of_the_bits() -> None:
    """Of key, index and place: within the error of a mean over 2,000 names."""
    luck, count = np.random.default_rng(1), 2_000
    names = luck.integers(0, 2**31, (4, count), dtype=np.int64)
    plain = bits_of(*names)
    for word, place in product(range(4), range(31)):
        other = names.copy()
        other[word] ^= 1 << place
        flipped = np.bitwise_count(plain ^ bits_of(*other))
        assert abs(flipped.mean() - 16) < norm.isf(CHANCE / 248) * sqrt(8 / count) + 0.1


def test_pairs_of_fates_are_independent() -> None:
    """The same packet in two seconds, an attempt and the next: both lost as often as chance has."""
    limit = threshold(0.1)
    for other in (bits_of(LOW, HIGH, ENTITIES, 8), bits_of(LOW, HIGH, ENTITIES + 2**33, 7)):
        both = ((bits_of(LOW, HIGH, ENTITIES, 7) < limit) & (other < limit)).mean()
        assert abs(both - 0.01) < norm.isf(CHANCE / 2) * sqrt(0.01 * 0.99 / COUNT)


def test_a_threshold_is_never_and_always_at_its_ends() -> None:
    assert (threshold(0.0), threshold(1.0), threshold(0.5)) == (0, SCALE, SCALE // 2)


def test_uniforms_and_exponentials_are_finite() -> None:
    found = [uniform(LOW, HIGH, index, 0) for index in range(1_000)]
    assert 0.0 < min(found) < max(found) < 1.0
    assert min(exponential(LOW, HIGH, index, 0) for index in range(1_000)) > 0.0


def test_seed_and_replication_do_not_add_up() -> None:
    keys = {key(seed, replication, "x") for seed, replication in product(range(20), repeat=2)}
    assert len(keys) == 400


def test_entities_have_keys_of_their_own() -> None:
    assert len({words(LOW, HIGH, entity) for entity in range(10_000)}) == 10_000
