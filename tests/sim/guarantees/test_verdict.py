"""Three states, counts that add, and a witness that survives JSON."""

import json

import pytest

from sim.guarantees import GUARANTEES
from sim.guarantees.verdict import Moment, Verdict, Witness
from tests.sim.metrics.histories import history

LATE = Witness(3, 1, (4,), "late", "half-open", (Moment(20.0, "b"), Moment(30.0, "c")))
EARLY = Witness(7, 1, (), "early", "", (Moment(10.0, "a"),))


@pytest.mark.parametrize(
    ("verdict", "state"),
    [
        (Verdict(5), "holds"),
        (Verdict(5, 1, witness=EARLY), "violated"),
        (Verdict(5, 1, 3, witness=EARLY), "violated"),
        (Verdict(5, 0, 3), "unknown"),
        (Verdict(0), "unknown"),
    ],
)
def test_states(verdict, state):
    assert verdict.state == state


def test_a_witness_is_only_looked_for_when_there_is_one():
    def none():
        raise AssertionError

    assert Verdict.of(3, 0, none, untested="nothing").reason == ""
    assert Verdict.of(0, 0, none, untested="nothing").reason == "nothing"
    held = Verdict.of(3, 0, none, untested="nothing", undecided=2, doubt="held")
    assert (held.state, held.reason) == ("unknown", "held")


def test_two_together_are_the_worse_of_both():
    violated = Verdict(5, 1, witness=LATE).also(Verdict(5, 2, witness=EARLY))
    assert (violated.checked, violated.violations, violated.witness) == (10, 3, EARLY)
    assert Verdict(5).also(Verdict(0, reason="nothing")).state == "holds"
    assert Verdict(0, reason="a").also(Verdict(0, reason="b")).reason == "a; b"
    assert Verdict(5).also(Verdict(1, 0, 2, "held")).reason == "held"


@pytest.mark.parametrize("verdict", [Verdict(5, 1, 2, "", LATE), Verdict.unknown("no reason")])
def test_a_verdict_survives_json(verdict):
    plain = json.loads(json.dumps(verdict.plain()))
    assert plain["state"] == verdict.state
    assert Verdict.read(plain) == verdict


def test_a_bound_of_nothing_is_a_bound():
    assert GUARANTEES["bounded-staleness"].check(history(), bound_s=0.0).state == "unknown"


def test_only_some_guarantees_take_a_bound():
    with pytest.raises(ValueError, match="fifo takes no bound, not 3 s"):
        GUARANTEES["fifo"].check(history(), bound_s=3.0)
    with pytest.raises(ValueError, match="allowed: from 0, finite"):
        GUARANTEES["bounded-recovery"].check(history(), bound_s=float("inf"))
