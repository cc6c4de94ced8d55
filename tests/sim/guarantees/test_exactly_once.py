"""Exactly once: both halves must be tested, either half can be violated."""

from sim.guarantees.exactly_once import GUARANTEE
from tests.sim.metrics.histories import arrival, drop, history, message

BOTH = [arrival(0, 1, 12.1), arrival(0, 2, 12.2)]


def test_holds_when_everybody_saw_it_once():
    rows = [*BOTH, arrival(0, 2, 14.0, visible=False)]
    verdict = GUARANTEE.check(history(messages=[message(12.0)], deliveries=rows))
    assert (verdict.state, verdict.checked) == ("holds", 1)


def test_violated_by_a_repeat_and_by_a_loss():
    repeat = GUARANTEE.check(
        history(messages=[message(12.0)], deliveries=[*BOTH, arrival(0, 2, 14.0)])
    )
    assert repeat.state == "violated"
    assert "twice" in repeat.witness.what
    loss = GUARANTEE.check(
        history(messages=[message(12.0)], deliveries=BOTH[:1], drops=[drop(0, 2)])
    )
    assert loss.state == "violated"
    assert "never shown" in loss.witness.what


def test_the_earlier_of_two_witnesses_counts():
    rows = [*BOTH, arrival(0, 2, 14.0), arrival(1, 1, 20.1)]
    verdict = GUARANTEE.check(history(messages=[message(12.0), message(20.0)], deliveries=rows))
    assert verdict.violations == 2
    assert verdict.witness.message == 0


def test_unknown_when_one_half_was_not_tested():
    warm_up = history(messages=[message(5.0)], deliveries=[arrival(0, 1, 5.1)])
    verdict = GUARANTEE.check(warm_up)
    assert verdict.state == "unknown"
    assert "nothing was owed" in verdict.reason


def test_unknown_while_something_is_held():
    of = history(messages=[message(12.0)], deliveries=BOTH[:1], pending=[(0, 2)])
    assert GUARANTEE.check(of).state == "unknown"
