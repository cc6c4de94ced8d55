"""Substreams depend on their name and on nothing else."""

import subprocess
import sys
import tracemalloc
from itertools import product
from typing import Any

import numpy as np
import pytest
from scipy.stats import expon, kstest, kstwo, norm, spearmanr, uniform

from sim.streams import Draws, Streams


def first_uniforms(seed: int, replication: int, purpose: str, entity: int) -> list[float]:
    draws = Streams(seed, replication).draws(purpose, entity)
    return [draws.uniform() for _ in range(4)]


def test_same_name_gives_same_values() -> None:
    assert first_uniforms(1, 2, "outages", 3) == first_uniforms(1, 2, "outages", 3)
    one, two = (Streams(1, 2).generator("outages", 3) for _ in range(2))
    assert one.random(8).tolist() == two.random(8).tolist()


def test_every_part_of_the_name_counts() -> None:
    names = list(product((0, 1, 2**32), (0, 1), ("loss", "loss-up", "delay"), (0, 1, 2**32 - 1)))
    firsts = {tuple(first_uniforms(*name)) for name in names}
    assert len(firsts) == len(names)


def test_seed_and_replication_do_not_add_up() -> None:
    """`seed + replication` would make these two runs the same."""
    assert first_uniforms(1, 1, "outages", 0) != first_uniforms(2, 0, "outages", 0)


def test_order_of_creation_and_of_use_does_not_matter() -> None:
    def served(order: list[int]) -> dict[int, list[float]]:
        streams = Streams(7, 0)
        draws = {entity: streams.draws("loss", entity) for entity in order}
        values: dict[int, list[float]] = {entity: [] for entity in order}
        for _ in range(200):
            for entity in order:
                values[entity].append(draws[entity].uniform())
        return values

    assert served([0, 1, 2]) == served([2, 0, 1])


def test_values_are_the_same_in_another_process_with_another_hash_seed() -> None:
    program = (
        "from sim.streams import Streams\n"
        "draws = Streams(5, 1).draws('faults', 9)\n"
        "print(repr([draws.uniform() for _ in range(4)]))"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={"PYTHONHASHSEED": hash_seed, "PYTHONPATH": ":".join(sys.path)},
            capture_output=True,
            check=True,
            text=True,
        ).stdout.strip()
        for hash_seed in ("0", "12345")
    }
    assert outputs == {repr(first_uniforms(5, 1, "faults", 9))}


def test_values_do_not_change_between_releases() -> None:
    """A change here changes every published number: say so in the changelog."""
    generator = Streams(2024, 3).generator("outages", 17)
    assert generator.integers(0, 10**9, 3).tolist() == [36168012, 606719269, 691523267]
    assert Streams(2024, 3).words("outages", 17) == (805160821, 844083205)


def take(draws: Draws, kind: str, count: int) -> list[float]:
    draw = {"uniform": draws.uniform, "normal": draws.normal}.get(
        kind, lambda: draws.exponential(1.0)
    )
    return [draw() for _ in range(count)]


@pytest.mark.parametrize("kind", ["uniform", "normal", "exponential"])
def test_kinds_do_not_shift_each_other(kind: str) -> None:
    alone = take(Streams(1, 0).draws("x"), kind, 300)
    draws = Streams(1, 0).draws("x")
    mixed = []
    for _ in range(300):
        take(draws, "uniform" if kind != "uniform" else "normal", 3)
        mixed += take(draws, kind, 1)
    assert mixed == alone


def test_kinds_are_not_the_same_luck_in_other_clothes() -> None:
    """Were they one sequence, each kind would be a function of the other."""
    found = [take(Streams(1, 0).draws("x"), kind, 2_000) for kind in ("uniform", "exponential")]
    found.append(take(Streams(1, 0).draws("x"), "normal", 2_000))
    assert np.abs(spearmanr(np.transpose(found)).statistic - np.eye(3)).max() < 5 / 2_000**0.5


@pytest.mark.parametrize(
    ("kind", "law"), [("uniform", uniform), ("normal", norm), ("exponential", expon)]
)
def test_values_have_the_distribution_they_are_called_by(kind: str, law: Any) -> None:
    """Kolmogorov's distance, which so many independent values exceed once in a million."""
    count = 20_000
    values = take(Streams(12, 0).draws("law"), kind, count)
    assert kstest(values, law.cdf).statistic < kstwo.isf(1e-6, count)


def test_one_persons_luck_costs_a_hundred_bytes_and_no_generator(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Streams, "generator", None)
    streams = Streams(1, 0)
    draws = streams.draws("x", 0)
    assert draws.normal() != draws.uniform() != draws.exponential(1.0)
    tracemalloc.start()
    kept = [streams.draws("x", person) for person in range(1_000)]
    size_bytes, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert size_bytes / len(kept) < 200


def test_draws_are_plain_floats() -> None:
    draws = Streams(3, 0).draws("x")
    assert {type(draws.uniform()), type(draws.normal()), type(draws.exponential(2.0))} == {float}


def test_moments_are_those_of_the_distributions() -> None:
    """Means of n values within 5 standard errors, known exactly for each distribution."""
    draws = Streams(11, 0).draws("moments")
    count = 20_000
    cases = (
        (draws.uniform, 0.5, 12**-0.5),
        (draws.normal, 0.0, 1.0),
        (lambda: draws.exponential(3.0), 3.0, 3.0),
    )
    for draw, mean, deviation in cases:
        observed = sum(draw() for _ in range(count)) / count
        assert abs(observed - mean) < 5 * deviation / count**0.5


@pytest.mark.parametrize(
    ("seed", "replication", "entity", "named"),
    [(-1, 0, 0, "seed"), (2**64, 0, 0, "seed"), (0, 2**32, 0, "replication"), (0, 0, -1, "entity")],
)
def test_impossible_names_are_refused(seed: int, replication: int, entity: int, named: str) -> None:
    with pytest.raises(ValueError, match=f"{named} is .*allowed: 0 <= {named} < 2"):
        Streams(seed, replication).draws("x", entity)
