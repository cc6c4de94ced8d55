"""Throughput logs: a second and the Mbit/s from then on, line by line, as drives record them.

The form of most public bandwidth logs (Riiser et al., "Commute path bandwidth traces", MMSys 2013;
van der Hooft et al., "HTTP/2-based adaptive streaming", IEEE Communications Letters 2016). The
times are seconds from any origin, apart by spaces, a tab, a comma or a semicolon; lines that begin
with # are remarks. The last line lasts as long as the one before it; then the log repeats.
"""

import math
import re
from itertools import groupby
from pathlib import Path

from sim.network.outages import Outages
from sim.network.ranges import MAX_LENGTH_S, require_positive
from sim.network.rate import PiecewiseRate
from sim.network.traces import SILENCE_IS_OUTAGE_S, Recording, lines_of, read_mahimahi

MAX_MBPS = 10_000.0
"""Above every access link; a larger number is in another unit."""

_APART = re.compile(r"\s*[;,]\s*|\s+")
_ALLOWED = "a second and its Mbit/s, as 12.0 4.5"


def read_recording(path: Path, threshold_s: float = SILENCE_IS_OUTAGE_S) -> Recording:
    """A recorded link in either form: a log has two numbers a line, a Mahimahi trace has one.

    Raises ValueError naming `file:line`, `InputError` for a file that cannot be read.
    """
    first = next((text for _, text in lines_of(path) if not text.startswith("#")), "")
    two = len(_APART.split(first)) > 1
    return read_throughput(path, threshold_s) if two else read_mahimahi(path, threshold_s)


def read_throughput(path: Path, threshold_s: float = SILENCE_IS_OUTAGE_S) -> Recording:
    """Reads a log: zeros that last `threshold_s` or longer become outages.

    As long, not longer as in a packet trace: nothing passed in all of these seconds, so the silence
    began before them and ended after.

    Raises:
        ValueError: the file is no such log; names `file:line`.
        InputError: the file cannot be read.
    """
    require_positive("threshold_s", threshold_s)
    times_s, rates_bps = _read_rows(path)
    period_s = times_s[-1] + times_s[-1] - times_s[-2]
    if max(rates_bps) <= 0.0:
        raise ValueError(f"{path}: every rate is 0; allowed: one above 0 at least")
    ends_s = (*times_s[1:], period_s)
    rows = zip(times_s, ends_s, rates_bps, strict=True)
    stretches = [(up, list(some)) for up, some in groupby(rows, key=lambda row: row[2] > 0.0)]
    silences = [(some[0][0], some[-1][1]) for up, some in stretches if not up]
    outages = Outages(one for one in silences if one[1] - one[0] >= threshold_s)
    return Recording(outages, PiecewiseRate(times_s, rates_bps, period_s))


def _read_rows(path: Path) -> tuple[list[float], list[float]]:
    """Seconds since the first row, and bits per second."""
    times_s: list[float] = []
    rates_bps: list[float] = []
    origin_s: float | None = None
    for number, text in lines_of(path):
        if text.startswith("#"):
            continue
        second_s, mbps = _row(text, f"{path}:{number}")
        origin_s = second_s if origin_s is None else origin_s
        _require_later(second_s - origin_s, times_s, f"{path}:{number}: {second_s:g} s")
        times_s.append(second_s - origin_s)
        rates_bps.append(mbps * 1e6)
    if len(times_s) < 2:
        raise ValueError(f"{path}: {len(times_s)} lines; allowed: two at least, each {_ALLOWED}")
    return times_s, rates_bps


def _require_later(time_s: float, times_s: list[float], place: str) -> None:
    if times_s and time_s <= times_s[-1]:
        raise ValueError(f"{place} does not come after the line before; allowed: rising order")
    if time_s > MAX_LENGTH_S:
        raise ValueError(
            f"{place} comes {time_s:,.0f} s after the first line; allowed: up to"
            f" {MAX_LENGTH_S:,.0f} s, seven days; milliseconds?"
        )


def _row(text: str, place: str) -> tuple[float, float]:
    cells = _APART.split(text)
    try:
        time_s, mbps = map(float, cells)
    except ValueError:
        time_s = mbps = math.nan
    if not (math.isfinite(time_s) and math.isfinite(mbps)):
        raise ValueError(f"{place}: {text[:60]!r} is no such line; allowed: {_ALLOWED}")
    if not 0.0 <= mbps <= MAX_MBPS:
        raise ValueError(
            f"{place}: {mbps:g} Mbit/s; allowed: 0 to {MAX_MBPS:,.0f} Mbit/s; kbit/s or bit/s?"
        )
    return time_s, mbps
