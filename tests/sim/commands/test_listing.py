"""Everything a scenario can name is listed."""

import pytest
from fake_experiment import DESIGNS

from sim.commands import listing
from sim.guarantees import GUARANTEES
from sim.network.profiles import PROFILES

KINDS = ("designs", "networks", "faults", "metrics", "guarantees", "scenarios")


@pytest.mark.parametrize("kind", KINDS)
def test_every_list_prints_and_says_what_to_do_next(kind, capsys):
    listing.show(kind, DESIGNS)
    shown = capsys.readouterr().out
    assert "Next: rtcsim " in shown
    assert all(len(line) <= 100 for line in shown.splitlines())


def test_lists_are_complete():
    names = {kind: [row[0] for row in listing.rows_of(kind, DESIGNS)[1]] for kind in KINDS}
    assert names["designs"] == list(DESIGNS)
    assert names["networks"] == list(PROFILES)
    assert {"node-crash", "rolling-deploy", "add-nodes"} <= set(names["faults"])
    assert "loss_pressed" in names["metrics"]
    assert names["guarantees"] == list(GUARANTEES)
    assert "commuter-day" in names["scenarios"]


@pytest.mark.parametrize("kind", KINDS)
def test_no_cell_is_empty(kind):
    head, rows = listing.rows_of(kind, DESIGNS)
    assert rows
    for row in rows:
        assert len(row) == len(head)
        assert all(row)
