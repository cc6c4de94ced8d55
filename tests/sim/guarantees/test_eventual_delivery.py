"""Eventual delivery: nothing that is not lost is still under way after the drain."""

from sim.guarantees.eventual_delivery import GUARANTEE
from tests.sim.metrics.histories import arrival, drop, history, message


def test_holds_when_all_that_is_not_lost_arrived():
    of = history(messages=[message(12.0)], deliveries=[arrival(0, 1, 95.0)], drops=[drop(0, 2)])
    verdict = GUARANTEE.check(of)
    assert verdict.state == "holds"
    assert verdict.checked == 1


def test_violated_by_what_is_still_under_way():
    of = history(messages=[message(12.0)], deliveries=[arrival(0, 1, 12.5)], pending=[(0, -1)])
    verdict = GUARANTEE.check(of)
    assert verdict.state == "violated"
    assert (verdict.witness.message, verdict.witness.person) == (0, 2)
    last = verdict.witness.timeline[-1]
    assert (last.time_s, last.what) == (100.0, "0 is still held for everyone not yet served")


def test_the_witness_is_what_was_sent_first():
    of = history(messages=[message(20.0), message(12.0)], pending=[(0, 1), (1, 2)])
    witness = GUARANTEE.check(of).witness
    assert (witness.message, witness.person) == (1, 2)


def test_unknown_without_a_drain_or_without_anything_owed():
    stuck = {"messages": [message(12.0)], "pending": [(0, -1)]}
    assert "drain is 0 s" in GUARANTEE.check(history({"drain_s": 0.0}, **stuck)).reason
    verdict = GUARANTEE.check(history(messages=[message(12.0)], drops=[drop(0, -1)]))
    assert verdict.state == "unknown"
    assert "nothing that was owed" in verdict.reason
