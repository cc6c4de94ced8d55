"""At most once: one shown copy holds, two violate, none at all is unknown."""

from sim.guarantees.at_most_once import GUARANTEE
from tests.sim.metrics.histories import arrival, history, message


def test_holds_when_repeats_are_hidden():
    rows = [arrival(0, 1, 12.1), arrival(0, 2, 12.2), arrival(0, 1, 15.0, visible=False)]
    verdict = GUARANTEE.check(history(messages=[message(12.0)], deliveries=rows))
    assert verdict.state == "holds"
    assert (verdict.checked, verdict.violations) == (1, 0)


def test_violated_by_a_second_shown_copy():
    rows = [
        arrival(1, 1, 20.5),
        arrival(1, 1, 30.0),
        arrival(0, 2, 12.1),
        arrival(0, 2, 18.0, via=1),
        arrival(0, 2, 19.0),
    ]
    of = history(messages=[message(12.0), message(20.0)], deliveries=rows)
    verdict = GUARANTEE.check(of)
    assert verdict.state == "violated"
    assert (verdict.checked, verdict.violations) == (2, 2)
    witness = verdict.witness
    assert (witness.message, witness.person) == (0, 2)
    assert "at 12.100 s and again at 18.000 s" in witness.what
    assert [moment.time_s for moment in witness.timeline] == [12.0, 12.1, 18.0, 19.0]
    assert witness.timeline[2].what == "0 is shown to person 2 (replayed)"


def test_unknown_when_nobody_was_shown_anything():
    of = history(messages=[message(12.0)], deliveries=[arrival(0, 1, 13.0, visible=False)])
    verdict = GUARANTEE.check(of)
    assert verdict.state == "unknown"
    assert verdict.reason == "nobody was shown any message"


def test_typing_may_come_twice_and_the_own_echo_is_no_reception():
    rows = [arrival(0, 1, 12.1), arrival(0, 1, 12.2), arrival(1, 0, 12.3), arrival(1, 0, 12.4)]
    of = history(messages=[message(12.0, action=2), message(12.0)], deliveries=rows)
    assert GUARANTEE.check(of).state == "unknown"
