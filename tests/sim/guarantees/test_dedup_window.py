"""Dedup window: repeats within it are hidden; later ones are nobody's promise."""

import pytest

from sim.guarantees.dedup_window import GUARANTEE
from tests.sim.metrics.histories import arrival, history, message


def repeats(*rows):
    return history(messages=[message(12.0)], deliveries=[arrival(0, 1, 13.0), *rows])


def test_holds_when_repeats_within_are_hidden():
    of = repeats(arrival(0, 1, 14.0, visible=False), arrival(0, 1, 40.0))
    verdict = GUARANTEE.check(of, bound_s=10.0)
    assert verdict.state == "holds"
    assert verdict.checked == 1


def test_violated_by_a_repeat_shown_within():
    verdict = GUARANTEE.check(repeats(arrival(0, 1, 23.0)), bound_s=10.0)
    assert verdict.state == "violated"
    assert (verdict.witness.message, verdict.witness.person) == (0, 1)
    assert "again at 23.000 s, 10.000 s after the first copy" in verdict.witness.what
    assert [moment.time_s for moment in verdict.witness.timeline] == [12.0, 13.0, 23.0]


def test_unknown_when_no_repeat_came_within():
    for of in (repeats(), repeats(arrival(0, 1, 23.1)), repeats(arrival(0, 2, 14.0))):
        verdict = GUARANTEE.check(of, bound_s=10.0)
        assert verdict.state == "unknown"
        assert verdict.reason == "no repeat arrived at anybody within 10 s of the first copy"


def test_the_first_copy_shown_is_the_message_itself():
    rows = [arrival(0, 1, 13.0, visible=False), arrival(0, 1, 14.0)]
    of = history(messages=[message(12.0)], deliveries=rows)
    assert GUARANTEE.check(of, bound_s=10.0).state == "holds"


def test_the_witness_is_the_first_repeat_shown():
    rows = [arrival(0, 1, 13.0), arrival(0, 1, 19.0), arrival(1, 1, 14.0), arrival(1, 1, 16.0)]
    of = history(messages=[message(12.0), message(13.5)], deliveries=rows)
    assert GUARANTEE.check(of, bound_s=10.0).witness.message == 1


def test_the_default_window_is_five_minutes():
    assert GUARANTEE.bound_s == 300.0
    with pytest.raises(ValueError, match="bound -1 s; allowed: from 0"):
        GUARANTEE.check(repeats(), bound_s=-1.0)
