"""How often clients connect and how long they are without a connection, by hand."""

import math

import pytest

from sim.history import OUTCOMES, REASONS, History
from sim.metrics import measure

OPENED, REFUSED = OUTCOMES.index("opened"), OUTCOMES.index("refused")
CLOSED = REASONS.index("server close")
META = {
    "design": "x", "scenario": "x", "seed": 1, "replication": 0, "people": 2, "warmup_s": 10.0,
    "measure_s": 90.0, "drain_s": 0.0, "horizon_s": 100.0, "end_s": 100.0, "drained": True,
    "grace_s": 0.0, "owed": "present", "channels": ["mqtt"], "cores": 1, "backplane_messages": 0,
    "claims": [], "faults": [], "behind_peak": {}, "memory_peak_bytes": 0,
}  # fmt: skip


def figures(attempts=(), episodes=(), sessions=((0, 0.0, 100.0), (1, 0.0, 100.0))):
    def columns(names, rows):
        return dict(zip(names, map(list, zip(*rows, strict=True)), strict=True)) if rows else None

    tables = {
        "attempts": columns(("time_s", "person", "node", "outcome", "took_s"), attempts),
        "episodes": columns(
            ("person", "channel", "cut_s", "noticed_s", "open_s", "synced_s", "reason"), episodes
        ),
        "sessions": columns(("person", "start_s", "end_s"), sessions),
    }
    given = {name: table for name, table in tables.items() if table is not None}
    return measure(History.of(given, META))["metrics"]


def test_connections_are_counted_by_person_and_hour_of_the_measured_window():
    attempts = [
        (5.0, 0, 0, OPENED, 0.1),  # before
        (20.0, 0, 0, OPENED, 0.1),
        (30.0, 1, 0, REFUSED, 0.1),
        (40.0, 1, 0, OPENED, 0.1),
    ]
    assert figures(attempts)["connects_per_hour"] == pytest.approx(2 / (2 * 90 / 3600))
    assert figures()["connects_per_hour"] == 0.0
    assert figures(attempts, sessions=())["connects_per_hour"] is None


def test_what_is_cut_off_counts_as_far_as_it_lies_in_the_window():
    episodes = [
        (0, 0, 5.0, 6.0, 20.0, 20.0, CLOSED),  # 10 s of it
        (1, 0, 50.0, 51.0, 58.0, 58.0, CLOSED),  # 8 s
        (1, 0, 91.0, 92.0, math.nan, math.nan, CLOSED),  # 9 s: until the end
    ]
    assert figures(episodes=episodes)["cut_off_share"] == pytest.approx(27 / 180)
    assert figures()["cut_off_share"] == 0.0
