"""The page shows what breaks what, with witnesses that are numbered once."""

from sim.guarantees import GUARANTEES
from sim.hunt.catalogue import Cell
from sim.hunt.page import page

CUT = "people=2 send=5:0 link=1@4.9+1"
CELLS = (
    Cell("mine", "exactly-once", "none", 9, 9, 12),
    Cell("mine", "exactly-once", "link", 9, 7, 12, CUT, "message 0 was never shown"),
    Cell("mine", "at-least-once", "none", 9, 8, 12),
    Cell("mine", "at-least-once", "link", 9, 6, 12, CUT, "message 0 was never shown"),
    Cell("mine", "read-your-writes", "none", 9, 0, 0, what="nobody asked for a list"),
    Cell("mine", "read-your-writes", "link", 9, 0, 0, what="nobody asked for a list"),
)


def lines(more=""):
    return page(CELLS, {"mine": "A design of mine."}, "rtcsim guarantees mine", more).splitlines()


def test_cells_say_broken_with_a_number_or_holds_or_nothing():
    shown = lines()
    assert "| guarantee | none | link |" in shown
    assert "| exactly-once | holds (9) | **broken** [1] |" in shown
    assert "| at-least-once | holds (8) | **broken** [1] |" in shown
    assert "| read-your-writes | – | – |" in shown


def test_one_schedule_is_one_witness_with_the_command_that_shows_it():
    shown = lines()
    assert "1. message 0 was never shown (breaks exactly-once, at-least-once)  " in shown
    assert f"   `{CELLS[1].replay}`" in shown
    assert not any(line.startswith("2. ") for line in shown)
    assert "*read-your-writes*: nothing to say, nobody asked for a list." in shown


def test_the_overview_has_a_column_for_every_guarantee():
    (row,) = (line for line in lines() if line.startswith("| [mine](#mine)"))
    found = dict(zip(GUARANTEES, [one.strip() for one in row.split("|")[2:-1]], strict=True))
    assert found["exactly-once"] == found["at-least-once"] == "link"
    assert found["read-your-writes"] == "–"


def test_more_stands_between_the_overview_and_the_designs():
    shown = lines("Read this first.")
    assert shown.index("## At a glance") < shown.index("Read this first.") < shown.index("## mine")
    assert any("`rtcsim guarantees mine`" in line for line in shown)
