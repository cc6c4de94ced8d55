"""The table: as many cells as heads, the best marked, bounds as such."""

from told_plan import told

from sim.plans import wording


def test_rows_have_a_cell_for_each_head():
    found = told()
    rows = [*wording.rows(found), wording.limits(found)]
    assert {len(row) for row in rows} == {len(wording.HEADS)}
    assert rows[0][:4] == ("shipped, any", f"24 {wording.MARK}", "recovery", "19.1 s")
    assert rows[-2][:2] == ("full-jitter:60, 50/s", "≥ 48")
    assert rows[-1][0] == "allowed"
    assert rows[-1][3] == "20.0 s"


def test_where_none_holds_it_says_so():
    (row, *_) = wording.rows(told(recovery=0.5))
    assert row[1:3] == ("none", "recovery")
