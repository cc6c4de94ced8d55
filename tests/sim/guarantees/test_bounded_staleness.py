"""Bounded staleness: from acceptance to the first showing, not counting the reader's tunnels."""

from sim.guarantees.bounded_staleness import GUARANTEE
from tests.sim.metrics.histories import arrival, drop, history, message

TAKEN = message(12.0, accepted_s=12.5)
PROMPT = arrival(0, 2, 12.6)


def test_holds_within_the_bound_and_in_a_tunnel():
    of = history(
        messages=[TAKEN],
        deliveries=[PROMPT, arrival(0, 1, 40.0)],
        outages=[(1, 14.0, 33.0)],
    )
    verdict = GUARANTEE.check(of, bound_s=7.0)
    assert verdict.state == "holds"
    assert verdict.checked == 2


def test_violated_by_a_late_showing():
    of = history(
        messages=[TAKEN],
        deliveries=[PROMPT, arrival(0, 1, 40.0)],
        outages=[(1, 14.0, 30.0), (2, 0.0, 90.0)],
    )
    verdict = GUARANTEE.check(of, bound_s=7.0)
    assert verdict.state == "violated"
    assert (verdict.witness.message, verdict.witness.person) == (0, 1)
    assert "working link for 10.000 s at a stretch" in verdict.witness.what
    assert "person 1's network is up again" in [m.what for m in verdict.witness.timeline]


def test_violated_by_what_is_kept_for_too_long():
    of = history(messages=[TAKEN], deliveries=[PROMPT], pending=[(0, 1)])
    assert GUARANTEE.check(of, bound_s=7.0).violations == 1


def test_the_witness_is_the_message_taken_first():
    later = message(11.0, accepted_s=20.0)
    of = history(messages=[later, TAKEN], pending=[(0, -1), (1, -1)])
    assert GUARANTEE.check(of).witness.message == 1


def test_unknown_when_nothing_was_accepted():
    of = history(messages=[message(12.0)], deliveries=[PROMPT])
    verdict = GUARANTEE.check(of)
    assert verdict.state == "unknown"
    assert "no accepted message" in verdict.reason


def test_a_loss_is_no_matter_of_time_and_an_early_end_tells_nothing():
    lost = history(messages=[TAKEN], deliveries=[PROMPT], drops=[drop(0, 1)])
    assert GUARANTEE.check(lost).checked == 1
    held = history({"end_s": 15.0}, messages=[TAKEN], pending=[(0, 1), (0, 2)])
    assert GUARANTEE.check(held).state == "unknown"


def test_exactly_the_bound_is_within_it():
    of = history(messages=[TAKEN], deliveries=[PROMPT, arrival(0, 1, 19.5)])
    assert GUARANTEE.check(of, bound_s=7.0).state == "holds"
    assert GUARANTEE.check(of, bound_s=6.999_999).state == "violated"
