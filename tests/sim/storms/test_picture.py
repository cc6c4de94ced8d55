"""One picture, in two widths, the same every time."""

from stormy import crash, played

from sim.storms.figures import figures
from sim.storms.picture import picture


def test_the_picture_has_its_panels_and_is_the_same_again():
    found = figures(played(100, 2, crash(1, None)))
    one, other = picture(found), picture(found)
    assert one.wide == other.wide
    for words in ("clients not connected", "dials a second", "CPU of the busiest node"):
        assert words in one.wide
        assert words in one.narrow
