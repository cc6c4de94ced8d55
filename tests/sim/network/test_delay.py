"""Delays have the mean, floor and quantiles they say they have."""

from collections.abc import Callable
from math import sqrt
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from sim.errors import InputError
from sim.network.delay import (
    Delay,
    constant_delay,
    empirical_delay,
    gamma_delay,
    lognormal_delay,
    normal_delay,
    read_delays,
)
from sim.streams import Draws, Streams

COUNT = 20_000

DRAWN: dict[str, Callable[[Draws], Delay]] = {
    "normal": lambda draws: normal_delay(draws, 0.05, 0.01),
    "normal, clamped": lambda draws: normal_delay(draws, 0.02, 0.03, floor_s=0.01),
    "lognormal": lambda draws: lognormal_delay(draws, 0.05, 0.5),
    "lognormal, floor": lambda draws: lognormal_delay(draws, 0.05, 0.5, floor_s=0.03),
    "gamma": lambda draws: gamma_delay(draws, 0.05, 0.02),
    "gamma, floor": lambda draws: gamma_delay(draws, 0.05, 0.02, floor_s=0.03),
    "empirical": lambda draws: empirical_delay(draws, [0.03, 0.03, 0.05, 0.2]),
}


def draws() -> Draws:
    return Streams(1, 0).draws("delay")


def sample(delay: Delay) -> np.ndarray:
    return np.array([delay.draw() for _ in range(COUNT)])


def test_constant_is_always_the_same() -> None:
    delay = constant_delay(0.035)
    assert (delay.constant, delay.mean_s, delay.floor_s) == (True, 0.035, 0.035)
    assert {delay.draw() for _ in range(10)} == {0.035}


@pytest.mark.parametrize("kind", DRAWN)
def test_mean_is_exact_and_floor_holds(kind: str) -> None:
    """The sample mean lies within 5 standard errors of `mean_s`."""
    delay = DRAWN[kind](draws())
    values = sample(delay)
    assert not delay.constant
    assert values.min() >= delay.floor_s
    assert abs(values.mean() - delay.mean_s) < 5 * values.std() / sqrt(COUNT)


@pytest.mark.parametrize("kind", DRAWN)
def test_draws_are_plain_floats_and_repeat(kind: str) -> None:
    one, two = DRAWN[kind](draws()), DRAWN[kind](draws())
    first = [one.draw() for _ in range(200)]
    assert first == [two.draw() for _ in range(200)]
    assert {type(value) for value in first} == {float}


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("normal", stats.norm(0.05, 0.01)),
        ("lognormal, floor", stats.lognorm(0.5, loc=0.03, scale=0.02)),
        ("gamma, floor", stats.gamma(1.0, loc=0.03, scale=0.02)),
    ],
)
def test_shape_is_that_of_the_distribution(kind: str, expected: stats.rv_continuous) -> None:
    """Kolmogorov-Smirnov at level 1e-4; the seed is fixed, so this cannot flicker."""
    assert stats.kstest(sample(DRAWN[kind](draws())), expected.cdf).pvalue > 1e-4


def test_clamped_share_sits_on_the_floor() -> None:
    share = float(np.mean(sample(DRAWN["normal, clamped"](draws())) == 0.01))
    expected = stats.norm.cdf((0.01 - 0.02) / 0.03)
    assert abs(share - expected) < 5 * sqrt(expected * (1 - expected) / COUNT)


def test_median_of_lognormal_includes_the_floor() -> None:
    below = float(np.mean(sample(DRAWN["lognormal, floor"](draws())) < 0.05))
    assert abs(below - 0.5) < 5 * 0.5 / sqrt(COUNT)


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: constant_delay(-0.1), "delay_s is -0.1; allowed: finite and >= 0"),
        (lambda: normal_delay(draws(), 0.05, 0.0), "sd_s is 0.0; allowed: finite and > 0"),
        (lambda: lognormal_delay(draws(), 0.03, 0.5, 0.03), "median_s is 0.03; allowed: above"),
        (lambda: lognormal_delay(draws(), 0.03, -0.5), "sigma is -0.5; allowed"),
        (lambda: gamma_delay(draws(), 0.02, 0.01, 0.03), "mean_s is 0.02; allowed: above floor_s"),
        (lambda: empirical_delay(draws(), []), "delays_s is empty; allowed: at least one"),
        (lambda: empirical_delay(draws(), [0.1, -0.2]), "smallest of delays_s is -0.2; allowed"),
        (lambda: empirical_delay(draws(), [0.1, float("nan")]), "delays_s is nan; allowed"),
    ],
)
def test_wrong_parameters_are_refused(build: Callable[[], Delay], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        build()


def test_file_of_delays(tmp_path: Path) -> None:
    path = tmp_path / "delays.txt"
    path.write_text("# measured\n0.030\n\n  0.045\n0\n")
    assert read_delays(path).tolist() == [0.03, 0.045, 0.0]


@pytest.mark.parametrize("bad", ["fast", "-0.1", "inf", "nan", "0.1 0.2"])
def test_bad_line_is_named(tmp_path: Path, bad: str) -> None:
    path = tmp_path / "delays.txt"
    path.write_text(f"0.03\n{bad}\n")
    with pytest.raises(ValueError, match=f"delays.txt:2: '{bad}' is no delay; allowed: seconds"):
        read_delays(path)


@pytest.mark.parametrize("measured", ["23.1", "10.001", "1e300"])
def test_milliseconds_are_refused_as_everywhere(tmp_path: Path, measured: str) -> None:
    path = tmp_path / "ping.txt"
    path.write_text(f"\ufeff10\n\n{measured}\n")
    words = f"ping.txt:3: '{measured}' is too long; allowed: seconds from 0 to 10; milliseconds"
    with pytest.raises(ValueError, match=words):
        read_delays(path)


def test_an_endless_file_is_refused() -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_delays(Path("/dev/zero"))


def test_empty_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "delays.txt"
    path.write_text("# nothing\n")
    with pytest.raises(ValueError, match="holds no delay"):
        read_delays(path)
