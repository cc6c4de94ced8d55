"""Verdicts of a run over all replications: states, counts, claims, the first witness."""

import pytest
from fake_experiment import FakeDesign

from sim.experiment.promises import promises
from sim.guarantees import GUARANTEES, Verdict
from tests.sim.experiment.gates.made import measure, violated


def rows(*found, claims=()):
    return promises([FakeDesign("a", claims=claims)], {"a": list(found)})["a"]


def test_every_guarantee_has_a_row():
    found = rows(measure(0), measure(1), claims=("fifo",))
    assert list(found) == list(GUARANTEES)
    assert found["fifo"] == {
        "state": "holds", "claimed": True, "found": "none violated in 2,000 neighbouring messages",
        "checked": 2000, "violations": 0, "violated_in": 0, "witness": None,
    }  # fmt: skip
    assert not found["at-most-once"]["claimed"]


def test_one_violation_violates_and_the_first_is_the_witness():
    found = rows(
        measure(0),
        measure(1, verdicts={"fifo": violated(2)}),
        measure(2, verdicts={"fifo": violated(3)}),
    )["fifo"]
    assert (found["state"], found["violations"], found["violated_in"]) == ("violated", 5, 2)
    assert found["found"].endswith("violate it, in 2 of 3 replications")
    assert found["witness"] == {
        "replication": 1, "message": 7, "person": 3, "what": "message 7 broke it",
        "cause": "half-open",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("verdict", "words"),
    [
        (Verdict(10), "none violated in 10 neighbouring messages; 299 are wanted"),
        (Verdict.unknown("nobody spoke"), "nobody spoke"),
        (Verdict(900, undecided=3, reason="hang"), "3 neighbouring messages hang"),
    ],
)
def test_too_little_evidence_is_unknown(verdict, words):
    found = rows(measure(0, verdicts={"fifo": verdict}))["fifo"]
    assert (found["state"], found["found"]) == ("unknown", words)


def test_replications_that_were_not_judged_have_no_rows():
    assert promises([FakeDesign("a")], {"a": [{"replication": 0}]}) == {}
