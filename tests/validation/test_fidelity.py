"""The recorded measurements against the model: every target, on every cell.

No tolerance here is wider than the issue's table. A target that is missed stands in
`sim.validation.known` with its cause or the open question; the test fails when one of those begins
to hold as well as when another begins to fail.
"""

import math
import resource

import pytest

from models import DESIGNS
from sim.validation import campaign, compare
from sim.validation.known import KNOWN
from sim.validation.measured import recorded
from sim.validation.page import document

pytestmark = pytest.mark.fidelity

CPU_BUDGET_S = 360.0  # three minutes of two cores


def cpu_s():
    """CPU seconds of this process and of all that it has waited for."""
    who = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(one.ru_utime + one.ru_stime for one in map(resource.getrusage, who))


@pytest.fixture(scope="module")
def validated():
    """All verdicts, and what they cost in CPU seconds."""
    before_s = cpu_s()
    found = recorded()
    cells = campaign.cells(found, DESIGNS)
    predictions = campaign.run(cells, campaign.Effort())
    return compare.judge(predictions, found), cpu_s() - before_s


@pytest.fixture
def verdicts(validated):
    return validated[0]


def test_it_misses_what_is_known_and_nothing_else(verdicts):
    missed = {one.key: one for one in verdicts if one.inside is False}
    new = [f"{key}: {one}" for key, one in missed.items() if key not in KNOWN]
    held = [key for key in KNOWN if key not in missed]
    assert not new, "missed, and not known:\n" + "\n".join(new)
    assert not held, "known as missed, but met:\n" + "\n".join(held)


def test_every_recorded_cell_is_predicted(verdicts):
    found = recorded()
    cells = {one.cell for one in verdicts}
    assert len({name for name in cells if name.startswith("latency-")}) == len(found.of("latency"))
    others = {name for name in cells if not name.startswith(("latency-", "conflict-", "storm-"))}
    assert len(others) == len(found.of("outages"))
    assert {"conflict-js-c1", "storm-fixed-1000"} <= cells


def test_every_figure_is_a_number(verdicts):
    for one in verdicts:
        assert math.isfinite(one.measured), one
        assert math.isfinite(one.predicted), one


def test_known_misses_are_in_the_page(verdicts):
    page = document(verdicts)
    for key, why in KNOWN.items():
        cell, quantity = key.rsplit(" ", 1)
        assert f"**{cell}, {quantity}**" in page
        assert why in page


def test_targets_are_those_of_the_table():
    assert compare.P50_WITHIN == 0.03
    assert compare.TAIL_WITHIN == compare.SHARE_WITHIN == 0.10
    assert (compare.P999_WITHIN, compare.P999_UP_TO_LOSS) == (0.25, 0.02)
    assert (compare.COUNTER_WITHIN, compare.UNDISTURBED_WITHIN) == (0.15, 0.05)
    assert (compare.RETURN_WITHIN, compare.RETURN_WITHIN_S) == (0.20, 0.3)
    assert compare.TAKEOVERS_WITHIN == 0.03


def test_it_costs_less_than_three_minutes_of_two_cores(validated):
    assert validated[1] < CPU_BUDGET_S
