"""What a kernel says to a SYN, and which of several reasons comes first."""

import pytest

from sim.transport.accepting import ACCEPTED, FULL, IGNORED, REFUSED, answer_to_syn


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
