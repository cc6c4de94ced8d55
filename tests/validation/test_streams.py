"""The two measured cells of an EventSource, predicted by their twins and shown on the page."""

import csv
import re
from functools import cache
from pathlib import Path

import numpy as np
import pytest

import sim
from models import DESIGNS
from sim.files.by_hand import kept
from sim.validation.quantities import messages

ROOT = Path(__file__).parents[2]
CELLS = ROOT / "results" / "validation" / "streams"
PAGE = kept((ROOT / "docs" / "fidelity.md").read_text("utf-8"))


def measured(cell):
    with (CELLS / "event_source.csv").open(encoding="utf-8", newline="") as opened:
        (row,) = [row for row in csv.DictReader(opened) if row["cell"] == cell]
    return {key: float(row[key]) for key in ("n", "median", "min", "max") if row[key]}


@cache
def played(cell, replication=0):
    scenario = sim.load_scenario(CELLS / f"{cell}.toml")
    asked = scenario.variants["twin"].model_dump(exclude_none=True)
    twin = DESIGNS[asked.pop("base")].variant("twin", asked)
    return sim.run_replication(scenario, twin, replication)


def reconnects_ms(history):
    gaps = history.tables["episodes"]
    mine = gaps["channel"] == history.meta["channels"].index("sse")
    return (gaps["open_s"] - gaps["noticed_s"])[mine] * 1e3


def shown(row):
    """The figures in the last column of the page's row that begins so."""
    (line,) = [line for line in PAGE.splitlines() if line.startswith(f"| {row}")]
    return [float(word) for word in re.findall(r"[\d.]+", line.split("|")[-2])]


def test_chromium_is_back_three_seconds_and_two_round_trips_after_the_error():
    real, took_ms = measured("server-down-2s"), reconnects_ms(played("server-down-2s"))
    assert len(took_ms) == real["n"]
    assert np.isfinite(took_ms).all()
    assert real["min"] <= took_ms.min() <= took_ms.max() <= real["max"]
    assert np.median(took_ms) == pytest.approx(real["median"], rel=0.02)
    figures = [np.median(took_ms), took_ms.min(), took_ms.max()]
    assert shown("server down 2 s | reconnect") == pytest.approx(figures, abs=0.5)


def test_last_event_id_loses_and_doubles_nothing():
    sends = messages(played("server-down-2s"))
    assert [np.isnan(sends.first_s).sum(), (sends.copies > 1).sum()] == [0, 0]
    assert shown("server down 2 s | lost") == [0, 0]


def test_a_cut_of_ten_seconds_is_unnoticed_and_over_when_tcp_tries_again():
    history = played("cut-10s")
    assert len(reconnects_ms(history)) == 0
    sends = messages(history)
    assert not np.isnan(sends.first_s).any()
    late_s = sends.first_s - sends.sent_s
    latest_s = []
    for start_s in (77.0, 137.0):
        inside = (sends.sent_s >= start_s) & (sends.sent_s < start_s + 10.0)
        latest_s += [late_s[inside & (sends.room == room)].max() for room in np.unique(sends.room)]
    real = measured("cut-10s")
    assert np.median(latest_s) * 1e3 == pytest.approx(real["median"], rel=0.05)
    assert shown("link cut 10 s | latest") == pytest.approx([np.median(latest_s)], abs=0.05)
    assert shown("link cut 10 s | error events") == [0, 0]
