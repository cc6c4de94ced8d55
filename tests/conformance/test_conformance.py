"""Every design under every fault keeps what all must keep, and what it claims.

One list of checks (`tests.conformance.checks`) for all designs, as estimator checks are one list
for all estimators: a new design is held to it by being in `models.DESIGNS`. A failure is named by
design, check and fault.
"""

import pytest

from models import DESIGNS
from models.design import CLAIMS
from sim.experiment.run import run_replication
from tests.conformance import checks
from tests.conformance.runs import FAULTS, run, under

CASES = [
    pytest.param(design.name, check, fault, id=f"{design.name}/{check.__name__}/{fault}")
    for design in DESIGNS.values()
    for fault in FAULTS
    for check in checks.checks_of(design.claims)
]
PAIRS = [(design, fault) for design in DESIGNS for fault in FAULTS]


@pytest.mark.parametrize(("design", "check", "fault"), CASES)
def test_design(design, check, fault):
    check(run(design, fault))


@pytest.mark.parametrize(("design", "fault"), PAIRS, ids=map("/".join, PAIRS))
def test_same_again_with_an_event_for_every_delivery(design, fault):
    """Twice the same seed gives one history; so does doing without posted deliveries."""
    again = run_replication(under(fault), DESIGNS[design], 0, passive=False)
    assert again.digest() == run(design, fault).history.digest()


def test_every_claim_is_checked():
    assert {claim for named in checks.CLAIMED.values() for claim in named} == set(CLAIMS)


def excused(void):
    """What this excuse excuses, over the runs it names."""
    for found in (run(design, fault) for design in void.designs for fault in void.faults):
        if void.causes:
            yield from set(found.lost()) & set(void.causes)
        else:
            try:
                CHECKS[void.check].__wrapped__(found)
            except AssertionError:
                yield found.design.name


@pytest.mark.parametrize("void", checks.VOID, ids=lambda void: f"{void.check}/{void.faults[0]}")
def test_every_excuse_is_needed(void):
    assert list(excused(void))
