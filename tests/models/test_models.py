"""The list of designs: named, described, able to travel to a worker process."""

import json
import pickle

import pytest

from models import DESIGNS, Design
from models.designs import designs


def test_designs_are_those_that_the_folder_has():
    assert designs() == DESIGNS
    assert all(designs()[name] is design for name, design in DESIGNS.items())


@pytest.mark.parametrize("design", DESIGNS.values(), ids=DESIGNS)
def test_a_design_says_what_it_is_and_survives_pickling(design):
    assert isinstance(design, Design)
    assert pickle.loads(pickle.dumps(design)) == design
    row = design.describe()
    assert json.loads(json.dumps(row)) == row
    assert row["summary"].endswith(".")
    assert row["sources"] != "none"
    assert set(row["channels"]) == {"list", "send", "receive", "typing", "seen"}


def test_no_two_designs_are_the_same():
    rows = [design.variant("x", {"summary": "", "sources": ()}) for design in DESIGNS.values()]
    twins = [(a, b) for a in range(len(rows)) for b in range(a) if rows[a] == rows[b]]
    names = list(DESIGNS)
    assert [(names[a], names[b]) for a, b in twins] == []
