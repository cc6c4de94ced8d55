"""The rows of the table."""

from stormy import crash, played

from sim.storms.figures import figures
from sim.storms.wording import rows


def test_rows_fit_a_terminal_and_say_never():
    found = dict(rows(figures(played(100, 2, crash(2, None), horizon_s=20))))
    assert found["99 % of those cut off are back after"] == "never"
    assert all(len(what) + len(value) < 76 for what, value in found.items())
