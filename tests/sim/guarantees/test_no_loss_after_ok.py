"""No loss after OK: only what the sender was told has been taken is promised."""

from sim.guarantees.no_loss_after_ok import GUARANTEE
from tests.sim.metrics.histories import arrival, drop, history, message

TOLD = message(12.0, sent_s=12.0, accepted_s=12.1, told_s=12.2)
SILENT = message(20.0, sent_s=20.0)


def test_holds_when_only_unacknowledged_messages_are_lost():
    rows = [arrival(0, 1, 12.1), arrival(0, 2, 12.2)]
    of = history(messages=[TOLD, SILENT], deliveries=rows, drops=[drop(1, -1)])
    verdict = GUARANTEE.check(of)
    assert verdict.state == "holds"
    assert verdict.checked == 1


def test_violated_by_a_loss_after_ok():
    of = history(messages=[TOLD], deliveries=[arrival(0, 1, 12.1)], drops=[drop(0, 2, "node died")])
    verdict = GUARANTEE.check(of)
    assert verdict.state == "violated"
    assert (verdict.witness.message, verdict.witness.person) == (0, 2)
    assert "its sender was told OK" in verdict.witness.what
    assert verdict.witness.cause == "node died"
    assert "person 0 is told OK for 0" in [moment.what for moment in verdict.witness.timeline]


def test_unknown_when_nobody_is_ever_told_ok():
    verdict = GUARANTEE.check(history(messages=[SILENT], drops=[drop(0, -1)]))
    assert verdict.state == "unknown"
    assert "ever told OK" in verdict.reason
