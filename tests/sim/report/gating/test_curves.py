"""Operating curves in words: equal ones once, shares of more than all left out."""

from sim.report.gating.curves import HEADINGS, Curve, Point, explained, together

FULL = Curve("0.1 %", 32, (Point(1, 0.01, 0.97), Point(2, 0.6, 0.4), Point(10, 1.0, 0.0)))
SHORT = Curve("25 %", 40, (Point(1, 0.0, 1.0), Point(2, 1.0, 0.0)))


def test_every_heading_has_its_cell():
    for one in (FULL, SHORT):
        assert len(one.cells) == len(HEADINGS) - 2
    assert FULL.cells[1] == "1 / 97 %"
    assert SHORT.cells[3] == "—"


def test_equal_curves_of_several_designs_are_one_row():
    found = together([("a", "fifo", FULL), ("b", "fifo", FULL), ("b", "late", SHORT)])
    assert [cells[:2] for cells in found] == [("a, b", "fifo"), ("b", "late")]


def test_the_budget_is_told():
    assert "within 40 replications like these" in explained([FULL, SHORT])
