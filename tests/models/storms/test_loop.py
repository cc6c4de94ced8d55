"""The loop: lists are emptied in order, and only compiled code looks at addresses."""

import pytest
from stormy import begin

from models.storms import calendar, loop, rows


def test_a_client_that_knocks_is_heard_in_its_second():
    made = begin()
    made.clients[0]["stage"], made.clients[0]["until_s"] = rows.KNOCKS, 10.5
    calendar.put(made, 0, 0.5)
    loop.second_passes(made, 0)
    assert made.whole[rows.ATTEMPTS] == 1
    assert made.clients[0]["back_s"] > 0.5


def test_python_cannot_look_at_addresses():
    with pytest.raises(TypeError, match="compiled code alone"):
        loop.storm_at(0)
