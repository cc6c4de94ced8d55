"""Throughput logs: what a drive recorded is a rate, and its zeros are outages."""

from pathlib import Path

import pytest

from sim.errors import InputError
from sim.network.throughput import read_recording, read_throughput

LOG = "0.0 4.03\n1.1 3.91\n2.0 0.00\n3.0 2.20\n"


def written(folder, text):
    path = folder / "drive.log"
    path.write_text(text, "utf-8")
    return path


def test_rates_hold_until_the_next_line_and_the_last_as_long_as_the_one_before(tmp_path):
    outages, rate = read_recording(written(tmp_path, LOG))
    assert list(outages) == [(2.0, 3.0)]
    assert rate.period_s == 4.0
    mbit = 1.1 * 4.03 + 0.9 * 3.91 + 1.0 * 2.2
    assert rate.mean_bps == pytest.approx(mbit * 1e6 / 4.0)
    assert rate.leave_s(0.0, 4.03e6 / 8) == pytest.approx(1.0)
    assert rate.leave_s(2.0, 2.2e6 / 8 / 2) == pytest.approx(3.5)


@pytest.mark.parametrize(
    "text",
    [
        "\ufeff" + LOG,
        LOG + "\n\n",
        "# second, Mbit/s\n" + LOG.replace(" ", ", "),
        LOG.replace(" ", ";"),
        LOG.replace(" ", "\t").replace("\n", "\r\n"),
        LOG.replace("0.0 4", "100.0 4").replace("1.1", "101.1").replace("2.0 ", "102 ")
        .replace("3.0", "103"),
    ],
)  # fmt: skip
def test_how_it_is_written_does_not_matter(tmp_path, text):
    plain = read_recording(written(tmp_path, LOG))
    other = read_recording(written(tmp_path, text))
    assert list(other.outages) == list(plain.outages)
    assert other.rate.mean_bps == pytest.approx(plain.rate.mean_bps)


def test_zeros_shorter_than_the_threshold_are_up(tmp_path):
    path = written(tmp_path, "0 1\n1 0\n1.5 1\n2 0\n3 0\n4 1\n")
    assert list(read_throughput(path).outages) == [(2.0, 4.0)]
    assert list(read_throughput(path, 0.5).outages) == [(1.0, 1.5), (2.0, 4.0)]


def test_one_number_a_line_is_a_packet_trace(tmp_path):
    assert read_recording(written(tmp_path, "0\n100\n2000\n")).rate.period_s == 2.0


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("0 1\n1 x\n", r"drive.log:2: '1 x' is no such line; allowed: a second and its Mbit/s"),
        ("0 1 2\n", r"drive.log:1: '0 1 2' is no such line"),
        ("0 1\nnan 1\n", r"drive.log:2: 'nan 1' is no such line"),
        ("0 1\n1 -1\n", r"drive.log:2: -1 Mbit/s; allowed: 0 to 10,000"),
        ("0 1\n1 4030000\n", r"drive.log:2: .* kbit/s or bit/s\?"),
        ("0 1\n0 1\n", r"drive.log:2: 0 s does not come after"),
        ("-1000 1\n1e-20 1\n2e-20 1\n", r"drive.log:3: .* allowed: rising order"),
        ("0 1\n604801 1\n", r"drive.log:2: .* seven days; milliseconds\?"),
        ("0 1\n", r"drive.log: 1 lines; allowed: two at least"),
        ("0 0\n1 0\n", r"drive.log: every rate is 0"),
    ],
)
def test_a_bad_log_is_refused(tmp_path, text, words):
    with pytest.raises(ValueError, match=words):
        read_recording(written(tmp_path, text))


def test_an_endless_file_is_refused():
    with pytest.raises(InputError, match="/dev/zero: cannot be read"):
        read_recording(Path("/dev/zero"))
