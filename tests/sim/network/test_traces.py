"""Mahimahi traces: silences become outages, and no recorded byte is lost."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.network.traces import OPPORTUNITY_BYTES, Recording, _rate, _silences_ms, read_mahimahi
from tests.shared_data import shared


def write(folder: Path, lines: list[object]) -> Path:
    path = folder / "link.trace"
    path.write_text("".join(f"{line}\n" for line in lines))
    return path


def test_silence_longer_than_the_threshold_is_an_outage(tmp_path: Path) -> None:
    path = write(tmp_path, [0, 100, 100, 1200, 1999, 4500, 5000])
    outages, rate = read_mahimahi(path, threshold_s=1.0)
    assert list(outages) == [(0.101, 1.2), (2.0, 4.5)]
    assert rate.period_s == 5.0
    # 3 packets leave in the first 101 ms (and the one at 5,000 ms is at 0 of the next round).
    assert rate.leave_s(0.0, 4 * OPPORTUNITY_BYTES) == pytest.approx(0.101)
    assert rate.leave_s(0.5, 1) > 1.2


def test_silence_of_exactly_the_threshold_is_up(tmp_path: Path) -> None:
    lines: list[object] = [0, 1001, 2000]
    assert not read_mahimahi(write(tmp_path, lines), threshold_s=1.0).outages
    assert read_mahimahi(write(tmp_path, lines), threshold_s=0.999).outages


def test_silence_across_the_end_of_the_round(tmp_path: Path) -> None:
    """The last line, at 3,000 ms, is at 0 of the next round, so silence lasts to there only."""
    outages, _ = read_mahimahi(write(tmp_path, [700, 800, 3000]), threshold_s=0.5)
    assert list(outages) == [(0.001, 0.7), (0.801, 3.0)]


def test_a_round_carries_what_was_recorded(tmp_path: Path) -> None:
    lines: list[object] = [0, 3, 3, 950, 2600, 2601, 3100, 3217]
    rate = read_mahimahi(write(tmp_path, lines), threshold_s=1.0).rate
    assert rate.mean_bps * rate.period_s == pytest.approx(len(lines) * OPPORTUNITY_BYTES * 8)


@given(st.lists(st.integers(0, 9_000), min_size=1, max_size=30), st.integers(1, 3_000))
def test_recorded_bytes_are_kept_whatever_the_threshold(times_ms: list[int], limit_ms: int) -> None:
    length_ms = max(times_ms) + 1
    times = np.sort(np.array(times_ms))
    silences_ms = _silences_ms(np.unique(times), length_ms, limit_ms)
    rate = _rate(times, length_ms, silences_ms)
    assert rate.mean_bps * rate.period_s == pytest.approx(len(times) * OPPORTUNITY_BYTES * 8)
    assert not any(start <= time < end for start, end in silences_ms for time in times_ms)


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ([0, "x", 5], r"link.trace:2: 'x' is no time; allowed: whole milliseconds"),
        ([0, 1.5, 5], r"link.trace:2: '1.5' is no time"),
        ([0, -1, 5], r"link.trace:2: '-1' is no time"),
        ([0, 99999999999999999999], r"link.trace:2: 9+ ms is too late; allowed: up to 604,800,000"),
        ([0, 10**12], r"link.trace:2: 1000000000000 ms is too late"),
        ([0, 604_800_001], r"link.trace:2: 604800001 ms is too late; .* seven days"),
        (["5\u20286"], r"link.trace:1: '5.+6' is no time"),
        ([0, "²", 5], r"link.trace:2: .* is no time"),
        ([0, 7, 5], r"link.trace:3: 5 ms comes after 7 ms; allowed: rising order"),
        ([0, 0], r"link.trace:2: the trace ends at 0 ms; allowed: > 0 ms"),
        ([], r"link.trace: empty; allowed: one time"),
    ],
)
def test_bad_traces_are_refused(tmp_path: Path, lines: list[object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        read_mahimahi(write(tmp_path, lines))


def test_a_mark_of_byte_order_and_empty_lines_say_nothing(tmp_path: Path) -> None:
    path = write(tmp_path, [0, 100, 1200, 2000])
    plain = read_mahimahi(path)
    path.write_text("\ufeff" + path.read_text().replace("1200", "\r\n1200") + "\n\n", "utf-8")
    assert read_mahimahi(path).outages == plain.outages


def test_seven_days_are_read(tmp_path: Path) -> None:
    assert read_mahimahi(write(tmp_path, [0, 604_800_000])).rate.period_s == 604_800.0


def test_impossible_threshold_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"threshold_s is 0.0; allowed: finite and > 0"):
        read_mahimahi(write(tmp_path, [0, 1]), threshold_s=0.0)


def test_real_lte_trace() -> None:
    """A driving user's downlink: 58,655 packets in 140 s, silent once for more than a second."""
    recording: Recording = read_mahimahi(shared("data/verizon-lte-short.down"))
    assert recording.rate.period_s == 140.0
    assert recording.rate.mean_bps == pytest.approx(58_655 * 12_000 / 140.0)
    assert [round(end_s - start_s, 3) for start_s, end_s in recording.outages] == [1.446]
