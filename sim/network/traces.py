"""Recorded links: Mahimahi packet-delivery traces as outages and a rate.

A trace holds one number per line: a millisecond at which one 1,500-byte packet may leave, in
rising order; the trace repeats after its last line (Netravali et al., "Mahimahi", USENIX ATC
2015; recorded with Saturator, Winstein et al., "Stochastic forecasts", NSDI 2013).

A mark of byte order and empty lines say nothing.

Left out: the exact instant of each opportunity within its second. Chat packets are so small
and rare that the link's rate around them decides, and the rate keeps every recorded byte.
"""

from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.files.reading import read_text
from sim.network.outages import Outages
from sim.network.ranges import MAX_LENGTH_S, require_positive
from sim.network.rate import PiecewiseRate

OPPORTUNITY_BYTES = 1500
"""What may leave at each line of a trace: one Ethernet packet."""

SILENCE_IS_OUTAGE_S = 1.0
"""Silence longer than this is an outage: the initial retransmission timeout (RFC 6298, 2.1).

A shorter silence looks like queueing delay to a sender, and the rate of its second shows it.
"""

_RATE_STEP_MS = 1000
_MAX_MS = int(MAX_LENGTH_S * 1000)
_MAX_DIGITS = 18  # more are no number of milliseconds


class Recording(NamedTuple):
    """One round of a recorded link; `rate.period_s` is its length."""

    outages: Outages
    rate: PiecewiseRate


def read_mahimahi(path: Path, threshold_s: float = SILENCE_IS_OUTAGE_S) -> Recording:
    """Reads a trace: its long silences become outages, the rest a rate per second.

    The rate is 0 during the outages, so that one round carries exactly the recorded bytes.

    Args:
        path: the trace file.
        threshold_s: the longest silence in seconds that still counts as up, > 0.

    Raises:
        ValueError: the file is no such trace; names `file:line`.
        InputError: the file cannot be read.
    """
    require_positive("threshold_s", threshold_s)
    times_ms = _read_times_ms(path)
    length_ms = int(times_ms[-1])
    if length_ms == 0:
        raise ValueError(f"{path}:{len(times_ms)}: the trace ends at 0 ms; allowed: > 0 ms")
    # The last line is the start of the next round.
    times_ms = np.sort(times_ms % length_ms)
    silences_ms = _silences_ms(np.unique(times_ms), length_ms, threshold_s * 1000.0)
    outages = Outages((start / 1000.0, end / 1000.0) for start, end in silences_ms)
    return Recording(outages, _rate(times_ms, length_ms, silences_ms))


def lines_of(path: Path) -> Iterator[tuple[int, str]]:
    """Number and text of each line that says something. Raises `InputError`."""
    for number, line in enumerate(read_text(path).removeprefix("\ufeff").split("\n"), 1):
        if text := line.strip():
            yield number, text


def _read_times_ms(path: Path) -> NDArray[np.int64]:
    times_ms = array("q")
    for number, text in lines_of(path):
        times_ms.append(_time_ms(text, times_ms[-1] if times_ms else 0, f"{path}:{number}"))
    if not times_ms:
        raise ValueError(f"{path}: empty; allowed: one time in whole milliseconds per line")
    return np.array(times_ms, dtype=np.int64)


def _time_ms(text: str, latest_ms: int, place: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise ValueError(f"{place}: {text[:60]!r} is no time; allowed: whole milliseconds")
    time_ms = int(text) if len(text) <= _MAX_DIGITS else _MAX_MS + 1
    if time_ms > _MAX_MS:
        raise ValueError(
            f"{place}: {text[:60]} ms is too late; allowed: up to {_MAX_MS:,} ms, seven days"
        )
    if time_ms < latest_ms:
        raise ValueError(f"{place}: {time_ms} ms comes after {latest_ms} ms; allowed: rising order")
    return time_ms


def _silences_ms(
    busy_ms: NDArray[np.int64], length_ms: int, threshold_ms: float
) -> list[tuple[int, int]]:
    """The silences longer than the threshold; one across the end of the round comes in two."""
    starts_ms = busy_ms + 1
    ends_ms = np.append(busy_ms[1:], busy_ms[0] + length_ms)
    silences_ms = []
    for index in np.flatnonzero(ends_ms - starts_ms > threshold_ms):
        start_ms, end_ms = int(starts_ms[index]), int(ends_ms[index])
        silences_ms.append((start_ms, min(end_ms, length_ms)))
        silences_ms.append((0, max(0, end_ms - length_ms)))
    return [(start_ms, end_ms) for start_ms, end_ms in silences_ms if start_ms < end_ms]


def _rate(
    times_ms: NDArray[np.int64], length_ms: int, silences_ms: list[tuple[int, int]]
) -> PiecewiseRate:
    edges_ms = sorted(
        {
            *range(0, length_ms, _RATE_STEP_MS),
            length_ms,
            *(edge for pair in silences_ms for edge in pair),
        }
    )
    counts, _ = np.histogram(times_ms, bins=edges_ms)
    rates_bps = counts * (OPPORTUNITY_BYTES * 8) / (np.diff(edges_ms) / 1000.0)
    starts_s = [edge / 1000.0 for edge in edges_ms[:-1]]
    return PiecewiseRate(starts_s, rates_bps.tolist(), length_ms / 1000.0)
