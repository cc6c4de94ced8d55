"""A run grows until all that is promised is decided."""

import pytest
import small

from models import DESIGNS
from sim.errors import InputError
from sim.experiment.gates.check import check, promised, replayed, unbound
from sim.experiment.runner import Plan
from sim.scenario.gates import Gate


def test_promises_that_bind_nobody_are_known():
    total = Gate(guarantee="total-order", designs=("a",))
    assert unbound([Gate(guarantee="fifo"), total], ["b"]) == ["total-order"]


def picked(*names):
    return tuple(DESIGNS[name] for name in names)


def test_without_promises_the_designs_claims_count():
    gates = promised(small.scenario(), picked("full-websocket"))
    assert [gate.title for gate in gates] == ["at-most-once", "fifo"]
    own = small.scenario(guarantees=[{"guarantee": "isolation"}])
    assert [gate.title for gate in promised(own, picked("full-websocket"))] == ["isolation"]
    assert promised(small.scenario(), picked("long-poll-unbuffered")) == ()


def test_promises_of_other_designs_are_bad_input():
    other = small.scenario(guarantees=[{"guarantee": "fifo", "designs": ["long-poll"]}])
    with pytest.raises(InputError, match="bind none of hybrid"):
        promised(other, picked("hybrid"))


def test_a_run_grows_to_what_it_takes_and_one_replication_can_be_seen_again(tmp_path):
    gates = [{"guarantee": "isolation", "evidence": 250}]
    scenario = small.scenario(replications=1, guarantees=gates)
    designs = picked("full-websocket")
    plan = Plan(scenario, designs, tmp_path, "again", "again", workers=1)
    looks = (1, 2, 4, 8)
    ledger, outcome = check(plan, scenario.guarantees, looks, lambda finished, total: None)
    assert ledger.decisions[0, "full-websocket"].state == "pass"
    taken = len(ledger.measures["full-websocket"])
    assert outcome.summary["replications"] == taken in (2, 4, 8)
    (row,) = outcome.summary["gates"]["rows"]
    assert (row["title"], row["state"]) == ("isolation", "pass")
    assert row["curve"]["limit"] == "1.19 % of messages with somebody outside"
    once = replayed(scenario, designs[0], 1)
    assert once.measures["full-websocket"][0] == ledger.measures["full-websocket"][1]
