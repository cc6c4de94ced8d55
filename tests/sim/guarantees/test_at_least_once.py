"""At least once: shown to all owed holds, a loss violates, what is still held is unknown."""

import pytest

from sim.guarantees.at_least_once import GUARANTEE, UNDER_WAY
from tests.sim.metrics.histories import arrival, drop, history, message

BOTH = [arrival(0, 1, 12.1), arrival(0, 2, 12.2)]


def test_holds_when_everybody_was_shown_it():
    verdict = GUARANTEE.check(history(messages=[message(12.0)], deliveries=BOTH))
    assert verdict.state == "holds"
    assert verdict.checked == 1  # what befalls a message befalls all its readers


def test_violated_by_a_drop_with_its_cause():
    of = history(
        messages=[message(12.0)],
        deliveries=BOTH[:1],
        drops=[drop(0, 2, "half-open", 12.1)],
        outages=[(2, 11.0, 30.0)],
        episodes=[(2, 0, 11.0, 29.0, 30.5, 30.6, 3)],
    )
    verdict = GUARANTEE.check(of)
    assert verdict.state == "violated"
    assert (verdict.checked, verdict.violations) == (1, 1)
    witness = verdict.witness
    assert (witness.message, witness.person, witness.cause) == (0, 2, "half-open")
    assert [moment.what for moment in witness.timeline] == [
        "person 2's connection stops working (heartbeat)",
        "person 2's network goes down",
        "person 0 acts: message 0 in conversation 0",
        "0 is lost for person 2: half-open",
        "person 2's client notices",
        "person 2's network is up again",
        "person 2 is connected again",
        "person 2 has caught up",
    ]


def test_the_witness_is_the_earliest_loss():
    of = history(messages=[message(30.0), message(12.0), message(20.0)], drops=[drop(1, -1)])
    witness = GUARANTEE.check(of).witness
    assert (witness.message, witness.person) == (1, 1)


def test_unknown_while_something_is_still_held():
    of = history(messages=[message(12.0)], deliveries=BOTH[:1], pending=[(0, 2)])
    verdict = GUARANTEE.check(of)
    assert verdict.state == "unknown"
    assert (verdict.checked, verdict.undecided, verdict.reason) == (0, 1, UNDER_WAY)


def test_unknown_when_nothing_was_owed():
    verdict = GUARANTEE.check(history(messages=[message(5.0)]))
    assert verdict.state == "unknown"
    assert "nothing was owed" in verdict.reason


def test_a_copy_that_only_the_dedup_saw_was_never_shown():
    rows = [*BOTH[:1], arrival(0, 2, 12.5, visible=False)]
    verdict = GUARANTEE.check(history(messages=[message(12.0)], deliveries=rows))
    assert verdict.state == "violated"
    assert verdict.witness.cause == "the client hid it as a repeat"


def test_a_loss_that_nothing_accounts_for_is_a_loss():
    assert GUARANTEE.check(history(messages=[message(12.0)], deliveries=BOTH[:1])).violations == 1


def test_a_sender_told_of_failure_knows_better():
    failed = history(messages=[message(12.0, sent_s=12.0, failed_s=40.0)], drops=[drop(0, -1)])
    assert GUARANTEE.check(failed).state == "unknown"
    told = history(messages=[message(12.0, told_s=13.0, failed_s=40.0)], drops=[drop(0, -1)])
    assert GUARANTEE.check(told).violations == 1


@pytest.mark.parametrize(
    ("holder", "life"), [(2, {"accepted_s": 12.1}), (-1, {})], ids=["reader left", "sender left"]
)
def test_what_waits_for_somebody_who_left_is_left_out(holder, life):
    leaves = {2: 20.0} if holder == 2 else {0: 20.0}
    of = history(
        messages=[message(12.0, **life)],
        deliveries=BOTH[:1],
        pending=[(0, holder)],
        sessions=[(person, 0.0, leaves.get(person, 100.0)) for person in range(4)],
    )
    verdict = GUARANTEE.check(of)
    assert verdict.state == "holds"
    assert verdict.checked == 1
