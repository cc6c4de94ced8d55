"""A digest of what a run said is that of its numbers to nine digits, and a table comes back."""

import numpy as np
import pytest

from models import DESIGNS
from sim.errors import InputError
from sim.validation import campaign, runs
from sim.validation.measured import recorded


def found(arrivals=3.0, **changes):
    numbers = {"kernel": {"RetransSegs": arrivals}, "latencies_ms": np.array([50.0, np.nan], "f4")}
    return numbers | changes


def test_the_order_of_keys_and_the_tenth_digit_do_not_matter():
    same = dict(reversed(found(3.0 + 1e-12).items()))
    assert runs.digest(same) == runs.digest(found())


@pytest.mark.parametrize(
    "other",
    [
        found(3.0 + 1e-7),
        found(latencies_ms=np.array([50.0, 50.1], "f4")),
        found(sides={"all": {"lost": 0.0}}),
    ],
)
def test_another_number_is_another_digest(other):
    assert runs.digest(other) != runs.digest(found())


def test_any_run_played_alone_says_what_it_said_in_the_campaign(tmp_path):
    (cell,) = campaign.cells(recorded(), DESIGNS, ["rst-ws"])
    (found,) = campaign.run([cell], campaign.Effort(3, 2))
    (tmp_path / "runs.csv").write_text(runs.table({"rst-ws": found.digests}))
    told = runs.read(tmp_path / "runs.csv")
    assert told == {"rst-ws": [runs.digest(campaign.predict(cell, place)) for place in range(3)]}
    assert len(set(told["rst-ws"])) == 3


@pytest.mark.parametrize("text", [None, "cell,other\nrst-ws,1\n"])
def test_what_is_no_such_table_is_one_line(tmp_path, text):
    file = tmp_path / "runs.csv"
    if text is not None:
        file.write_text(text)
    with pytest.raises(InputError, match=r"runs\.csv: cannot be read.*validate --runs"):
        runs.read(file)
