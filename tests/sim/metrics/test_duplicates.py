"""Repeats before and after the client's dedup."""

import pytest

from sim.metrics.duplicates import METRICS
from sim.metrics.judged import Rate
from tests.sim.metrics.histories import arrival, judged, message, value

ONCE = [arrival(0, 1, 12.5), arrival(0, 2, 12.5)]


@pytest.mark.parametrize(
    ("rows", "raw", "visible"),
    [
        (ONCE, 0, 0),
        ([*ONCE, arrival(0, 1, 13.0, visible=False), arrival(0, 1, 14.0, visible=False)], 2, 0),
        ([*ONCE, arrival(0, 1, 13.0), arrival(0, 2, 13.0, visible=False)], 2, 1),
        ([*ONCE, *[arrival(0, 1, 13.0 + k) for k in range(5)]], 5, 5),
        ([*ONCE, arrival(0, 1, 12.4, visible=False)], 1, 0),
    ],
)
def test_extra_arrivals_per_reception(rows, raw, visible):
    of = judged(messages=[message(12.0)], deliveries=rows)
    assert value(METRICS, "duplicates_raw", of) == Rate(raw, 2)
    assert value(METRICS, "duplicates_visible", of) == Rate(visible, 2)


def test_what_was_never_shown_was_not_received():
    rows = [arrival(0, 1, 12.5, visible=False), arrival(0, 1, 13.0, visible=False), *ONCE[1:]]
    of = judged(messages=[message(12.0)], deliveries=rows)
    assert value(METRICS, "duplicates_raw", of) == Rate(1, 1)
    assert value(METRICS, "duplicates_visible", of) == Rate(0, 1)


def test_the_senders_echo_and_the_warm_up_do_not_count():
    sent = [message(5.0), message(12.0)]
    rows = [arrival(0, 1, 12.0), arrival(0, 1, 12.1), arrival(1, 0, 12.2), arrival(1, 0, 12.3)]
    assert value(METRICS, "duplicates_raw", judged(messages=sent, deliveries=rows)) is None


def test_the_absent_count_once_they_are_back():
    rows = [arrival(0, 1, 60.0), arrival(0, 1, 61.0)]
    of = judged(messages=[message(12.0)], deliveries=rows, sessions=[(1, 50.0, 100.0)])
    assert value(METRICS, "duplicates_raw", of) == Rate(1, 1)
