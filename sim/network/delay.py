"""How long a packet is under way: one-way delays, constant or drawn packet by packet.

Left out: correlation between the delays of successive packets (independent jitter is an
upper bound for reordering; the transport keeps order), and queueing, which `rate` adds.
"""

from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import repeat
from math import exp, fsum, log, sqrt
from pathlib import Path
from statistics import NormalDist

from sim.files.reading import read_text
from sim.network.ranges import MAX_DELAY_S, require_not_negative, require_positive
from sim.streams import Draws


@dataclass(frozen=True, slots=True, eq=False)
class Delay:
    """One-way delay of one direction of a path.

    Attributes:
        mean_s: the exact mean of what `draw` gives.
        floor_s: no draw is below it.
        constant: every draw is `mean_s`, so that a caller may skip drawing.
        draw: the next packet's delay in seconds.
    """

    mean_s: float
    floor_s: float
    constant: bool
    draw: Callable[[], float]


@cache
def constant_delay(delay_s: float) -> Delay:
    """The same delay for every packet; may be shared by any number of paths."""
    require_not_negative("delay_s", delay_s)
    return Delay(delay_s, delay_s, True, repeat(delay_s).__next__)


def normal_delay(draws: Draws, mean_s: float, sd_s: float, floor_s: float = 0.0) -> Delay:
    """A bell of the given mean and deviation; what falls below the floor is put on it.

    Clamping is what tc-netem(8) does with a normal delay, at zero. It lifts the mean a little,
    and `mean_s` of the result says by how much.
    """
    require_not_negative("mean_s", mean_s)
    require_positive("sd_s", sd_s)
    require_not_negative("floor_s", floor_s)
    z, bell = (mean_s - floor_s) / sd_s, NormalDist()
    clamped_mean_s = floor_s + sd_s * (bell.pdf(z) + z * bell.cdf(z))

    def draw() -> float:
        return max(mean_s + sd_s * draws.normal(), floor_s)

    return Delay(clamped_mean_s, floor_s, False, draw)


def lognormal_delay(draws: Draws, median_s: float, sigma: float, floor_s: float = 0.0) -> Delay:
    """A floor (the propagation delay) plus a lognormal part, `median_s` being that of the sum.

    `sigma` is the deviation of the natural logarithm of the part above the floor.
    """
    require_positive("sigma", sigma)
    scale_s = _above_floor("median_s", median_s, floor_s)
    mean_s = floor_s + scale_s * exp(sigma * sigma / 2.0)

    def draw() -> float:
        return floor_s + scale_s * exp(sigma * draws.normal())

    return Delay(mean_s, floor_s, False, draw)


def gamma_delay(draws: Draws, mean_s: float, sd_s: float, floor_s: float = 0.0) -> Delay:
    """A floor (the propagation delay) plus a gamma part; mean and deviation of the sum."""
    require_positive("sd_s", sd_s)
    surplus_s = _above_floor("mean_s", mean_s, floor_s)
    shape, scale_s = (surplus_s / sd_s) ** 2, sd_s * sd_s / surplus_s

    def draw() -> float:
        return floor_s + scale_s * _gamma(shape, draws)

    return Delay(mean_s, floor_s, False, draw)


def empirical_delay(draws: Draws, delays_s: Sequence[float]) -> Delay:
    """Measured delays, each packet one of them, independently and with replacement."""
    count = len(delays_s)
    if not count:
        raise ValueError("delays_s is empty; allowed: at least one delay in seconds")
    floor_s, mean_s = float(min(delays_s)), fsum(delays_s) / count
    require_not_negative("the smallest of delays_s", floor_s)
    require_not_negative("the mean of delays_s", mean_s)

    def draw() -> float:
        return float(delays_s[int(count * draws.uniform())])

    return Delay(mean_s, floor_s, False, draw)


def read_delays(path: Path) -> "array[float]":
    """Reads one one-way delay in seconds per line; blank lines and `#` lines are skipped.

    Raises:
        ValueError: a line is no delay (naming `file:line`), or there is none at all.
        InputError: the file cannot be read.
    """
    delays_s = array("d")
    for number, line in enumerate(read_text(path).removeprefix("\ufeff").split("\n"), start=1):
        text = line.strip()
        if text and not text.startswith("#"):
            delays_s.append(_delay_s(text, f"{path}:{number}"))
    if not delays_s:
        raise ValueError(f"{path}: holds no delay; allowed: one delay in seconds per line")
    return delays_s


def _delay_s(text: str, place: str) -> float:
    """A measured delay, held to the limit of every other: `ping` prints milliseconds."""
    allowed = f"allowed: seconds from 0 to {MAX_DELAY_S:g}"
    try:
        delay_s = float(text)
        require_not_negative("delay", delay_s)
    except ValueError:
        raise ValueError(f"{place}: {text[:60]!r} is no delay; {allowed}") from None
    if delay_s > MAX_DELAY_S:
        raise ValueError(f"{place}: {text[:60]!r} is too long; {allowed}; milliseconds?")
    return delay_s


def _gamma(shape: float, draws: Draws) -> float:
    """A standard gamma variate, by squeezing a cubed normal (Marsaglia and Tsang, ACM TOMS 26:3).

    Below a shape of 1, that of shape + 1 times a power of a uniform (their section 6).
    """
    if shape < 1.0:
        return _gamma(shape + 1.0, draws) * float(draws.uniform() ** (1.0 / shape))
    d = shape - 1.0 / 3.0
    c = 1.0 / sqrt(9.0 * d)
    while True:
        z = draws.normal()
        v = (1.0 + c * z) ** 3
        if v > 0.0 and log(draws.uniform()) < 0.5 * z * z + d - d * v + d * log(v):
            return d * v


def _above_floor(name: str, value_s: float, floor_s: float) -> float:
    require_not_negative("floor_s", floor_s)
    require_positive(name, value_s)
    if value_s <= floor_s:
        raise ValueError(f"{name} is {value_s!r}; allowed: above floor_s, which is {floor_s!r}")
    return value_s - floor_s
