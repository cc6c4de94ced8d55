"""The recorded measurements against the model: every target, on every cell.

No tolerance here is wider than the table in `sim.validation.compare`. A missed target stands in
`sim.validation.known` with its cause or the open question; a test fails when one of those begins
to hold as well as when another begins to fail. The whole campaign takes six minutes of CPU and is
run when `docs/fidelity.md` is made (`-m campaign` tells the same). Every other time two runs of
each cell are played again and have to say what they said then, to nine digits.
"""

import math
import re
from pathlib import Path
from zlib import crc32

import pytest

from models import DESIGNS
from sim.validation import campaign, compare, runs
from sim.validation.known import KNOWN
from sim.validation.measured import read, recorded
from sim.validation.page import summary

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "fidelity.md"
RUNS = ROOT / "results" / "fidelity-runs.csv"
ANEW = "made by another model: see CONTRIBUTING.md, Changes"
CELLS = {one.name: one for one in campaign.cells(recorded(), DESIGNS)}


def test_the_page_is_of_all_runs_of_all_cells():
    then = runs.read(RUNS)
    assert {name: len(told) for name, told in then.items()} == {
        name: one.scenario.replications for name, one in CELLS.items()
    }, ANEW


@pytest.mark.parametrize("name", CELLS)
def test_a_cell_is_predicted_as_on_the_page(name):
    then, cell = runs.read(RUNS)[name], CELLS[name]
    for replication in two_of(len(then), name):
        assert runs.digest(campaign.predict(cell, replication)) == then[replication], ANEW


def two_of(count, name):
    """Two runs of a cell, others for each."""
    first = crc32(name.encode()) % count
    return sorted({first, (first + count // 2) % count})


def test_what_the_page_says_is_missed_is_known():
    text = PAGE.read_text("utf-8")
    missed = {" ".join(one) for one in re.findall(r"^- \*\*(.+), (\w+)\*\*: ", text, re.MULTILINE)}
    assert missed == set(KNOWN)
    assert f"; {len(missed)} missed." in text


@pytest.mark.campaign
def test_every_recorded_cell_is_predicted_and_misses_what_is_known():
    found = recorded()
    predictions = campaign.run(list(CELLS.values()), campaign.Effort())
    verdicts = compare.judge(predictions, found)
    every_cell_is_predicted(verdicts, found)
    every_figure_is_a_number(verdicts)
    what_is_missed_is_known(verdicts)
    assert summary(verdicts) in PAGE.read_text("utf-8"), ANEW
    assert {one.cell.name: one.digests for one in predictions} == runs.read(RUNS), ANEW


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
    found = read(ROOT / "results" / "validation" / "polling")
    verdicts = compare.judge(campaign.run(campaign.cells(found, DESIGNS), campaign.Effort()), found)
    judged = [one for one in verdicts if one.inside is not None]
    assert len(judged) == 11
    assert [one for one in judged if not one.inside] == []
