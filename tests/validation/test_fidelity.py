"""The recorded measurements against the model: every target, on every cell.

No tolerance here is wider than the table in `sim.validation.compare`. A missed target stands in
`sim.validation.known` with its cause or the open question; the test fails when one of those begins
to hold as well as when another begins to fail. All is one test, since the predictions take four
minutes of CPU and one process of the suite should make them.
"""

import math
from pathlib import Path

from models import DESIGNS
from sim.validation import campaign, compare
from sim.validation.known import KNOWN
from sim.validation.measured import read, recorded
from sim.validation.page import summary

PAGE = Path(__file__).parents[2] / "docs" / "fidelity.md"


def test_every_recorded_cell_is_predicted_and_misses_what_is_known():
    found = recorded()
    verdicts = compare.judge(campaign.run(campaign.cells(found, DESIGNS), campaign.Effort()), found)
    every_cell_is_predicted(verdicts, found)
    every_figure_is_a_number(verdicts)
    what_is_missed_is_known(verdicts)
    assert summary(verdicts) in PAGE.read_text("utf-8"), "see CONTRIBUTING.md, Changes"


def what_is_missed_is_known(verdicts):
    missed = {one.key: one for one in verdicts if one.inside is False}
    new = [f"{key}: {one}" for key, one in missed.items() if key not in KNOWN]
    held = [key for key in KNOWN if key not in missed]
    assert not new, "missed, and not known:\n" + "\n".join(new)
    assert not held, "known as missed, but met:\n" + "\n".join(held)


def every_cell_is_predicted(verdicts, found):
    cells = {one.cell for one in verdicts}
    assert len({name for name in cells if name.startswith("latency-")}) == len(found.of("latency"))
    others = {name for name in cells if not name.startswith(("latency-", "conflict-", "storm-"))}
    assert len(others) == len(found.of("outages"))
    assert {"conflict-js-c1", "storm-fixed-1000"} <= cells


def every_figure_is_a_number(verdicts):
    for one in verdicts:
        assert math.isfinite(one.measured), one
        assert math.isfinite(one.predicted), one


def test_targets_are_those_of_the_table():
    assert compare.P50_WITHIN == 0.03
    assert compare.TAIL_WITHIN == compare.SHARE_WITHIN == 0.10
    assert (compare.P999_WITHIN, compare.P999_UP_TO_LOSS) == (0.25, 0.02)
    assert (compare.COUNTER_WITHIN, compare.UNDISTURBED_WITHIN) == (0.15, 0.05)
    assert (compare.RETURN_WITHIN, compare.RETURN_WITHIN_S) == (0.20, 0.3)
    assert compare.TAKEOVERS_WITHIN == 0.03


def test_a_transport_that_was_measured_after_its_prediction():
    """Socket.IO on polling alone at 5 % loss: see results/validation/README.md."""
    found = read(PAGE.parents[1] / "results" / "validation" / "polling")
    verdicts = compare.judge(campaign.run(campaign.cells(found, DESIGNS), campaign.Effort()), found)
    judged = [one for one in verdicts if one.inside is not None]
    assert len(judged) == 11
    assert [one for one in judged if not one.inside] == []
