"""What `storm` and `plan` share: numbers as people write them, and the command that repeats."""

import shlex

import pytest
import typer

from sim.commands.crowds import amount, repeated, teller
from sim.commands.plan_options import PlanOptions
from sim.commands.storm_options import StormOptions


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


def test_the_command_that_repeats_has_what_is_not_as_usual_and_no_place():
    options = StormOptions(clients=50_000, rescue=False, set_=["a=1", "b=2 3"], quiet=True)
    words = shlex.split(repeated("storm", "mine.toml", options))
    assert words[:3] == ["rtcsim", "storm", "mine.toml"]
    assert words[3:] == ["--clients", "50000", "--no-rescue", "--set", "a=1", "--set", "b=2 3"]
    assert repeated("plan", "mine.toml", PlanOptions()) == "rtcsim plan mine.toml"


def test_nobody_is_told_where_nobody_is_to_be(capsys):
    teller(hidden=True)("this")
    teller(hidden=False)("that")
    assert capsys.readouterr() == ("", "that\n")
