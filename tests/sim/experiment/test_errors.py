"""The ways to end early carry what the user has to know."""

from sim.errors import InputError
from sim.experiment.errors import Interrupted, NotComparable


def test_input_errors_keep_their_lines_apart():
    error = InputError(line for line in ("one", "two"))
    assert error.messages == ["one", "two"]
    assert str(error) == "one\ntwo"


def test_reasons_not_to_compare_are_kept_apart():
    assert NotComparable(line for line in ("one", "two")).reasons == ["one", "two"]


def test_an_interruption_says_how_to_go_on():
    stop = Interrupted(3, 10, "rtcsim compare")
    assert (stop.finished, stop.total, stop.resume) == (3, 10, "rtcsim compare")
    assert "3 of 10" in str(stop)
