"""What a kernel says to a SYN, and which of several reasons comes first."""

import pytest

from sim.transport.accepting import (
    ACCEPTED,
    BURST,
    FULL,
    IGNORED,
    REFUSED,
    answer_to_syn,
    full_after_s,
    is_let_in,
)


@pytest.mark.parametrize(
    ("gone", "listening", "waiting", "connections", "answer"),
    [
        (False, True, 0, 0, ACCEPTED),
        (False, True, 4, 9, ACCEPTED),
        (True, True, 0, 0, IGNORED),
        (False, True, 5, 0, IGNORED),
        (False, False, 0, 0, REFUSED),
        (False, False, 5, 0, IGNORED),
        (False, True, 0, 10, FULL),
    ],
)
def test_answers(gone, listening, waiting, connections, answer):
    assert answer_to_syn(gone, listening, waiting, 5, connections, 10) == answer


def let_in(times_s, interval_s):
    """Which of these are let in."""
    full_s, found = 0.0, []
    for now_s in times_s:
        found.append(is_let_in(full_s, now_s, interval_s))
        if found[-1]:
            full_s = full_after_s(full_s, now_s, interval_s)
    return found


def test_a_rate_lets_in_a_burst_and_then_one_an_interval():
    together = let_in([1.0] * 9, 0.25)
    assert together == [True] * BURST + [False] * (9 - BURST)
    assert sum(let_in([1.0 + 0.01 * one for one in range(1000)], 0.25)) == BURST + 39


def test_without_a_rate_everybody_is_let_in():
    assert all(let_in([1.0] * 1000, 0.0))
