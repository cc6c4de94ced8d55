"""POSTs that are done twice in a second outage: aiohttp with a limit of six connections, or none.

Each connection that is established when an outage begins carries a POST that is done later, since
the kernel repeats it, and its time-out sends it again elsewhere. How many of them get through hangs
on the kernel's RTO, doubled seven or eight times, so the twins have the round trip that it had
measured, and on the server, which closes a connection 75 s after its last answer.
"""

import csv
from pathlib import Path

import numpy as np
import pytest

import sim
from models import DESIGNS

CELLS = Path(__file__).parents[2] / "results" / "validation" / "posts"
BETWEEN_S = 250.0  # the cuts begin at 77 s and 277 s


def measured(limit):
    with (CELLS / "second_outage.csv").open(encoding="utf-8", newline="") as opened:
        rows = [row for row in csv.DictReader(opened) if row["limit"] == limit]
    return [row for row in rows if row["down_s"] == "40"]


def copies(cell):
    """How often each message came, and when it was written."""
    scenario = sim.load_scenario(CELLS / f"{cell}.toml")
    asked = scenario.variants["twin"].model_dump(exclude_none=True)
    twin = DESIGNS[asked.pop("base")].variant("twin", asked)
    tables = sim.run_replication(scenario, twin, 0).tables
    written_s = tables["messages"]["time_s"]
    came = np.bincount(tables["deliveries"]["message"], minlength=len(written_s))
    return came, written_s


@pytest.mark.parametrize(("cell", "limit"), [("six-40s", "6"), ("none-40s", "100")])
def test_a_second_outage_doubles_what_was_established(cell, limit):
    real = [int(row["doubled_second"]) for row in measured(limit)]
    came, written_s = copies(cell)
    doubled = int(((came > 1) & (written_s > BETWEEN_S)).sum())
    assert 0.9 * min(real) <= doubled <= 1.1 * max(real)
    assert (came > 0).all()
    if limit == "6":
        assert ((came > 1) & (written_s < BETWEEN_S)).sum() == 10  # one connection each
        assert came.max() == 2  # for a third copy it takes a second connection eleven seconds later
