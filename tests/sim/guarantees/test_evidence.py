"""The joins that checks share: fates, views, presence, definite and indefinite failure."""

import math

import numpy as np
import pytest

from sim.guarantees.evidence import HELD, LOST, SHOWN, WAITING, Evidence, ranges
from sim.ordering import starts
from tests.sim.metrics.histories import arrival, drop, history, message


def evidence(meta=None, **tables):
    return Evidence(history(meta, **tables))


def test_each_owed_reception_has_one_fate():
    of = evidence(
        messages=[message(12.0), message(13.0), message(14.0)],
        deliveries=[arrival(0, 1, 12.5), arrival(1, 1, 13.5, visible=False)],
        pending=[(0, 1), (0, 2), (2, -1)],
        drops=[drop(0, 2)],
        sessions=[(person, 0.0, 50.0 if person == 1 else 100.0) for person in range(4)],
    )
    rows = zip(of.owed.message.tolist(), of.owed.person.tolist(), of.owed.fate, strict=True)
    assert {(m, p): fate for m, p, fate in rows} == {
        (0, 1): SHOWN,
        (0, 2): HELD,
        (1, 1): LOST,
        (1, 2): LOST,
        (2, 1): WAITING,
        (2, 2): HELD,
    }


def test_what_a_sender_no_longer_there_has_not_sent_waits_too():
    leaves = [(person, 0.0, 50.0 if person == 0 else 100.0) for person in range(4)]
    held = {"pending": [(0, -1)], "sessions": leaves}
    assert set(evidence(messages=[message(12.0)], **held).owed.fate) == {WAITING}
    taken = evidence(messages=[message(12.0, accepted_s=12.1)], **held)
    assert set(taken.owed.fate) == {HELD}


def test_views_are_in_the_order_of_the_screen_whatever_was_sent_first():
    of = evidence(
        messages=[message(13.0), message(12.0), message(14.0, actor=2, conversation=1)],
        deliveries=[arrival(0, 1, 20.0), arrival(1, 1, 20.0), arrival(2, 3, 15.0)],
    )
    assert of.rank.tolist() == [1, 0, 2]
    assert of.views.message.tolist() == [0, 1, 2]
    assert of.views.first.tolist() == [True, False, True]


def test_the_first_copy_shown_counts_and_the_senders_own_does_not():
    rows = [
        arrival(0, 1, 14.0),
        arrival(0, 1, 13.0, visible=False),
        arrival(0, 1, 15.0),
        arrival(0, 0, 12.1),
    ]
    of = evidence(messages=[message(12.0)], deliveries=rows)
    assert of.copies.time_s.tolist() == [13.0, 14.0, 15.0]
    assert of.first_shown.time_s.tolist() == [14.0]
    asked = (np.array([0, 0, 0]), np.array([0, 1, 2]))
    assert of.shown_s(*asked).tolist() == pytest.approx([math.nan, 14.0, math.nan], nan_ok=True)


def test_of_two_copies_in_one_instant_the_one_shown_is_first():
    rows = [arrival(0, 1, 13.0, visible=False), arrival(0, 1, 13.0)]
    assert evidence(messages=[message(12.0)], deliveries=rows).copies.visible.tolist() == [
        True,
        False,
    ]


def test_a_failure_is_definite_only_before_anything_left():
    of = evidence(
        messages=[
            message(12.0, failed_s=12.0),
            message(12.0, sent_s=12.0, failed_s=22.0),
            message(12.0, sent_s=12.0, told_s=13.0, failed_s=22.0),
            message(12.0, sent_s=12.0),
        ]
    )
    assert of.failed.tolist() == [True, True, False, False]
    assert of.definitely_failed.tolist() == [True, False, False, False]


def test_present_is_who_has_the_app_open_when_measuring_ends():
    spans = [(0, 0.0, 100.0), (1, 0.0, 89.9), (2, 0.0, 20.0), (2, 85.0, 90.0)]
    assert evidence(sessions=spans).present.tolist() == [True, False, True, False]


def test_ranges_and_starts():
    assert ranges(np.array([5, 0, 7]), np.array([2, 0, 3])).tolist() == [5, 6, 7, 8, 9]
    assert ranges(np.zeros(0, dtype=int), np.zeros(0, dtype=int)).tolist() == []
    assert starts(np.array([2, 2, 4])).tolist() == [True, False, True]
