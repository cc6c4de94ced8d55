"""Lags of joins and removals, leaks and misses, on histories written by hand."""

import math

import pytest

from sim.history import owed
from sim.members import JOINED, LEFT, REMOVED
from sim.metrics.membership import METRICS
from tests.sim.metrics.histories import arrival, history, judged, message, value

NEVER = math.nan


def figure(name, **rows):
    return value(METRICS, name, judged(**rows))


def test_lags_are_from_the_change_until_it_is_applied():
    changes = [
        (0, 1, JOINED, 20.0, 20.5),
        (0, 2, JOINED, 30.0, 31.5),
        (1, 2, REMOVED, 40.0, 42.0),
        (1, 3, LEFT, 50.0, 50.0),
        (0, 0, REMOVED, 5.0, 9.0),  # before the measured window
    ]
    assert figure("join_lag", changes=changes) == pytest.approx(1.0)
    assert figure("revocation_lag", changes=changes) == pytest.approx(1.0)
    assert figure("join_lag") is figure("revocation_lag") is None


def test_what_is_never_applied_lasts_as_long_as_anything_can_be_watched():
    changes = [(0, 1, REMOVED, 20.0, NEVER)]
    assert figure("revocation_lag", changes=changes) == pytest.approx(90.0)


def test_who_joins_with_the_app_closed_waits_for_nothing():
    sessions = [(0, 0.0, 100.0), (1, 50.0, 100.0), (2, 0.0, 100.0)]
    changes = [(0, 1, JOINED, 20.0, 51.0), (0, 2, JOINED, 30.0, 31.0)]
    assert figure("join_lag", changes=changes, sessions=sessions) == pytest.approx(1.0)


def test_leaks_are_of_what_was_said_after_somebody_had_gone():
    rows = {
        "messages": [message(19.0), message(20.0), message(30.0), message(30.0, 2, 1)],
        "deliveries": [arrival(0, 1, 25.0), arrival(1, 1, 20.1), arrival(2, 2, 30.1)],
        "changes": [(0, 1, REMOVED, 20.0, NEVER)],
    }
    found = figure("leaked_after_removal", **rows)
    assert (found.hits, found.trials) == (1, 2)
    assert figure("leaked_after_removal", **rows | {"changes": []}) is None


def test_misses_are_of_who_has_just_joined():
    """Within the grace of one second."""
    rows = {
        "messages": [message(19.9), message(20.1), message(20.8), message(40.0)],
        "deliveries": [arrival(2, 1, 20.9)],
        "changes": [(0, 1, JOINED, 20.0, 20.5)],
    }
    found = figure("missed_after_joining", **rows)
    assert (found.hits, found.trials) == (1, 2)


def test_a_message_is_owed_to_who_is_a_member_until_the_grace_is_over():
    rows = {
        "messages": [message(19.0), message(19.6), message(20.0), message(21.0)],
        "changes": [(0, 1, REMOVED, 20.5, 20.5), (0, 2, JOINED, 20.0, 20.0)],
    }
    message_id, person = owed(history(**rows))
    pairs = list(zip(message_id.tolist(), person.tolist(), strict=True))
    assert pairs == [(0, 1), (2, 2), (3, 2)]  # 19.6 + 1 s is after the removal
