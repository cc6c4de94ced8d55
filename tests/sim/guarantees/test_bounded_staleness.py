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
    assert verdict.checked == 1


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


def test_violated_by_what_was_taken_and_lost():
    of = history(messages=[TAKEN], deliveries=[PROMPT], drops=[drop(0, 1)])
    verdict = GUARANTEE.check(of, bound_s=7.0)
    assert verdict.state == "violated"
    assert (verdict.witness.message, verdict.witness.person) == (0, 1)
    assert verdict.witness.cause == "half-open"


def test_who_closes_the_app_before_the_bound_waits_for_nothing():
    leaves = [(person, 0.0, 19.0 if person == 1 else 100.0) for person in range(4)]
    of = history(messages=[TAKEN], deliveries=[PROMPT], drops=[drop(0, 1)], sessions=leaves)
    assert GUARANTEE.check(of, bound_s=7.0).state == "holds"
    assert GUARANTEE.check(of, bound_s=6.0).state == "violated"


def test_what_is_shown_when_the_app_is_opened_again_was_not_late():
    spans = [(person, 0.0, 100.0) for person in (0, 2, 3)] + [(1, 0.0, 15.0), (1, 60.0, 100.0)]
    rows = [PROMPT, arrival(0, 1, 60.1)]
    assert GUARANTEE.check(history(messages=[TAKEN], deliveries=rows, sessions=spans)).checked == 1
    assert GUARANTEE.check(history(messages=[TAKEN], deliveries=rows)).state == "violated"


def test_an_early_end_tells_nothing():
    held = history({"end_s": 15.0}, messages=[TAKEN], pending=[(0, 1), (0, 2)])
    assert GUARANTEE.check(held).state == "unknown"


def test_exactly_the_bound_is_within_it():
    of = history(messages=[TAKEN], deliveries=[PROMPT, arrival(0, 1, 19.5)])
    assert GUARANTEE.check(of, bound_s=7.0).state == "holds"
    assert GUARANTEE.check(of, bound_s=6.999_999).state == "violated"
