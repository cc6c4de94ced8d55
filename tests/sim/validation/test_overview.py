"""A row per cell, measured beside predicted, what is outside in bold."""

import pytest

from sim.validation.compare import Verdict
from sim.validation.overview import BEGIN, END, overview


def verdict(cell, quantity, measured, predicted, inside=True):
    return Verdict(cell, quantity, measured, predicted, 0.0, 99.0, inside, "")


def rows(*verdicts):
    cells: dict[str, list[Verdict]] = {}
    for one in verdicts:
        cells.setdefault(one.cell, []).append(one)
    return overview(cells).splitlines()


def test_a_row_of_the_latency_table():
    name = "latency-mqtt1-nd-p0-1-loss-0-02"
    found = rows(
        verdict(name, "p50_ms", 50.71, 50.34),
        verdict(name, "p95_ms", 102.3, 101.0, inside=False),
        verdict(name, "p99_ms", 202.0, 201.0, inside=None),
        verdict(name, "share_later_than_150ms", 0.0463, 0.0457),
    )
    assert "| mqtt1-nd, 10 a second, 2 % | 50.7 / 50.3 | **102 / 101** | 202 / 201 | " in found[-3]
    assert found[-3].endswith("| 4.6 / 4.6 | 2 of 3 |")
    assert (found[0], found[-1]) == (BEGIN, END)


@pytest.mark.parametrize(
    ("cell", "title"),
    [
        ("latency-ws-loss-0", "ws, 0 %"),
        ("latency-hybrid-loss-0-1", "hybrid, 10 %"),
        ("kill-mqtt1-persist-3s", "mqtt1-persist, server killed 3 s"),
        ("link-sio-retries-10s tx", "sio-retries, link down 10 s (writers)"),
        ("link-wsresync-40s", "wsresync, link down 40 s"),
        ("rst-mqtt1-persist", "mqtt1-persist, connections reset"),
    ],
)
def test_titles_say_what_ran_and_what_happened(cell, title):
    assert rows(verdict(cell, "p50_ms", 1.0, 1.0))[-3].startswith(f"| {title} |")


def test_an_undisturbed_and_a_new_connection_share_a_column():
    for quantity in ("first_arrival_p50_s", "first_arrival_after_p50_s"):
        assert (
            "| - | - | 16.5 / 16.6 | ✓ |"
            in rows(verdict("link-ws-10s rx", quantity, 16.5, 16.6))[-3]
        )


def test_other_cells_are_left_to_the_page():
    assert len(rows(verdict("storm-fixed-1000", "back_p50_s", 0.4, 0.4))) == 4
