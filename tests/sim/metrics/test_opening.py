"""What a page and a socket miss, or show twice, on histories written by hand."""

import pytest

from sim.history import LIST
from sim.metrics.opening import METRICS
from tests.sim.metrics.histories import arrival, judged, message, value

META = {"whole_pages": True}
OPENING = message(50.0, actor=1, action=LIST)
SESSIONS = [(0, 0.0, 100.0), (1, 50.0, 100.0), (2, 0.0, 100.0)]


def said(at_s, actor=0):
    return message(at_s, actor=actor, accepted_s=at_s + 0.01)


def figures(messages, deliveries, listed, meta=META, sessions=SESSIONS):
    rows = {"messages": [OPENING, *messages], "deliveries": [arrival(0, 1, 50.2), *deliveries]}
    found = judged(meta, listed=listed, sessions=sessions, **rows)
    return [value(METRICS, name, found) for name in ("opening_missed", "opening_twice")]


def test_what_is_on_neither_is_missed_and_what_is_on_both_comes_twice():
    messages = [said(49.0), said(50.05), said(50.1), said(51.0)]
    listed = [(0, 1), (0, 3)]  # the first is on the page, and the third
    missed, twice = figures(messages, [arrival(3, 1, 50.3), arrival(4, 1, 51.1)], listed)
    assert (missed.hits, missed.trials) == (1, 4)  # the second
    assert (twice.hits, twice.trials) == (1, 4)  # the third


def test_only_what_others_say_soon_before_or_after_counts():
    messages = [said(47.9), said(52.1), said(50.5, actor=1), message(50.5)]  # the last is refused
    missed, twice = figures(messages, [], [(0, -1)])
    assert missed is twice is None


def test_what_came_in_a_session_before_is_neither():
    sessions = [*SESSIONS, (1, 10.0, 49.5)]
    missed, twice = figures([said(49.0)], [arrival(1, 1, 49.1)], [(0, 1)], sessions=sessions)
    assert missed.hits == twice.hits == 0


@pytest.mark.parametrize(
    ("meta", "listed", "sessions"),
    [
        ({}, [(0, 1)], SESSIONS),  # pages are not whole
        (META, [], SESSIONS),  # no store has any
        (META, [(0, 1)], [(0, 0.0, 100.0), (1, 40.0, 100.0)]),  # not an opening
        (META, [(0, 1)], [(0, 0.0, 100.0), (1, 50.0, 51.0)]),  # closed too soon
    ],
)
def test_without_pages_or_openings_there_is_no_figure(meta, listed, sessions):
    assert figures([said(50.05)], [], listed, meta, sessions) == [None, None]
