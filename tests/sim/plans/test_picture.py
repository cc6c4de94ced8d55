"""One picture, in two widths, the same every time; every way is named in it."""

from told_plan import told

from sim.plans.picture import picture


def test_every_way_has_its_row_and_the_picture_is_the_same_again():
    found = told()
    one, other = picture(found), picture(found)
    assert one.wide == other.wide
    for words in ("shipped, any: 24, recovery binds", "full-jitter:60, 50/s: at least 48", "nodes"):
        assert words in one.wide
        assert words in one.narrow


def test_where_none_holds_there_is_a_picture_of_that():
    assert "none holds" in picture(told(recovery=0.5)).wide
