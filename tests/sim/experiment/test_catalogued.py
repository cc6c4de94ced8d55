"""What the shipped catalogue says about the designs of a run, and that it is there."""

import pytest

from models import DESIGNS
from sim.experiment.catalogued import catalogued, shipped
from sim.guarantees import GUARANTEES
from sim.hunt.catalogue import COLUMNS, Cell, plain, read

MADE = {"rtcsim": "0.1.0", "command": "rtcsim guarantees"}
LONG, SHORT = "people=3 send=5:0 link=0@5+50 link=1@5+50", "people=2 send=5:0 reset=0@5"


def stored(*cells):
    return plain(cells, MADE)


def row(*cells):
    found = catalogued(["hybrid"], stored(*cells))
    assert found["made"] == MADE
    return found["designs"]["hybrid"]["fifo"]


def cell(faults, held=0, schedule="", what=""):
    return Cell("hybrid", "fifo", faults, 9, held, 3 * held, schedule, what)


def test_a_violated_row_names_the_classes_and_has_the_simplest_witness():
    found = row(cell("none", 9), cell("link", 3, LONG, "late"), cell("reset", 5, SHORT, "early"))
    assert found == {
        "violated": ["link", "reset"], "held": {"none": 9}, "schedule": SHORT, "what": "early"
    }  # fmt: skip


def test_a_held_row_has_its_evidence():
    found = row(cell("none", 9), cell("link", 7), cell("pause", what="nothing to see"))
    assert found == {"violated": [], "held": {"none": 9, "link": 7}}


def test_a_silent_row_has_its_reason():
    found = row(cell("none", what="nothing to see"), cell("link", what="nothing to see"))
    assert found == {"violated": [], "held": {}, "reason": "nothing to see"}


@pytest.mark.parametrize("catalogue", [{}, stored(cell("none", 9))])
def test_a_design_that_is_not_in_it_has_no_rows(catalogue):
    assert catalogued(["mine"], catalogue) == {}


def test_the_shipped_one_knows_every_design_and_how_it_was_made():
    kept = shipped()
    assert set(kept["designs"]) == set(DESIGNS)
    assert kept["columns"] == list(COLUMNS)
    assert kept["made"]["command"].startswith("rtcsim guarantees --schedules")
    assert {one.guarantee for one in read(kept)} == set(GUARANTEES)
