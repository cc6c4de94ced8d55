"""Numbers as people write them."""

import pytest
import typer

from sim.commands.storm_options import amount


@pytest.mark.parametrize(
    ("typed", "number"),
    [("10M", 10_000_000), ("250k", 250_000), ("1,000", 1000), ("1.5M", 1_500_000)],
)
def test_amounts(typed, number):
    assert amount(typed) == number


@pytest.mark.parametrize("typed", ["", "many", "-3", "1.5", "10G"])
def test_no_amounts(typed):
    with pytest.raises(typer.BadParameter, match="allowed: a number, as 250000 or 10M"):
        amount(typed)
